#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""glass.py - does break glass open, just for as long as the record says?"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import datetime  # noqa: E402
import pwd  # noqa: E402
import shutil  # noqa: E402
import socket  # noqa: E402
import time  # noqa: E402

from case import case, equal, holds, main, true, until  # noqa: E402
from posternd import (ALLOWED, PROTECTED, SOURCES, STRANGER, UNLISTED,
                      Posternd, give, with_policy)  # noqa: E402

POLICIES = with_policy(
    '{ name = "other one"; domains = [ "other.example" ]; '
    'allow = ( "head-office" ); }')
OTHER = "<ceo@other.example>"
REASON = 'the filter is "down" (\u00e4rgerlich)'
REFUSED = "550 5.7.1 "


def guard(t, **keys):
    return t.enter(Posternd(t.folder, policies=POLICIES, **keys))


def break_glass(daemon, *words, seconds="1h", code=0):
    run = daemon.command("open", "--for", seconds, "--reason", REASON, *words,
                         code=code)
    return run.stdout + run.stderr


def come(daemon, ip=STRANGER):
    """A session that has said MAIL."""
    client = daemon.client()
    equal("connect", client.connect(ip), "continue")
    client.helo()
    equal("mail", client.mail(), "continue")
    return client


def ask(daemon, recipient=PROTECTED):
    client = come(daemon)
    answer = client.rcpt(recipient)
    client.quit()
    return answer


def file_of(daemon):
    return daemon.log + ".open"


def beside(daemon):
    """The files of break glass beside the log."""
    return sorted(name.removeprefix("audit.jsonl")
                  for name in os.listdir(daemon.audit_folder)
                  if ".open" in name)


def is_open(daemon, recipient=PROTECTED):
    equal("open", ask(daemon, recipient), "continue")


def is_shut(daemon, recipient=PROTECTED):
    holds("shut", ask(daemon, recipient), REFUSED)
    equal("status", daemon.status()["open"], None)


def actions(daemon):
    return [record["event"]["action"]
            for record in daemon.records("opened", "closed")]


def me():
    return {"id": str(os.geteuid()), "name": pwd.getpwuid(os.geteuid())[0]}


def daemon_user():
    if os.geteuid() != 0:
        return me()
    return {"id": str(pwd.getpwnam("nobody").pw_uid), "name": "nobody"}


@case
def it_holds_at_once_for_running_sessions(t):
    daemon = guard(t)
    before = come(daemon)
    holds("before", before.rcpt(PROTECTED), REFUSED)
    break_glass(daemon)
    equal("a session that runs", before.rcpt(PROTECTED), "continue")
    is_open(daemon)
    during = come(daemon)
    equal("during", during.rcpt(PROTECTED), "continue")
    holds("said", daemon.command("close").stdout, "closed")
    for client in (before, during):
        holds("a session that runs", client.rcpt(PROTECTED), REFUSED)
        client.quit()
    is_shut(daemon)


@case
def what_is_let_in_is_on_the_record(t):
    daemon = guard(t)
    break_glass(daemon)
    is_open(daemon)
    client = come(daemon, ALLOWED)
    equal("good mail", client.rcpt(PROTECTED), "continue")
    client.quit()
    record = daemon.wait_attempts(1)[0]
    equal("action", record["event"]["action"], "bypass-observed")
    equal("outcome", record["event"]["outcome"], "success")
    equal("mode", record["postern"]["mode"], "monitor")
    holds("the reply that it would have been", record["postern"]["reply"],
          REFUSED)
    equal("rule", record["rule"]["name"], "behind-filter")


@case
def it_is_on_the_record_with_who_asked(t):
    daemon = guard(t)
    earliest = time.time()
    break_glass(daemon)
    latest = time.time()
    shown = daemon.status()["open"]
    daemon.command("close")
    opened, closed = daemon.records("opened", "closed")
    equal("order", actions(daemon), ["opened", "closed"])
    for record in (opened, closed):
        equal("user", record["user"], me())
        equal("kind", record["event"]["kind"], "event")
        equal("type", record["event"]["type"], ["change"])
        equal("rule", record["rule"],
              {"version": daemon.status()["version"]})
    equal("note", opened["postern"]["note"], REASON)
    found = datetime.datetime.fromisoformat(
        opened["postern"]["until"].replace("Z", "+00:00")).timestamp()
    true(f"until {found}", earliest + 3599 < found < latest + 3601)
    true("nothing else", set(closed["postern"]) == {"prev", "hash"})
    equal("status", shown, {"until": opened["postern"]["until"],
                            "policy": None, "note": REASON})
    holds("said", daemon.said(), "break glass: nothing is refused until ")


