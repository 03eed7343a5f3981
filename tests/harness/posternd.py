# SPDX-License-Identifier: ISC
"""posternd.py - how is the daemon under test configured, started, read?"""

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time

import case
import milter

# one source, one policy: enough for most cases
SOURCES = """
sources: {
  filter-service: { networks = [ "192.0.2.0/24", "2001:db8:25::/48",
                                 "203.0.113.7-203.0.113.12" ];
                    except = [ "192.0.2.66" ]; };
  head-office: { networks = [ "198.51.100.0/25" ]; };
};
"""
POLICIES = """
policies = (
  { name = "behind-filter";
    domains = [ "example.com", ".example.com" ];
    allow = ( "filter-service", "head-office" );
    always = [ "postmaster" ]; }
);
"""
ALLOWED = "192.0.2.10"     # in filter-service
OFFICE = "198.51.100.7"    # in head-office
STRANGER = "198.51.100.200"  # in nothing
PROTECTED = "<ceo@example.com>"
UNLISTED = "<someone@elsewhere.example>"

# what this build is told to say about its own memory errors
SANITIZERS = {
    "ASAN_OPTIONS": "exitcode=99:abort_on_error=0:detect_leaks=1",
    "UBSAN_OPTIONS": "print_stacktrace=1:exitcode=99",
    "TSAN_OPTIONS": "exitcode=99:suppressions=" +
                    os.path.join(case.HARNESS, "tsan.supp"),
}


# started by systemd; the child learns its own number only after the fork
ACTIVATE = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_PID=sys.argv[2] or str(os.getpid()),
                  LISTEN_FDS=sys.argv[3])
