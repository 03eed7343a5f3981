#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""killed.py - what if the daemon, or the MTA, is killed under load?"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import signal  # noqa: E402
import time  # noqa: E402

import postfix  # noqa: E402
from case import case, equal, main, true, until  # noqa: E402
from load import LET_IN, Load, over_milter, over_smtp  # noqa: E402
from posternd import ALLOWED, Posternd, verify  # noqa: E402
from proc import children, descriptors  # noqa: E402
from sink import Sink  # noqa: E402


def kill_and_start(daemon, load, times):
    """No manual work in between: socket and lock are left behind."""
    for _ in range(times):
        load.more("stranger", "refused", 8)
        daemon.kill()
        true("the socket is left", os.path.exists(daemon.address))
        time.sleep(0.2)
        daemon.start()
    load.more("stranger", "refused")
    load.more("allowed", "let in")


@case
def the_daemon_under_load(t):
    daemon = t.enter(Posternd(t.folder))
    with Load(over_milter(daemon)) as load:
        kill_and_start(daemon, load, 4)
    load.all_on_record(daemon.log)
    equal("exit", daemon.stop(), 0)
    verify(daemon.log)
    equal("starts", len(daemon.records("started")), 5)


@case(needs=[postfix.needed])
def the_daemon_behind_postfix(t):
    """Whoever is there then is deferred (milter_default_action)."""
    sink = t.enter(Sink())
    daemon = t.enter(Posternd(t.folder, socket_group='"postfix"'))
    mta = t.enter(postfix.Postfix(t.folder, f"unix:{daemon.address}", sink))
    with Load(over_smtp(mta), clients=6) as load:
        kill_and_start(daemon, load, 2)
    load.all_on_record(daemon.log)
    # Postfix says so itself, whatever was in the way
    equal("broken off", load.count("stranger", "broken off"), 0)
    equal("exit", daemon.stop(), 0)
    verify(daemon.log)


def kill_mta(mta):
    """Master first: it would start new ones."""
    master = mta.master()
    for pid in [master] + children(master):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    until("it is gone", lambda: mta.master() is None)


@case(needs=[postfix.needed])
def the_mta_in_the_middle_of_sessions(t):
    sink = t.enter(Sink())
    daemon = t.enter(Posternd(t.folder, socket_group='"postfix"'))
    # once it serves: libmilter opens a pipe of its own
    true("serves", over_milter(daemon)(ALLOWED) in LET_IN)
    before = descriptors(daemon.process.pid)
    mta = t.enter(postfix.Postfix(t.folder, f"unix:{daemon.address}", sink))
    with Load(over_smtp(mta), clients=6) as load:
        load.more("stranger", "refused", 8)
        kill_mta(mta)
        until("its sessions are over, their descriptors free",
              lambda: descriptors(daemon.process.pid) <= before)
        equal("start", mta.run("start").returncode, 0)
        load.more("stranger", "refused")
        load.more("allowed", "let in")
    load.all_on_record(daemon.log)


main()
