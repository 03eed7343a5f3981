#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""watchdog.py - does systemd hear that it lives, and only while it does?"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import socket  # noqa: E402
import subprocess  # noqa: E402
import time  # noqa: E402

from case import case, equal, holds, main, program, sanitized, true, \
    until  # noqa: E402
from milter import Wire  # noqa: E402
from posternd import Posternd  # noqa: E402
from postfix import free_port  # noqa: E402
from proc import Ordinary, descriptors  # noqa: E402

PERIOD = 6.0 if sanitized() else 3.0

# as systemd does it: the child's own number, a socket as descriptor 3
AS_SYSTEMD = """
import os, sys
os.environ["WATCHDOG_PID"] = sys.argv[1] or str(os.getpid())
if sys.argv[2]:
    os.dup2(int(sys.argv[2]), 3)
    os.set_inheritable(3, True)
    os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv(sys.argv[3], sys.argv[3:])
"""


class Systemd:
    """What systemd hears of a daemon."""

    def __init__(self, t, name, daemon=Posternd, **keys):
        folder = t.path(name)
        os.mkdir(folder)
        self.daemon = daemon(folder, **keys)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        t.at_end(self.socket.close)
        self.path = os.path.join(folder, "systemd")
        self.socket.bind(self.path)
        os.chmod(self.path, 0o666)
        self.socket.setblocking(False)
        self.heard = []  # (when, what)

    def variables(self, period):
        return {"NOTIFY_SOCKET": self.path, "WATCHDOG_USEC": period}

    def start(self, t, period=f"{PERIOD * 1e6:.0f}"):
        self.daemon.process = self.daemon.spawn(self.variables(period))
        return self.ready(t)

    def start_as_systemd(self, t, pid="", listener=None):
        number = "" if listener is None else str(listener.fileno())
        with open(self.daemon.errors, "ab") as errors:
            self.daemon.process = subprocess.Popen(
                [sys.executable, "-c", AS_SYSTEMD, pid, number,
                 program("posternd"), "-c", self.daemon.conf],
                pass_fds=[listener.fileno()] if listener else [],
                stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
                env=self.daemon.environment(
                    self.variables(f"{PERIOD * 1e6:.0f}")))
        return self.ready(t)

    def ready(self, t):
        t.at_end(self.daemon.stop)
        until("it is ready", lambda: self.times("READY=1"))
        return self

    def times(self, what):
        """When that was heard so far."""
        try:
            while True:
                for line in self.socket.recv(4096).decode().splitlines():
                    self.heard.append((time.monotonic(), line))
        except BlockingIOError:
            pass
        return [when for when, line in self.heard if line == what]

    def forget(self):
        self.times("")
        self.heard.clear()


def listen(all_of_them, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for one in all_of_them:
            one.times("")
        time.sleep(0.05)


def heard_in_time(one, begun, ended):
    times = [begun] + one.times("WATCHDOG=1") + [ended]
    gaps = [after - before for before, after in zip(times, times[1:])]
    true(f"{one.daemon.keys['socket']}: {gaps}", max(gaps) < PERIOD)
    # each of them costs something
    true(f"not too often: {gaps}", len(gaps) < 12)


@case
def it_is_heard_in_time_whatever_the_socket(t):
    port = free_port()
    port6 = free_port("::1")
    abstract = socket.socket(socket.AF_UNIX)
    t.at_end(abstract.close)
    abstract.bind(f"\0postern-test-{os.getpid()}")
    abstract.listen(64)
    every = [Systemd(t, "unix").start(t),
             Systemd(t, "inet", socket=f'"inet:{port}@127.0.0.1"').start(t),
             Systemd(t, "inet6", socket=f'"inet6:{port6}@[::]"').start(t),
             Systemd(t, "systemd", socket='"systemd"').start_as_systemd(
                 t, listener=abstract)]
    begun = time.monotonic()
    listen(every, 3 * PERIOD)
    ended = time.monotonic()
    for one in every:
        heard_in_time(one, begun, ended)
        equal("no more words than those of the start",
              one.daemon.said().count("\n"), 1)
        equal("exit", one.daemon.stop(), 0)
        # nobody was there
        equal("records", [record["event"]["action"]
                          for record in one.daemon.records()],
              ["started", "stopped"])


@case
def it_tells_only_who_asks(t):
    """sd_watchdog_enabled(3): the process that is meant, a number > 0."""
    silent = [Systemd(t, "other").start_as_systemd(t, pid="1"),
              Systemd(t, "no-pid").start_as_systemd(t, pid="1x"),
              Systemd(t, "zero").start(t, "0"),
              Systemd(t, "minus").start(t, "-3000000"),
              Systemd(t, "words").start(t, "3s"),
              Systemd(t, "blank").start(t, " 3000000"),
              Systemd(t, "empty").start(t, ""),
              Systemd(t, "too-large").start(t, "9" * 25)]
    listen(silent, PERIOD)
    for one in silent:
        equal(one.path, one.times("WATCHDOG=1"), [])
    for one in silent[1:]:
        holds(one.path, one.daemon.said(), "WATCHDOG_")


@case
def a_watchdog_of_hours_is_not_taken_for_one_of_seconds(t):
    # two hours are more microseconds than 32 bits hold
    one = Systemd(t, "hours").start(t, "7200000000")
    listen([one], 2)
    true("at once, then no more", len(one.times("WATCHDOG=1")) <= 1)


def out_of_descriptors(t, name, left, waiting):
    """left: how many are left for a question, which takes two."""
    one = Systemd(t, name, daemon=Ordinary).start(t)
    pid = one.daemon.process.pid
    clients = [one.daemon.client() for _ in range(8)]
    counts = []
    for _ in range(50):  # without those of a question that is under way
        counts.append(descriptors(pid))
        time.sleep(0.05)
    one.daemon.limit("nofile", min(counts) + left)
    clients += [Wire(one.daemon.address) for _ in range(waiting)]
    for client in clients:
        t.at_end(client.close)
    until("it is short", lambda: "LimitNOFILE" in one.daemon.said())
    return one


@case
def without_descriptors_it_lives(t):
    """A new start would not help."""
    both = [out_of_descriptors(t, "no-socket", 0, 20),
            out_of_descriptors(t, "no-accept", 1, 0)]
    for one in both:
        one.forget()
    begun = time.monotonic()
    listen(both, 2 * PERIOD)
    for one in both:
        heard_in_time(one, begun, time.monotonic())
        equal("not said to be silent",
              one.daemon.said().count("does not answer"), 0)


@case
def while_it_does_not_answer_systemd_hears_nothing(t):
    """All threads hang, and no more are to be had."""
    one = Systemd(t, "daemon", daemon=Ordinary).start(t)
    until("it lives", lambda: one.times("WATCHDOG=1"))
    one.daemon.threads_left(3)
    hung = []
    for _ in range(30):
        hung.append(Wire(one.daemon.address))
        hung[-1].send_bytes(b"\0\0\0\x20O")
        time.sleep(0.005)
    time.sleep(1.5)  # an answer that was under way
    one.forget()
    until("it says so", lambda: "not told that it lives" in
          one.daemon.said())
    equal("nothing", one.times("WATCHDOG=1"), [])
    for wire in hung:
        wire.close()
    until("it is back", lambda: one.times("WATCHDOG=1"))


main()
