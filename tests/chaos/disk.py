#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""disk.py - what if the log's place goes away under load?"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import shutil  # noqa: E402

from case import case, equal, holds, main, true  # noqa: E402
from load import Load, over_milter  # noqa: E402
from mounts import (attempt, disk, mount, needed, small,
                    with_log_in)  # noqa: E402
from posternd import Posternd, verify  # noqa: E402


def gone_and_back(daemon, load, take_away, bring_back):
    """What was answered before and after is on record; in between nobody is
    refused without evidence, and good mail goes on."""
    load.more("stranger", "refused", 10)
    equal("deferred", load.count("stranger", "deferred"), 0)
    take_away()
    load.more("stranger", "deferred", 10)
    load.more("allowed", "let in", 10)
    bring_back()
    load.more("stranger", "refused", 10)
    equal("good mail was held up", load.count("allowed", "deferred"), 0)
    true("it was said: " + daemon.said(), daemon.log in daemon.said())
    holds("and that it goes on", daemon.said(), "the log goes on after")


@case
def the_folder_is_gone_and_back(t):
    daemon = t.enter(Posternd(t.folder))
    with Load(over_milter(daemon)) as load:
        gone_and_back(daemon, load, daemon.take_away_log,
                      daemon.bring_back_log)
    load.all_on_record(daemon.log)
    equal("one gap", len(daemon.records("recovered")), 1)
    verify(daemon.log)


@case
def the_disk_is_full(t):
    """The write that does not fit is a short one first."""
    place = t.path("small")
    small(t, place, "512k")
    daemon = t.enter(with_log_in(t.folder, place))
    filler = os.path.join(place, "filler")

    def fill():
        with open(filler, "wb", buffering=0) as full:
            try:
                while True:
                    full.write(b"x" * 512)
            except OSError:
                pass

    with Load(over_milter(daemon)) as load:
        gone_and_back(daemon, load, fill, lambda: os.unlink(filler))
    load.all_on_record(daemon.log)
    # what is cut off again may make room for a shorter batch, before the
    # disk is full once more
    true("gaps", 1 <= len(daemon.records("recovered")) <= 5)
    verify(daemon.log)


@case
def the_file_system_becomes_read_only(t):
    """As after an error of the disk; then it is checked and mounted anew."""
    place, image, repaired = t.path("disk"), t.path("image"), t.path("whole")
    disk(t, place, image)
    daemon = t.enter(with_log_in(t.folder, place))

    def break_it():
        # what was under way may be on the disk, or not
        load.no_strangers.set()
        load.quiet()
        needed("mount", "-o", "remount,abort", place)
        load.no_strangers.clear()

    def repair():
        needed("umount", "-l", place)
        shutil.copyfile(image, repaired)
        attempt("e2fsck", "-fy", repaired)  # tells what it has repaired
        mount(t, place, "-o", "loop", repaired)

    with Load(over_milter(daemon)) as load:
        gone_and_back(daemon, load, break_it, repair)
    holds("the reason", daemon.said(), "Read-only")
    load.all_on_record(daemon.log)
    equal("one gap", len(daemon.records("recovered")), 1)
    verify(daemon.log)
    equal("exit", daemon.stop(), 0)


main()