@case
def one_policy_only(t):
    daemon = guard(t)
    break_glass(daemon, "--policy", "other one")
    is_open(daemon, OTHER)
    holds("the other", ask(daemon, PROTECTED), REFUSED)
    holds("both must let in", ask(daemon, "<a%example.com@other.example>"),
          REFUSED)
    holds("all must let in", ask(daemon, "<root>"), REFUSED)
    equal("observed", [record["rule"]["name"] for record in
                       daemon.records("bypass-observed")], ["other one"])
    equal("status", daemon.status()["open"]["policy"], "other one")
    daemon.command("close")
    for record in daemon.records("opened", "closed"):
        equal("rule", record["rule"]["name"], "other one")
    is_shut(daemon, OTHER)


@case
def no_such_policy(t):
    daemon = guard(t)
    for name in ("other", "OTHER ONE", "x" * 64):
        holds("words", break_glass(daemon, "--policy", name, code=66), name)
    equal("not recorded", actions(daemon), [])
    equal("no file", beside(daemon), [])
    is_shut(daemon)


@case
def unlisted_recipients_too(t):
    daemon = guard(t, unlisted='"refuse"')
    holds("before", ask(daemon, UNLISTED), REFUSED)
    break_glass(daemon, "--policy", "other one")
    holds("one policy", ask(daemon, UNLISTED), REFUSED)
    break_glass(daemon)
    is_open(daemon, UNLISTED)
    equal("recorded", [record["event"]["reason"] for record in
                       daemon.records("bypass-observed")], ["unlisted"])
    daemon.command("close")
    is_shut(daemon, UNLISTED)


@case
def nobody_is_refused_at_connect(t):
    policies = POLICIES.replace('always = [ "postmaster" ];', "")
    daemon = t.enter(Posternd(
        t.folder, policies=policies, reject_at='"connect"',
        unlisted='"refuse"', authenticated='"judge"'))

    def connect():
        client = daemon.client({"{client_resolve}": "FAIL"})
        answer = client.connect(STRANGER)
        if answer == "continue":
            client.helo()
            client.mail()
            answer = client.rcpt(PROTECTED)
        client.quit()
        return answer

    equal("before", connect(), "reject")
    break_glass(daemon)
    equal("open", connect(), "continue")
    equal("observed", len(daemon.records("bypass-observed")), 1)
    break_glass(daemon, "--policy", "other one")
    holds("one policy", connect(), REFUSED)
    daemon.command("close")
    equal("shut", connect(), "reject")


@case
def what_cannot_be_judged_too(t):
    daemon = guard(t, on_error='"reject"')

    def out_of_order():
        client = daemon.client()
        client.helo()
        client.mail()
        answer = client.rcpt(PROTECTED)
        client.quit()
        return answer

    true("before", out_of_order() != "continue")
    break_glass(daemon)
    equal("open", out_of_order(), "continue")
    true("recorded", "undecidable" in
         [record["event"]["reason"]
          for record in daemon.records("bypass-observed")])


@case
def who_breaks_off_is_recorded_as_ever(t):
    daemon = guard(t)
    break_glass(daemon)
    client = come(daemon)
    client.quit()
    record = daemon.wait_attempts(1)[0]
    equal("action", record["event"]["action"], "bypass-abandoned")


