#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""certificates.py - what does a client certificate mean to each MTA?

Real TLS sessions through Postfix and through Sendmail with certificates of
every kind.  Only one that the MTA has verified, and that has a CN, counts.
"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import postfix  # noqa: E402
import sendmail  # noqa: E402
import tls  # noqa: E402
from case import case, equal, holds, main, true, until  # noqa: E402
from posternd import Posternd, reference  # noqa: E402
from sink import Sink  # noqa: E402

INSIDE, STRANGER = "127.0.0.10", "127.0.0.99"
# Sendmail writes such a name as "Postern+20Test+20CA+20+28+2B1+29"
TITLE = "Postern Test CA (+1)"

# what each domain asks for
NETWORK, ISSUED, ENCRYPTED, ALONE = (
    "example.com", "sub.example.com", "second.example", "elsewhere.example")
SOURCES = """
sources: { filter-service: { networks = [ "127.0.0.10" ]; }; };
"""
POLICIES = f"""
policies = (
  {{ name = "network and certificate"; domains = [ "{NETWORK}" ];
     allow = ( {{ networks = [ "127.0.0.10" ];
                  certificate = [ "{tls.NAME.upper()}" ]; }} ); }},
  {{ name = "source, certificate and issuer"; domains = [ "{ISSUED}" ];
     allow = ( {{ source = "filter-service"; tls = true;
                  certificate = [ "other.example", "{tls.NAME}" ];
                  issuer = [ "{TITLE}" ]; }} ); }},
  {{ name = "network and tls"; domains = [ "{ENCRYPTED}" ];
     allow = ( {{ networks = [ "127.0.0.10" ]; tls = true; }} ); }},
  {{ name = "certificate"; domains = [ "{ALONE}" ];
     allow = ( {{ certificate = [ "{tls.NAME}" ]; }} ); }}
);
"""
DOMAINS = (NETWORK, ISSUED, ENCRYPTED, ALONE)

YES = (250, None)
MISMATCH = (550, "certificate-mismatch")
MISSING = (451, "certificate-missing")
MISSING_ALONE = (550, "certificate-missing")  # no anchor holds
NO_TLS = (451, "tls-missing")
NOT_THERE = (550, "source-not-allowed")
ABSENT = (MISSING, MISSING, YES, MISSING_ALONE)

# certificate: what each of DOMAINS answers, and what the record says of it
WANT = {
    "right": ((YES, YES, YES, YES), None),
    "other": ((MISMATCH, MISMATCH, YES, MISMATCH),
              {"subject": "mail.other.example", "issuer": TITLE}),
    "elsewhere": ((YES, MISMATCH, YES, YES),
                  {"subject": tls.NAME, "issuer": "Another Test CA"}),
    "self-signed": (ABSENT, None),
    "unknown": (ABSENT, None),
    "expired": (ABSENT, None),
    "san-only": (ABSENT, None),
    "server": (ABSENT, None),
    "none": (ABSENT, None),
    "plain": ((MISSING, NO_TLS, NO_TLS, MISSING_ALONE), None),
}


def make_certificates(folder):
    """(what the MTA trusts, its own certificate, {kind: (file, key)})"""
    trusted = tls.Authority(folder, "ca", TITLE)
    another = tls.Authority(folder, "ca2", "Another Test CA")
    unknown = tls.Authority(folder, "ca3", TITLE)
    name = f"/CN={tls.NAME}"
    pairs = {
        "right": trusted.sign("right", name),
        "other": trusted.sign("other", "/CN=mail.other.example"),
        "elsewhere": another.sign("elsewhere", name),
        "self-signed": trusted.self_signed("self-signed", name, "client"),
        "unknown": unknown.sign("unknown", name),
        "expired": trusted.sign("expired", name, end="200201000000Z"),
        "san-only": trusted.sign("san-only", "/O=Example", "named"),
        "server": trusted.sign("server", name, "server"),
        "none": None,
    }
    roots = tls.join(os.path.join(folder, "roots.pem"), trusted.certificate,
                     another.certificate)
    return roots, trusted.sign("mta", "/CN=mx.test", "both"), pairs


def start_postfix(t, daemon, sink, roots, own):
    chain = tls.join(t.path("chain.pem"), own[1], own[0])
    return t.enter(postfix.Postfix(
        t.folder, f"unix:{daemon.address}", sink,
        smtpd_tls_security_level="may", smtpd_tls_chain_files=chain,
        smtpd_tls_CAfile=roots, smtpd_tls_ask_ccert="yes",
        smtpd_tls_loglevel="1"))


