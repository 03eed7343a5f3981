#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""recipients.py - does any spelling of a recipient get round its policy?"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

from case import case, equal, holds, main, true  # noqa: E402
from posternd import SOURCES, Posternd  # noqa: E402

# every policy has a source of its own, and one that is in all of them
POLICIES = """
policies = (
  { name = "apex"; domains = [ "example.com" ];
    allow = ( "filter-service", { networks = [ "100.64.0.1" ]; } ); },
  { name = "below"; domains = [ ".example.com" ];
    allow = ( "filter-service", { networks = [ "100.64.0.2" ]; } ); },
  { name = "office"; domains = [ "office.example.com" ];
    allow = ( "filter-service", { networks = [ "100.64.0.3" ]; } ); },
  { name = "idn"; domains = [ "bücher.example", "xn--tda.example" ];
    allow = ( "filter-service", { networks = [ "100.64.0.4" ]; } );
    always = [ "postmaster" ]; },
  { name = "narrow"; domains = [ "narrow.example", "side.narrow.example" ];
    allow = ( "filter-service",
              { networks = [ "100.64.0.5" ];
                recipient = [ "narrow.example" ]; },
              { networks = [ "100.64.0.6" ];
                recipient = [ "Scans@narrow.example" ]; } ); }
);
"""
FILTER = "192.0.2.10"
OF = {"apex": "100.64.0.1", "below": "100.64.0.2", "office": "100.64.0.3",
      "idn": "100.64.0.4"}
LONG = "l" * 65

# RCPT as handed over -> the policies that all must let in ("": none)
TABLE = (
    # the most specific domain, label borders
    ("<u@example.com>", "apex"),
    ("<u@x.example.com>", "below"),
    ("<u@x.y.example.com>", "below"),
    ("<u@office.example.com>", "office"),
    ("<u@x.office.example.com>", "below"),
    ("<u@badexample.com>", ""),
    ("<u@example.com.evil.test>", ""),
    ("<u@elsewhere.example>", ""),
    # upper case, trailing dots, missing brackets, blanks
    ("<U@EXAMPLE.Com>", "apex"),
    ("<u@example.com.>", "apex"),
    ("<u@OFFICE.example.COM.>", "office"),
    ("u@example.com", "apex"),
    (" <u@example.com> ", "apex"),
    ("<u@example.com", "apex"),
    ("u@example.com>", "apex"),
    ("< u@example.com >", "apex"),
    # IDN both ways, SMTPUTF8
    ("<u@bücher.example>", "idn"),
    ("<u@BÜCHER.example>", "idn"),
    ("<u@bu\u0308cher.example>", "idn"),
    ("<u@xn--bcher-kva.example>", "idn"),
    ("<u@XN--BCHER-KVA.EXAMPLE>", "idn"),
    ("<u@ü.example>", "idn"),
    ("<ü@example.com>", "apex"),
    ("<用户@bücher.example>", "idn"),
    ("<u@bucher.example>", ""),
    ("<u@ex\uff41mple.com>", "apex"),
    ("<u@example\u3002com>", "apex"),
    # source routes
    ("<@relay.example:u@example.com>", "apex"),
    ("<@a.example,@b.example:u@office.example.com>", "office"),
    ("<@example.com:u@elsewhere.example>", ""),
    ("<@example.com,@x.example:u@office.example.com>", "office"),
    # quoted local parts
    ('<"u"@example.com>', "apex"),
    ('<"u v"@example.com>', "apex"),
    ('<"u\\"v"@example.com>', "apex"),
    ('<u\\@x@example.com>', "apex"),
    ('<"a@office.example.com"@example.com>', "apex office"),
    ('<"a@example.com"@elsewhere.example>', "apex"),
    ('<"a@elsewhere.example"@example.com>', "apex"),
    ("<a@office.example.com@example.com>", "apex office"),
    # hacks
    ("<u%example.com@elsewhere.example>", "apex"),
    ("<u%example.com@office.example.com>", "office apex"),
    ('<"u%example.com"@elsewhere.example>', "apex"),
    ('<"u%exam\\ple.com"@elsewhere.example>', "apex"),
    ("<u%EXAMPLE.COM.@elsewhere.example>", "apex"),
    ("<u%bücher.example@elsewhere.example>", "idn"),
    ("<u%example.com%office.example.com@elsewhere.example>", "apex office"),
    ("<example.com!u@elsewhere.example>", "apex"),
    ("<elsewhere.example!example.com!u@x.test>", "apex"),
    ("<example.com!office.example.com!u@x.test>", "apex office"),
    ('<"example.com!u"@elsewhere.example>', "apex"),
    ("<elsewhere.example!u%office.example.com@example.com>", "apex office"),
    ("<50%off@elsewhere.example>", ""),
    ("<50%off@example.com>", "apex"),
    ("<100%@elsewhere.example>", ""),
    ("<wow!@elsewhere.example>", ""),
    # long local parts
    (f"<{LONG}@example.com>", "apex"),
    (f"<{LONG}%office.example.com@example.com>", "apex office"),
    # what cannot be told must satisfy every policy
    ("<u@[192.0.2.25]>", "*"),
    ("<u@[IPv6:2001:db8::25]>", "*"),
    ("<u@192.0.2.25>", "*"),
    ("<u>", "*"),
    ("<u@>", "*"),
    ("<>", "*"),
    ("<u%example.com>", "*"),
    ("<example.com!u>", "*"),
    ('<"u@example.com>', "*"),
    ('<"u@example.com">', "*"),
    ("<u@exam ple.com>", "*"),
    ("<u@example.com> x", "*"),
    ("<u@example..com>", "*"),
    ("<u@com>", "*"),  # one label: the MTA may complete it
    ("<u@office>", "*"),
    ("<" + "".join(f"h{n}.test!" for n in range(9)) + "u@x.test>", "*"),
    (f"<{'l' * 1100}@elsewhere.example>", "*"),
    ("<root>", "*"),
)


