#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""apart.py - do recipients that need different answers all get theirs?

What a sending server does with the answers is played here; before real MTAs
it is tests/system/several.py.
"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

from case import case, equal, holds, main, true, until  # noqa: E402
from posternd import (ALLOWED, STRANGER, UNLISTED, Posternd,
                      reference)  # noqa: E402

OWN = "c33c9f88-1eb7-4099-9700-16013fd9e8aa"
OTHER = "84df9e7f-e9f6-40af-b435-aaaaaaaaaaaa"
TENANT = "X-MS-Exchange-CrossTenant-Id"
CEO = "<ceo@contoso.example>"
SECOND = "<x@second.example>"
WATCHED = "<x@watched.example>"
POLICIES = """policies = (
  { name = "hybrid"; domains = [ "contoso.example" ];
    always = [ "postmaster" ];
    allow = ( { source = "filter-service"; tenant = [ "%s" ]; } ); },
  { name = "second"; domains = [ "second.example" ];
    allow = ( { source = "filter-service"; tenant = [ "%s" ]; } ); },
  { name = "watched"; domains = [ "watched.example" ]; mode = "monitor";
    allow = ( { source = "filter-service"; tenant = [ "%s" ]; } ); },
  { name = "marked"; domains = [ "marked.example" ]; action = "mark";
    allow = ( "head-office" ); },
  { name = "strict"; domains = [ "strict.example" ];
    allow = ( "head-office" ); }
);""" % (OWN, OTHER, OWN)
AWAY = "452 4.5.3 This recipient and the others need different answers"
LIMIT = 20  # Postfix's smtpd_hard_error_limit


def guard(t, **keys):
    return t.enter(Posternd(t.folder, policies=POLICIES, **keys))


def begin(daemon, sender="<a@b.example>", ip=ALLOWED):
    client = daemon.client()
    equal("connect", client.connect(ip), "continue")
    client.helo()
    equal("mail", client.mail(sender), "continue")
    return client


def attempt(daemon, recipients, tenant=OTHER, **options):
    """One transaction: the answers at RCPT, and that of the message."""
    client = begin(daemon, **options)
    answers = [client.rcpt(recipient) for recipient in recipients]
    taken = "continue" in answers and \
        sum(answer != "continue" for answer in answers) <= LIMIT
    end = client.message([(TENANT, tenant)]) if taken else None
    client.quit()
    return answers, end


def words(answers):
    return " ".join({"c": "in"}.get(answer[0], answer[:3])
                    for answer in answers)


def actions(daemon):
    return [(record["event"]["action"], record["rule"]["name"])
            for record in daemon.attempts()]


@case
def where_they_agree_nothing_is_delayed(t):
    daemon = guard(t)
    for recipients, tenant, want in (
            ([CEO, UNLISTED, "<postmaster@contoso.example>"], OWN, "accept"),
            ([CEO, "<cfo@contoso.example>"], OTHER, "550"),
            ([CEO, WATCHED], OWN, "accept"),
            ([UNLISTED, WATCHED], OTHER, "accept"),
            (["<x@strict.example>", UNLISTED], OTHER, "accept")):
        answers, end = attempt(daemon, recipients, tenant)
        true(f"{recipients}: {end}", end.startswith(want))
        true("no 452", "452" not in words(answers))
    equal("actions", actions(daemon),
          [("bypass-rejected", "hybrid"), ("bypass-observed", "watched"),
           ("bypass-rejected", "strict")])


@case
def where_they_differ_they_come_apart(t):
    daemon = guard(t)
    everyone = [UNLISTED, CEO, "<cfo@contoso.example>"]
    answers, end = attempt(daemon, everyone)
    equal("first all", words(answers), "in in in")
    holds("but", end, "451 4.7.1 The recipients of this message need "
          "different answers; send it to them in separate transactions (ref ")
    record = daemon.wait_attempts(1)[0]
    equal("deferred", (record["event"]["action"], record["event"]["reason"],
                       record["event"]["id"], record["event"]["outcome"],
                       record["email"]["to"]["address"],
                       record["postern"]["reply"]),
          ("bypass-deferred", "tenant-mismatch", reference(end), "unknown",
           ["ceo@contoso.example", "cfo@contoso.example"], end))

    answers, end = attempt(daemon, everyone)
    equal("the larger class", words(answers), "452 in in")
    holds("without reference", answers[0], AWAY)
    true("no record of it", "(ref " not in answers[0])
    true("its answer", end.startswith("550 5.7.1 "))
    answers, end = attempt(daemon, [UNLISTED])
    equal("the other one", (words(answers), end), ("in", "accept"))
    equal("forgotten", words(attempt(daemon, everyone)[0]), "in in in")
    daemon.wait_attempts(3)
    equal("actions", actions(daemon),
          [("bypass-deferred", "hybrid"), ("bypass-rejected", "hybrid"),
           ("bypass-deferred", "hybrid")])


