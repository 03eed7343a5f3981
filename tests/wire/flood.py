#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""flood.py - is each attempt counted once, when there are very many?"""

import os
import signal
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

from case import case, equal, holds, main, true, until  # noqa: E402
from mounts import small  # noqa: E402
from posternd import (ALLOWED, OFFICE, PROTECTED, STRANGER, Posternd,
                      reference, verify, with_policy)  # noqa: E402

SECOND = """{ name = "second"; domains = [ "second.example" ];
    allow = ( "filter-service" ); %s }"""
HEADER = """{ name = "%s"; domains = [ "%s.example" ];
    allow = ( { source = "filter-service"; tenant = [
                "c33c9f88-1eb7-4099-9700-16013fd9e8aa" ]; } ); %s }"""


def guard(t, flood=0, total=0, audit=None, **keys):
    return t.enter(Posternd(t.folder, audit={
        "flood": flood, "flood_total": total, **(audit or {})}, **keys))


def begin(daemon, ip):
    client = daemon.client()
    equal("connect", client.connect(ip), "continue")
    client.helo()
    client.mail()
    return client


def refused(daemon, ip, recipient=PROTECTED):
    """One attempt of a session of its own; the reference it was told."""
    client = begin(daemon, ip)
    answer = client.rcpt(recipient)
    client.quit()
    holds("refused", answer, "550 5.7.1")
    return reference(answer)


def action_of(record):
    return record["event"]["action"]


def count_of(record):
    return record["postern"].get("count")


def stood_for(records):
    """How many attempts these are: those without a count one each, of an id
    with counts the highest."""
    highest = {}
    plain = 0
    for record in records:
        if count_of(record) is None:
            plain += 1
            continue
        key = record["event"]["id"]
        highest[key] = max(highest.get(key, 0), count_of(record))
    return plain + sum(highest.values())


def kinds(daemon):
    return [(action_of(record), count_of(record))
            for record in daemon.attempts()]


def ids(daemon):
    return {record["event"]["id"] for record in daemon.attempts()}


@case
def the_first_surplus_stands_for_the_rest(t):
    daemon = guard(t, flood=3)
    told = [refused(daemon, f"198.51.100.{200 + n}") for n in range(7)]
    # before its answer, and no more than these
    records = daemon.attempts()
    equal("written", [(action_of(record), count_of(record))
                      for record in records],
          [("bypass-rejected", None)] * 3 + [("bypass-repeated", 1)])
    equal("references", told,
          [record["event"]["id"] for record in records] + [told[3]] * 3)
    equal("ids", len(set(told)), 4)
    first = records[3]
    equal("of the first", first["source"]["ip"], "198.51.100.203")
    holds("its reply", first["postern"]["reply"], told[3])
    # without being asked to
    until("the count so far", lambda: len(daemon.attempts()) > 4)
    counted = daemon.attempts()[4]
    equal("how many", count_of(counted), 4)
    true("as of later", counted["@timestamp"] > first["@timestamp"])
    for record in first, counted:
        record.pop("@timestamp")
        for key, want in (("kind", "alert"), ("outcome", "failure"),
                          ("type", ["connection", "denied"]),
                          ("action", "bypass-repeated"),
                          ("reason", "source-not-allowed"),
                          ("id", told[3])):
            equal("event." + key, record["event"][key], want)
        record["event"].pop("sequence")
        for key in ("prev", "hash", "count"):
            record["postern"].pop(key)
    equal("all else", counted, first)
    # while it does not grow it is not written
    time.sleep(6)
    equal("no more", len(daemon.attempts()), 5)
    refused(daemon, STRANGER)
    equal("exit", daemon.stop(), 0)
    equal("at the stop", kinds(daemon)[5:], [("bypass-repeated", 5)])
    equal("in all", stood_for(daemon.attempts()), 8)
    equal("the last", action_of(daemon.records()[-1]), "stopped")


