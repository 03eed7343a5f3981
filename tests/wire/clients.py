#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""clients.py - which address does the client have, as MTAs tell it?"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

from case import case, equal, holds, main, true  # noqa: E402
from posternd import PROTECTED, STRANGER, Posternd  # noqa: E402


def ask(client, *connect, **options):
    true("connect", client.connect(*connect, **options) in
         ("continue", "accept"))
    client.helo()
    client.mail()
    answer = client.rcpt(PROTECTED)
    client.quit()
    return answer


@case
def a_unix_socket_peer_is_trusted(t):
    daemon = t.enter(Posternd(t.folder))
    equal("answer", ask(daemon.client(), "/run/x", family="L"), "continue")
    equal("attempts", daemon.wait_attempts(0), [])


@case
def no_address_is_local_only_where_the_mta_shows_it(t):
    daemon = t.enter(Posternd(t.folder))
    local = daemon.client({"{client_addr}": "0"})
    equal("sendmail -bs", ask(local, "", family="U", name="localhost"),
          "continue")
    for macros in ({}, {"{client_addr}": "00"}, {"{client_addr}": "0.0.0.0"},
                   {"{client_addr}": "127.0.0.1"}):
        answer = ask(daemon.client(macros), "", family="U", name="unknown")
        holds(str(macros), answer, "550 5.7.1")
    for record in daemon.wait_attempts(4):
        true("no source.ip", "ip" not in record.get("source", {}))
        equal("reason", record["event"]["reason"], "source-not-allowed")


@case
def the_address_counts_and_not_the_macro(t):
    daemon = t.enter(Posternd(t.folder))
    answer = ask(daemon.client({"{client_addr}": "192.0.2.10"}), STRANGER)
    holds("answer", answer, "550 5.7.1")
    equal("ip", daemon.wait_attempts(1)[0]["source"]["ip"], STRANGER)


@case
def mapped_ipv6_is_ipv4(t):
    daemon = t.enter(Posternd(t.folder))
    for text in ("::ffff:192.0.2.10", "::FFFF:c000:20a",
                 "IPv6:::ffff:192.0.2.10"):
        equal(text, ask(daemon.client(), text, family="6"), "continue")
    for text in ("::ffff:198.51.100.200", "IPv6:::ffff:198.51.100.200"):
        holds(text, ask(daemon.client(), text, family="6"), "550 5.7.1")
    for record in daemon.wait_attempts(2):
        equal("ip", record["source"]["ip"], STRANGER)


@case
def other_embedded_ipv4_is_not(t):
    daemon = t.enter(Posternd(t.folder))
    for text in ("64:ff9b::192.0.2.10", "2002:c000:20a::1", "::192.0.2.10"):
        holds(text, ask(daemon.client(), text), "550 5.7.1")


@case
def ipv6_as_both_mtas_write_it(t):
    daemon = t.enter(Posternd(t.folder))
    for text in ("2001:db8:25::10", "IPv6:2001:db8:25::10",
                 "IPv6:2001:db8:25:0:0:0:0:10"):
        equal(text, ask(daemon.client(), text, family="6"), "continue")
    holds("stranger", ask(daemon.client(), "IPv6:2001:db8:99:0:0:0:0:10",
                          family="6"), "550 5.7.1")
    equal("ip", daemon.wait_attempts(1)[0]["source"]["ip"],
          "2001:db8:99::10")


@case
def the_name_that_the_client_claims_is_not_its_name(t):
    daemon = t.enter(Posternd(t.folder))
    for macros in ({"{client_resolve}": "FORGED"},
                   {"{client_resolve}": "FAIL"},
                   {"{client_resolve}": "TEMP"}, {}):
        ask(daemon.client(macros), STRANGER, name="mail.filter.example")
    ask(daemon.client({"{client_resolve}": "OK"}), STRANGER,
        name="host.stranger.example")
    names = [record["source"].get("domain")
             for record in daemon.wait_attempts(5)]
    equal("source.domain", names, [None] * 4 + ["host.stranger.example"])


main()
