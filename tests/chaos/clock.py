#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""clock.py - what if the clock jumps under load?"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import datetime  # noqa: E402
import glob  # noqa: E402
import time  # noqa: E402

from case import Skip, case, equal, main, sanitized, true, \
    until  # noqa: E402
from load import Load, over_milter  # noqa: E402
from mounts import attempt, disk, needed, with_log_in  # noqa: E402
from posternd import Posternd, verify  # noqa: E402

LIBRARY = "/usr/lib/*/faketime/libfaketimeMT.so.1"
HOUR = 3600


def faketime():
    if not glob.glob(LIBRARY):
        raise Skip("libfaketime is not installed")
    if sanitized():
        raise Skip("libfaketime and a sanitizer do not go together")


class Jumping(Posternd):
    """A daemon whose time of day is what jump() says; the clock that only
    counts goes on, as it does in reality."""

    def __init__(self, folder, **keys):
        super().__init__(folder, **keys)
        self.offset = os.path.join(folder, "offset")
        self.jump(0)

    def environment(self, extra=None):
        return super().environment({
            "LD_PRELOAD": glob.glob(LIBRARY)[0],
            "FAKETIME_TIMESTAMP_FILE": self.offset,
            "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            # else it makes all waits on that clock end at once
            "FAKETIME_FORCE_MONOTONIC_FIX": "0", **(extra or {})})

    def jump(self, seconds):
        with open(self.offset + ".new", "w", encoding="ascii") as offset:
            offset.write(f"{seconds:+d}\n")
        os.chmod(self.offset + ".new", 0o644)
        os.rename(self.offset + ".new", self.offset)

    def last_time(self):
        return when(self.records()[-1])


def when(record):
    return datetime.datetime.fromisoformat(
        record["@timestamp"].replace("Z", "+00:00")).timestamp()


@case(needs=[faketime])
def an_hour_to_and_fro(t):
    daemon = t.enter(Jumping(t.folder))
    with Load(over_milter(daemon)) as load:
        for offset in (0, HOUR, -HOUR, HOUR, 0):
            daemon.jump(offset)
            until(f"records say {offset:+d}", lambda offset=offset: abs(
                daemon.last_time() - time.time() - offset) < HOUR / 4)
            load.more("stranger", "refused", 10)
            load.more("allowed", "let in", 10)
    equal("deferred", load.count("stranger", "deferred"), 0)
    equal("broken off", load.count("stranger", "broken off"), 0)
    load.all_on_record(daemon.log)
    equal("exit", daemon.stop(), 0)
    # the order is that of the sequence, whatever the time says
    verify(daemon.log)
    times = [when(record) for record in daemon.records()]
    true("they jumped", times != sorted(times))


@case(needs=[faketime])
def a_wait_for_the_disk_still_ends(t):
    """Of a disk that hangs, in either direction."""
    place = t.path("disk")
    disk(t, place, t.path("image"))
    daemon = t.enter(with_log_in(t.folder, place, Jumping))
    with Load(over_milter(daemon)) as load:
        load.more("stranger", "refused")
        t.at_end(attempt, "fsfreeze", "-u", place)
        needed("fsfreeze", "-f", place)
        for offset in (-HOUR, HOUR):
            time.sleep(1)
            daemon.jump(offset)
            load.more("stranger", "deferred", load.clients)
        needed("fsfreeze", "-u", place)
        load.more("stranger", "refused")
        load.more("allowed", "let in")
    true(f"the longest wait, {load.longest:.1f} s", load.longest < 20)
    load.all_on_record(daemon.log)
    true("recovered", daemon.records("recovered"))


def is_open(daemon):
    return daemon.status()["open"] is not None


@case(needs=[faketime])
def a_glass_closes_by_itself(t):
    daemon = t.enter(Jumping(t.folder))
    for offset, how_long in ((-HOUR, "4s"), (2 * HOUR, "30m")):
        daemon.jump(0)
        daemon.command("open", "--for", how_long, "--reason", "a test")
        true("open", is_open(daemon))
        daemon.jump(offset)
        # by its time of day or by how long it was, whichever is first
        until(f"{offset:+d}: closed", lambda: not is_open(daemon), 15, 0.3)
        until("closed on the record",
              lambda: [record["event"]["action"] for record in
                       daemon.records("opened", "closed")][-1] == "closed")
    equal("closed", len(daemon.records("closed")), 2)


main()