@case
def it_closes_by_itself(t):
    daemon = guard(t)
    running = come(daemon)
    break_glass(daemon, "--policy", "behind-filter", seconds="2s")
    equal("open", running.rcpt(PROTECTED), "continue")
    until("refused again", lambda: running.rcpt(PROTECTED).startswith(
        REFUSED))
    running.quit()
    equal("status", daemon.status()["open"], None)
    closed = until("recorded", lambda: daemon.records("closed"))[0]
    equal("who", closed["user"], daemon_user())
    equal("note", closed["postern"]["note"], "its time is over")
    equal("rule", closed["rule"]["name"], "behind-filter")
    opened = daemon.records("opened")[0]
    true("not before its time",
         closed["@timestamp"] >= opened["postern"]["until"])
    until("no file", lambda: not beside(daemon))
    run = daemon.command("close", code=1)
    holds("nothing open", run.stdout + run.stderr, "nothing is open")
    equal("once", actions(daemon), ["opened", "closed"])


@case
def nothing_open(t):
    daemon = guard(t)
    holds("words", daemon.command("close", code=1).stderr, "nothing is open")
    equal("not recorded", actions(daemon), [])


@case
def the_second_takes_the_place_of_the_first(t):
    daemon = guard(t)
    break_glass(daemon, "--policy", "other one")
    break_glass(daemon, "--policy", "behind-filter", seconds="2h")
    is_open(daemon)
    holds("the first", ask(daemon, OTHER), REFUSED)
    equal("records", actions(daemon), ["opened", "opened"])
    equal("status", daemon.status()["open"]["policy"], "behind-filter")
    daemon.stop()
    daemon.start()
    equal("after a restart", daemon.status()["open"]["policy"],
          "behind-filter")
    is_open(daemon)
    daemon.command("close")
    equal("records", actions(daemon), ["opened", "opened", "closed"])
    is_shut(daemon)


@case
def a_reload_keeps_it_open(t):
    daemon = guard(t)
    break_glass(daemon, "--policy", "other one")
    daemon.policies = POLICIES.replace("ceo", "cfo")
    daemon.write()
    daemon.reload()
    is_open(daemon, OTHER)
    # the name is what was opened: another policy with it is, none is not
    daemon.policies = POLICIES.replace("other one", "renamed")
    daemon.write()
    daemon.reload()
    holds("renamed", ask(daemon, OTHER), REFUSED)
    equal("still", daemon.status()["open"]["policy"], "other one")
    daemon.policies = POLICIES
    daemon.write()
    daemon.reload()
    is_open(daemon, OTHER)
    daemon.command("close")
    is_shut(daemon, OTHER)


def over_a_restart(daemon, end):
    break_glass(daemon)
    before = daemon.status()["open"]
    end()
    daemon.start()
    equal("status", daemon.status()["open"], before)
    is_open(daemon)
    holds("said", daemon.said(), "break glass: nothing is refused until ")
    daemon.command("close")
    equal("no file", beside(daemon), [])
    end()
    daemon.start()
    is_shut(daemon)


@case
def it_outlives_a_restart(t):
    daemon = guard(t)
    for end in (daemon.stop, daemon.kill):
        over_a_restart(daemon, end)
    equal("records", actions(daemon), ["opened", "closed"] * 2)


@case
def over_while_the_daemon_was_down(t):
    daemon = guard(t)
    break_glass(daemon, seconds="1s")
    daemon.kill()
    time.sleep(1.1)
    daemon.start()
    is_shut(daemon)
    closed = daemon.records("closed")
    equal("who", [record["user"] for record in closed], [daemon_user()])
    equal("note", closed[0]["postern"]["note"], "its time is over")
    equal("no file", beside(daemon), [])


def copy_of_open_file(daemon):
    """What the daemon itself has written, and it is shut again."""
    break_glass(daemon)
    with open(file_of(daemon), "rb") as good:
        text = good.read()
    daemon.command("close")
    equal("removed", beside(daemon), [])
    return text


def put(path, data):
    with open(path, "wb") as file:
        file.write(data)
    give(path)


def bind(path):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(path)


def anothers(path, data):
    put(path, data)
    os.chown(path, 1, 1)