@case
def each_network_and_each_action_by_itself(t):
    daemon = guard(t, flood=1, policies=with_policy(
        SECOND % 'action = "defer"; reply = { code = 451; '
        'status = "4.7.1"; text = "later (ref %{id})"; };'))
    told = {}
    for ip in ("203.0.113.100", "203.0.114.100", "2001:db8:77::1",
               "2001:db8:78::1"):
        other = ip.replace("100", "200") if "." in ip else ip + "234"
        told[ip] = [refused(daemon, who) for who in (ip, other, ip)]
        equal("the third is told of the second", told[ip][2], told[ip][1])
        client = begin(daemon, ip)  # left after MAIL
        client.quit()
        client = daemon.client()
        client.connect(ip)  # left before
        client.quit()
        client = begin(daemon, other)
        deferred = client.rcpt("<a@second.example>")
        holds("deferred", deferred, "451 4.7.1")
        client.quit()
        told[ip].append(reference(deferred))
    equal("networks apart", len({i for t in told.values() for i in t}), 12)
    equal("exit", daemon.stop(), 0)
    records = daemon.attempts()
    equal("in all", stood_for(records), 4 * 6)
    by_network = {}
    for record in records:
        if count_of(record) is not None:
            ip = record["source"]["ip"]
            key = ip.split("::")[0] if ":" in ip else ip.rpartition(".")[0]
            by_network.setdefault(key, {})[record["event"]["id"]] = (
                action_of(record), record["event"]["kind"],
                record["event"]["outcome"], count_of(record))
    equal("networks", len(by_network), 4)
    for folded in by_network.values():
        equal("under ids of their own", sorted(folded.values()),
              [("bypass-deferred", "alert", "unknown", 1),
               ("bypass-repeated", "alert", "failure", 1),
               ("bypass-repeated", "alert", "failure", 2),
               ("probe-seen", "event", "unknown", 1)])


@case
def all_networks_together(t):
    daemon = guard(t, flood=3, total=5)
    told = [refused(daemon, f"203.0.{n}.9") for n in range(8)]
    told += [refused(daemon, "2001:db8:99::1")]
    equal("the sixth stands for all", told[5:], [told[5]] * 4)
    equal("exit", daemon.stop(), 0)
    equal("records", kinds(daemon),
          [("bypass-rejected", None)] * 5 +
          [("bypass-repeated", 1), ("bypass-repeated", 4)])
    equal("of the first", {record["source"]["ip"]
                           for record in daemon.attempts()[5:]},
          {"203.0.5.9"})


@case
def monitor_folds_what_it_observes(t):
    daemon = guard(t, flood=2, mode='"monitor"')
    for _ in range(6):
        client = begin(daemon, STRANGER)
        equal("let in", client.rcpt(PROTECTED), "continue")
        equal("message", client.message(), "continue")
        client.quit()
    equal("exit", daemon.stop(), 0)
    equal("records", kinds(daemon),
          [("bypass-observed", None)] * 2 +
          [("bypass-observed", 1), ("bypass-observed", 4)])
    for record in daemon.attempts():
        for key, want in (("kind", "alert"), ("outcome", "success"),
                          ("type", ["connection", "allowed"])):
            equal("event." + key, record["event"][key], want)


@case
def what_never_folds(t):
    policies = with_policy(HEADER % ("held", "held",
                                     'action = "quarantine";'))
    policies = with_policy(HEADER % ("marked", "marked",
                                     'action = "mark";'), policies)
    daemon = guard(t, flood=1, policies=policies,
                   audit={"accepted": '"all"'})
    for name, ip in (("held", ALLOWED), ("marked", ALLOWED)):
        for _ in range(3):
            client = begin(daemon, ip)
            equal("taken", client.rcpt(f"<a@{name}.example>"), "continue")
            equal("message", client.message(), "continue")
            client.quit()
    for _ in range(3):
        client = begin(daemon, OFFICE)
        client.rcpt(PROTECTED)
        client.message()
        client.quit()
    client = begin(daemon, STRANGER)
    for _ in range(3):
        equal("postmaster", client.rcpt("<postmaster@example.com>"),
              "continue")
    client.quit()
    equal("exit", daemon.stop(), 0)
    equal("each by itself", kinds(daemon),
          [("bypass-quarantined", None)] * 3 + [("bypass-marked", None)] * 3)
    equal("accepted", len(daemon.records("accepted")), 3)


