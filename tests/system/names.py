#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""names.py - which of the clients' names may be believed?

Postfix and Sendmail ask a real name server: names that are verified, forged,
not there, and a resolver that is down.  Everything runs in a network of its
own (tests/harness/dns.py).
"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import dns  # noqa: E402
import postfix  # noqa: E402
import sendmail  # noqa: E402
from case import case, equal, main  # noqa: E402
from posternd import Posternd, reference  # noqa: E402
from sink import Sink  # noqa: E402

# client: its address
CLIENTS = {
    "verified": "192.0.2.10",    # mail.filter.example and back
    "elsewhere": "192.0.2.11",   # verified, but not of the filter
    "border": "192.0.2.12",      # verified, notfilter.example
    "forged": "192.0.2.66",      # says mail.filter.example, which is .10
    "hollow": "192.0.2.67",      # says gone.filter.example, which is not
    "nameless": "192.0.2.68",    # no PTR
    "half": "192.0.2.77",        # says a name that cannot be looked up now
    "by address": "192.0.2.88",  # no PTR, but let in by its address
}
ZONES = ("filter.example", "notfilter.example", "elsewhere.test",
         "2.0.192.in-addr.arpa")
NAMES = {
    "mail.filter.example": CLIENTS["verified"],
    "mail.elsewhere.test": CLIENTS["elsewhere"],
    "mail.notfilter.example": CLIENTS["border"],
}
POINTERS = {
    CLIENTS["verified"]: "mail.filter.example",
    CLIENTS["elsewhere"]: "mail.elsewhere.test",
    CLIENTS["border"]: "mail.notfilter.example",
    CLIENTS["forged"]: "mail.filter.example",
    CLIENTS["hollow"]: "gone.filter.example",
    CLIENTS["half"]: "mail.refused.test",
}

# by name in the entry, by a source, by name and with TLS, by name or address
BY_NAME, BY_SOURCE, WITH_TLS, EITHER = DOMAINS = (
    "example.com", "sub.example.com", "second.example", "elsewhere.example")
SOURCES = """
sources: { filter: { hosts = [ ".filter.example" ];
                     except = [ "192.0.2.88" ]; }; };
"""
POLICIES = f"""
policies = (
  {{ name = "hosts"; domains = [ "{BY_NAME}" ];
     allow = ( {{ hosts = [ ".filter.example" ]; }} ); }},
  {{ name = "source"; domains = [ "{BY_SOURCE}" ]; allow = ( "filter" ); }},
  {{ name = "hosts and tls"; domains = [ "{WITH_TLS}" ];
     allow = ( {{ hosts = [ ".filter.example" ]; tls = true; }} ); }},
  {{ name = "hosts or network"; domains = [ "{EITHER}" ];
     allow = ( {{ hosts = [ "MAIL.filter.example." ]; }},
               {{ networks = [ "192.0.2.88" ]; }} ); }}
);
"""

YES = (250, None)
NO = (550, "source-not-allowed")
LATER = (451, "source-not-allowed")
NO_TLS = (451, "tls-missing")

# client: what each of DOMAINS answers
WHILE_UP = {
    "verified": (YES, YES, NO_TLS, YES),
    "elsewhere": (NO, NO, NO, NO),
    "border": (NO, NO, NO, NO),
    "forged": (NO, NO, NO, NO),
    "hollow": (NO, NO, NO, NO),
    "nameless": (NO, NO, NO, NO),
    "half": (LATER, LATER, LATER, LATER),
    "by address": (NO, NO, NO, YES),
}
# Sendmail says FORGED, not TEMP, where only the way back cannot be looked up
AT_SENDMAIL = {**WHILE_UP, "half": (NO, NO, NO, NO)}
# not known is not known, whoever it is; only `except` settles it
WHILE_DOWN = {client: (LATER, LATER, LATER, LATER) for client in CLIENTS}
WHILE_DOWN["by address"] = (LATER, NO, LATER, YES)

inside = dns.needed(CLIENTS.values())


def start_postfix(t, daemon, sink):
    return t.enter(postfix.Postfix(t.folder, f"unix:{daemon.address}", sink,
                                   smtpd_peername_lookup="yes"))


def start_sendmail(t, daemon, sink):
    return t.enter(sendmail.Sendmail(
        t.folder, f"local:{daemon.address}", sink, lookup="files dns"))


def guard(t, **keys):
    return Posternd(t.folder, SOURCES, POLICIES, trusted='[ "127.0.0.1" ]',
                    socket_group='"postfix"', **keys)


def ask(mta, daemon, client):
    """(code, reason) for each of DOMAINS, and the records."""
    with mta.client_at(CLIENTS[client]) as session:
        equal("MAIL", session.mail().code, 250)
        answers = [session.rcpt("ceo@" + domain) for domain in DOMAINS]
    by_id = {record["event"]["id"]: record for record in daemon.attempts()}
    got, records = [], []
    for answer in answers:
        record = None if answer.code == 250 else by_id[reference(answer)]
        got.append((answer.code, record and record["event"]["reason"]))
        records += [record] if record else []
    return tuple(got), records


def check(mta, daemon, client, want, known):
    got, records = ask(mta, daemon, client)
    equal(client, got, want)
    name = {address: name for name, address in NAMES.items()}
    for record in records:
        equal("ip", record["source"]["ip"], CLIENTS[client])
        equal("name of " + client, record["source"].get("domain"),
              name.get(CLIENTS[client]) if known else None)
        equal("sources", record["postern"]["sources"],
              ["filter"] if known and client == "verified" else [])
        equal("action", record["event"]["action"],
              "bypass-deferred" if record["postern"]["reply"][0] == "4"
              else "bypass-rejected")


def all_of(mta, daemon, table, known):
    for client, want in table.items():
        check(mta, daemon, client, want, known)


def rejecting(table):
    """The same with near_miss = "reject"."""
    return {client: tuple((250 if code == 250 else 550, reason)
                          for code, reason in want)
            for client, want in table.items()}


def judge(t, start, while_up):
    server = t.enter(dns.Server(t.folder, ZONES, NAMES, POINTERS))
    sink = t.enter(Sink())
    with guard(t) as daemon:
        mta = start(t, daemon, sink)
        all_of(mta, daemon, while_up, True)
        server.stop()
        all_of(mta, daemon, WHILE_DOWN, False)
    # what a client can bring about is no error: nothing opens the gate
    with guard(t, on_error='"accept"') as daemon:
        all_of(mta, daemon, WHILE_DOWN, False)
    with guard(t, on_error='"accept"', near_miss='"reject"') as daemon:
        all_of(mta, daemon, rejecting(WHILE_DOWN), False)
        server.start()
        all_of(mta, daemon, rejecting(while_up), True)


@case(needs=[postfix.needed, inside])
def every_name_through_postfix(t):
    judge(t, start_postfix, WHILE_UP)


@case(needs=[sendmail.needed, inside])
def every_name_through_sendmail(t):
    judge(t, start_sendmail, AT_SENDMAIL)


main()
