#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""macros.py - what is the MTA asked for, and what if it does not come?"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

from case import case, equal, holds, main, true  # noqa: E402
from milter import RCPT_REJ, SETSYMLIST, STEPS  # noqa: E402
from posternd import (ALLOWED, OFFICE, POLICIES, PROTECTED, SOURCES, STRANGER,
                      Posternd, with_policy)  # noqa: E402

NEEDY = """
policies = ( { name = "needy"; domains = [ "example.com" ];
  allow = ( { hosts = [ ".partner.example" ]; },
            { source = "filter-service"; daemon = ( "inbound", 2525 );
              certificate = [ "mail.partner.example" ]; } ); } );
"""
CONNECT = ("{client_addr}, {client_resolve}, {daemon_name}, {daemon_addr}, "
           "{daemon_port}, {if_addr}, v")
MAIL = ("i, {tls_version}, {cipher}, {verify}, {cert_subject}, "
        "{cert_issuer}, {cn_subject}, {cn_issuer}")
NOTHING = {"v": None, "{daemon_name}": None}
ALL = {"{client_resolve}": "OK", "{daemon_port}": "25"}


def session(daemon, ip, macros=None, mail=True, **options):
    client = daemon.client(macros, **options)
    client.connect(ip)
    client.helo()
    if mail:
        client.mail()
        client.rcpt(PROTECTED)
    client.quit()


def warnings(daemon):
    # the last session is over when it is recorded, or its client has gone
    return [line.split("warning: ", 1)[1]
            for line in daemon.said().splitlines()
            if "posternd: warning: the MTA" in line]


def names(text):
    return set(text.replace(",", " ").split())


@case
def where_filters_choose_no_macros_the_lists_are_said_once(t):
    daemon = t.enter(Posternd(t.folder))
    for _ in range(3):
        session(daemon, STRANGER, actions=0xff)
    daemon.wait_attempts(3)
    said = warnings(daemon)
    equal("once", len(said), 1)
    for text in ("main.cf", "sendmail.mc",
                 "milter_connect_macros or confMILTER_MACROS_CONNECT: "
                 + CONNECT + ";",
                 "milter_mail_macros or confMILTER_MACROS_ENVFROM: "
                 + MAIL + ", {auth_authen};",
                 "milter_rcpt_macros or confMILTER_MACROS_ENVRCPT: "
                 "i, {rcpt_mailer}"):
        holds("said", said[0], text)
    true("not of the headers", "end_of_header" not in said[0])


@case
def the_lists_follow_the_configuration(t):
    daemon = t.enter(Posternd(t.folder, authenticated='"judge"',
                              audit={"accepted": '"all"'}))
    session(daemon, STRANGER, actions=0xff)
    daemon.wait_attempts(1)
    said = warnings(daemon)[0]
    holds("said", said, "milter_end_of_header_macros or "
          "confMILTER_MACROS_EOH: i")
    true("no login", "auth_authen" not in said)
    client = daemon.client()
    equal("mail", names(client.lists[2]), names(MAIL))
    equal("end of headers", client.lists[6], "i")
    client.quit()


@case
def what_is_asked_for(t):
    daemon = t.enter(Posternd(t.folder))
    client = daemon.client()
    true("actions", client.actions == SETSYMLIST)
    true("refused recipients", client.protocol & RCPT_REJ)
    for stage, want in ((0, CONNECT), (1, ""), (2, MAIL + " {auth_authen}"),
                        (3, "i {rcpt_mailer}"), (5, "")):
        equal(f"stage {stage}", names(client.lists[stage]), names(want))
    client.quit()
    client = daemon.client(protocol=0x1fffff & ~RCPT_REJ)
    equal("rcpt, where nobody tells", client.lists[3], "i")
    client.quit()


@case
def a_macro_that_never_comes_is_said_once(t):
    daemon = t.enter(Posternd(t.folder, policies=NEEDY))
    session(daemon, "127.0.0.1", NOTHING, mail=False)
    equal("not of who is never judged", warnings(daemon), [])
    for _ in range(2):
        session(daemon, STRANGER, NOTHING)
    daemon.wait_attempts(2)
    said = warnings(daemon)
    equal("macros", [line.split(": ")[0] for line in said],
          ["the MTA does not send the macro " + macro for macro in
           ("{client_resolve}", "{daemon_name}", "{daemon_port}", "v")])
    for line, without in zip(said, ("`hosts`", "by name", "by port",
                                    "no certificate counts")):
        holds("without", line, without)
        holds("cure", line, "add it to milter_connect_macros in main.cf "
              "(Postfix) or confMILTER_MACROS_CONNECT in sendmail.mc")


