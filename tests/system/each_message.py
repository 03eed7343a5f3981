#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""each_message.py - does one message let the next one in?

"accept" at MAIL ends the filter's say on that message.  Both MTAs must ask
again at the next, in the same session; if one did not, it would be a gate.
"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import postfix  # noqa: E402
import sendmail  # noqa: E402
from case import case, equal, holds, main, until  # noqa: E402
from mail import CEO, OUTSIDE  # noqa: E402
from posternd import Posternd  # noqa: E402
from sink import Sink  # noqa: E402

INSIDE = "127.0.0.10"
RIGHT, WRONG = "a@partner.example", "a@other.example"
POLICIES = f"""
policies = (
  {{ name = "p"; domains = [ "example.com" ];
     allow = ( {{ networks = [ "{INSIDE}" ];
                  sender = [ "partner.example" ]; }} ); }}
);
"""


def send(session, sender, *recipients):
    """The codes of a message up to its end, or to a refusal."""
    equal("MAIL", session.mail(sender).code, 250)
    answers = [session.rcpt(recipient) for recipient in recipients]
    if any(answer.code == 250 for answer in answers):
        answers.append(session.message())
    else:
        equal("RSET", session.command("RSET").code, 250)
    return answers


def judge(t, start):
    sink = t.enter(Sink())
    daemon = t.enter(Posternd(t.folder, "", POLICIES,
                              trusted='[ "127.0.0.1" ]',
                              socket_group='"postfix"'))
    mta = start(t, daemon, sink)
    session = mta.client_at(INSIDE)
    for number in (1, 2):
        good = send(session, RIGHT, CEO)
        equal(f"right: {good}", [answer.code for answer in good], [250, 250])
        bad = send(session, WRONG, CEO)
        equal(f"wrong: {bad}", len(bad), 1)
        holds("wrong", bad[0], "550 5.7.1 ")
        mixed = send(session, WRONG, OUTSIDE, CEO)
        equal(f"mixed: {mixed}", [answer.code for answer in mixed],
              [250, 550, 250])
        until("delivery", lambda: len(sink.messages) == 2 * number)
    # accepted at MAIL and broken off there: the next one is judged as well
    session.mail(RIGHT)
    session.command("RSET")
    holds("behind RSET", send(session, WRONG, CEO)[0], "550 5.7.1 ")
    session.quit()
    for record in daemon.wait_attempts(5):
        equal("from", record["email"]["from"]["address"], [WRONG])
        equal("reason", record["event"]["reason"], "sender-mismatch")


def start_postfix(t, daemon, sink):
    return t.enter(postfix.Postfix(t.folder, f"unix:{daemon.address}", sink))


def start_sendmail(t, daemon, sink):
    return t.enter(sendmail.Sendmail(t.folder, f"local:{daemon.address}",
                                     sink))


@case(needs=[postfix.needed])
def postfix_asks_again(t):
    judge(t, start_postfix)


@case(needs=[sendmail.needed])
def sendmail_asks_again(t):
    judge(t, start_sendmail)


main()
