#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""at_connect.py - who is refused at connect, and who leaves no probe?"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

from case import case, equal, holds, main, true, until  # noqa: E402
from milter import Closed  # noqa: E402
from posternd import (ALLOWED, OFFICE, PROTECTED, STRANGER,
                      Posternd)  # noqa: E402

SOURCES = """
sources: {
  filter-service: { networks = [ "192.0.2.0/24" ]; };
  head-office: { networks = [ "198.51.100.0/25" ];
                 hosts = [ ".office.example" ]; };
};
"""
POLICIES = """
policies = (
  { name = "first"; domains = [ "example.com" ];
    allow = ( "filter-service",
              { source = "filter-service"; until = "2999-01-01"; } ); },
  { name = "second"; domains = [ "second.example" ];
    allow = ( "head-office", { networks = [ "192.0.2.0/24" ]; } ); }
);
"""
FAIL = {"{client_resolve}": "FAIL"}
TEMP = {"{client_resolve}": "TEMP"}
PROBE = "203.0.113.7"


def guard(t, policies=POLICIES, **keys):
    return t.enter(Posternd(t.folder, sources=SOURCES, policies=policies, **{
        "reject_at": '"connect"', "unlisted": '"refuse"',
        "authenticated": '"judge"', **keys}))


def connect(daemon, ip, macros=None, leave=True, name=None):
    """(client, answer); with leave it has hung up."""
    client = daemon.client({**FAIL, **(macros or {})})
    answer = client.connect(ip, name=name)
    if leave:
        client.quit()
    return client, answer


def go_on(client):
    """The answer at RCPT to a client that was not refused before."""
    equal("helo", client.helo(), "continue")
    equal("mail", client.mail(), "continue")
    answer = client.rcpt(PROTECTED)
    client.quit()
    return answer


@case
def a_hopeless_client_is_refused_at_once(t):
    daemon = guard(t)
    client, answer = connect(daemon, STRANGER, leave=False)
    # it is on disk before the answer: there is nothing to wait for
    records = daemon.attempts()
    equal("answer", answer, "reject")
    equal("on disk", len(records), 1)
    client.quit()
    record = daemon.wait_attempts(1)[0]
    for key, want in (("action", "bypass-rejected"), ("kind", "alert"),
                      ("type", ["connection", "denied"]),
                      ("outcome", "failure"),
                      ("reason", "source-not-allowed")):
        equal("event." + key, record["event"][key], want)
    equal("stage", record["postern"]["stage"], "connect")
    equal("source", record["source"], {"ip": STRANGER, "port": 40000})
    equal("the first of those as near", record["rule"]["name"], "first")
    true("no recipient, no sender", "email" not in record)
    true("the words are the MTA's", "reply" not in record["postern"])
    true("no HELO", "helo" not in record["postern"])


@case
def one_that_hangs_up_is_one_record_too(t):
    daemon = guard(t)
    for number in range(1, 4):
        client = daemon.client(FAIL)
        equal("answer", client.connect(STRANGER), "reject")
        client.close()
        daemon.wait_attempts(number)


@case
def it_names_the_policy_that_came_nearest(t):
    policies = """policies = (
      { name = "far"; domains = [ "far.example" ]; allow =
        ( { source = "filter-service"; daemon = "inside"; } ); },
      { name = "near"; domains = [ "near.example" ]; allow =
        ( { networks = [ "203.0.113.0/24" ]; until = "2001-01-01"; } ); }
    );"""
    daemon = guard(t, policies)
    equal("answer", connect(daemon, "203.0.113.9")[1], "reject")
    record = daemon.wait_attempts(1)[0]
    equal("rule", record["rule"]["name"], "near")
    equal("reason", record["event"]["reason"], "expired")
    equal("entries", record["postern"]["entries"],
          [{"entry": "allow[0]", "failed": "until"}])


@case
def who_has_hope_is_answered_at_rcpt(t):
    daemon = guard(t)
    for ip, macros in ((ALLOWED, {}), (OFFICE, {}), (STRANGER, TEMP)):
        client, answer = connect(daemon, ip, macros, leave=False)
        equal(f"{ip}", answer, "continue")
        client.quit()
    client, answer = connect(daemon, STRANGER, {"{client_resolve}": "OK"},
                             name="mx.office.example")
    equal("by name", answer, "continue")
    # of these only the near miss has no way in, and left before MAIL
    records = daemon.wait_attempts(1)
    equal("probe", records[0]["event"]["action"], "probe-seen")


@case
def a_near_miss_is_answered_at_rcpt(t):
    daemon = guard(t, POLICIES.replace('"example.com"', '"x.example"')
                   .replace('"second.example"', '"example.com"'))
    client, answer = connect(daemon, STRANGER, TEMP, leave=False)
    equal("at connect", answer, "continue")
    holds("at RCPT", go_on(client), "451 4.7.1 ")
    equal("one record", [record["event"]["action"]
                         for record in daemon.wait_attempts(1)],
          ["bypass-deferred"])


@case
def a_near_miss_that_is_rejected_is_refused_at_once(t):
    daemon = guard(t, near_miss='"reject"')
    equal("at connect", connect(daemon, STRANGER, TEMP)[1], "reject")
    daemon.wait_attempts(1)