@case
def what_passes_passes(t):
    daemon = guard(t, audit={"accepted": '"all"'})
    # of this tenant the second policy wants nothing to know
    both = [CEO, SECOND, "<y@second.example>"]
    _, end = attempt(daemon, both, OWN)
    true(end, end.startswith("451 "))
    answers, end = attempt(daemon, both, OWN)
    equal("the larger", words(answers), "452 in in")
    true(end, end.startswith("550 "))
    answers, end = attempt(daemon, [CEO], OWN)
    equal("delivered", (words(answers), end), ("in", "accept"))
    until("accepted", lambda: daemon.records("accepted"))
    equal("once", [record["email"]["to"]["address"]
                   for record in daemon.records("accepted")],
          [["ceo@contoso.example"]])


@case
def from_whatever_address_and_connection(t):
    daemon = guard(t)
    attempt(daemon, [UNLISTED, CEO])
    client = begin(daemon, ip="192.0.2.99")
    equal("free", client.rcpt(UNLISTED), "continue")
    holds("waits", client.rcpt(CEO), AWAY)
    equal("answered", client.message(), "accept")
    client.mail("<a@b.example>")
    equal("its turn", client.rcpt(CEO), "continue")
    client.quit()
    answers, _ = attempt(daemon, [UNLISTED, CEO], sender="<c@b.example>")
    equal("another sender", words(answers), "in in")


@case
def a_transaction_broken_off_passes_the_turn_on(t):
    daemon = guard(t)
    both = [UNLISTED, "<other@elsewhere.example>", CEO]
    for leave in ("abort", "quit", "close"):
        sender = f"<{leave}@b.example>"
        attempt(daemon, both, sender=sender)
        client = begin(daemon, sender)
        equal("the larger", words([client.rcpt(one) for one in both]),
              "in in 452")
        getattr(client, leave)()
        # "quit" and "close" are heard a little later
        until("the other's turn", lambda sender=sender: words(
            attempt(daemon, both, sender=sender)[0]) == "452 452 in")


@case
def all_three_ways(t):
    daemon = guard(t)
    everyone = [UNLISTED, CEO, SECOND, "<y@second.example>"]
    _, end = attempt(daemon, everyone, OWN)
    true(end, end.startswith("451 "))
    answers, _ = attempt(daemon, everyone, OWN)
    equal("largest", words(answers), "452 452 in in")
    answers, end = attempt(daemon, everyone[:2], OWN)
    equal("of two alike the first", words(answers), "in 452")
    equal("delivered", end, "accept")
    answers, end = attempt(daemon, [CEO], OWN)
    equal("the last", (words(answers), end), ("in", "accept"))


@case
def what_is_marked_comes_apart_too(t):
    daemon = guard(t)
    both = ["<x@marked.example>", UNLISTED]
    _, end = attempt(daemon, both)
    true(end, end.startswith("451 4.7.1 "))
    equal("deferred", actions(daemon), [("bypass-deferred", "marked")])
    answers, end = attempt(daemon, both)
    equal("then", (words(answers), end), ("in 452", "continue"))
    answers, end = attempt(daemon, [UNLISTED])
    equal("last", (words(answers), end), ("in", "accept"))
    equal("actions", actions(daemon), [("bypass-deferred", "marked"),
                                       ("bypass-marked", "marked")])


