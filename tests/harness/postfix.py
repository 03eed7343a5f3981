# SPDX-License-Identifier: ISC
"""postfix.py - how does a private Postfix stand before the milter?

Debian's Postfix with configuration, queue, data and log in a folder of its
own, on free loopback ports, beside any other that may run.  It believes
XCLIENT from loopback; a second port speaks the PROXY protocol.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess

import case
import smtp

# service: type private unpriv chroot wakeup maxproc command
SERVICES = """\
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
tlsmgr unix - - n 1000? 1 tlsmgr
"""


def needed():
    """The machine must have Postfix, and we must be root to start it."""
    if os.geteuid() != 0:
        raise case.Skip("only root can start Postfix")
    if shutil.which("postfix") is None:
        raise case.Skip("Postfix is not installed")


def free_port(host="127.0.0.1"):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as sock:
        sock.bind((host, 0))
        return sock.getsockname()[1]


class Postfix:
    """milter: what smtpd_milters says; sink: where accepted mail goes."""

    def __init__(self, folder, milter, sink, chroot=False, **settings):
        self.folder = folder
        self.port = free_port()
        self.proxy_port = free_port()
        self.conf = os.path.join(folder, "etc")
        self.queue = os.path.join(folder, "queue")
        self.data = os.path.join(folder, "data")
        self.log = os.path.join(folder, "maillog")
        self.chroot = "y" if chroot else "n"
        self.settings = {
            "compatibility_level": "3.6",
            "queue_directory": self.queue,
            "data_directory": self.data,
            "maillog_file": self.log,
            "maillog_file_prefixes": folder,
            "multi_instance_name": "",
            "myhostname": "mx.test",
            "inet_interfaces": "127.0.0.1, [::1]",
            "inet_protocols": "all",
            "mydestination": "",
            "local_recipient_maps": "",
            "alias_maps": "",
            "alias_database": "",
            "mynetworks": "127.0.0.0/8",
            "relay_domains": "example.com, sub.example.com, "
                             "second.example, elsewhere.example",
            "relay_transport": f"relay:[127.0.0.1]:{sink.port}",
            "smtp_host_lookup": "native",
            "disable_dns_lookups": "yes",
            "smtpd_peername_lookup": "no",
            "smtpd_relay_restrictions": "reject_unauth_destination",
            "smtpd_recipient_restrictions":
                "check_recipient_access inline:{ "
                "{ nosuch@example.com = REJECT no such user } }",
            "smtpd_authorized_xclient_hosts": "127.0.0.0/8",
            "smtpd_error_sleep_time": "0",
            "smtpd_milters": milter,
            "milter_default_action": "tempfail",
        }
        self.settings.update(settings)

    def write(self):
        for path in (self.conf, self.queue, self.data):
            os.mkdir(path)
        os.chown(self.data, pwd.getpwnam("postfix").pw_uid, -1)
        with open(os.path.join(self.conf, "main.cf"), "w",
                  encoding="utf-8") as main:
            for name, value in self.settings.items():
                main.write(f"{name} = {value}\n")
        with open(os.path.join(self.conf, "master.cf"), "w",
                  encoding="utf-8") as master:
            master.write(
                f"127.0.0.1:{self.port} inet n - {self.chroot} - - smtpd\n"
                f"127.0.0.1:{self.proxy_port} inet n - {self.chroot} - - "
                "smtpd\n"
                "  -o smtpd_upstream_proxy_protocol=haproxy\n" + SERVICES)

    def run(self, verb):
        return subprocess.run(["postfix", "-c", self.conf, verb],
                              capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL, timeout=60)

    def start(self):
        self.write()
        started = self.run("start")
        if started.returncode != 0:
            raise AssertionError("Postfix did not start: " + started.stdout
                                 + started.stderr + self.said())
        case.until("Postfix answers", self.answers)
        return self

    def answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 5).close()
        except OSError:
            return False
        return True

    def said(self):
        try:
            with open(self.log, encoding="utf-8", errors="replace") as log:
                return log.read()
        except FileNotFoundError:
            return ""

    def master(self):
        """The process number of our own master, None if it is gone."""
        try:
            with open(os.path.join(self.queue, "pid/master.pid"),
                      encoding="ascii") as pid:
                number = int(pid.read())
            os.kill(number, 0)
        except (OSError, ValueError):
            return None
        return number

    def stop(self):
        number = self.master()
        self.run("abort")
        if number is not None and self.master() == number:
            os.kill(number, signal.SIGKILL)

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, kind, *_):
        self.stop()
        if kind is not None:
            print("# Postfix said:",
                  self.said()[-4000:].replace("\n", "\n# "))

    def client_at(self, source, helo="client.test"):
        """A session from an address that the machine has, as it is."""
        session = smtp.Smtp(("127.0.0.1", self.port), source)
        session.ehlo(helo)
        return session

    def client(self, ip=None, name="[UNAVAILABLE]", helo="client.test"):
        """A session, of the client ip if one is given (XCLIENT)."""
        session = smtp.Smtp(("127.0.0.1", self.port))
        if ip is not None:
            session.ehlo("player.test")
            case.equal("XCLIENT", session.xclient(ip, name).code, 220)
        session.ehlo(helo)
        return session

    def proxy_client(self, header, helo="client.test"):
        session = smtp.Smtp(("127.0.0.1", self.proxy_port), before=header)
        session.ehlo(helo)
        return session