def start_sendmail(t, daemon, sink, roots, own):
    folder = os.path.dirname(roots)
    extra = "\n".join(f"define(`{name}', `{value}')" for name, value in (
        ("confCACERT", roots), ("confCACERT_PATH", folder),
        ("confSERVER_CERT", own[0]), ("confSERVER_KEY", own[1]),
        ("confTLS_SRV_OPTIONS", "")))
    return t.enter(sendmail.Sendmail(t.folder, f"local:{daemon.address}",
                                     sink, extra=extra))


def guard(t, **keys):
    return Posternd(t.folder, SOURCES, POLICIES, trusted='[ "127.0.0.1" ]',
                    socket_group='"postfix"', **keys)


def session(mta, pairs, kind, source=INSIDE):
    made = mta.client_at(source, kind + ".test")
    if kind != "plain":
        tls.starttls(made, pairs[kind], kind + ".test")
    return made


def ask(client):
    """The answer for each of DOMAINS."""
    equal("MAIL", client.mail().code, 250)
    answers = [client.rcpt("ceo@" + domain) for domain in DOMAINS]
    client.command("RSET")
    return answers


def judged(daemon, answers):
    """(code, reason) of each answer, and the records of the refusals."""
    refused = [answer for answer in answers if answer.code != 250]
    by_id = {record["event"]["id"]: record for record in daemon.attempts()}
    records = [by_id[reference(answer)] for answer in refused]
    reasons = iter(record["event"]["reason"] for record in records)
    return tuple((answer.code, None if answer.code == 250 else next(reasons))
                 for answer in answers), records


def check_tls(kind, record, client):
    """What is written of the session: the certificate only if it counts."""
    if kind == "plain":
        equal("tls", record.get("tls"), None)
        return
    found = record["tls"]
    equal("protocol", found["version_protocol"], "tls")
    equal("version", found["version"], client.sock.version()[len("TLSv"):])
    equal("cipher", found["cipher"], client.sock.cipher()[0])
    equal("client", found.get("client"), WANT[kind][1])


def check_kind(kind, mta, daemon, pairs):
    client = session(mta, pairs, kind)
    got, records = judged(daemon, ask(client))
    equal(kind, got, WANT[kind][0])
    for record in records:
        check_tls(kind, record, client)
        equal("helo", record["postern"]["helo"], kind + ".test")
        equal("action", record["event"]["action"],
              "bypass-deferred" if record["postern"]["reply"][0] == "4"
              else "bypass-rejected")
    client.quit()


def strangers(mta, daemon, pairs):
    """From elsewhere a certificate is missing or right: all the same."""
    for kind, alone in (("right", YES), ("none", MISSING_ALONE)):
        client = session(mta, pairs, kind, STRANGER)
        got, _ = judged(daemon, ask(client))
        client.quit()
        equal("stranger with " + kind, got, (NOT_THERE,) * 3 + (alone,))


def first_plain_then_encrypted(mta, daemon, pairs):
    """What was missing before STARTTLS counts once it is there."""
    client = mta.client_at(INSIDE)
    equal("before", judged(daemon, ask(client))[0], WANT["plain"][0])
    tls.starttls(client, pairs["right"])
    equal("after", judged(daemon, ask(client))[0], WANT["right"][0])
    client.quit()


def delivered(mta, sink, pairs):
    client = session(mta, pairs, "right")
    client.mail()
    equal("RCPT", client.rcpt("ceo@" + NETWORK).code, 250)
    equal("message", client.message().code, 250)
    client.quit()
    until("delivery", lambda: sink.recipients() == ["ceo@" + NETWORK])


def near_miss_rejects(mta, daemon, pairs):
    """near_miss = "reject": the same reasons, all of them 550."""
    for kind in ("none", "self-signed", "plain"):
        client = session(mta, pairs, kind)
        got, records = judged(daemon, ask(client))
        client.quit()
        equal(kind, got, tuple((250 if code == 250 else 550, reason)
                               for code, reason in WANT[kind][0]))
        for record in records:
            equal("action", record["event"]["action"], "bypass-rejected")
            holds("reply", record["postern"]["reply"], "550 5.7.1 ")


def judge(t, start):
    sink = t.enter(Sink())
    roots, own, pairs = make_certificates(t.path("certificates"))
    daemon = guard(t)
    with daemon:
        mta = start(t, daemon, sink, roots, own)
        for kind in WANT:
            check_kind(kind, mta, daemon, pairs)
        strangers(mta, daemon, pairs)
        first_plain_then_encrypted(mta, daemon, pairs)
        delivered(mta, sink, pairs)
        true("nobody left without an answer",
             not daemon.records("bypass-abandoned", "probe-seen"))
    with guard(t, near_miss='"reject"') as strict:
        near_miss_rejects(mta, strict, pairs)


@case(needs=[postfix.needed, tls.needed])
def every_certificate_through_postfix(t):
    judge(t, start_postfix)


@case(needs=[sendmail.needed, tls.needed])
def every_certificate_through_sendmail(t):
    judge(t, start_sendmail)


main()
