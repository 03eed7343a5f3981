#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""rotation.py - does the log end its files, and lose nothing thereby?"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import glob  # noqa: E402
import gzip  # noqa: E402
import json  # noqa: E402
import shutil  # noqa: E402
import subprocess  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402

import case as cases  # noqa: E402
import milter  # noqa: E402
from case import case, equal, holds, main, slow, true, until  # noqa: E402
from posternd import (PROTECTED, STRANGER, Posternd, postern,
                      reference)  # noqa: E402


def guard(t, **audit):
    return Posternd(t.folder, audit={
        name: f'"{value}"' for name, value in audit.items()})


def files(daemon):
    """The rotated files, the oldest first; of two of one name (a packing that
    was stopped) the plain one."""
    found = {}
    for name in sorted(glob.glob(daemon.log + ".0*"), reverse=True):
        if not name.endswith(".part"):
            found[name.removesuffix(".gz")] = name
    return [found[plain] for plain in sorted(found)]


def first_of(name):
    return int(name.removesuffix(".gz").rpartition(".")[2])


def read(name):
    with (gzip.open if name.endswith(".gz") else open)(name, "rb") as file:
        return [json.loads(line) for line in file]


def everything(daemon, *more):
    """The records of all files, in order."""
    return [record for name in (*files(daemon), *more, daemon.log)
            for record in read(name)]


def actions(records):
    return [record["event"]["action"] for record in records]


def chain(*names, anywhere=False):
    script = os.path.join(cases.HARNESS, "chain.py")
    run = subprocess.run(
        [sys.executable, "-B", script, *(["--anywhere"] * anywhere), *names],
        capture_output=True, text=True, check=False)
    equal("the chain", (run.returncode, run.stdout[:300] if run.returncode
                        else ""), (0, ""))


def whole(daemon, anywhere=False):
    """Both verifiers find the stopped daemon's log whole."""
    names = files(daemon)
    chain(*names, daemon.log, anywhere=anywhere)
    postern("log", "verify", "-c", daemon.conf)
    for name in names:
        records = read(name)
        equal(f"first of {name}", records[0]["event"]["sequence"],
              first_of(name))
        equal(f"last of {name}", actions(records)[-1], "rotated")


def refused(daemon, client, told):
    """One more refusal; its reference goes into told."""
    client.mail()
    answer = client.rcpt(PROTECTED)
    holds("refused", answer, "550 5.7.1 ")
    told.append(reference(answer))
    client.abort()


def session(daemon, count, told):
    with daemon.client() as client:
        client.connect(STRANGER)
        client.helo()
        for _ in range(count):
            refused(daemon, client, told)


def attack(daemon, sessions, count):
    """So many sessions at once, each with so many refusals."""
    lists = [[] for _ in range(sessions)]
    threads = [threading.Thread(target=session, args=(daemon, count, told))
               for told in lists]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = sum(lists, [])
    equal("refusals", len(told), sessions * count)
    return told


def on_record(told, records):
    """Each that was told once, and none besides."""
    ids = [record["event"]["id"] for record in records
           if record["event"]["action"] == "bypass-rejected"]
    equal("each reference once", sorted(ids), sorted(told))


@case
def nothing_is_lost_while_files_end(t):
    daemon = guard(t, rotate_size="8KiB").start()
    told = attack(daemon, 6, 40)
    equal("exit", daemon.stop(), 0)
    true(f"many files: {len(files(daemon))}", len(files(daemon)) > 10)
    records = everything(daemon)
    on_record(told, records)
    equal("recovered", actions(records).count("recovered"), 0)
    whole(daemon)


@case
def rotated_files_are_packed(t):
    daemon = guard(t, rotate_size="8KiB").start()
    told = attack(daemon, 2, 20)
    until("all are packed", lambda: files(daemon) and all(
        name.endswith(".gz") for name in files(daemon)))
    equal("exit", daemon.stop(), 0)
    on_record(told, everything(daemon))
    whole(daemon)


