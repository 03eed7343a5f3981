#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""log_failure.py - what if the record cannot be written?"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import subprocess  # noqa: E402

from case import Skip, case, equal, holds, main, true, until  # noqa: E402
from posternd import (ALLOWED, PROTECTED, STRANGER, Posternd, give,
                      postern, verify)  # noqa: E402


def ask(daemon, ip, recipient=PROTECTED):
    client = daemon.client()
    client.connect(ip)
    client.helo()
    equal("mail", client.mail(), "continue")
    answer = client.rcpt(recipient)
    client.quit()
    return answer


def without_its_folder(t, on_failure, want, **keys):
    daemon = t.enter(Posternd(t.folder, audit={"on_failure": on_failure},
                              **keys))
    ask(daemon, STRANGER)
    before = len(daemon.wait_attempts(1))
    daemon.take_away_log()
    for _ in range(3):
        answer = ask(daemon, STRANGER)
        true(f"without a log: {answer}", answer.startswith(want))
        equal("good mail goes on", ask(daemon, ALLOWED), "continue")
    daemon.bring_back_log()
    again = until("a refusal is recorded again",
                  lambda: ask(daemon, STRANGER)
                  if len(daemon.attempts()) == before else "recorded")
    true("again", again)
    equal("one recovered", len(until(
        "recovered", lambda: daemon.records("recovered"))), 1)
    verify(daemon.log)
    return daemon


@case
def a_refusal_that_cannot_be_recorded_is_deferred(t):
    daemon = without_its_folder(t, '"defer"', "451 4.7.1 ")
    holds("afterwards", ask(daemon, STRANGER), "550 5.7.1 ")
    true("it said so", daemon.log in daemon.said() or
         daemon.audit_folder in daemon.said())


@case
def it_can_stay_a_refusal(t):
    without_its_folder(t, '"reject"', "550 5.7.1 ")


@case
def it_can_be_let_in(t):
    without_its_folder(t, '"accept"', "continue")


@case
def monitor_never_refuses(t):
    without_its_folder(t, '"defer"', "continue", mode='"monitor"')


@case
def a_file_that_is_gone_is_made_again(t):
    daemon = Posternd(t.folder).start()
    holds("before", ask(daemon, STRANGER), "550 5.7.1 ")
    last = daemon.records()[-1]
    os.rename(daemon.log, t.path("taken"))
    holds("without a file", ask(daemon, STRANGER), "550 5.7.1 ")
    records = daemon.records()
    equal("first", records[0]["event"]["action"], "recovered")
    equal("the chain goes on", records[0]["postern"]["prev"],
          last["postern"]["hash"])
    equal("sequence", records[0]["event"]["sequence"],
          last["event"]["sequence"] + 1)
    equal("exit", daemon.stop(), 0)
    verify(t.path("taken"), daemon.log)


@case
def a_folder_that_is_gone_is_not_made_again(t):
    daemon = t.enter(Posternd(t.folder))
    daemon.take_away_log()
    holds("without", ask(daemon, STRANGER), "451 4.7.1 ")
    true("not made", not os.path.exists(daemon.audit_folder))
    daemon.bring_back_log()


@case
def a_full_disk_defers_until_there_is_room(t):
    small = t.path("small")
    os.mkdir(small)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small],
        capture_output=True, check=False)
    if mounted.returncode != 0:
        raise Skip("no tmpfs can be mounted here")
    t.at_end(subprocess.run, ["umount", "-l", small])
    give(small)
    log = os.path.join(small, "audit.jsonl")
    daemon = Posternd(t.folder, audit={"path": f'"{log}"'})
    daemon.log = log
    t.enter(daemon)
    holds("before", ask(daemon, STRANGER), "550 5.7.1 ")
    filler = os.path.join(small, "filler")
    with open(filler, "wb", buffering=0) as full:
        try:
            while True:
                full.write(b"x" * 4096)
        except OSError:
            pass
    answers = [ask(daemon, STRANGER) for _ in range(12)]
    holds("full", answers[-1], "451 4.7.1 ")
    equal("good mail goes on", ask(daemon, ALLOWED), "continue")
    os.unlink(filler)
    until("recorded again", lambda: ask(daemon, STRANGER).startswith("550"))
    true("recovered", daemon.records("recovered"))
    verify(log)


@case
def a_torn_line_is_set_aside_at_the_start(t):
    daemon = Posternd(t.folder)
    daemon.start()
    holds("before", ask(daemon, STRANGER), "550 5.7.1 ")
    daemon.kill()
    with open(daemon.log, "ab") as log:
        log.write(b'{"@timestamp":"2026-11-24T04:00:00.000000Z","ecs":{"ve')
    daemon.start()
    holds("after", ask(daemon, STRANGER), "550 5.7.1 ")
    equal("exit", daemon.stop(), 0)
    true("recovered", daemon.records("recovered"))
    verify(daemon.log)


@case
def what_goes_while_it_is_stopped_is_missed(t):
    """Nothing was sealed yet: only the daemon knows how far it had come."""
    daemon = Posternd(t.folder)
    kept = t.path("kept")
    for take_away in (lambda: os.rename(daemon.log, kept),
                      lambda: os.truncate(daemon.log, 0),
                      lambda: os.truncate(daemon.log, 700)):
        daemon.start()
        ask(daemon, STRANGER)
        daemon.stop()
        last = daemon.records()[-1]["event"]["sequence"]
        take_away()
        daemon.start()
        ask(daemon, STRANGER)
        daemon.stop()
        began = [record["event"] for record in daemon.records()
                 if record["event"]["sequence"] > last]
        equal("goes on", [began[0]["sequence"], began[0]["action"]],
              [last + 1, "recovered"])
        found = postern("log", "verify", daemon.log, code=None)
        equal("exit", found.returncode, 1)
        holds("it is damage", found.stderr, "gap")
        if os.path.exists(kept):
            postern("log", "verify", kept, daemon.log)
            os.unlink(kept)


@case
def other_ways_to_sync_record_as_well(t):
    for sync in ("second", "never"):
        os.mkdir(t.path(sync))
        with Posternd(t.path(sync), audit={"sync": f'"{sync}"'}) as daemon:
            for number in range(1, 6):
                holds(sync, ask(daemon, STRANGER), "550 5.7.1 ")
                # written, if not on disk, before the answer
                equal(sync, len(daemon.attempts()), number)


@case
def records_outlive_a_kill(t):
    daemon = Posternd(t.folder)
    for round_number in range(3):
        daemon.start()
        for _ in range(5):
            holds("refused", ask(daemon, STRANGER), "550 5.7.1 ")
        # what was answered is on disk: a kill cannot take it away
        daemon.kill()
        equal("attempts", len(daemon.attempts()), 5 * (round_number + 1))
    verify(daemon.log)


main()
