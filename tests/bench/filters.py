# SPDX-License-Identifier: ISC
"""filters.py - what is measured, and what beside it?

posternd with the configurations that matter and the yardsticks of
tests/bench/filter.c, each a process with a socket of its own, that can be
asked for its CPU time and its memory.
"""

import os
import random
import resource
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import case  # noqa: E402
import message  # noqa: E402
import milter  # noqa: E402
import posternd  # noqa: E402

CLIENT = "127.0.0.1"  # whom smtp-source and the driver play
OPEN_FILES = 20000
CLK_TCK = os.sysconf("SC_CLK_TCK")


def raise_limits():
    """10,000 sessions are 10,000 descriptors on either side."""
    hard = max(resource.getrlimit(resource.RLIMIT_NOFILE)[1], OPEN_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, hard))


def tool(name):
    return case.program(os.path.join("tests/bench", name))


def cpu_s(pid):
    """CPU seconds of all threads that the process has or had, to the ns."""
    return time.clock_gettime(~pid << 3 | 2)  # CPUCLOCK_SCHED of pid


def memory_kb(pid):
    """RSS and PSS."""
    found = {}
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as rollup:
        for line in rollup:
            words = line.split()
            if words[0] in ("Rss:", "Pss:"):
                found[words[0]] = int(words[1])
    return found["Rss:"], found["Pss:"]


class Process:
    """A running filter.  under: a command line that it runs under."""

    pid = None
    address = None

    def cpu(self):
        return cpu_s(self.pid)

    def memory(self):
        return memory_kb(self.pid)


class Yardstick(Process):
    """tests/bench/filter in one of its modes."""

    def __init__(self, folder, mode, *arguments, under=()):
        self.address = os.path.join(folder, mode + ".sock")
        self.command = [*under, tool("filter"), self.address, mode,
                        *arguments]
        self.process = None

    def __enter__(self):
        self.process = subprocess.Popen(self.command,
                                        stdin=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        self.pid = self.process.pid
        try:
            case.until("the filter listens", self.listens, 60)
        except BaseException:
            self.process.kill()
            raise
        os.chmod(self.address, 0o666)
        return self

    def listens(self):
        if self.process.poll() is not None:
            raise AssertionError(f"{self.command} has ended")
        try:
            milter.open_socket(self.address).close()
        except OSError:
            return False
        return True

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGUSR1)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Postern(posternd.Posternd, Process):
    """posternd; kind says what becomes of CLIENT, sync is audit.sync."""

    KINDS = {
        # kind: mode, networks of the source that is allowed[, its tenant]
        "allowed": ("enforce", [CLIENT]),
        "refused": ("enforce", ["192.0.2.0/24"]),
        "monitored": ("monitor", ["192.0.2.0/24"]),
        # of message.py, judged by its headers
        "own tenant": ("enforce", [CLIENT], message.OWN),
        "another tenant": ("enforce", [CLIENT], message.OTHER),
    }

    def __init__(self, folder, kind, sync="never", networks=0, under=(),
                 **keys):
        self.under = list(under)
        os.mkdir(folder)
        os.chmod(folder, 0o755)
        mode, listed, *tenants = self.KINDS[kind]
        listed = list(listed)
        if networks:
            path = os.path.join(folder, "many.netset")
            with open(path, "w", encoding="ascii") as many:
                many.writelines(f"{network}\n"
                                for network in random_networks(networks))
            listed.append(path)
        texts = ", ".join(f'"{network}"' for network in listed)
        entry = '{ source = "service"; tenant = [ "%s" ]; }' % tenants[0] \
            if tenants else '"service"'
        super().__init__(
            folder,
            sources="\nsources: { service: { networks = [ %s ]; }; };"
                    % texts,
            policies='\npolicies = ( { name = "guarded"; domains = '
                     '[ "example.com" ]; allow = ( %s ); } );\n' % entry,
            audit={"sync": f'"{sync}"'}, mode=f'"{mode}"',
            trusted='[ "203.0.113.254" ]', socket_mode='"0666"', **keys)

    def start(self):
        """Under valgrind, and beside others, it takes its time."""
        self.process = self.spawn()
        try:
            case.until("posternd serves", self.answers, 60)
        except BaseException:
            self.kill()
            raise
        return self

    def spawn(self, extra=None):
        with open(self.errors, "ab") as errors:
            process = subprocess.Popen(
                [*self.under, case.program("posternd"), "-c", self.conf],
                stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
                env=self.environment(extra))
        self.pid = process.pid
        return process


def random_networks(count):
    """Different networks that CLIENT is in none of; always the same."""
    draw = random.Random(4)
    found = set()
    while len(found) < count:
        bits = draw.randint(20, 32)
        number = draw.getrandbits(32) >> (32 - bits) << (32 - bits)
        if 1 <= number >> 24 <= 223 and number >> 24 != 127:
            found.add((number, bits))
    return ["%d.%d.%d.%d/%d" % (number >> 24, number >> 16 & 255,
                                number >> 8 & 255, number & 255, bits)
            for number, bits in sorted(found)]


def what_it_asks_for(address):
    """Steps and macros that a filter negotiates, as tests/bench/filter
    takes them: the same, without the work."""
    client = milter.Client(address)
    lists = [f"{stage}:{names}" for stage, names in client.lists.items()
             if names != milter.DEFAULT_MACROS.get(stage)]
    client.quit()
    return [hex(client.protocol), *lists]
