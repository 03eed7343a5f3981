#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""conditions.py - what does each condition make of what an MTA tells?"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

from case import case, equal, main, true  # noqa: E402
from posternd import ALLOWED, STRANGER, Posternd, reference  # noqa: E402

SOURCES = """
sources: {
  filter: { networks = [ "192.0.2.0/24" ]; except = [ "192.0.2.66" ]; };
  named: { networks = [ "198.51.100.0/25" ];
           hosts = [ "mx.partner.example", ".pool.partner.example" ];
           except = [ "203.0.113.66", "198.51.100.66" ]; };
};
"""

# a domain for each: what one entry wants besides an address of the filter
WANTED = {
    "daemon": 'daemon = ( "inside", 2525 );',
    "helo": 'helo = [ "mx.partner.example", ".pool.partner.example" ];',
    "tls": "tls = true;",
    "certificate": 'certificate = "mail.partner.example";',
    "issuer": 'certificate = [ "mail.partner.example" ]; '
              'issuer = [ "Partner CA" ];',
    "authority": 'issuer = [ "Partner CA" ];',
    "sender": 'sender = [ "partner.example", ".partner.example", '
              '"boss@other.example", "<>" ];',
    "recipient": 'recipient = [ "scans@recipient.example" ];',
    "expired": 'until = "2001-01-01";',
    "later": 'until = "2999-01-01"; note = "ticket";',
    "except": 'except = [ "192.0.2.10" ];',
}

POSTFIX = {"v": "Postfix 3.7.11"}
SENDMAIL = {"v": "8.17.1.9"}
TLS = {"{tls_version}": "TLSv1.3", "{cipher}": "TLS_AES_256_GCM_SHA384"}


def policies(more=""):
    found = ['{ name = "%s"; domains = [ "%s.example" ]; allow = '
             '( { source = "filter"; %s } ); }' % (name, name, wanted)
             for name, wanted in WANTED.items()]
    found += ['{ name = "hosts"; domains = [ "hosts.example" ]; allow = '
              '( { hosts = [ "mx.partner.example", '
              '".pool.partner.example" ]; } ); }',
              '{ name = "named"; domains = [ "named.example" ]; '
              'allow = ( "named" ); }',
              '{ name = "either"; domains = [ "either.example" ]; '
              'allow = ( "named", "filter" ); }',
              '{ name = "only"; domains = [ "only.example" ]; allow = '
              '( { certificate = [ "mail.partner.example" ]; } ); }']
    return "policies = (\n%s\n%s);\n" % (",\n".join(found), more)


def guard(t, **keys):
    return t.enter(Posternd(t.folder, sources=SOURCES, policies=policies(),
                            **keys))


def ask(daemon, ip, recipient, macros=None, name=None, helo="client.test",
        sender="<sender@elsewhere.example>"):
    """The answer at RCPT; nothing is refused before."""
    client = daemon.client(macros)
    try:
        equal("connect", client.connect(ip, name=name), "continue")
        equal("helo", client.helo(helo), "continue")
        equal("mail", client.mail(sender), "continue")
        return client.rcpt(recipient)
    finally:
        client.quit()


def check(daemon, what, answer, want):
    """want: "in", or "451 REASON", or "550 REASON" as it is recorded."""
    if want == "in":
        equal(what, answer, "continue")
        return
    code, _, reason = want.partition(" ")
    status = {"451": "4.7.1", "550": "5.7.1"}[code]
    true(f"{what}: {answer}", answer.startswith(
        f"{code} {status} Direct delivery is refused; use the MX of "))
    record = daemon.records()[-1]
    event = record["event"]
    equal(what + ": event.id", event["id"], reference(answer))
    equal(what + ": reason", event["reason"], reason)
    equal(what + ": action", (event["action"], event["outcome"]),
          ("bypass-deferred", "unknown") if code == "451" else
          ("bypass-rejected", "failure"))
    equal(what + ": reply", record["postern"]["reply"], answer)


