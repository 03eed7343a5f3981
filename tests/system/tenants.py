#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""tenants.py - whose tenant is it, as real MTAs hand over the header?

The blocks in tests/data/headers are those of mail through Exchange Online;
headers that are made up here are called synthetic.
"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

from case import case, equal, holds, main, until  # noqa: E402
from exchange import (CARDINAL, CONNECTING, CONSUMERS, ENTITY, MIMECASTS,
                      ORIGINATOR, ST, SYNOPSYS, TENANT, block, fields,
                      of)  # noqa: E402
from mtas import PostfixFront, SendmailFront  # noqa: E402
from posternd import Posternd, reference  # noqa: E402
from sink import Sink  # noqa: E402

OUTLOOK = "127.0.0.10"
# a domain for each tenant that a block is of
OWNERS = {"example.com": CARDINAL, "second.example": MIMECASTS,
          "sub.example.com": SYNOPSYS, "elsewhere.example": ST}
POLICIES = "policies = ( %s );" % ", ".join(
    f'{{ name = "{domain}"; domains = [ "{domain}" ]; allow = ( {{ '
    f'networks = [ "{OUTLOOK}" ]; tenant = [ "{owner}" ]; }} ); }}'
    for domain, owner in OWNERS.items())
BLOCKS = {
    CARDINAL: "10-hybridonprem-parsedmarc.hdr",
    MIMECASTS: "11-internet-mimecast-parsedmarc.hdr",
    SYNOPSYS: "12-hosted-exo-to-own-onprem-postfix-2026.hdr",
    ST: "13-hybridonprem-relayed-via-exo-2026.hdr"}
OWN, OTHER = SYNOPSYS, ST
OWN_USER = "ceo@sub.example.com"

PASSES = None
MISMATCH = ("550 5.7.1 ", "bypass-rejected", "tenant-mismatch")
CONFLICT = ("550 5.7.1 ", "bypass-rejected", "tenant-conflict")
MISSING = ("451 4.7.1 ", "bypass-deferred", "tenant-missing")


class Judge:
    """One session after another; each message with what must come of it."""

    def __init__(self, t, which):
        self.sink = t.enter(Sink())
        self.daemon = t.enter(Posternd(
            t.folder, "", POLICIES, trusted='[ "127.0.0.1" ]',
            socket_group='"postfix"'))
        self.mta = which(t, self.daemon, self.sink).mta
        self.refused = 0

    def session(self, helo="client.test"):
        return self.mta.client_at(OUTLOOK, helo)

    def message(self, session, name, header, want, recipient=OWN_USER,
                sender="sender@partner.example"):
        had = len(self.sink.messages)
        equal(name + ": MAIL", session.mail(sender).code, 250)
        equal(name + ": RCPT", session.rcpt(recipient).code, 250)
        answer = session.message(header=header)
        if want is PASSES:
            equal(f"{name}: {answer}", answer.code, 250)
            until(name + ": delivery",
                  lambda: len(self.sink.messages) > had)
            return
        code, action, reason = want
        self.refused += 1
        holds(name, answer, code)
        record = self.daemon.wait_attempts(self.refused)[-1]
        equal(name, [record["event"][key] for key in
                     ("action", "reason", "id")],
              [action, reason, reference(answer)])
        equal(name + ": stage", record["postern"]["stage"], "headers")
        equal(name + ": to", record["email"]["to"]["address"], [recipient])
        equal(name + ": from", record["email"]["from"]["address"],
              [sender or "<>"])
        equal(name + ": delivered", len(self.sink.messages), had)

    def judge(self, name, header, want, helo="client.test", **envelope):
        with self.session(helo) as session:
            self.message(session, name, header, want, **envelope)

    def all(self, table):
        """Rows of a name, a header and what must come of it."""
        for row in table:
            self.judge(*row)
        self.daemon.wait_attempts(self.refused)


def real_headers(judge):
    for owner, name in BLOCKS.items():
        for domain, listed in OWNERS.items():
            judge.judge(f"{name} to {domain}", block(name),
                        PASSES if listed == owner else MISMATCH,
                        recipient=f"ceo@{domain}")
    without = "".join(
        line + "\r\n" for line in block(BLOCKS[OWN]).split("\r\n")
        if line and not line.lower().startswith(TENANT.lower()))
    judge.judge("without its tenant", without, MISSING)
    judge.daemon.wait_attempts(judge.refused)


# Synthetic: what Exchange Online writes into a report of its own.
def report(tenant, domain):
    return fields(
        ("MIME-Version", "1.0"),
        ("Content-Type", 'multipart/report; report-type=delivery-status;\r\n'
         '\tboundary="b"'),
        ("X-MS-Exchange-Message-Is-Ndr", ""),
        ("Auto-Submitted", "auto-replied"),
        (ORIGINATOR, domain),
        (ENTITY, "Hosted"),
        ("X-MS-Exchange-CrossTenant-id", tenant))


