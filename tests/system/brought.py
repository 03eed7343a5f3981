#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""brought.py - does a real client bring it all, round after round?

A Postfix queues a message whose recipients need different answers, and at
each run of its queue brings what is left: in the end each has the mail, or is
bounced, exactly once.  Its smtpd_hard_error_limit and that of the MTA before
the daemon are what they are by default.
"""

import itertools
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import exchange  # noqa: E402
import postfix  # noqa: E402
from case import case, equal, main, until  # noqa: E402
from disagree import INSIDE, ONE, Stand  # noqa: E402
from mtas import PostfixFront, SendmailFront  # noqa: E402
from sink import Sink  # noqa: E402


def partner(t, mta, sink):
    """Another Postfix; what it sends to others than its own goes to mta.
    Bounces to its own go to sink."""
    folder = t.path("partner")
    os.mkdir(folder, 0o755)
    return t.enter(postfix.Postfix(
        folder, "", sink, myhostname="out.partner.example",
        relay_domains="example.com, second.example, sub.example.com, "
                      "partner.example",
        transport_maps="inline:{ { partner.example = "
                       f"relay:[127.0.0.1]:{sink.port} }} }}",
        relay_transport=f"relay:[127.0.0.1]:{mta.port}",
        smtpd_authorized_xclient_hosts="",
        smtp_bind_address=INSIDE))


def queue_run(client):
    """What its queue manager does every five minutes, now."""
    subprocess.run(["postqueue", "-c", client.conf, "-f"], check=True,
                   capture_output=True, timeout=30)


def outcomes(log):
    """(recipient, status, the remote's code) in their order."""
    return re.findall(r" to=<([^>]*)>, relay=\S+, .*?status=(\w+) "
                      r"\(.*?(\d{3}[ -]\d\.\d\.\d)", log)


class Bringer:
    """The same partner and the same guard, one message after another."""

    def __init__(self, t, front):
        self.stand, self.bounces = Stand(t, front), t.enter(Sink())
        self.client = partner(t, self.stand.mta, self.bounces)

    def queue(self, recipients):
        session = self.client.client()
        session.mail()
        for recipient in recipients:
            equal(recipient, session.rcpt(recipient).code, 250)
        equal("queued", session.message(header=exchange.of(ONE)).code, 250)
        session.quit()

    def bring(self, recipients):
        """What the partner noted of each try, until all have their own."""
        sink, had = self.stand.sink, len(self.client.said())
        sink.messages.clear()
        self.bounces.messages.clear()
        self.queue(recipients)

        def done():
            queue_run(self.client)
            return self.client.said()[had:].count(": removed") >= 2

        until("the queue is empty", done, 40, pause=1)
        good = of_domain("@example.com", recipients)
        until("delivery", lambda: len(sink.recipients()) >= len(good))
        equal("delivered, each once", sink.recipients(), good)
        self.check_bounce(of_domain("@second.example", recipients))
        return [row for row in outcomes(self.client.said()[had:])
                if row[0] in recipients]

    def check_bounce(self, bad):
        """One, that names each once."""
        equal("bounces", [message.recipients
                          for message in self.bounces.messages],
              [["sender@partner.example"]])
        text = self.bounces.messages[0].data.decode()
        equal("bounced, each once", sorted(re.findall(
            r"Final-Recipient: rfc822; (\S+)", text)), bad)

    def check_records(self, bad):
        """One for the refused of the first round, one for their refusal."""
        seen = self.stand.seen
        equal("actions", self.stand.new(2), [("bypass-deferred", "two"),
                                             ("bypass-rejected", "two")])
        for record in self.stand.daemon.attempts()[seen:]:
            equal("to", sorted(record["email"]["to"]["address"]), bad)
            equal("reason", record["event"]["reason"], "tenant-mismatch")
            equal("stage", record["postern"]["stage"], "headers")

    def check(self, tries, first, last):
        """Those of `first` have their answer in the second round, those of
        `last` in the third."""
        want = {rcpt: [("deferred", "451 4.7.1")] for rcpt in first + last}
        got = {rcpt: [] for rcpt in want}
        for rcpt in last:
            want[rcpt].append(("deferred", "452 4.5.3"))
        for rcpt in want:
            want[rcpt].append(("bounced", "550 5.7.1") if "@second" in rcpt
                              else ("sent", "250 2.0.0"))
        for rcpt, status, code in tries:
            got[rcpt].append((status, code))
        for rcpt in want:
            equal(rcpt, got[rcpt], want[rcpt])
        self.check_records(of_domain("@second.example", want))


def of_domain(domain, recipients):
    return sorted(rcpt for rcpt in recipients if rcpt.endswith(domain))


def names(count, domain):
    return [f"r{number}@{domain}" for number in range(count)]


def halves(bringer):
    """Equal classes: whoever comes first in a transaction."""
    tries = bringer.bring(names(15, "example.com")
                          + names(15, "second.example"))
    ended = [rcpt.split("@")[1] for rcpt, status, _ in tries
             if status != "deferred"]
    equal("one class, then the other", len([
        domain for domain, _ in itertools.groupby(ended)]), 2)
    bringer.check(tries, names(15, ended[0]), names(15, ended[-1]))


def all_of_it(t, front):
    bringer = Bringer(t, front)
    for one, other in (("example.com", "second.example"),
                       ("second.example", "example.com")):
        few, many = names(1, one), names(25, other)
        bringer.check(bringer.bring(few + many), many, few)
    halves(bringer)


@case(seconds=120, needs=[PostfixFront.needed])
def before_postfix(t):
    all_of_it(t, PostfixFront)


@case(seconds=120, needs=[PostfixFront.needed, SendmailFront.needed])
def before_sendmail(t):
    all_of_it(t, SendmailFront)


main()
