#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""accepted.py - which mail is written down that was let in?"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

from case import case, equal, main, true, until  # noqa: E402
from milter import STEPS, strings  # noqa: E402
from posternd import (ALLOWED, OFFICE, PROTECTED, STRANGER, UNLISTED,
                      Posternd, with_policy)  # noqa: E402

ALL = {"accepted": '"all"'}
# the filter service may write to both, the office to the first only
TWO = with_policy("""{ name = "second"; domains = [ "second.example" ];
    allow = ( "filter-service" ); mode = "monitor"; }""")


def guard(t, **keys):
    return t.enter(Posternd(t.folder, policies=TWO,
                            audit={**ALL, **keys.pop("audit", {})}, **keys))


def begin(daemon, ip, macros=None, **options):
    client = daemon.client(macros, **options)
    equal("connect", client.connect(ip), "continue")
    client.helo("client.test")
    return client


def send(client, recipients, want="continue"):
    """A whole message; each recipient must be answered with want."""
    client.mail("<a@b.example>")
    for recipient in recipients:
        equal(recipient, client.rcpt(recipient), want)
    equal("message", client.message(), "continue")


def wait_accepted(daemon, count):
    """Waits for them, and that they are all that there is."""
    until(f"{count} records", lambda:
          len(daemon.records("accepted")) >= count)
    found = [record for record in daemon.records()
             if record["event"]["action"] not in ("started", "stopped")]
    equal("actions", [record["event"]["action"] for record in found],
          ["accepted"] * count)
    return found


def named(records):
    return [(record["rule"]["name"], record["email"]["to"]["address"])
            for record in records]


@case
def a_message_is_a_record_a_policy(t):
    daemon = guard(t)
    client = begin(daemon, ALLOWED, {"v": "Postfix 3.7.11"})
    client.mail("<a@b.example>")
    for recipient in ("<one@example.com>", "<two@second.example>", UNLISTED,
                      "<Postmaster@example.com>", "<three@second.example>"):
        equal(recipient, client.rcpt(recipient), "continue")
    equal("not before its headers", daemon.records("accepted"), [])
    # as Postfix: it has a queue id by now
    client.macros["i"] = "QUEUE1"
    equal("message", client.message(), "continue")
    client.quit()
    records = wait_accepted(daemon, 2)
    equal("which", named(records),
          [("behind-filter", ["one@example.com", "Postmaster@example.com"]),
           ("second", ["two@second.example", "three@second.example"])])
    equal("one id", len({record["event"]["id"] for record in records}), 1)
    for record in records:
        for key, want in (("kind", "event"), ("outcome", "success"),
                          ("category", ["network", "email"]),
                          ("type", ["connection", "allowed"])):
            equal("event." + key, record["event"][key], want)
        true("no reason", "reason" not in record["event"])
        equal("from", record["email"]["from"]["address"], ["a@b.example"])
        equal("source", record["source"]["ip"], ALLOWED)
        own = record["postern"]
        for key, want in (("stage", "headers"), ("queue_id", "QUEUE1"),
                          ("helo", "client.test"), ("entries", []),
                          ("sources", ["filter-service"])):
            equal("postern." + key, own[key], want)
        true("no reply", "reply" not in own)
    equal("mode", [record["postern"]["mode"] for record in records],
          ["enforce", "monitor"])


@case
def a_hidden_domain_is_under_its_policy(t):
    daemon = guard(t)
    client = begin(daemon, ALLOWED)
    hidden = ["one%example.com@elsewhere.example",
              "second.example!two@elsewhere.example"]
    send(client, [f"<{address}>" for address in hidden])
    client.quit()
    equal("which", named(wait_accepted(daemon, 2)),
          [("behind-filter", hidden[:1]), ("second", hidden[1:])])


@case
def each_message_has_an_id_of_its_own(t):
    daemon = guard(t)
    client = begin(daemon, OFFICE)
    for number in range(3):
        send(client, [f"<user{number}@example.com>"])
        client.abort()  # as MTAs do behind a message
    client.quit()
    records = wait_accepted(daemon, 3)
    equal("ids", len({record["event"]["id"] for record in records}), 3)
    equal("session", len({record["postern"]["session"]
                          for record in records}), 1)
    equal("to", [record["email"]["to"]["address"] for record in records],
          [[f"user{number}@example.com"] for number in range(3)])


