#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""negotiation.py - how much does a session cost a real MTA?

Between each MTA and the daemon stands a relay that reads the packets.  What
has to come is written down here from the contract ("Only what is needed") and
the protocol: every step and every answer, and the macros that were asked for.
"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import postfix  # noqa: E402
import sendmail  # noqa: E402
import tls  # noqa: E402
from case import case, equal, main, true, until  # noqa: E402
from posternd import Posternd  # noqa: E402
from relay import Relay  # noqa: E402
from sink import Sink  # noqa: E402

INSIDE, OWN, STRANGER = "127.0.0.10", "127.0.0.5", "127.0.0.99"
CEO = "ceo@example.com"
PARTNER = "mail.partner.example"
POLICY = """
policies = ( {{ name = "p"; domains = [ "example.com" ];
                allow = ( {{ {} }} ); }} );
"""
ADDRESSES = POLICY.format('networks = [ "127.0.0.10" ];')
CERTIFICATE = POLICY.format('networks = [ "127.0.0.10" ]; '
                            f'certificate = [ "{PARTNER}" ];')

# what verdict and record can make use of at each stage
USEFUL = {
    "connect": {"client_addr", "client_resolve", "daemon_name",
                "daemon_addr", "daemon_port", "if_addr", "v"},
    "helo": set(),
    "mail": {"i", "auth_authen", "tls_version", "cipher", "verify",
             "cert_subject", "cert_issuer", "cn_subject", "cn_issuer"},
    "rcpt": {"i", "rcpt_mailer"},
    "data": set(),
    "eom": {"i"},
    "eoh": {"i"},
}
# what the record of any refusal has to name, and who is not judged at all
NEEDED = {
    "connect": {"daemon_name", "daemon_addr", "daemon_port", "if_addr"},
    "mail": {"auth_authen", "tls_version", "cipher"},
    "rcpt": {"i", "rcpt_mailer"},
}
# and more where a certificate is asked for; which MTA it is tells whom to ask
NEEDED_CERTIFICATE = {
    "connect": NEEDED["connect"] | {"v"},
    "mail": NEEDED["mail"] | {"verify", "cert_subject", "cert_issuer",
                              "cn_subject", "cn_issuer"},
    "rcpt": NEEDED["rcpt"],
}
# an MTA's letter for the step that macros come with
LETTERS = {"C": "connect", "H": "helo", "M": "mail", "R": "rcpt",
           "T": "data", "E": "eom", "N": "eoh"}
NOBODY, NOHDRS, NOEOH, NODATA = 0x10, 0x20, 0x40, 0x200


def guard(t, policies, **keys):
    return Posternd(t.folder, "", policies, trusted=f'[ "127.0.0.1", "{OWN}" ]',
                    socket_group='"postfix"', **keys)


def check_macros(session, needed, empty):
    """No list but of what is of use, and all that is needed; empty: does
    the MTA send nothing where nothing is asked for?"""
    true("the MTA lets filters choose", session.lists)
    for stage, names in session.lists.items():
        equal(f"of no use at {stage}", names - USEFUL[stage], set())
    for stage, names in needed.items():
        equal(f"missing at {stage}", names - session.lists[stage], set())
    for letter, names in session.macros.items():
        stage = LETTERS[letter]
        if session.lists.get(stage) or (empty and stage in session.lists):
            equal(f"sent at {stage} unasked", names - session.lists[stage],
                  set())


def packets(relay, client, needed=NEEDED):
    """The steps and the answers of the one session that client had."""
    def had():
        return [session for session in relay.sessions
                if session.client == client and session.over.is_set()]

    session = until(f"a session of {client}", had)[0]
    equal("sessions", len(had()), 1)
    relay.sessions.remove(session)
    true("neither body, headers nor DATA",
         not set(session.steps) & {"B", "L", "T", "U"})
    for bit in (NOBODY, NOHDRS, NODATA):
        true(f"bit {bit:#x}", session.protocol & bit)
    check_macros(session, needed, relay.empty)
    # what ends a message or a session is the MTA's affair: nobody answers
    steps = "".join(session.steps).replace("A", "").replace("Q", "")
    return steps, "".join(session.answers), session


def one_more(daemon, before):
    """Exactly that many attempts more than before are recorded."""
    daemon.wait_attempts(before + 1)
    return before + 1


def mail_from(mta, source, recipients=(CEO,)):
    """A session with one message; the answers to RCPT."""
    client = mta.client_at(source)
    equal("MAIL", client.mail().code, 250)
    answers = [client.rcpt(address).code for address in recipients]
    if 250 in answers:
        equal("message", client.message().code, 250)
    client.quit()
    return answers