@case
def a_reload_changes_when_files_end(t):
    daemon = guard(t, rotate_size="1GiB").start()
    told = attack(daemon, 2, 10)
    equal("none ended", files(daemon), [])
    daemon.audit["rotate_size"] = '"8KiB"'
    daemon.write()
    daemon.reload()
    told += attack(daemon, 2, 20)
    until("files end", lambda: len(files(daemon)) > 1)
    daemon.audit["rotate_size"] = '"0"'
    daemon.write()
    daemon.reload()
    before = len(files(daemon))
    told += attack(daemon, 2, 20)
    equal("none ends any more", len(files(daemon)), before)
    equal("exit", daemon.stop(), 0)
    on_record(told, everything(daemon))
    whole(daemon)


def until_killed(daemon, told):
    """Refusals for as long as it lives; what was answered is told."""
    try:
        session(daemon, 1000000, told)
    except (OSError, AssertionError, milter.Closed):
        pass


def kill_in_the_middle(daemon, pause):
    lists = [[] for _ in range(12)]
    threads = [threading.Thread(target=until_killed, args=(daemon, told))
               for told in lists]
    daemon.start()
    for thread in threads:
        thread.start()
    time.sleep(pause)
    daemon.kill()
    for thread in threads:
        thread.join()
    return sum(lists, [])


@case(seconds=300)
def a_kill_in_the_middle_loses_nothing_that_was_answered(t):
    """Of ten thousand, while files end all the time."""
    want = 10000 if slow() == 1 else 1000
    daemon = guard(t, rotate_size="32KiB")
    told, kills = [], 0
    while len(told) < want:
        told += kill_in_the_middle(daemon, 0.2 + 0.11 * (kills % 10))
        kills += 1
    daemon.start()
    equal("exit", daemon.stop(), 0)
    print(f"# {len(told)} refusals, {kills} kills, {len(files(daemon))} files")
    records = everything(daemon)
    ids = [record["event"]["id"] for record in records]
    true("several kills", kills > 1)
    true("many files", len(files(daemon)) > 5)
    equal("answered, and not on record", set(told) - set(ids), set())
    equal("twice", len(ids), len(set(ids)))
    # none says that records are gone; a torn line was answered to nobody
    for record in records:
        if record["event"]["action"] == "recovered":
            true(record["postern"]["note"],
                 "tampering" not in record["postern"]["note"] and
                 "gone" not in record["postern"]["note"])
    whole(daemon)


@case
def what_is_too_old_goes_on_the_record(t):
    daemon = guard(t, rotate_age="1s", keep="4s", seal="1s").start()
    attack(daemon, 1, 3)
    until("the first is gone", lambda: files(daemon) and
          first_of(files(daemon)[0]) > 1, 90)
    equal("exit", daemon.stop(), 0)
    records = everything(daemon)
    gone = [record["postern"]["deleted"] for record in records
            if record["event"]["action"] == "deleted"]
    true("deleted", gone)
    equal("what is left begins where that ends",
          [records[0]["postern"]["prev"]],
          [one["hash"] for one in gone
           if one["last"] + 1 == records[0]["event"]["sequence"]])
    whole(daemon, anywhere=True)


@case
def a_file_that_logrotate_renames_is_no_loss(t):
    daemon = guard(t).start()
    told = attack(daemon, 2, 5)
    os.rename(daemon.log, daemon.log + ".1")
    told += attack(daemon, 2, 5)
    equal("exit", daemon.stop(), 0)
    chain(daemon.log + ".1", daemon.log)
    postern("log", "verify", "-c", daemon.conf, daemon.log + ".1", daemon.log)
    records = everything(daemon, daemon.log + ".1")
    on_record(told, records)
    notes = [record["postern"]["note"] for record in records
             if record["event"]["action"] == "recovered"]
    equal("recovered", len(notes), 1)
    true(notes[0], "tampering" not in notes[0])


@case
def copytruncate_is_tampering(t):
    daemon = guard(t).start()
    told = attack(daemon, 1, 5)
    shutil.copy(daemon.log, daemon.log + ".1")
    os.truncate(daemon.log, 0)
    told += attack(daemon, 1, 5)
    equal("exit", daemon.stop(), 0)
    records = everything(daemon, daemon.log + ".1")
    on_record(told, records)
    notes = [record["postern"]["note"] for record in records
             if record["event"]["action"] == "recovered"]
    equal("recovered", len(notes), 1)
    holds("its note", notes[0], "tampering")
    # the copy holds all, so that the chain is whole with it, and only so
    chain(daemon.log + ".1", daemon.log)
    postern("log", "verify", "-c", daemon.conf, code=1)


main()