@case
def who_leaves_no_record(t):
    daemon = guard(t, trusted='[ "10.0.0.0/8" ]')
    trusted = daemon.client()
    equal("trusted", trusted.connect("10.0.0.1"), "accept")
    trusted.quit()
    client = begin(daemon, STRANGER, {"{auth_authen}": "alice"})
    send(client, [PROTECTED])
    client.quit()
    client = begin(daemon, STRANGER)
    send(client, [UNLISTED])
    client.quit()
    # broken off before its headers
    client = begin(daemon, ALLOWED)
    client.mail()
    client.rcpt(PROTECTED)
    client.abort()
    client.mail()
    client.rcpt(PROTECTED)
    client.close()
    wait_accepted(daemon, 0)
    # the same daemon writes what is due
    client = begin(daemon, ALLOWED)
    send(client, [PROTECTED])
    client.quit()
    wait_accepted(daemon, 1)


@case
def what_would_have_been_refused_is_not_accepted(t):
    daemon = guard(t)
    client = begin(daemon, OFFICE)
    client.mail()
    equal("watched", client.rcpt("<a@second.example>"), "continue")
    equal("let in", client.rcpt(PROTECTED), "continue")
    client.message()
    client.quit()
    until("both", lambda: daemon.records("accepted"))
    equal("records", [(record["event"]["action"], *named([record])[0])
                      for record in daemon.records("accepted",
                                                   "bypass-observed")],
          [("bypass-observed", "second", ["a@second.example"]),
           ("accepted", "behind-filter", ["ceo@example.com"])])


@case
def very_many_recipients_follow_in_further_records(t):
    daemon = guard(t)
    client = begin(daemon, ALLOWED)
    # more than are kept at a time
    sent = [f"user{number:04}@{domain}" for number in range(600)
            for domain in ("example.com", "second.example")]
    send(client, [f"<{address}>" for address in sent])
    client.quit()

    def found():
        return [address for record in daemon.records("accepted")
                for address in record["email"]["to"]["address"]]

    until("all of them", lambda: len(found()) >= len(sent))
    equal("none lost, none twice", sorted(found()), sorted(sent))
    equal("one id", len({record["event"]["id"]
                         for record in daemon.records("accepted")}), 1)
    true("short lines", max(map(len, daemon.lines())) < 8192)
    for record in daemon.records("accepted"):
        domain = {"behind-filter": "example.com",
                  "second": "second.example"}[record["rule"]["name"]]
        true("of its policy", all(
            address.endswith("@" + domain)
            for address in record["email"]["to"]["address"]))


@case
def mail_does_not_wait_for_the_log(t):
    daemon = guard(t)
    client = begin(daemon, ALLOWED)
    send(client, [PROTECTED])
    wait_accepted(daemon, 1)
    daemon.take_away_log()
    try:
        send(client, [PROTECTED])
    finally:
        daemon.bring_back_log()
    client.quit()


@case
def only_the_end_of_headers_is_asked_for(t):
    daemon = guard(t)
    client = daemon.client()
    for name, left_out, silent in (
            ("helo", False, True), ("mail", False, True),
            ("rcpt", False, False), ("data", True, False),
            ("header", True, False), ("eoh", False, True),
            ("body", True, False), ("unknown", True, False)):
        _, _, leave_out, no_reply = STEPS[name]
        equal(name, (bool(client.protocol & leave_out),
                     bool(client.protocol & no_reply)), (left_out, silent))
    equal("macros there", client.lists[6], "i")
    client.quit()


@case
def an_mta_that_offers_little_leaves_the_same(t):
    daemon = guard(t)
    for count, (version, actions, protocol) in enumerate(
            ((2, 0x3f, 0x7f), (2, 0, 0), (6, 0xff, 0), (4, 0x1f, 0x3ff)), 1):
        client = begin(daemon, ALLOWED, {"i": f"QUEUE{count}"},
                       version=version, actions=actions, protocol=protocol)
        send(client, [PROTECTED])
        client.quit()
        equal("queue id", wait_accepted(daemon, count)[-1]["postern"]
              ["queue_id"], f"QUEUE{count}")


@case
def a_peer_that_leaves_out_the_end_of_headers(t):
    daemon = guard(t)
    client = begin(daemon, ALLOWED)
    client.mail()
    client.rcpt(PROTECTED)
    client.send(b"B", b"x\r\n")
    equal("body", client.answer(), "continue")
    client.send(b"E")
    equal("end", client.answer(), "continue")
    client.quit()
    wait_accepted(daemon, 1)


@case
def none_is_written_where_none_is_asked_for(t):
    daemon = t.enter(Posternd(t.folder, policies=TWO))
    client = daemon.client()
    equal("connect", client.connect(ALLOWED), "accept")
    client.quit()
    client = begin(daemon, OFFICE)
    client.mail()
    equal("let in", client.rcpt(PROTECTED), "continue")
    client.send(b"L", strings("Subject", "x"))
    equal("header", client.answer(), "continue")
    equal("eoh", client.step("eoh"), "continue")
    equal("eom", client.step("eom"), "continue")
    client.quit()
    wait_accepted(daemon, 0)


main()