@case
def sendmail_must_tell_what_it_verified(t):
    daemon = t.enter(Posternd(t.folder, policies=NEEDY))
    sendmail = {**ALL, "v": "8.17.1.9"}
    tls = {**sendmail, "{tls_version}": "TLSv1.3"}
    postfix = {**ALL, "v": "Postfix 3.7.11", "{tls_version}": "TLSv1.3"}
    for macros in (sendmail, {**tls, "{verify}": "NO"}, postfix):
        session(daemon, STRANGER, macros)
    daemon.wait_attempts(3)
    equal("nothing is missing", warnings(daemon), [])
    for _ in range(2):
        session(daemon, STRANGER, tls)
    daemon.wait_attempts(5)
    said = warnings(daemon)
    equal("once", len(said), 1)
    holds("said", said[0], "{verify}: no certificate counts as verified; add "
          "it to milter_mail_macros in main.cf (Postfix) or "
          "confMILTER_MACROS_ENVFROM in sendmail.mc")


@case
def what_no_policy_looks_at_is_not_missed(t):
    daemon = t.enter(Posternd(t.folder))
    session(daemon, STRANGER, NOTHING)
    daemon.wait_attempts(1)
    equal("said", warnings(daemon), [])


@case
def a_source_with_hosts_needs_names_as_well(t):
    daemon = t.enter(Posternd(t.folder, sources=SOURCES.replace(
        "head-office: {", 'head-office: { hosts = [ ".office.example" ];')))
    session(daemon, STRANGER, NOTHING)
    daemon.wait_attempts(1)
    equal("said", len(warnings(daemon)), 1)
    holds("said", warnings(daemon)[0], "{client_resolve}")


def waits_for(client, name):
    _, _, leave_out, no_reply = STEPS[name]
    return not client.protocol & leave_out and \
        not client.protocol & no_reply


@case
def mail_is_waited_for_only_where_that_may_end_it(t):
    by_sender = '{ source = "head-office"; sender = [ "a.example" ]; }'
    for number, (want, entries, keys) in enumerate((
            (False, '"filter-service", "head-office"', {}),
            (True, f'"filter-service", {by_sender}', {}),
            (True, '{ source = "filter-service"; tls = true; }', {}),
            (True, '{ networks = [ "192.0.2.1" ]; helo = [ "x.test" ]; }',
             {}),
            (False, f'"filter-service", {by_sender}',
             {"unlisted": '"refuse"'}),
            (False, f'"filter-service", {by_sender}',
             {"audit": {"accepted": '"all"'}}),
            (False, '{ source = "head-office"; sender = [ "a.example" ]; '
             'until = "2999-01-01"; }', {}),
            (False, '{ source = "head-office"; sender = [ "a.example" ]; '
             'recipient = [ "x@example.com" ]; }', {}))):
        folder = t.path(str(number))
        os.mkdir(folder)
        policies = POLICIES.replace('"filter-service", "head-office"',
                                    entries)
        with Posternd(folder, policies=policies, **keys) as daemon:
            client = daemon.client()
            equal(entries, waits_for(client, "mail"), want)
            equal("connect", waits_for(client, "connect"), True)
            equal("rcpt", waits_for(client, "rcpt"), True)
            for name in ("helo", "data", "header", "eoh", "body"):
                equal(name, waits_for(client, name), False)
            client.quit()


@case
def all_policies_must_be_able_to_end_it_there(t):
    other = """{ name = "other"; domains = [ "other.example" ];
        allow = ( { source = "filter-service";
                    recipient = [ "x@other.example" ]; } ); }"""
    policies = POLICIES.replace('"head-office"',
                                '{ source = "head-office"; tls = true; }')
    daemon = t.enter(Posternd(t.folder,
                              policies=with_policy(other, policies)))
    client = daemon.client()
    equal("mail", waits_for(client, "mail"), False)
    client.quit()


@case
def accept_at_mail_speaks_for_that_message(t):
    policies = POLICIES.replace(
        '"head-office"',
        '{ source = "head-office"; sender = [ "a.example" ]; }')
    daemon = t.enter(Posternd(t.folder, policies=policies))
    equal("by address alone", daemon.client().connect(ALLOWED), "accept")
    client = daemon.client()
    equal("connect", client.connect(OFFICE), "continue")
    client.helo()
    for _ in range(2):
        equal("right", client.mail("<x@a.example>"), "accept")
        client.abort()
        equal("wrong", client.mail("<x@b.example>"), "continue")
        true("refused", client.rcpt(PROTECTED).startswith("550 5.7.1 "))
        client.abort()
    client.quit()
    # who was let in once has not been broken off
    client = daemon.client()
    client.connect(OFFICE)
    equal("right", client.mail("<x@a.example>"), "accept")
    client.abort()
    equal("wrong", client.mail("<x@b.example>"), "continue")
    client.quit()
    for record in daemon.wait_attempts(2):
        equal("from", record["email"]["from"]["address"], ["x@b.example"])


main()