@case
def a_message_counts_for_each_of_its_policies(t):
    policies = with_policy(HEADER % ("one", "one", ""))
    policies = with_policy(HEADER % ("two", "two", ""), policies)
    daemon = guard(t, flood=3, policies=policies, near_miss='"reject"')
    told = []
    for _ in range(4):
        client = begin(daemon, ALLOWED)
        for name in "one", "two":
            equal("taken", client.rcpt(f"<a@{name}.example>"), "continue")
        told.append(reference(client.message()))
        client.quit()
    told.append(refused(daemon, "192.0.2.66"))  # of the same network
    equal("one id a message", len(set(told)), 2)
    equal("the others'", told[1:], [told[1]] * 4)
    equal("exit", daemon.stop(), 0)
    equal("in all", stood_for(daemon.attempts()), 9)
    equal("ids", ids(daemon), set(told))
    equal("a record for each", kinds(daemon),
          [("bypass-rejected", None)] * 2 + [("bypass-repeated", 2)] * 2 +
          [("bypass-repeated", 7)])


@case
def refused_at_connect(t):
    daemon = guard(t, flood=1, reject_at='"connect"', unlisted='"refuse"',
                   authenticated='"judge"', policies="""
policies = ( { name = "p"; domains = [ "example.com" ];
               allow = ( "filter-service" ); } );
""")
    for _ in range(4):
        client = daemon.client()
        equal("connect", client.connect(STRANGER), "reject")
        client.quit()
    equal("exit", daemon.stop(), 0)
    equal("records", kinds(daemon), [("bypass-rejected", None),
                                     ("bypass-repeated", 1),
                                     ("bypass-repeated", 3)])


@case
def a_reload_keeps_the_counts(t):
    daemon = guard(t, flood=2)
    told = [refused(daemon, STRANGER) for _ in range(4)]
    equal("folds", told[2], told[3])
    daemon.reload()
    equal("still", refused(daemon, STRANGER), told[3])
    daemon.audit["flood"] = 1000
    daemon.write()
    daemon.reload()
    true("more are written now", refused(daemon, STRANGER) not in told)
    daemon.audit["flood"] = 1
    daemon.write()
    daemon.reload()
    equal("and fewer", refused(daemon, STRANGER), told[3])
    equal("exit", daemon.stop(), 0)
    equal("in all", stood_for(daemon.attempts()), 7)
    equal("the count", kinds(daemon)[-1], ("bypass-repeated", 4))


@case
def killed_with_the_count_behind(t):
    daemon = guard(t, flood=2)
    told = [refused(daemon, STRANGER) for _ in range(10)]
    until("the count", lambda: stood_for(daemon.attempts()) == 10)
    told += [refused(daemon, STRANGER) for _ in range(3)]
    equal("killed", daemon.kill(), -signal.SIGKILL)
    true("all but the last 5 s", 10 <= stood_for(daemon.attempts()) <= 13)
    equal("who was told", set(told) - ids(daemon), set())
    daemon.start()
    true("a minute of its own", refused(daemon, STRANGER) not in told)
    equal("exit", daemon.stop(), 0)
    verify(daemon.log)


@case
def killed_at_any_moment(t):
    """No reference is told that is not on record."""
    daemon = guard(t, flood=1)
    for number in range(8):
        told, threads = set(), []

        def ask(network):
            try:
                told.add(refused(daemon, network))
            except Exception:  # it was killed meanwhile
                pass

        for n in range(12):
            threads.append(threading.Thread(
                target=ask, args=(f"203.0.{number}.{n}",)))
            threads[-1].start()
        time.sleep(0.004 * number)
        daemon.kill()
        for thread in threads:
            thread.join()
        equal("who was told", told - ids(daemon), set())
        daemon.start()
    verify(daemon.log)