def guard(t, **keys):
    return t.enter(Posternd(t.folder, sources=SOURCES, policies=POLICIES,
                            **keys))


class Asked:
    """A session of ip in which one recipient after the other is tried."""

    def __init__(self, daemon, ip, version):
        self.client = daemon.client({"v": version, "{client_resolve}":
                                     "FAIL"})
        true("connect", self.client.connect(ip) in ("continue", "accept"))
        self.client.helo()
        self.client.mail()

    def __enter__(self):
        return self.client.rcpt

    def __exit__(self, *_):
        self.client.quit()


def named(policies):
    return list(OF) + ["narrow"] if policies == "*" else policies.split()


@case(seconds=120)
def each_spelling_reaches_the_policies_of_its_domains(t):
    daemon = guard(t)
    for version in ("Postfix 3.7.11", "8.17.1.9"):
        with Asked(daemon, FILTER, version) as rcpt:
            for address, _ in TABLE:
                equal("in all: " + address, rcpt(address), "continue")
        for policy, ip in OF.items():
            with Asked(daemon, ip, version) as rcpt:
                for address, policies in TABLE:
                    lets_in = set(named(policies)) <= {policy}
                    answer = rcpt(address)
                    equal(f"{policy}: {address}: {answer}",
                          answer == "continue", lets_in)
                    true(answer, lets_in or answer.startswith("550 5.7.1 "))


@case
def what_the_mta_adds_is_no_part_of_the_address(t):
    daemon = guard(t)
    for arguments in (("SMTPUTF8",), ("NOTIFY=NEVER", "ORCPT=rfc822;u@x"),
                      ("XOORG=example.com", "BODY=8BITMIME")):
        client = daemon.client({"{client_resolve}": "FAIL"})
        client.connect(OF["office"])
        client.helo()
        equal("mail", client.mail("<sünder@x.example>", *arguments),
              "continue")
        equal("in", client.rcpt("<u@office.example.com>", *arguments),
              "continue")
        holds("refused", client.rcpt("<ü@example.com>", *arguments),
              "550 5.7.1 ")
        client.quit()
    for record in daemon.wait_attempts(3):
        equal("to", record["email"]["to"]["address"], ["ü@example.com"])
        equal("from", record["email"]["from"]["address"],
              ["sünder@x.example"])


@case
def who_may_write_to_the_bare_postmaster(t):
    daemon = guard(t)
    with Asked(daemon, "198.51.100.200", "Postfix 3.7.11") as rcpt:
        for address in ("<postmaster>", "<POSTMASTER>", "postmaster",
                        '<"postmaster">', "<Postmaster@BÜCHER.example>",
                        "<postmaster@xn--bcher-kva.example.>"):
            equal(address, rcpt(address), "continue")
        for address in ("<postmaster@>", "<postmaster@example.com>",
                        "<postmaster%example.com@bücher.example>",
                        "<postmaster@[192.0.2.25]>", "<abuse>",
                        '<"postmaster>', "<postmaster%bücher.example>",
                        "<postmaster%bücher.example@example.com>"):
            holds(address, rcpt(address), "550 5.7.1 ")


@case
def a_recipient_condition_holds_for_hidden_domains_too(t):
    daemon = guard(t)
    for ip, address, lets_in in (
            ("100.64.0.5", "<u@narrow.example>", True),
            ("100.64.0.5", "<u@side.narrow.example>", False),
            ("100.64.0.5", "<u%side.narrow.example@narrow.example>", False),
            ("100.64.0.5", "<side.narrow.example!u@narrow.example>", False),
            ("100.64.0.5", '<"u@side.narrow.example"@narrow.example>', False),
            ("100.64.0.5", "<u%narrow.example@elsewhere.example>", True),
            ("100.64.0.6", "<scans@narrow.example>", True),
            ("100.64.0.6", "<SCANS@Narrow.Example.>", True),
            ("100.64.0.6", '<"scans"@narrow.example>', True),
            ("100.64.0.6", "scans@narrow.example", True),
            ("100.64.0.6", "<@x.test:scans@narrow.example>", True),
            ("100.64.0.6", "<boss@narrow.example>", False),
            ("100.64.0.6", "<scans%x@narrow.example>", False),
            ("100.64.0.6", "<scans%narrow.example@elsewhere.example>", False),
            ("100.64.0.6", "<scans+boss@narrow.example>", False),
            ("100.64.0.6", "<scans>", False)):
        with Asked(daemon, ip, "Postfix 3.7.11") as rcpt:
            answer = rcpt(address)
        equal(f"{ip} {address}: {answer}", answer == "continue", lets_in)


@case
def unlisted_ones_can_be_refused_but_no_listed_one(t):
    daemon = guard(t, unlisted='"refuse"')
    with Asked(daemon, FILTER, "Postfix 3.7.11") as rcpt:
        for address, policies in TABLE:
            if policies and policies != "*" and "elsewhere" not in address \
                    and "test" not in address and "\\@x" not in address:
                equal(address, rcpt(address), "continue")
            if not policies:
                holds(address, rcpt(address), "550 5.7.1 ")
    for record in daemon.attempts():
        equal("reason", record["event"]["reason"], "unlisted")


main()