@case
def what_each_condition_wants(t):
    daemon = guard(t)
    for what, recipient, options, want in (
            ("listener", "daemon", {"macros": {"{daemon_name}": "inside"}},
             "in"),
            ("port", "daemon", {"macros": {"{daemon_port}": "2525"}}, "in"),
            ("another port", "daemon", {"macros": {"{daemon_port}": "25"}},
             "550 source-not-allowed"),
            ("no listener told", "daemon",
             {"macros": {"{daemon_name}": None}}, "550 source-not-allowed"),
            ("HELO", "helo", {"helo": "MX.Partner.Example."}, "in"),
            ("HELO suffix", "helo", {"helo": "a.pool.partner.example"}, "in"),
            ("HELO of the suffix itself", "helo",
             {"helo": "pool.partner.example"}, "550 helo-mismatch"),
            ("no label border", "helo",
             {"helo": "evilmx.partner.example"}, "550 helo-mismatch"),
            ("TLS", "tls", {"macros": TLS}, "in"),
            ("plain text", "tls", {}, "451 tls-missing"),
            ("TLS of no version", "tls", {"macros": {"{tls_version}": ""}},
             "451 tls-missing"),
            ("sender", "sender", {"sender": "<a@PARTNER.example>"}, "in"),
            ("sender below", "sender", {"sender": "<a@x.partner.example>"},
             "in"),
            ("one sender", "sender", {"sender": "<Boss@other.example>"},
             "in"),
            ("a bounce", "sender", {"sender": "<>"}, "in"),
            ("long sender", "sender",
             {"sender": "<%s@partner.example>" % ("b" * 80)}, "in"),
            ("no brackets", "sender", {"sender": "a@partner.example"}, "in"),
            ("another of that domain", "sender",
             {"sender": "<chief@other.example>"}, "550 sender-mismatch"),
            ("sender in quotes", "sender",
             {"sender": '<"a@partner.example"@evil.test>'},
             "550 sender-mismatch"),
            ("sender behind %", "sender",
             {"sender": "<a%partner.example@evil.test>"},
             "550 sender-mismatch"),
            ("another recipient", "recipient", {}, "550 recipient-mismatch"),
            ("expired", "expired", {}, "550 expired"),
            ("not yet", "later", {}, "in"),
            ("excepted", "except", {}, "550 source-not-allowed")):
        for mta in (POSTFIX, SENDMAIL):
            options = dict(options)
            options["macros"] = {**mta, **options.get("macros", {})}
            check(daemon, what, ask(daemon, ALLOWED,
                                    f"<user@{recipient}.example>", **options),
                  want)
    check(daemon, "its recipient",
          ask(daemon, ALLOWED, "<SCANS@recipient.example>"), "in")
    check(daemon, "from elsewhere",
          ask(daemon, STRANGER, "<scans@recipient.example>",
              {"{client_resolve}": "FAIL"}), "550 source-not-allowed")


# {client_resolve}, name as handed over -> what the conditions make of it
NAMES = (
    ("OK", "mx.partner.example", "in"),
    ("OK", "MX.PARTNER.example", "in"),
    ("OK", "a.b.pool.partner.example", "in"),
    ("OK", "pool.partner.example", "550 source-not-allowed"),
    ("OK", "mx.partner.example.evil.test", "550 source-not-allowed"),
    ("OK", "evilmx.partner.example", "550 source-not-allowed"),
    ("FORGED", "mx.partner.example", "550 source-not-allowed"),
    ("FORGED", "[198.51.100.200]", "550 source-not-allowed"),
    ("FAIL", "[198.51.100.200]", "550 source-not-allowed"),
    ("FAIL", "unknown", "550 source-not-allowed"),
    ("TEMP", "[198.51.100.200]", "451 source-not-allowed"),
    ("TEMP", "mx.partner.example", "451 source-not-allowed"),
    (None, "mx.partner.example", "451 source-not-allowed"),
    ("ok", "mx.partner.example", "451 source-not-allowed"),
)


@case
def a_name_counts_as_the_mta_verified_it(t):
    daemon = guard(t)
    for resolved, name, want in NAMES:
        for domain in ("hosts", "named", "either"):
            for mta in (POSTFIX, SENDMAIL):
                check(daemon, f"{domain}, {resolved} {name}",
                      ask(daemon, STRANGER, f"<user@{domain}.example>",
                          {**mta, "{client_resolve}": resolved}, name), want)


@case
def a_source_is_its_networks_or_its_names(t):
    daemon = guard(t)
    ok, fail, temp = ({"{client_resolve}": text}
                      for text in ("OK", "FAIL", "TEMP"))
    name = "mx.partner.example"
    for what, ip, macros, host, want in (
            ("address, no name", "198.51.100.1", fail, None, "in"),
            ("address, name not looked up", "198.51.100.1", temp, None,
             "in"),
            ("address, another name", "198.51.100.1", ok, "mx.evil.test",
             "in"),
            ("name", "203.0.113.1", ok, name, "in"),
            ("name, excepted address", "203.0.113.66", ok, name,
             "550 source-not-allowed"),
            ("not looked up, excepted", "203.0.113.66", temp, None,
             "550 source-not-allowed"),
            ("address, excepted", "198.51.100.66", fail, None,
             "550 source-not-allowed"),
            ("address and name, excepted", "198.51.100.66", ok, name,
             "550 source-not-allowed")):
        check(daemon, what, ask(daemon, ip, "<user@named.example>", macros,
                                host), want)
    check(daemon, "settled by another",
          ask(daemon, ALLOWED, "<user@either.example>", temp), "in")