os.execv(sys.argv[4], sys.argv[4:])
"""


def user():
    """Whom the daemon becomes when it is started as root."""
    return "nobody"


def give(path):
    if os.geteuid() == 0:
        entry = pwd.getpwnam(user())
        os.chown(path, entry.pw_uid, entry.pw_gid)


class Posternd:
    """A daemon with a configuration of its own in folder.

    Keys become lines of the configuration, as written; audit is a dict of
    its members; sources and policies are texts.
    """

    def __init__(self, folder, sources=SOURCES, policies=POLICIES, audit=None,
                 **keys):
        self.folder = folder
        self.process = None
        self.address = os.path.join(folder, "p.sock")
        self.control = os.path.join(folder, "control.sock")
        self.conf = os.path.join(folder, "postern.conf")
        self.audit_folder = os.path.join(folder, "audit")
        self.log = os.path.join(self.audit_folder, "audit.jsonl")
        self.errors = os.path.join(folder, "posternd.err")
        self.keys = {"mode": '"enforce"', "unlisted": '"accept"',
                     "socket": f'"unix:{self.address}"',
                     "control": f'"{self.control}"',
                     "user": f'"{user()}"',
                     "rules": f'[ "{folder}/rules.d" ]',
                     "feeds": f'"{folder}/feeds"'}
        self.keys.update(keys)
        # what is not about these: one record an attempt, and none elsewhere
        self.audit = {"path": f'"{self.log}"', "flood": 0, "flood_total": 0,
                      "reserve": '"0"',
                      "syslog": '"none"'}
        self.audit.update(audit or {})
        self.sources, self.policies = sources, policies
        for name in ("rules.d", "feeds", "audit"):
            path = os.path.join(folder, name)
            os.makedirs(path, exist_ok=True)
            give(path)
        self.write()

    def write(self):
        lines = [f"{key} = {value};" for key, value in self.keys.items()
                 if value is not None]
        members = " ".join(f"{key} = {value};"
                           for key, value in self.audit.items())
        lines.append("audit: { %s };" % members)
        # in one step: a reload may be under way
        with open(self.conf + ".new", "w", encoding="utf-8") as conf:
            conf.write("\n".join(lines) + self.sources + self.policies)
        os.rename(self.conf + ".new", self.conf)

    def environment(self, extra=None):
        found = dict(os.environ)
        for name, value in SANITIZERS.items():
            found.setdefault(name, value)
        found.update(extra or {})
        return found

    def spawn(self, extra=None):
        """Starts the program without waiting for anything."""
        with open(self.errors, "ab") as errors:
            return subprocess.Popen(
                [case.program("posternd"), "-c", self.conf],
                stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
                env=self.environment(extra))

    def activated(self, listener, pid="", count="1"):
        """Starts it as systemd does that hands a socket over."""
        with open(self.errors, "ab") as errors:
            return subprocess.Popen(
                [sys.executable, "-c", ACTIVATE, str(listener.fileno()), pid,
                 count, case.program("posternd"), "-c", self.conf],
                pass_fds=[listener.fileno()], stderr=errors, stdout=errors,
                env=self.environment())

    def start(self):
        """Starts it and waits until it says (as to systemd) that it is
        ready: the socket is there earlier."""
        path = os.path.join(self.folder, "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            if os.path.exists(path):
                os.unlink(path)
            notify.bind(path)
            os.chmod(path, 0o666)
            notify.setblocking(False)
            self.process = self.spawn({"NOTIFY_SOCKET": path})
            case.until("posternd is ready", lambda: self.ready(notify))
        return self

    def ready(self, notify):
        self.must_live()
        try:
            return b"READY=1" in notify.recv(4096).splitlines()
        except BlockingIOError:
            return False

    def must_live(self):
        if self.process.poll() is not None:
            raise AssertionError(
                f"posternd ended with {self.process.returncode}: "
                + self.said())

    def answers(self):
        self.must_live()
        try:
            milter.open_socket(self.address).close()
        except OSError:
            return False
        return True

    def said(self):
        """What it wrote to standard error so far."""
        try:
            with open(self.errors, encoding="utf-8", errors="replace") as text:
                return text.read()
        except FileNotFoundError:
            return ""

    def stop(self, how=signal.SIGTERM):
        """Ends it; returns its exit code (negative: the signal)."""
        if self.process is None:
            return None
        process, self.process = self.process, None
        if process.poll() is None:
            process.send_signal(how)
        try:
            # libmilter ends up to 5 s after it was told to
            return process.wait(20 * case.slow())
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError("posternd did not stop") from None

    def kill(self):
        return self.stop(signal.SIGKILL)

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        ended = self.stop()
        if kind is None and ended not in (0, None):
            raise AssertionError(f"posternd ended with {ended}: "
                                 + self.said())
        if kind is not None:
            print("# posternd said:", self.said().replace("\n", "\n# "))
        elif os.path.exists(self.log):
            verify(self.log)

    def client(self, macros=None, **options):
        return milter.Client(self.address, macros, **options)

    def lines(self):
        """The log's lines as bytes, without newline."""
        try:
            with open(self.log, "rb") as log:
                return log.read().splitlines()
        except FileNotFoundError:
            return []

    def records(self, *actions):
        """The records as dicts; of those actions, if any is given."""
        found = [json.loads(line) for line in self.lines()]
        return [record for record in found
                if not actions or record["event"]["action"] in actions]

    def attempts(self):
        return [record for record in self.records()
                if record["event"]["action"].startswith(("bypass", "probe"))]

    def wait_attempts(self, count):
        """Waits for that many attempts, and makes sure that no more come."""
        case.until(f"{count} attempts recorded",
                   lambda: len(self.attempts()) >= count)
        time.sleep(0.1)
        found = self.attempts()
        case.equal("attempts recorded",
                   [record["event"]["action"] for record in found][count:],
                   [])
        return found

    def command(self, *words, code=0, **options):
        """Asks the running daemon: "status", "reload", "open", "close"."""
        return postern(words[0], "-c", self.conf, *words[1:], code=code,
                       **options)

    def status(self):
        return json.loads(self.command("status", "--json").stdout)

    def reload(self, code=0):
        """What is written is taken over; what the command printed."""
        run = self.command("reload", code=code)
        return run.stdout + run.stderr

    def ask(self, request, seconds=20.0):
        """Bytes to the control socket; exit code and text of the answer."""
        with milter.open_socket(self.control, seconds) as sock:
            sock.sendall(request)
            sock.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: sock.recv(65536), b""))
        code, _, text = answer.partition(b"\n")
        return int(code), text.decode()

    def take_away_log(self):
        os.rename(self.audit_folder, self.audit_folder + ".gone")

    def bring_back_log(self):
        os.rename(self.audit_folder + ".gone", self.audit_folder)

    def drop_log(self):
        shutil.rmtree(self.audit_folder)


def verify(*paths):
    """Holds the chain against an independent reader (harness/chain.py)."""
    verifier = os.path.join(case.HARNESS, "chain.py")
    run = subprocess.run([sys.executable, "-B", verifier, *paths],
                         capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise AssertionError("the chain is broken: " + run.stdout +
                             run.stderr)


def postern(*arguments, code=0, **options):
    """Runs the command; returns the finished process."""
    environment = dict(os.environ)
    for name, value in SANITIZERS.items():
        environment.setdefault(name, value)
    run = subprocess.run([case.program("postern"), *arguments],
                         capture_output=True, text=True, check=False,
                         env=environment, timeout=30 * case.slow(), **options)
    if code is not None and run.returncode != code:
        raise AssertionError(
            f"postern {' '.join(arguments)}: exit {run.returncode}, want "
            f"{code}: {run.stdout}{run.stderr}")
    return run


def with_policy(text, policies=POLICIES):
    """The policies and one more."""
    head, _, _ = policies.rpartition("\n);")
    return f"{head},\n  {text}\n);\n"


def reference(reply):
    """The event.id that a reply names."""
    case.holds("reply", reply, "(ref ")
    return reply.rsplit("(ref ", 1)[1].rstrip(")")
