# SPDX-License-Identifier: ISC
"""sendmail.py - how does a private Sendmail stand before the milter?

Debian's Sendmail and Postfix cannot be installed together, so its packages
are only unpacked, and the daemon is run from there with a configuration,
queue and log of its own on a loopback port.
"""

import glob
import os
import shutil
import signal
import socket
import subprocess

import case
import postfix
import smtp

PACKAGES = ["sendmail-bin", "sendmail-base", "sendmail-cf"]

# users whose mail the local mailer takes: those of the machine (F=w)
MACRO_FILE = """\
divert(-1)
define(`_CF_DIR_', `@CF@/')
include(`@CF@/m4/cf.m4')
divert(0)
VERSIONID(`a private one for tests')
OSTYPE(`linux')
define(`MAIL_SETTINGS_DIR', `@DIR@/')
define(`confCW_FILE', `@DIR@/local-host-names')
define(`confDOMAIN_NAME', `mx.test')
define(`confPID_FILE', `@DIR@/sendmail.pid')
define(`QUEUE_DIR', `@DIR@/queue')
define(`STATUS_FILE', `@DIR@/statistics')
define(`HELP_FILE', `/dev/null')
MODIFY_MAILER_FLAGS(`LOCAL', `-A')
define(`confHOSTS_FILE', `@DIR@/hosts')
define(`confSERVICE_SWITCH_FILE', `@DIR@/service.switch')
define(`confDONT_PROBE_INTERFACES', `True')
define(`confDONT_BLAME_SENDMAIL', `TrustStickyBit')
define(`confDEF_USER_ID', `nobody:nogroup')
define(`confTO_IDENT', `0')
define(`confTO_ICONNECT', `5s')
define(`confBAD_RCPT_THROTTLE', `0')
define(`confREFUSE_LA', `1000')
define(`confQUEUE_LA', `1000')
define(`confDELAY_LA', `0')
define(`confLOG_LEVEL', `14')
define(`confDELIVERY_MODE', `background')
define(`RELAY_MAILER_ARGS', `TCP $h @SINK@')
define(`RELAY_MAILER_FLAGS', `k')
define(`SMART_HOST', `relay:[127.0.0.1]')
define(`LOCAL_MAILER_PATH', `@DIR@/deliver')
define(`LOCAL_MAILER_ARGS', `deliver $u')
define(`LOCAL_MAILER_FLAGS', `Swn9')
undefine(`LOCAL_SHELL_PATH')
FEATURE(`nocanonify')
FEATURE(`accept_unqualified_senders')
FEATURE(`accept_unresolvable_domains')
FEATURE(`no_default_msa')
LOCAL_DOMAIN(`local.example')
RELAY_DOMAIN(`example.com sub.example.com second.example elsewhere.example')
@EXTRA@
DAEMON_OPTIONS(`Name=MTA, Family=@FAMILY@, Port=@PORT@, Addr=@ADDR@')
INPUT_MAIL_FILTER(`postern', `S=@MILTER@, F=T, T=C:10s;S:10s;R:10s;E:30s')
MAILER(`local')
MAILER(`smtp')
"""

DELIVER = """\
#!/bin/sh
cat >>'@DIR@/delivered/'"$1"
"""

# In a world of its own: Sendmail sleeps a minute where the machine's name has
# no dot, and nothing may be asked of a name server.
INSIDE = """\
hostname mx.test &&
mount --bind '@DIR@/hosts' /etc/hosts &&
mount --bind '@DIR@/nsswitch.conf' /etc/nsswitch.conf &&
exec "$@"
"""


def cache():
    base = os.environ.get("XDG_CACHE_HOME") or "/var/cache"
    return os.path.join(base, "postern-tests")


def unpacked():
    """The folder with the unpacked packages; fetched at the first use."""
    root = os.path.join(cache(), "sendmail")
    binary = os.path.join(root, "usr/libexec/sendmail/sendmail")
    if os.path.exists(binary):
        return root
    os.makedirs(cache(), exist_ok=True)
    fetched = subprocess.run(["apt-get", "-q", "download", *PACKAGES],
                             cwd=cache(), capture_output=True, text=True,
                             check=False, timeout=300)
    if fetched.returncode != 0:
        raise case.Skip("Sendmail's packages cannot be had: "
                        + fetched.stderr.strip().replace("\n", "; "))
    half = root + f".{os.getpid()}"
    for package in PACKAGES:
        for deb in sorted(glob.glob(f"{cache()}/{package}_*.deb"))[-1:]:
            subprocess.run(["dpkg", "-x", deb, half], check=True)
    os.rename(half, root)
    return root