def null_senders_of_own_and_other_tenants(judge):
    judge.judge("own NDR", report(OWN, "synopsys.com"), PASSES, sender="")
    judge.judge("other's NDR", report(OTHER, "foss.st.com"), MISMATCH,
                sender="")
    judge.judge("consumer's out of office", report(CONSUMERS, "outlook.com"),
                MISMATCH, sender="")
    judge.judge("NDR without tenant", fields(("Subject", "undelivered")),
                MISSING, sender="")
    judge.daemon.wait_attempts(judge.refused)


def connecting(tenant, fold=""):
    return fields((CONNECTING, f"TenantId={tenant};{fold}Ip=[192.0.2.7];"
                   f"{fold}Helo=[relay.example]"))


def forgeries(judge):
    folded = f"{TENANT}:\r\n\t\t{OTHER}\r\n"
    judge.all([
        ("equal duplicates", of(OWN) + of(OWN.upper()), PASSES),
        ("own first", of(OWN) + of(OTHER), CONFLICT),
        ("own last", of(OTHER) + of(OWN), CONFLICT),
        ("in odd case", fields(("x-mS-exchange-crosstenant-iD", OTHER))
         + of(OWN), CONFLICT),
        ("odd case alone", fields((TENANT.upper(), OTHER)), MISMATCH),
        ("own in odd case", fields((TENANT.lower(), OWN)), PASSES),
        ("folded with tabs", folded, MISMATCH),
        ("folded beside own", folded + of(OWN), CONFLICT),
        ("own, folded", f"{TENANT}:\r\n\t {OWN}\r\n", PASSES),
        ("no GUID", fields((TENANT, f"{OWN}.example")), MISMATCH),
        ("a GUID within others", fields((TENANT, f"{OTHER} ({OWN})")),
         MISMATCH),
        ("200 forged", of(OWN) * 200 + of(OTHER), CONFLICT),
        ("200 forged behind", of(OTHER) + of(OWN) * 200, CONFLICT),
        ("behind much", fields(("X-Big", "x" * 61440)) + of(OTHER),
         MISMATCH),
        ("own behind much", fields(("X-Big", "x" * 61440)) + of(OWN),
         PASSES),
        ("behind many", fields(("X-Many", "x")) * 500 + of(OTHER),
         MISMATCH),
        ("connecting for own", of(OWN) + connecting(OWN), PASSES),
        ("connecting for another", of(OWN) + connecting(OTHER), CONFLICT),
        ("connecting folded", of(OWN) + connecting(OTHER, "\r\n\t"),
         CONFLICT),
        ("connecting alone", connecting(OTHER), MISMATCH),
        ("in the body", "X-A: b\r\n\r\n" + of(OWN), MISSING),
        ("another header", fields(("X-" + TENANT, OWN),
                                  (TENANT + "x", OWN)), MISSING),
    ])


def what_the_client_says_of_itself(judge):
    """A tenant in HELO, in Received or in the sender is no evidence."""
    inject = f"{OWN}.TenantId={OWN};Ip=[192.0.2.7]"
    judge.judge("HELO", "", MISSING, helo=f"{OWN}.example")
    judge.judge("HELO's syntax", "", MISSING, helo=inject)
    judge.judge("HELO against the header", of(OTHER), MISMATCH, helo=inject)
    # what a HELO of "x];TenantId=..." would make of the field at the relay
    injected = fields((CONNECTING, f"TenantId={OTHER};Ip=[192.0.2.7];"
                       f"Helo=[x];TenantId={OWN};Ip=[192.0.2.7];Helo=[y]"))
    judge.judge("HELO within a field", injected, CONFLICT)
    judge.judge("HELO within a field, and own", of(OWN) + injected, CONFLICT)
    judge.judge("sender", "", MISSING, sender=f"{OWN}@partner.example")
    judge.judge("Received", fields(
        ("Received", f"from x ({TENANT}: {OWN})\r\n\tby y; Mon, 1 Jan "
         "2024 00:00:00 +0000")), MISSING)
    judge.daemon.wait_attempts(judge.refused)


def each_message_of_a_session(judge):
    """No evidence is kept from one to the next."""
    with judge.session() as session:
        judge.message(session, "own", of(OWN), PASSES)
        judge.message(session, "nothing", "", MISSING)
        judge.message(session, "other", of(OTHER), MISMATCH)
        judge.message(session, "own again", of(OWN), PASSES)
        equal("MAIL", session.mail().code, 250)
        equal("RSET", session.command("RSET").code, 250)
        judge.message(session, "nothing again", "", MISSING)
    judge.daemon.wait_attempts(judge.refused)


def all_of_it(t, which):
    judge = Judge(t, which)
    for part in (real_headers, null_senders_of_own_and_other_tenants,
                 forgeries, what_the_client_says_of_itself,
                 each_message_of_a_session):
        part(judge)


@case(needs=[PostfixFront.needed])
def before_postfix(t):
    all_of_it(t, PostfixFront)


@case(needs=[SendmailFront.needed])
def before_sendmail(t):
    all_of_it(t, SendmailFront)


main()
