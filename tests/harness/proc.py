# SPDX-License-Identifier: ISC
"""proc.py - what does a process hold, and how much may it?

Read from /proc, set with prlimit(1).
"""

import os
import resource
import subprocess

import case
from posternd import Posternd

MANY_FILES = 16384


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def status(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as text:
        return dict(line.rstrip("\n").split(":\t", 1) for line in text
                    if ":\t" in line)


def threads(pid):
    return int(status(pid)["Threads"])


def memory_bytes(pid):
    """What it has in memory now."""
    return int(status(pid)["VmRSS"].split()[0]) * 1024


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as text:
        fields = text.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def threads_of(uid):
    """All threads of a user, as the limit of processes counts them."""
    count = 0
    for pid in os.listdir("/proc"):
        if not pid.isdigit():
            continue
        try:
            found = status(pid)
        except OSError:
            continue  # it has ended meanwhile
        if int(found["Uid"].split()[0]) == uid:
            count += int(found["Threads"])
    return count


def many_files():
    """Need: this process, and so the daemon, may open thousands of files."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < MANY_FILES:
        raise case.Skip(f"the limit of open files is {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (MANY_FILES, hard))


class Ordinary(Posternd):
    """A daemon of an ordinary user, whom limits hold: where root starts it,
    of one that nobody else is."""

    def __init__(self, folder, **keys):
        self.uid = os.geteuid() or 60000 + os.getpid() % 4000
        super().__init__(folder, user=None, **keys)

    def whom(self):
        """How a process is started as that user."""
        if os.geteuid() != 0:
            return {}
        return {"user": self.uid, "group": self.uid, "extra_groups": []}

    def spawn(self, extra=None):
        if os.geteuid() == 0:
            for path in (self.folder, self.audit_folder):
                os.chown(path, self.uid, self.uid)
        with open(self.errors, "ab") as errors:
            return subprocess.Popen(
                [case.program("posternd"), "-c", self.conf],
                stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
                env=self.environment(extra), **self.whom())

    def limit(self, what, number=""):
        """Sets a soft limit ("nofile", "nproc"), without a number to the
        hard one.  The same user always may; root in a container may not."""
        subprocess.run(["prlimit", f"--pid={self.process.pid}",
                        f"--{what}={number or self.hard(what)}:"],
                       check=True, timeout=20, **self.whom())

    def hard(self, what):
        number = {"nofile": resource.RLIMIT_NOFILE,
                  "nproc": resource.RLIMIT_NPROC}[what]
        hard = resource.getrlimit(number)[1]  # what it has inherited
        return "unlimited" if hard == resource.RLIM_INFINITY else hard

    def threads_left(self, count):
        """So many threads more than now it may have."""
        self.limit("nproc", threads_of(self.uid) + count)

    def ended(self, seconds=30):
        """Waits until it ends by itself; its exit code."""
        case.until("it ends", lambda: self.process.poll() is not None,
                   seconds)
        process, self.process = self.process, None
        return process.returncode



def children(parent):
    """The processes that it has started itself."""
    found = []
    for pid in os.listdir("/proc"):
        try:
            if pid.isdigit() and int(status(pid)["PPid"]) == parent:
                found.append(int(pid))
        except OSError:
            continue  # it has ended meanwhile
    return found
