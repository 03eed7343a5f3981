# SPDX-License-Identifier: ISC
"""verdict.py - how long does the verdict take, and what memory a session?

Without an MTA: tests/bench/driver plays its side.
"""

import contextlib
import os
import subprocess

import filters
import report

OPEN = (1, 1000, 10000)
OPEN_QUICK = (1, 100)
TIMES = ("connect_p50_us", "connect_p99_us", "rcpt_p50_us", "rcpt_p99_us")


class Driver:
    """A driver that has played its sessions and holds open ones."""

    def __init__(self, address, sessions, held):
        self.process = subprocess.Popen(
            [filters.tool("driver"), address, str(sessions), str(held)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.found = {}

    def __enter__(self):
        """Reads until it has said its last line."""
        for line in self.process.stdout:
            name, value = line.split()
            self.found[name] = value
            if name == self.last():
                break
        else:
            raise AssertionError("the driver failed: see above")
        return self

    def last(self):
        """rcpt_answer comes before the times: '-' means that no RCPT was
        asked, and so no time of one follows."""
        if self.found.get("rcpt_answer") == "-":
            return "connect_p99_us"
        return "rcpt_p99_us"

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        if self.process.wait(60) != 0:
            raise AssertionError("the driver failed: see above")

    def time(self, name):
        text = self.found.get(name)
        return None if text is None else float(text)


def subjects(folder):
    """name: filter, in the order in which they are measured."""
    return {
        "empty filter": filters.Yardstick(folder, "empty"),
        "posternd, allowed": filters.Postern(
            os.path.join(folder, "allowed"), "allowed"),
        "filter with all steps": filters.Yardstick(folder, "all"),
        "filter that refuses, all steps": filters.Yardstick(
            folder, "refuse"),
        "posternd, refused, sync never": filters.Postern(
            os.path.join(folder, "refused"), "refused"),
        "posternd, refused, sync always": filters.Postern(
            os.path.join(folder, "always"), "refused", "always"),
    }


def measure(running, sessions, held):
    """One run while so many others are open: figures by name."""
    with Driver(running.address, 1, held):
        before = running.cpu()
        with Driver(running.address, sessions, 0) as driver:
            cpu = running.cpu() - before
            rss, pss = running.memory()
    found = {name: driver.time(name) for name in TIMES}
    found.update(cpu=cpu / sessions * 1e6,
                 rate=sessions / driver.time("seconds"), rss=rss, pss=pss)
    return {name: value for name, value in found.items()
            if value is not None}


def show(names, rounds, held):
    """The table of one number of open sessions."""
    print(f"\n{held:,} open")
    report.table(
        ("connect p50", "p99", "RCPT p50", "p99", "CPU", "sessions/s",
         "RSS KiB", "PSS KiB"),
        [(name, *(rounds.median(name, column) for column in
                  (*TIMES, "cpu", "rate", "rss", "pss")))
         for name in names])


def judge(few, many, more):
    """few, many: rounds with one and with the most sessions open; more: how
    many more those are."""
    own, empty = "posternd, allowed", "empty filter"
    report.ratio(few, own, empty, "cpu", "CPU", 1.05)
    report.ratio(few, own, empty, "connect_p50_us", "connect p50")
    report.ratio(few, "posternd, refused, sync never",
                 "filter that refuses, all steps", "cpu",
                 "CPU with the record")
    for name in (empty, own, "filter that refuses, all steps",
                 "posternd, refused, sync never"):
        grown = many.median(name, "pss") - few.median(name, "pss")
        report.line(f"PSS an open session, {name}", grown / more,
                    unit=" KiB")


def run(folder, options):
    # short runs, often in turns: what else the machine does hits all alike
    sessions, times = (50, 1) if options.quick else (800, 5)
    report.heading(f"verdict: without an MTA, one session after the other, "
                   f"{sessions} a run, {options.rounds * times} rounds; "
                   "us, medians")
    found = {held: report.Rounds()
             for held in (OPEN_QUICK if options.quick else OPEN)}
    with contextlib.ExitStack() as stack:
        running = {name: stack.enter_context(one)
                   for name, one in subjects(folder).items()}
        for one in running.values():
            with Driver(one.address, sessions, 0):
                pass  # its threads are there, its caches warm
        for held, rounds in found.items():
            # thousands of them take their time to open
            for _ in range(options.rounds * times if held == 1 else
                           options.rounds if held < 10000 else 1):
                for name, one in running.items():
                    rounds.add(name, **measure(one, sessions, held))
            show(running, rounds, held)
    print()
    judge(found[1], found[max(found)], max(found) - 1)
