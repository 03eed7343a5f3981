#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""limits.py - what if descriptors, threads or memory run short?"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import concurrent.futures  # noqa: E402
import time  # noqa: E402

from case import case, equal, holds, main, sanitized, true, \
    until  # noqa: E402
from milter import Wire  # noqa: E402
from posternd import ALLOWED, PROTECTED, STRANGER, Posternd  # noqa: E402
from proc import (Ordinary, cpu_seconds, descriptors, many_files, memory_bytes,
                  threads)  # noqa: E402

# what libmilter cannot answer until the rest comes
HALF_A_PACKET = b"\0\0\0\x20O"


def ask(daemon, ip=STRANGER):
    client = daemon.client()
    client.connect(ip)
    client.helo()
    client.mail()
    answer = client.rcpt(PROTECTED)
    client.quit()
    return answer


def later(t, function, *arguments):
    """Runs it in a thread; the future of its result."""
    pool = concurrent.futures.ThreadPoolExecutor(1)
    t.at_end(pool.shutdown, False)
    return pool.submit(function, *arguments)


def halves(daemon, count, pause=0.005):
    """Slowly: of those that come at once libmilter keeps all but two for the
    next worker that ends, and starts no thread."""
    wires = []
    for _ in range(count):
        wires.append(Wire(daemon.address))
        wires[-1].send_bytes(HALF_A_PACKET)
        time.sleep(pause)
    return wires


def close(clients):
    for client in clients:
        client.close()


def serves(daemon):
    equal("an allowed client", ask(daemon, ALLOWED), "continue")
    holds("a stranger", ask(daemon), "550 5.7.1 ")


@case
def out_of_descriptors_it_neither_spins_nor_ends(t):
    daemon = t.enter(Ordinary(t.folder))
    serves(daemon)
    pid = daemon.process.pid
    before = until("sessions are gone", lambda: descriptors(pid))
    daemon.limit("nofile", before + 10)
    clients = [daemon.client() for _ in range(8)]
    waiting = [Wire(daemon.address) for _ in range(20)]
    until("it says the cure", lambda: "LimitNOFILE" in daemon.said())
    begun = cpu_seconds(pid)
    time.sleep(2)
    # that of a loop without a pause: 0.4 s and more
    true("no spin", cpu_seconds(pid) - begun < 0.2 * (3 if sanitized() else 1))
    equal("said once", daemon.said().count("a connection waits"), 1)
    for client in clients[:4]:
        equal("those that are in", client.connect(ALLOWED)[:1] in "ca", True)
    close(clients + waiting)
    serves(daemon)
    until("no descriptor leaks", lambda: descriptors(pid) <= before)


@case
def out_of_threads_it_waits_for_those_that_end(t):
    daemon = t.enter(Ordinary(t.folder))
    serves(daemon)
    pid = daemon.process.pid
    before = descriptors(pid), threads(pid)
    daemon.threads_left(6)
    hung = halves(daemon, 40)
    until("it says the cure", lambda: "TasksMax" in daemon.said())
    fresh = later(t, ask, daemon)
    time.sleep(1)
    true("it waits", not fresh.done())
    close(hung)
    holds("it is served", fresh.result(20), "550 5.7.1 ")
    serves(daemon)
    until("no descriptor leaks", lambda: descriptors(pid) <= before[0])
    until("no thread does", lambda: threads(pid) <= before[1] + 2, 25)


@case
def threads_that_come_back_are_used(t):
    """Also without another event: nobody connects meanwhile."""
    daemon = t.enter(Ordinary(t.folder))
    serves(daemon)
    daemon.threads_left(4)
    hung = halves(daemon, 20)
    until("it says the cure", lambda: "TasksMax" in daemon.said())
    fresh = later(t, ask, daemon)
    time.sleep(1)
    true("it waits", not fresh.done())
    daemon.limit("nproc")
    holds("it is served", fresh.result(20), "550 5.7.1 ")
    close(hung)


@case
def without_any_thread_it_ends_with_words(t):
    daemon = Ordinary(t.folder)
    daemon.start()
    serves(daemon)
    daemon.threads_left(4)
    hung = halves(daemon, 30)
    equal("exit", daemon.ended(30), 75)
    close(hung)
    holds("words", daemon.said(), "no thread can be started")
    equal("it was recorded", daemon.records()[-1]["event"]["action"],
          "stopped")
    # as a supervisor does
    with daemon:
        serves(daemon)


@case
def at_its_limit_it_goes_on_as_long_as_it_serves(t):
    daemon = t.enter(Ordinary(t.folder))
    serves(daemon)
    daemon.threads_left(12)
    hung = halves(daemon, 10)
    end = time.monotonic() + 13  # longer than it waits for an answer

    def keep_asking():
        count = 0
        while time.monotonic() < end:
            holds("answer", ask(daemon), "550 5.7.1 ")
            count += 1
            time.sleep(0.01)
        return count

    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        counts = [one.result() for one in
                  [pool.submit(keep_asking) for _ in range(24)]]
    true("all were served", min(counts) > 0)
    holds("it was short", daemon.said(), "TasksMax")
    daemon.must_live()
    close(hung)


@case(needs=[many_files])
def thousands_of_idle_and_half_packets(t):
    idle, half = (300, 60) if sanitized() else (3000, 400)
    daemon = t.enter(Posternd(t.folder))
    serves(daemon)
    pid = daemon.process.pid
    before, memory = descriptors(pid), memory_bytes(pid)
    clients = [daemon.client() for _ in range(idle)]
    for client in clients[:idle // 3]:
        client.connect(STRANGER)
    hung = halves(daemon, half)
    serves(daemon)
    grown = memory_bytes(pid) - memory
    print(f"# {idle} idle, {half} half packets: {threads(pid)} threads, "
          f"{grown // 1024} KiB more")
    if not sanitized():
        true(f"memory: {grown}", grown < 64 << 20)
    close(clients + hung)
    serves(daemon)
    until("no descriptor leaks", lambda: descriptors(pid) <= before)


main()
