#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""broken_off.py - what is recorded of those who leave early?"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

from case import case, equal, holds, main, true, until  # noqa: E402
from posternd import (ALLOWED, OFFICE, PROTECTED, STRANGER, UNLISTED,
                      Posternd, with_policy)  # noqa: E402


def begin(daemon, ip, macros=None):
    client = daemon.client(macros)
    client.connect(ip)
    client.helo("client.test")
    return client


@case
def mail_and_quit_is_one_abandoned(t):
    daemon = t.enter(Posternd(t.folder))
    client = begin(daemon, STRANGER)
    client.mail("<a@b.example>")
    client.quit()
    record = daemon.wait_attempts(1)[0]
    for key, want in (("action", "bypass-abandoned"), ("kind", "alert"),
                      ("type", ["connection", "denied"]),
                      ("outcome", "failure"),
                      ("reason", "source-not-allowed")):
        equal("event." + key, record["event"][key], want)
    equal("stage", record["postern"]["stage"], "mail")
    equal("from", record["email"]["from"]["address"], ["a@b.example"])
    true("no recipient", "to" not in record["email"])
    true("no reply", "reply" not in record["postern"])
    equal("rule.name", record["rule"]["name"], "behind-filter")
    equal("helo", record["postern"]["helo"], "client.test")


@case
def mail_and_hang_up_is_one_abandoned(t):
    daemon = t.enter(Posternd(t.folder))
    client = begin(daemon, STRANGER)
    client.mail()
    client.close()
    equal("action", daemon.wait_attempts(1)[0]["event"]["action"],
          "bypass-abandoned")


@case
def several_attempts_at_mail_are_one_abandoned(t):
    daemon = t.enter(Posternd(t.folder))
    client = begin(daemon, STRANGER)
    for _ in range(3):
        client.mail()
        client.abort()
    client.quit()
    equal("action", daemon.wait_attempts(1)[0]["event"]["action"],
          "bypass-abandoned")


@case
def leaving_before_mail_is_a_probe(t):
    daemon = t.enter(Posternd(t.folder))
    begin(daemon, STRANGER).quit()
    daemon.wait_attempts(1)
    client = daemon.client()
    client.connect("2001:db8:99::1")
    client.close()
    records = daemon.wait_attempts(2)
    for record in records:
        for key, want in (("action", "probe-seen"), ("kind", "event"),
                          ("type", ["connection", "end"]),
                          ("outcome", "unknown")):
            equal("event." + key, record["event"][key], want)
    equal("stage", [record["postern"]["stage"] for record in records],
          ["helo", "connect"])


@case
def a_refused_client_that_leaves_is_one_record(t):
    daemon = t.enter(Posternd(t.folder))
    client = begin(daemon, STRANGER)
    client.mail()
    holds("answer", client.rcpt(PROTECTED), "550 ")
    client.close()
    equal("action", daemon.wait_attempts(1)[0]["event"]["action"],
          "bypass-rejected")


@case
def who_may_come_in_leaves_nothing(t):
    policies = with_policy("""{ name = "other";
        domains = [ "other.example" ];
        allow = ( { networks = [ "100.64.0.1" ]; } ); }""")
    daemon = t.enter(Posternd(t.folder, policies=policies))
    # the last has a way in to one policy only: not without hope
    for ip in (ALLOWED, OFFICE, "127.0.0.1", "100.64.0.1"):
        begin(daemon, ip).quit()
        client = begin(daemon, ip)
        client.mail()
        client.close()
    client = begin(daemon, STRANGER, {"{auth_authen}": "alice"})
    client.mail()
    client.quit()
    equal("attempts", daemon.wait_attempts(0), [])


@case
def who_had_an_answer_has_not_been_broken_off(t):
    daemon = t.enter(Posternd(t.folder))
    for recipient in (UNLISTED, "<postmaster@example.com>"):
        client = begin(daemon, STRANGER)
        client.mail()
        equal(recipient, client.rcpt(recipient), "continue")
        client.quit()
    equal("attempts", daemon.wait_attempts(0), [])


@case
def what_the_mta_refused_is_one_abandoned(t):
    daemon = t.enter(Posternd(t.folder))
    client = begin(daemon, STRANGER)
    client.mail()
    for address in ("<one@example.com>", UNLISTED, "<two@sub.example.com>"):
        equal(address, client.rcpt_refused(address), "continue")
    client.quit()
    record = daemon.wait_attempts(1)[0]
    equal("action", record["event"]["action"], "bypass-abandoned")
    equal("to", record["email"]["to"]["address"],
          ["one@example.com", "two@sub.example.com"])
    equal("rule.name", record["rule"]["name"], "behind-filter")
    equal("stage", record["postern"]["stage"], "rcpt")


@case
def refused_by_both_are_two_records(t):
    daemon = t.enter(Posternd(t.folder))
    client = begin(daemon, STRANGER)
    client.mail()
    equal("by the MTA", client.rcpt_refused("<nosuch@example.com>"),
          "continue")
    holds("by us", client.rcpt(PROTECTED), "550 ")
    client.quit()
    found = [(record["event"]["action"], record["email"]["to"]["address"])
             for record in daemon.wait_attempts(2)]
    equal("records", found, [("bypass-rejected", ["ceo@example.com"]),
                             ("bypass-abandoned", ["nosuch@example.com"])])


@case
def what_the_mta_refused_of_an_allowed_client_is_nothing(t):
    daemon = t.enter(Posternd(t.folder))
    client = begin(daemon, ALLOWED)
    client.mail()
    client.rcpt_refused("<nosuch@example.com>")
    client.quit()
    equal("attempts", daemon.wait_attempts(0), [])


@case
def very_many_recipients_follow_in_further_records(t):
    daemon = t.enter(Posternd(t.folder))
    client = begin(daemon, STRANGER)
    client.mail()
    addresses = [f"user{number:03}-{'x' * 50}@example.com"
                 for number in range(400)]
    for address in addresses:
        client.rcpt_refused(f"<{address}>")
    client.quit()
    until("the last is there", lambda: addresses[-1].encode() in
          b"".join(daemon.lines()))
    records = daemon.attempts()
    true("several", len(records) > 1)
    equal("one id", len({record["event"]["id"] for record in records}), 1)
    equal("all there", [address for record in records
                        for address in record["email"]["to"]["address"]],
          addresses)
    true("short lines", max(map(len, daemon.lines())) < 8192)


@case
def in_monitor_it_is_abandoned_as_well(t):
    daemon = t.enter(Posternd(t.folder, mode='"monitor"'))
    client = begin(daemon, STRANGER)
    client.mail()
    client.quit()
    daemon.wait_attempts(1)
    client = begin(daemon, STRANGER)
    client.mail()
    client.rcpt(PROTECTED)
    client.quit()
    daemon.wait_attempts(2)
    begin(daemon, STRANGER).quit()
    equal("actions", [record["event"]["action"]
                      for record in daemon.wait_attempts(3)],
          ["bypass-abandoned", "bypass-observed", "probe-seen"])


main()
