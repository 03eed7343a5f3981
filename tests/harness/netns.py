# SPDX-License-Identifier: ISC
"""netns.py - how does a client come from an address that is not ours?

Two network namespaces joined by a cable: the server's, and that of the
clients, who have any addresses they like.  Nothing leaves the machine.
"""

import contextlib
import ctypes
import os
import shutil
import subprocess

import case

CLONE_NEWNET = 0x40000000
SERVER = "100.64.0.25"
SERVER6 = "fd00:25::25"


def ip(*arguments):
    made = subprocess.run(["ip", *arguments], capture_output=True, text=True,
                          check=False, timeout=20)
    if made.returncode != 0:
        raise OSError(f"ip {' '.join(arguments)}: {made.stderr.strip()}")


def needed():
    if os.geteuid() != 0 or shutil.which("ip") is None:
        raise case.Skip("network namespaces need root and iproute2")
    name = f"postern-{os.getpid()}-try"
    try:
        ip("netns", "add", name)
        ip("netns", "del", name)
    except OSError as error:
        raise case.Skip(f"no network namespaces here: {error}") from error


@contextlib.contextmanager
def inside(name):
    """Sockets that this thread makes belong to the namespace name."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/proc/thread-self/ns/net", "rb") as home, \
            open(f"/run/netns/{name}", "rb") as there:
        if libc.setns(there.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")
        try:
            yield
        finally:
            if libc.setns(home.fileno(), CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "setns")


class Network:
    """addresses: what the clients' side has."""

    def __init__(self, *addresses):
        self.addresses = addresses
        self.server = f"postern-{os.getpid()}-server"
        self.clients = f"postern-{os.getpid()}-clients"

    def __enter__(self):
        try:
            self.build()
        except BaseException:
            self.__exit__()
            raise
        return self

    def build(self):
        for name in (self.server, self.clients):
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        ip("link", "add", "postern0", "netns", self.server, "type", "veth",
           "peer", "name", "postern1", "netns", self.clients)
        self.address(self.server, "postern0", SERVER)
        self.address(self.server, "postern0", SERVER6)
        for address in self.addresses:
            self.address(self.clients, "postern1", address)
        ip("-n", self.server, "link", "set", "postern0", "up")
        ip("-n", self.clients, "link", "set", "postern1", "up")
        for name, device in ((self.server, "postern0"),
                             (self.clients, "postern1")):
            ip("-n", name, "route", "add", "default", "dev", device)
            ip("-n", name, "-6", "route", "add", "default", "dev", device)

    @staticmethod
    def address(name, device, address):
        if ":" in address:
            ip("-n", name, "address", "add", address + "/128", "dev", device,
               "nodad")
        else:
            ip("-n", name, "address", "add", address + "/32", "dev", device)

    def __exit__(self, *_):
        for name in (self.server, self.clients):
            with contextlib.suppress(OSError):
                ip("netns", "del", name)

    def prefix(self):
        """The command that runs another on the server's side."""
        return ["ip", "netns", "exec", self.server]