def needed():
    if os.geteuid() != 0:
        raise case.Skip("only root can start Sendmail")
    if shutil.which("m4") is None:
        raise case.Skip("m4 is not installed")
    binary = os.path.join(unpacked(), "usr/libexec/sendmail/sendmail")
    linked = subprocess.run(["ldd", binary], capture_output=True, text=True,
                            check=False).stdout
    missing = [line.split()[0] for line in linked.splitlines()
               if "not found" in line]
    if missing:
        raise case.Skip("Sendmail lacks " + ", ".join(missing))
    own_world = subprocess.run(["unshare", "--uts", "--mount", "true"],
                               capture_output=True, text=True, check=False)
    if own_world.returncode != 0:
        raise case.Skip("no namespaces for Sendmail: "
                        + own_world.stderr.strip())


class Sendmail:
    """milter: its S= ("local:/path", "inet:PORT@HOST"); sink: where relayed
    mail goes; prefix: command before the daemon (ip netns exec NAME); lookup:
    where hosts are looked up; extra: further lines of its .mc."""

    def __init__(self, folder, milter, sink, address="127.0.0.1", prefix=(),
                 hosts="", lookup="files", extra=""):
        # Sendmail wants every folder above its files safe from others
        self.folder = os.path.join(folder, "sendmail")
        self.milter, self.sink, self.address = milter, sink, address
        self.prefix, self.hosts = list(prefix), hosts
        self.lookup, self.extra = lookup, extra
        self.port = postfix.free_port()
        self.conf = os.path.join(self.folder, "sendmail.cf")
        self.process = None

    def fill(self, text):
        for name, value in (
                ("EXTRA", self.extra),
                ("CF", os.path.join(unpacked(), "usr/share/sendmail/cf")),
                ("DIR", self.folder), ("PORT", self.port),
                ("ADDR", self.address),
                ("FAMILY", "inet6" if ":" in self.address else "inet"),
                ("SINK", self.sink.port),
                ("MILTER", self.milter)):
            text = text.replace(f"@{name}@", str(value))
        return text

    def path(self, name):
        return os.path.join(self.folder, name)

    def put(self, name, text, mode=0o644):
        with open(self.path(name), "w", encoding="utf-8") as out:
            out.write(text)
        os.chmod(self.path(name), mode)

    def write(self):
        for name in ("", "queue", "delivered"):
            os.makedirs(self.path(name), 0o755)
        os.chmod(self.path("queue"), 0o700)
        shutil.chown(self.path("delivered"), "nobody")
        self.put("local-host-names", "local.example\nmx.test\n")
        self.put("hosts", "127.0.0.1 localhost mx.test\n" + self.hosts)
        self.put("service.switch",
                 f"passwd files\nhosts {self.lookup}\naliases files\n")
        self.put("nsswitch.conf", "passwd: files\ngroup: files\n"
                 f"hosts: {self.lookup}\n")
        self.put("deliver", self.fill(DELIVER), 0o755)
        self.put("sendmail.mc", self.fill(MACRO_FILE))
        made = subprocess.run(["m4", self.path("sendmail.mc")],
                              capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise AssertionError("sendmail.cf: " + made.stderr)
        self.put("sendmail.cf", made.stdout)

    def start(self):
        self.write()
        binary = os.path.join(unpacked(), "usr/libexec/sendmail/sendmail")
        with open(self.path("errors"), "wb") as errors:
            self.process = subprocess.Popen(
                [*self.prefix, "unshare", "--uts", "--mount", "sh", "-c",
                 self.fill(INSIDE), "sh", binary, "-bD",
                 "-X", self.path("traffic"), f"-C{self.conf}"],
                stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
                start_new_session=True)
        case.until("Sendmail answers", self.answers)
        return self

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError("Sendmail ended: " + self.said())
        if self.prefix:  # another network: its process file must do
            return os.path.exists(self.path("sendmail.pid"))
        try:
            socket.create_connection((self.address, self.port), 5).close()
        except OSError:
            return False
        return True

    def said(self):
        text = ""
        for name in ("errors", "traffic"):
            try:
                with open(self.path(name), encoding="utf-8",
                          errors="replace") as said:
                    text += said.read()
            except FileNotFoundError:
                pass
        return text

    def delivered(self, user):
        """What the local mailer took for that user."""
        try:
            with open(self.path("delivered/" + user),
                      encoding="utf-8") as mail:
                return mail.read()
        except FileNotFoundError:
            return ""

    def stop(self):
        if self.process is None:
            return
        # its children stand in its own session
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            pass
        except ProcessLookupError:
            pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, kind, *_):
        self.stop()
        if kind is not None:
            print("# Sendmail said:",
                  self.said()[-4000:].replace("\n", "\n# "))

    def client_at(self, source, helo="client.test"):
        return self.client(source, helo)

    def client(self, source=None, helo="client.test"):
        """A session from the loopback address source."""
        session = smtp.Smtp((self.address, self.port), source)
        session.ehlo(helo)
        return session