@case(seconds=120)
def what_is_damaged_or_hostile_opens_nothing(t):
    daemon = guard(t)
    path, good = file_of(daemon), copy_of_open_file(daemon)
    target = t.path("target")
    put(target, good)
    later = good.replace(b"\nuntil 2", b"\nuntil 3", 1)
    ways = [
        ("symlink", lambda: os.symlink(target, path)),
        ("symlink to nothing", lambda: os.symlink(target + "x", path)),
        ("FIFO", lambda: (os.mkfifo(path), give(path))),
        ("folder", lambda: os.mkdir(path)),
        ("socket", lambda: bind(path)),
        ("huge", lambda: put(path, good + b"x" * (1 << 24))),
        ("huge and sparse", lambda: (put(path, good),
                                     os.truncate(path, 1 << 40))),
        ("NUL bytes", lambda: put(path, good[:-1] + b"\0\n")),
        ("empty", lambda: put(path, b"")),
        ("torn", lambda: put(path, good[:-3])),
        ("for a thousand years", lambda: put(path, later)),
        ("escapes", lambda: put(path, good[:-1] + b"\033[2J\n")),
    ]
    if os.geteuid() == 0:
        ways.append(("another's", lambda: anothers(path, good)))
    for name, make in ways:
        daemon.stop()
        closed = len(daemon.records("closed"))
        make()
        daemon.start()
        is_shut(daemon)
        equal(f"{name}: set aside", beside(daemon), [".open.bad"])
        records = daemon.records("closed")[closed:]
        equal(f"{name}: recorded", [record["postern"]["note"]
                                    for record in records],
              [path + " could not be read"])
        bad = path + ".bad"
        (shutil.rmtree if os.path.isdir(bad) and not os.path.islink(bad)
         else os.unlink)(bad)
    with open(target, "rb") as kept:
        equal("the link's target", kept.read(), good)
    true("nothing raw is said", "\033" not in daemon.said())
    # and the same text in a file of its own does
    daemon.stop()
    put(path, good)
    daemon.start()
    is_open(daemon)


@case
def it_is_not_opened_without_a_log(t):
    daemon = guard(t)
    daemon.take_away_log()
    words = break_glass(daemon, code=74)
    holds("the place", words, daemon.audit_folder)
    equal("status", daemon.status()["open"], None)
    holds("nothing has changed", ask(daemon), "451 4.7.1 ")
    daemon.bring_back_log()
    equal("no file", beside(daemon), [])
    until("recorded again", lambda: ask(daemon).startswith(REFUSED))
    equal("not recorded", actions(daemon), [])
    break_glass(daemon)
    is_open(daemon)


@case
def nor_does_that_close_what_was_open(t):
    daemon = guard(t)
    break_glass(daemon, "--policy", "other one")
    daemon.take_away_log()
    break_glass(daemon, code=74)
    equal("status", daemon.status()["open"]["policy"], "other one")
    equal("still open", ask(daemon, OTHER), "continue")
    daemon.bring_back_log()
    daemon.kill()
    daemon.start()
    equal("after a restart", daemon.status()["open"]["policy"], "other one")


@case
def it_closes_without_a_log(t):
    daemon = guard(t)
    break_glass(daemon)
    daemon.take_away_log()
    run = daemon.command("close", code=74)
    holds("words", run.stderr, "closed, but a restart may open it again")
    equal("status", daemon.status()["open"], None)
    holds("shut", ask(daemon), "451 4.7.1 ")
    daemon.bring_back_log()
    until("the file goes with the next tick", lambda: not beside(daemon))
    until("recorded again", lambda: ask(daemon).startswith(REFUSED))
    daemon.kill()
    daemon.start()
    is_shut(daemon)


@case
def it_closes_by_itself_without_a_log(t):
    daemon = guard(t)
    break_glass(daemon, seconds="1s")
    daemon.take_away_log()
    until("shut", lambda: ask(daemon).startswith("451 4.7.1 "))
    until("said", lambda: "break glass is closed" in daemon.said())
    daemon.bring_back_log()
    until("no file", lambda: not beside(daemon))
    until("recorded again", lambda: ask(daemon).startswith(REFUSED))


@case
def in_monitor_mode_it_changes_nothing(t):
    daemon = guard(t, mode='"monitor"')
    is_open(daemon)
    break_glass(daemon)
    is_open(daemon)
    daemon.command("close")
    is_open(daemon)
    equal("observed", len(daemon.records("bypass-observed")), 3)


main()