@case
def a_record_names_sources_by_address_and_verified_name(t):
    daemon = guard(t)
    for ip, resolved, sources, name in (
            (ALLOWED, "FAIL", ["filter"], None),
            (ALLOWED, "OK", ["filter", "named"], "mx.partner.example"),
            (STRANGER, "OK", ["named"], "mx.partner.example"),
            (STRANGER, "TEMP", [], None), (STRANGER, "FORGED", [], None),
            ("203.0.113.66", "OK", [], "mx.partner.example")):
        ask(daemon, ip, "<user@only.example>",
            {"{client_resolve}": resolved}, "mx.partner.example")
        record = daemon.records()[-1]
        equal(f"{ip} {resolved}: sources", record["postern"]["sources"],
              sources)
        equal(f"{ip} {resolved}: name", record["source"].get("domain"), name)


CN = {"{cn_subject}": "mail.partner.example", "{cn_issuer}": "Partner+20CA"}
DN = {"{cert_subject}": "/O=Partner/CN=mail.partner.example",
      "{cert_issuer}": "/O=Partner/CN=Partner+20CA"}
PLAIN = {"{cert_subject}": "mail.partner.example",
         "{cert_issuer}": "Partner CA"}
GOOD = {**SENDMAIL, **DN, **CN, "{verify}": "OK"}

# what the MTA tells of the certificate -> (certificate, with issuer)
CERTIFICATES = (
    ("Postfix, trusted", {**POSTFIX, **PLAIN}, "in", "in"),
    ("Postfix, upper case",
     {**POSTFIX, "{cert_subject}": "MAIL.Partner.Example",
      "{cert_issuer}": "PARTNER ca"}, "in", "in"),
    ("Postfix, another name", {**POSTFIX, **PLAIN, "{cert_subject}": "mx.x"},
     "550 mismatch", "550 mismatch"),
    ("Postfix, another issuer",
     {**POSTFIX, **PLAIN, "{cert_issuer}": "Forger"}, "in", "550 mismatch"),
    ("Postfix, no issuer", {**POSTFIX, **PLAIN, "{cert_issuer}": None}, "in",
     "451 missing"),
    ("Postfix, SAN only", {**POSTFIX, **PLAIN, "{cert_subject}": ""},
     "451 missing", "451 missing"),
    ("Postfix, none or not trusted", POSTFIX, "451 missing", "451 missing"),
    ("Postfix does not tell as Sendmail",
     {**POSTFIX, **CN, "{verify}": "OK"}, "451 missing", "451 missing"),
    ("Postfix writes no escapes",
     {**POSTFIX, **PLAIN, "{cert_issuer}": "Partner+20CA"}, "in",
     "550 mismatch"),
    ("Sendmail, verified", GOOD, "in", "in"),
    ("Sendmail, escapes",
     {**GOOD, "{cn_subject}": "MAIL+2Epartner+2eexample"}, "in", "in"),
    ("Sendmail, another name", {**GOOD, "{cn_subject}": "x.y"},
     "550 mismatch", "550 mismatch"),
    ("Sendmail, another issuer", {**GOOD, "{cn_issuer}": "Forger"}, "in",
     "550 mismatch"),
    ("Sendmail, self-signed", {**GOOD, "{verify}": "FAIL"}, "451 missing",
     "451 missing"),
    ("Sendmail, no certificate", {**SENDMAIL, "{verify}": "NO"},
     "451 missing", "451 missing"),
    ("Sendmail, not asked for", {**GOOD, "{verify}": "NOT"}, "451 missing",
     "451 missing"),
    ("Sendmail, nothing said", {**GOOD, "{verify}": None}, "451 missing",
     "451 missing"),
    ("Sendmail, in another case", {**GOOD, "{verify}": "ok"}, "451 missing",
     "451 missing"),
    ("Sendmail, SAN only", {**GOOD, "{cn_subject}": "BadCertificateUnknown"},
     "451 missing", "451 missing"),
    ("Sendmail, NUL",
     {**GOOD, "{cn_subject}": "BadCertificateContainsNUL"}, "451 missing",
     "451 missing"),
    ("Sendmail, hidden NUL",
     {**GOOD, "{cn_subject}": "mail.partner.example+00.evil.test"},
     "451 missing", "451 missing"),
    ("Sendmail, no CN of the issuer",
     {**GOOD, "{cn_issuer}": "BadCertificateUnknown"}, "in", "451 missing"),
    ("Sendmail, the CN alone counts",
     {**GOOD, **PLAIN, "{cn_subject}": None}, "451 missing", "451 missing"),
    ("another MTA", {**GOOD, **PLAIN, "v": "Exim 4.96"}, "451 missing",
     "451 missing"),
    ("no MTA told", {**GOOD, **PLAIN, "v": None}, "451 missing",
     "451 missing"),
)