@case
def monitor_beside_enforce(t):
    daemon = guard(t)
    everyone = [WATCHED, CEO, UNLISTED]
    _, end = attempt(daemon, everyone)
    true(end, end.startswith("451 "))
    answers, end = attempt(daemon, everyone)
    equal("watched is free", (words(answers), end), ("in 452 in", "accept"))
    answers, end = attempt(daemon, [CEO])
    true("last", end.startswith("550 "))
    equal("actions", actions(daemon),
          [("bypass-deferred", "hybrid"), ("bypass-observed", "watched"),
           ("bypass-rejected", "hybrid")])


@case
def refused_recipients_never_join(t):
    daemon = guard(t)
    answers, end = attempt(daemon, ["<x@strict.example>", CEO])
    equal("at RCPT", words(answers), "550 in")
    true("its own", end.startswith("550 "))
    answers, _ = attempt(daemon, ["<x@strict.example>", CEO])
    equal("nothing to remember", words(answers), "550 in")


@case
def in_monitor_nothing_is_answered(t):
    daemon = guard(t)
    both = [UNLISTED, CEO]
    attempt(daemon, both)
    daemon.keys["mode"] = '"monitor"'
    daemon.write()
    daemon.reload()
    answers, end = attempt(daemon, both)
    equal("monitor", (words(answers), end), ("in in", "accept"))
    daemon.keys["mode"] = '"enforce"'
    daemon.write()
    daemon.reload()
    answers, _ = attempt(daemon, both)
    equal("kept over reloads", words(answers), "in 452")


@case
def broken_glass_lets_all_in_at_once(t):
    daemon = guard(t)
    both = [UNLISTED, CEO]
    attempt(daemon, both)
    daemon.command("open", "--for", "1h", "--reason", "a test")
    answers, end = attempt(daemon, both)
    equal("open", (words(answers), end), ("in in", "accept"))
    daemon.command("close")
    answers, _ = attempt(daemon, both)
    equal("closed", words(answers), "in 452")


@case
def nothing_is_kept_over_a_restart(t):
    daemon = guard(t)
    attempt(daemon, [UNLISTED, CEO])
    daemon.stop()
    daemon.start()
    answers, end = attempt(daemon, [UNLISTED, CEO])
    equal("again", words(answers), "in in")
    true(end, end.startswith("451 "))


@case
def who_is_sent_away_leaves_no_record(t):
    daemon = guard(t)
    recipients = ["<postmaster@contoso.example>", "<x@marked.example>"]
    attempt(daemon, recipients, ip=STRANGER)
    daemon.wait_attempts(1)
    client = begin(daemon, ip=STRANGER)
    equal("one", words([client.rcpt(one) for one in recipients]), "in 452")
    client.abort()
    client.mail("<a@b.example>")
    equal("all that is left", words([client.rcpt(recipients[0])]), "452")
    client.quit()
    daemon.wait_attempts(1)


def deliver(daemon, recipients, tenant, sender):
    """Tries as a queue does; what came of it, and how often it tried."""
    left, outcome, tries = list(recipients), {}, 0
    while left:
        tries += 1
        true(f"tries: {tries}", tries < 20)
        answers, end = attempt(daemon, left, tenant, sender=sender)
        taken = [one for one, answer in zip(left, answers)
                 if answer == "continue"]
        if end is None or end.startswith("4"):
            continue
        for one in taken:
            outcome[one] = end[:3]
            left.remove(one)
    return outcome, tries


@case(seconds=120)
def in_every_number_and_order(t):
    daemon = guard(t)
    for number, (free, waiting) in enumerate((
            (1, 25), (25, 1), (15, 15), (1, 1), (20, 20), (20, 100))):
        ours = [f"<user{i}@contoso.example>" for i in range(waiting)]
        others = [f"<user{i}@elsewhere.example>" for i in range(free)]
        mixed = [one for pair in zip(ours, others) for one in pair]
        mixed += ours[len(others):] + others[len(ours):]
        for order, recipients in enumerate((ours + others, others + ours,
                                            mixed, mixed[::-1])):
            outcome, tries = deliver(daemon, recipients, OTHER,
                                     f"<s{number}-{order}@b.example>")
            name = f"{free} + {waiting}, order {order}"
            equal(name, outcome,
                  {**{one: "550" for one in ours},
                   **{one: "acc" for one in others}})
            true(f"{name}: {tries} tries", tries == 3)


main()