def addresses_only(t, mta, relay):
    with guard(t, ADDRESSES) as daemon:
        attempts = len(daemon.attempts())

        # let in: one answer, and not a word after it
        equal("allowed", mail_from(mta, INSIDE), [250])
        steps, answers, session = packets(relay, INSIDE)
        equal("steps", steps, "OC")
        equal("answers", answers, "Oa")
        true("no end of headers", session.protocol & NOEOH)

        # refused: nothing beyond RCPT, and only what can be answered is
        equal("refused", mail_from(mta, STRANGER), [550])
        steps, answers, _ = packets(relay, STRANGER)
        equal("steps", steps, "OCHMR")
        equal("answers", answers, "Ocy")
        attempts = one_more(daemon, attempts)

        # one of two: the message passes, and nobody asks for it
        equal("one of two", mail_from(
            mta, STRANGER, (CEO, "someone@elsewhere.example")), [550, 250])
        steps, answers, _ = packets(relay, STRANGER)
        equal("steps", steps, "OCHMRRE")
        equal("answers", answers, "Ocycc")
        one_more(daemon, attempts)


def send(client):
    equal("MAIL", client.mail().code, 250)
    equal("RCPT", client.rcpt(CEO).code, 250)
    equal("message", client.message().code, 250)


def certificates(t, mta, relay, pair):
    with guard(t, CERTIFICATE) as daemon:
        attempts = len(daemon.attempts())

        # known at MAIL, for each message anew; HELO comes twice
        client = mta.client_at(INSIDE)
        tls.starttls(client, pair)
        send(client)
        send(client)
        client.quit()
        steps, answers, _ = packets(relay, INSIDE, NEEDED_CERTIFICATE)
        equal("steps", steps, "OCHHMM")
        equal("answers", answers, "Ocaa")

        # in one session first without, then with: not the same verdict
        client = mta.client_at(INSIDE)
        equal("MAIL", client.mail().code, 250)
        equal("without", client.rcpt(CEO).code, 451)
        equal("RSET", client.command("RSET").code, 250)
        tls.starttls(client, pair)
        send(client)
        client.quit()
        steps, answers, _ = packets(relay, INSIDE, NEEDED_CERTIFICATE)
        equal("steps", steps, "OCHMRHM")
        equal("answers", answers, "Occya")
        attempts = one_more(daemon, attempts)

        # a stranger's certificate helps him nothing
        client = mta.client_at(STRANGER)
        tls.starttls(client, pair)
        equal("MAIL", client.mail().code, 250)
        equal("stranger", client.rcpt(CEO).code, 550)
        client.quit()
        steps, answers, session = packets(relay, STRANGER, NEEDED_CERTIFICATE)
        equal("steps", steps, "OCHHMR")
        equal("answers", answers, "Occy")
        true("no end of headers", session.protocol & NOEOH)
        one_more(daemon, attempts)


def accepted_all(t, mta, relay):
    with guard(t, ADDRESSES, audit={"accepted": '"all"'}) as daemon:
        # the end of the headers once, which nobody answers
        equal("allowed", mail_from(mta, INSIDE), [250])
        steps, answers, session = packets(relay, INSIDE)
        equal("steps", steps, "OCHMRNE")
        equal("answers", answers, "Occc")
        true("the end of headers", not session.protocol & NOEOH)
        record = until("a record", lambda: daemon.records("accepted"))[0]
        equal("recipient", record["email"]["to"]["address"], [CEO])
        equal("policy", record["rule"]["name"], "p")
        true("queue id", record["postern"]["queue_id"])

        # who leaves no record costs no more than before
        equal("trusted", mail_from(mta, OWN), [250])
        steps, answers, _ = packets(relay, OWN)
        equal("steps", steps, "OC")
        equal("answers", answers, "Oa")
        equal("accepted", len(daemon.records("accepted")), 1)


def judge(t, start):
    sink = t.enter(Sink())
    authority = tls.Authority(t.path("certificates"), "ca", "A Test CA")
    pair = authority.sign("client", f"/CN={PARTNER}")
    own = authority.sign("mta", "/CN=mx.test", "both")
    relay = t.enter(Relay(t.path("relay.sock"), t.path("p.sock")))
    with guard(t, ADDRESSES):  # that the MTA finds a filter at its start
        mta = start(t, relay, sink, authority.certificate, own)
    addresses_only(t, mta, relay)
    certificates(t, mta, relay, pair)
    accepted_all(t, mta, relay)


def start_postfix(t, relay, sink, roots, own):
    relay.empty = False  # it takes an empty list for none
    chain = tls.join(t.path("chain.pem"), own[1], own[0])
    return t.enter(postfix.Postfix(
        t.folder, f"unix:{relay.address}", sink,
        smtpd_tls_security_level="may", smtpd_tls_chain_files=chain,
        smtpd_tls_CAfile=roots, smtpd_tls_ask_ccert="yes"))


def start_sendmail(t, relay, sink, roots, own):
    relay.empty = True
    extra = "\n".join(f"define(`{name}', `{value}')" for name, value in (
        ("confCACERT", roots), ("confCACERT_PATH", os.path.dirname(roots)),
        ("confSERVER_CERT", own[0]), ("confSERVER_KEY", own[1]),
        ("confTLS_SRV_OPTIONS", "")))
    return t.enter(sendmail.Sendmail(t.folder, f"local:{relay.address}",
                                     sink, extra=extra))


@case(needs=[postfix.needed, tls.needed])
def packets_of_postfix(t):
    judge(t, start_postfix)


@case(needs=[sendmail.needed, tls.needed])
def packets_of_sendmail(t):
    judge(t, start_sendmail)


main()
