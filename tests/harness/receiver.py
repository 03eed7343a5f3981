# SPDX-License-Identifier: ISC
"""receiver.py - who takes what the daemon sends to syslog or the journal?

The daemon runs in a mount namespace of its own, in which /dev/log and
/run/systemd/journal/socket are sockets of the test.
"""

import os
import re
import socket
import subprocess
import sys
import threading

import case
from posternd import Posternd

# $1: folder that becomes /dev, $2: the one that becomes the journal's
WORLD = """
for node in null zero random urandom; do
    : >"$1/$node" && mount --bind "/dev/$node" "$1/$node" || exit 1
done
mount --rbind "$1" /dev && mount -t tmpfs tmpfs /run &&
mkdir -p /run/systemd/journal && mount --bind "$2" /run/systemd/journal ||
    exit 1
shift 2
exec "$@"
"""


def needed():
    if os.geteuid() != 0:
        raise case.Skip("mount namespaces need root")
    done = subprocess.run(["unshare", "-m", "true"], capture_output=True,
                          text=True, check=False, timeout=20)
    if done.returncode != 0:
        raise case.Skip("no mount namespaces here: " + done.stderr.strip())


class Apart(Posternd):
    """A daemon whose /dev/log is self.syslog; its journal self.journal."""

    def __init__(self, folder, syslog='"mail"', audit=None, **keys):
        self.dev = os.path.join(folder, "dev")
        self.run = os.path.join(folder, "journal")
        for path in (self.dev, self.run):
            os.mkdir(path)
        self.syslog = os.path.join(self.dev, "log")
        self.journal = os.path.join(self.run, "socket")
        super().__init__(folder, audit={"syslog": syslog, **(audit or {})},
                         **keys)

    def spawn(self, extra=None):
        with open(self.errors, "ab") as errors:
            return subprocess.Popen(
                ["unshare", "-m", "--propagation", "private", "sh", "-c",
                 WORLD, "sh", self.dev, self.run, case.program("posternd"),
                 "-c", self.conf],
                stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
                env=self.environment(extra))


class Receiver:
    """A datagram socket at path, read at once unless it is held."""

    def __init__(self, path):
        self.path = path
        self.taken = []
        self.go = threading.Event()
        self.go.set()
        self.ending = False

    def __enter__(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.sock.bind(self.path)
        os.chmod(self.path, 0o666)
        self.sock.settimeout(0.1)
        self.thread = threading.Thread(target=self.read)
        self.thread.start()
        return self

    def read(self):
        while not self.ending:
            if not self.go.wait(0.1):
                continue
            try:
                self.taken.append(self.sock.recv(1 << 17))
            except TimeoutError:
                pass

    def __exit__(self, *_):
        self.ending = True
        self.thread.join()
        self.sock.close()
        os.unlink(self.path)

    def wait(self, count):
        case.until(f"{count} were taken", lambda: len(self.taken) >= count)
        return self.taken


# RFC 5424, 6: each rule as its ABNF has it
WORD = rb"(?:[!-~]{1,%d})"
NAME = rb'[!#-<>-\\^-~]{1,32}'
VALUE = rb'(?:[^"\\\]]|\\["\\\]])*'
TIME = (rb"\d{4}-(?:0\d|1[0-2])-(?:[0-2]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d"
        rb":[0-5]\d(?:\.\d{1,6})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)")
MESSAGE = re.compile(
    rb"<(?P<pri>0|[1-9]\d{0,2})>1 (?P<time>" + TIME + rb") (?P<host>" +
    WORD % 255 + rb") (?P<app>" + WORD % 48 + rb") (?P<pid>" + WORD % 128 +
    rb") (?P<msgid>" + WORD % 32 + rb") \[(?P<sd>" + NAME + rb"(?: " + NAME +
    rb'="' + VALUE + rb'")*)\] (?P<msg>.*)', re.DOTALL)
PARAMETER = re.compile(rb" (" + NAME + rb')="(' + VALUE + rb')"')


def parse(datagram):
    """A message of RFC 5424 as a dict of bytes; sd: id and parameters."""
    found = MESSAGE.fullmatch(datagram)
    if not found:
        raise AssertionError(f"this is no RFC 5424: {datagram!r}")
    message = found.groupdict()
    message["pri"] = int(message["pri"])
    case.true("PRI", message["pri"] <= 191)
    message["sd-id"] = message["sd"].split(b" ")[0]
    pairs = PARAMETER.findall(message["sd"])
    message["sd"] = {name.decode(): re.sub(rb'\\(["\\\]])', rb"\1", value)
                     .decode() for name, value in pairs}
    case.equal("parameters once each", len(message["sd"]), len(pairs))
    return message


def parse_journal(datagram):
    """Fields of the journal's native protocol (its own documentation)."""
    fields = {}
    while datagram:
        line, newline, datagram = datagram.partition(b"\n")
        case.equal("ended", newline, b"\n")
        name, equals, value = line.partition(b"=")
        if not equals:
            length = int.from_bytes(datagram[:8], sys.byteorder)
            value, datagram = datagram[8:8 + length], datagram[8 + length:]
            case.equal("ended", datagram[:1], b"\n")
            datagram = datagram[1:]
        case.true(f"a name: {name!r}",
                  re.fullmatch(rb"[A-Z][A-Z0-9_]{0,63}", name))
        case.true(f"{name!r} once", name.decode() not in fields)
        fields[name.decode()] = value
    return fields
