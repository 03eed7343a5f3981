# SPDX-License-Identifier: ISC
"""dns.py - which names do the MTA's clients have?

A world of its own for the whole script: no network but a loopback that has
any address one likes, and a real name server (dnsmasq) that everything in it
asks.  Nothing outside notices.
"""

import atexit
import ctypes
import os
import shutil
import socket
import subprocess
import tempfile

import case

CLONE_NEWNS = 0x00020000
CLONE_NEWNET = 0x40000000
SERVER = "127.0.0.53"

# one try of a second: what does not answer is soon given up
FILES = {
    "resolv.conf": f"nameserver {SERVER}\noptions timeout:1 attempts:1\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
    "hosts": "127.0.0.1 localhost\n",
}


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True,
                          check=False, timeout=20)
    if done.returncode != 0:
        raise OSError(f"{' '.join(command)}: {done.stderr.strip()}")


def unshare():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS | CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def enter(addresses):
    """Puts this process, and all that it starts, into the new world."""
    unshare()
    run("mount", "--make-rprivate", "/")
    # they stay: nothing can be mounted over what is gone
    folder = tempfile.mkdtemp(prefix="postern-dns-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name, text in FILES.items():
        path = os.path.join(folder, name)
        with open(path, "w", encoding="ascii") as out:
            out.write(text)
        os.chmod(path, 0o644)
        run("mount", "--bind", path, "/etc/" + name)
    run("ip", "link", "set", "lo", "up")
    for address in addresses:
        run("ip", "address", "add", address + "/32", "dev", "lo")


def needed(addresses):
    """Once for the script; later cases find themselves inside already."""
    state = []

    def need():
        if not state:
            state.append(attempt(addresses))
        if state[0]:
            raise case.Skip(state[0])

    return need


def attempt(addresses):
    """What stands in the way, None if we are inside."""
    for program in ("dnsmasq", "ip", "mount"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    if os.geteuid() != 0:
        return "only root can make a network of its own"
    try:
        enter(addresses)
    except OSError as error:
        return f"no namespaces here: {error}"
    return None


def reverse(address):
    return ".".join(reversed(address.split("."))) + ".in-addr.arpa"


class Server:
    """names: what each name's address is; pointers: what name each address
    claims.  Of zones it knows that there is nothing else; what lies outside
    of them it refuses to tell."""

    def __init__(self, folder, zones, names, pointers):
        self.log = os.path.join(folder, "dnsmasq.log")
        self.process = None
        self.command = [
            "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null",
            "--user=root", "--group=root", "--pid-file", "--no-hosts",
            "--no-resolv", "--bind-interfaces", "--port=53",
            f"--listen-address={SERVER}", "--log-queries",
            "--log-facility=-", "--cache-size=0",
            *(f"--local=/{zone}/" for zone in zones),
            *(f"--address=/{name}/{address}"
              for name, address in names.items()),
            *(f"--ptr-record={reverse(address)},{name}"
              for address, name in pointers.items())]

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log)
        case.until("dnsmasq answers", self.answers)

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError("dnsmasq ended: " + self.said())
        try:
            socket.create_connection((SERVER, 53), 5).close()
        except OSError:
            return False
        return True

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, *_):
        self.stop()
        if kind is not None:
            print("# dnsmasq said:",
                  self.said()[-2000:].replace("\n", "\n# "))