@case(seconds=120)
def from_many_at_once(t):
    daemon = guard(t, flood=4, total=60)
    told, wrong, lock = [], [], threading.Lock()
    each, threads = 40, 8

    def ask(number):
        for n in range(each):
            ip = (f"203.0.{(number * 7 + n) % 20}.{n + 1}" if n % 2 else
                  f"2001:db8:{1000 + n % 10:x}::{number + 1:x}")
            try:
                found = refused(daemon, ip)
                known = found in ids(daemon) if n % 8 == 0 else True
            except Exception as error:
                with lock:
                    wrong.append(repr(error))
                continue
            with lock:
                told.append(found)
                if not known:
                    wrong.append(found)

    crowd = [threading.Thread(target=ask, args=(number,))
             for number in range(threads)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    equal("nothing went wrong", wrong, [])
    equal("exit", daemon.stop(), 0)
    records = daemon.attempts()
    equal("each counted once", stood_for(records), each * threads)
    equal("references", set(told), ids(daemon))
    # own ones, firsts and the one over all, in two minutes at the most
    firsts = len([record for record in records if count_of(record) is None])
    true(f"within the limit: {firsts}", firsts <= 2 * 60)


@case
def the_first_cannot_be_written(t):
    daemon = guard(t, flood=1)
    refused(daemon, STRANGER)
    daemon.take_away_log()
    for _ in range(3):
        client = begin(daemon, STRANGER)
        holds("deferred", client.rcpt(PROTECTED), "451 4.7.1")
        client.quit()
    daemon.bring_back_log()
    told = [refused(daemon, STRANGER) for _ in range(3)]
    equal("the next is first", told, [told[0]] * 3)
    equal("exit", daemon.stop(), 0)
    equal("records", kinds(daemon), [("bypass-rejected", None),
                                     ("bypass-repeated", 1),
                                     ("bypass-repeated", 3)])
    holds("the others are told",
          daemon.records("recovered")[0]["postern"]["note"], "3 records")


@case
def counts_are_written_once_the_log_is_back(t):
    daemon = guard(t, flood=1)
    told = [refused(daemon, STRANGER) for _ in range(3)]
    daemon.take_away_log()
    equal("counted without a record", refused(daemon, STRANGER), told[1])
    until("it was tried", lambda: "audit.jsonl" in daemon.said(), 15)
    daemon.bring_back_log()
    until("the count", lambda: kinds(daemon)[-1] == ("bypass-repeated", 3),
          15)


@case
def little_room_is_left(t):
    place = t.path("small")
    small(t, place, "4m")
    log = os.path.join(place, "audit.jsonl")
    daemon = Posternd(t.folder, audit={
        "path": f'"{log}"', "reserve": '"2MiB"', "accepted": '"all"'})
    daemon.log = log
    t.enter(daemon)
    told = [refused(daemon, STRANGER) for _ in range(3)]
    equal("each by itself", len(set(told)), 3)
    filler = os.path.join(place, "filler")
    with open(filler, "wb") as file:
        file.write(b"x" * (2500 << 10))
    until("it is seen", lambda: "audit.reserve" in daemon.said())
    told = [refused(daemon, f"203.0.{n}.9") for n in range(5)]
    equal("all fold over all", told, [told[0]] * 5)
    client = begin(daemon, OFFICE)
    equal("let in", client.rcpt(PROTECTED), "continue")
    equal("message", client.message(), "continue")
    client.quit()
    equal("counted only", (daemon.records("accepted"),
                           daemon.status()["records"]["accepted"]), ([], 1))
    os.unlink(filler)
    until("it is seen", lambda: "room again" in daemon.said())
    true("its own again", refused(daemon, STRANGER) not in told)
    equal("exit", daemon.stop(), 0)
    equal("in all", stood_for(daemon.attempts()), 9)
    verify(log)


main()