@case
def a_certificate_counts_as_the_mta_means_it(t):
    daemon = guard(t)
    for what, macros, certificate, issuer in CERTIFICATES:
        # without its certificate an issuer is none; the name is all one to it
        authority = "in" if certificate == "550 mismatch" else issuer
        for domain, want in (("certificate", certificate),
                             ("issuer", issuer), ("authority", authority)):
            check(daemon, f"{what}: {domain}",
                  ask(daemon, ALLOWED, f"<user@{domain}.example>",
                      {**TLS, **macros}),
                  want.replace(" ", " certificate-"))


@case
def an_anchor_that_is_a_certificate_is_no_near_miss(t):
    daemon = guard(t)
    for what, macros, certificate, _ in CERTIFICATES:
        want = certificate.replace(" ", " certificate-").replace("451", "550")
        check(daemon, what, ask(daemon, STRANGER, "<user@only.example>",
                                {**TLS, **macros}), want)


@case
def a_near_miss_may_be_rejected(t):
    daemon = guard(t, near_miss='"reject"')
    temp = {"{client_resolve}": "TEMP"}
    check(daemon, "name", ask(daemon, STRANGER, "<user@hosts.example>", temp),
          "550 source-not-allowed")
    check(daemon, "certificate",
          ask(daemon, ALLOWED, "<user@certificate.example>"),
          "550 certificate-missing")


@case
def on_error_opens_no_gate(t):
    daemon = guard(t, on_error='"accept"')
    for resolved, want in (("TEMP", "451"), ("FORGED", "550"),
                           ("FAIL", "550"), (None, "451")):
        for domain in ("hosts", "named", "either"):
            check(daemon, f"{domain} {resolved}",
                  ask(daemon, STRANGER, f"<user@{domain}.example>",
                      {"{client_resolve}": resolved}),
                  want + " source-not-allowed")


@case
def monitor_records_what_would_have_been_deferred(t):
    daemon = guard(t, mode='"monitor"')
    answer = ask(daemon, ALLOWED, "<user@tls.example>")
    equal("answer", answer, "continue")
    record = daemon.wait_attempts(1)[0]
    equal("action", record["event"]["action"], "bypass-observed")
    true(record["postern"]["reply"],
         record["postern"]["reply"].startswith("451 4.7.1 Direct delivery"))


@case
def the_last_helo_and_its_tls_count(t):
    daemon = guard(t)
    client = daemon.client()
    equal("not let go before all is known", client.connect(ALLOWED),
          "continue")
    client.helo("plain.test")
    client.mail()
    check(daemon, "before STARTTLS", client.rcpt("<user@tls.example>"),
          "451 tls-missing")
    check(daemon, "before the right HELO", client.rcpt("<user@helo.example>"),
          "550 helo-mismatch")
    client.abort()
    client.macros.update(TLS)
    client.macros.update(PLAIN)
    client.helo("mx.partner.example")
    client.mail()
    for domain in ("tls", "helo", "certificate", "issuer"):
        check(daemon, domain, client.rcpt(f"<user@{domain}.example>"), "in")
    client.quit()


@case
def nobody_is_let_go_before_all_is_known(t):
    policy = 'policies = ( { name = "p"; domains = [ "*" ]; allow = ' \
        '( { source = "filter"; %s } ); } );'
    # a day may end while the session lasts
    for name in ("helo", "tls", "certificate", "sender", "recipient",
                 "later", "nothing more"):
        daemon = t.enter(Posternd(t.folder, sources=SOURCES,
                                  policies=policy % WANTED.get(name, "")))
        client = daemon.client()
        equal(name, client.connect(ALLOWED),
              "accept" if name == "nothing more" else "continue")
        client.quit()
        daemon.stop()


main()