@case
def a_certificate_may_still_come(t):
    daemon = guard(t, POLICIES.replace(
        '"filter-service",',
        '{ certificate = [ "mail.partner.example" ]; },'))
    client, answer = connect(daemon, STRANGER, leave=False)
    equal("at connect", answer, "continue")
    holds("at RCPT", go_on(client), "550 5.7.1 ")


@case
def who_is_only_observed_is_answered_at_rcpt(t):
    one = POLICIES.replace('domains = [ "second', 'mode = "monitor"; '
                           'domains = [ "second')
    for policies, keys, want in ((one, {}, "550 5.7.1 "),
                                 (POLICIES, {"mode": '"monitor"'},
                                  "continue")):
        daemon = guard(t, policies, **keys)
        before = len(daemon.attempts())
        client, answer = connect(daemon, STRANGER, leave=False)
        equal("at connect", answer, "continue")
        holds("at RCPT", go_on(client), want)
        daemon.wait_attempts(before + 1)
        daemon.stop()


@case
def who_is_never_judged_is_never_refused(t):
    daemon = guard(t, trusted='[ "10.0.0.0/8" ]')
    for ip, macros, want in (
            ("10.1.2.3", {}, "accept"),
            (STRANGER, {"{daemon_name}": "MSA"}, "accept"),
            (STRANGER, {"{daemon_name}": "MTA"}, "reject"),
            # a login comes later, and would be judged all the same
            (STRANGER, {"{auth_authen}": "alice"}, "reject")):
        equal(f"{ip} {macros}", connect(daemon, ip, macros)[1], want)
    daemon.wait_attempts(2)


@case
def by_default_the_answer_comes_at_rcpt(t):
    daemon = guard(t, reject_at=None)
    client, answer = connect(daemon, STRANGER, leave=False)
    equal("at connect", answer, "continue")
    holds("at RCPT", go_on(client), "550 5.7.1 ")
    daemon.wait_attempts(1)


def without_a_log(t, on_failure):
    daemon = t.enter(Posternd(
        t.folder, sources=SOURCES, policies=POLICIES,
        audit={"on_failure": on_failure}, reject_at='"connect"',
        unlisted='"refuse"', authenticated='"judge"'))
    daemon.take_away_log()
    client, answer = connect(daemon, STRANGER, leave=False)
    return daemon, client, answer


def is_recorded_again(daemon):
    daemon.bring_back_log()
    until("recorded again", lambda: connect(daemon, STRANGER) and
          daemon.attempts())
    equal("all at connect", {record["event"]["action"]
                             for record in daemon.attempts()},
          {"bypass-rejected"})


@case
def what_cannot_be_recorded_is_deferred(t):
    daemon, client, answer = without_a_log(t, '"defer"')
    client.quit()
    equal("answer", answer, "tempfail")
    is_recorded_again(daemon)


@case
def or_stays_a_refusal(t):
    daemon, client, answer = without_a_log(t, '"reject"')
    client.quit()
    equal("answer", answer, "reject")
    is_recorded_again(daemon)


@case
def or_is_let_in(t):
    _, client, answer = without_a_log(t, '"accept"')
    equal("at connect", answer, "continue")
    equal("at RCPT", go_on(client), "continue")


@case
def an_mta_that_goes_on_gets_nobody_in(t):
    daemon = guard(t)
    client, answer = connect(daemon, STRANGER, leave=False)
    equal("at connect", answer, "reject")
    try:
        client.helo()
        client.mail()
        holds("at RCPT", client.rcpt(PROTECTED), "550 5.7.1 ")
    except Closed:
        pass
    client.quit()
    true("recorded", daemon.attempts())


@case
def a_health_check_leaves_no_probe(t):
    daemon = guard(t, reject_at=None,
                   probes='[ "203.0.113.7", "2001:db8:7::/64" ]')
    for ip in (PROBE, "2001:db8:7::1"):
        for helo in (False, True):
            client = daemon.client(FAIL)
            equal("connect", client.connect(ip), "continue")
            if helo:
                client.helo("check.test")
            client.quit()
    equal("nothing", daemon.wait_attempts(0), [])
    connect(daemon, STRANGER)
    equal("others do", daemon.wait_attempts(1)[0]["event"]["action"],
          "probe-seen")


@case
def a_health_check_that_goes_on_is_judged(t):
    daemon = guard(t, reject_at=None, probes='[ "203.0.113.7" ]')
    client = daemon.client(FAIL)
    client.connect(PROBE)
    client.helo()
    client.mail()
    client.quit()
    equal("MAIL", daemon.wait_attempts(1)[0]["event"]["action"],
          "bypass-abandoned")
    client, _ = connect(daemon, PROBE, leave=False)
    holds("RCPT", go_on(client), "550 5.7.1 ")
    daemon.wait_attempts(2)


@case
def a_health_check_is_not_refused_at_connect(t):
    daemon = guard(t, probes='[ "203.0.113.7" ]')
    equal("left alone", connect(daemon, PROBE)[1], "continue")
    equal("nothing", daemon.wait_attempts(0), [])
    client, _ = connect(daemon, PROBE, leave=False)
    holds("RCPT", go_on(client), "550 5.7.1 ")
    daemon.wait_attempts(1)


main()
