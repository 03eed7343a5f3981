#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""actions.py - is mail held, marked or put off before real MTAs?

What a policy does to mail that it does not let in: it is held for a person,
goes on with a mark, or is to come again.
"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import email.parser  # noqa: E402

from case import case, equal, holds, main, true, until  # noqa: E402
from mtas import PostfixFront, SendmailFront, stays  # noqa: E402
from posternd import Posternd, reference  # noqa: E402
from sink import Sink  # noqa: E402

INSIDE, STRANGER = "127.0.0.10", "127.0.0.99"
HELD, MARKED = "ceo@example.com", "ceo@second.example"
PUT_OFF, OUTSIDE = "ceo@sub.example.com", "someone@elsewhere.example"


def policy(name, domain, action):
    return (f'{{ name = "{name}"; domains = [ "{domain}" ]; '
            f'action = "{action}"; '
            f'allow = ( {{ networks = [ "{INSIDE}" ]; }} ); }}')


POLICIES = "policies = ( %s );" % ", ".join((
    policy("hold", "example.com", "quarantine"),
    policy("mark", "second.example", "mark"),
    policy("later", "sub.example.com", "defer")))

# odd letter cases, folded, empty, one behind another header
FORGED = ("X-Postern: pass; policy=mark; ref=01FORGED\r\n"
          "x-pOSTERN: bypass; policy=mark;\r\n\treason=forged;\r\n ref=02\r\n"
          "X-Other: kept\r\n"
          "X-POSTERN:\r\n")


def stand(t, front):
    sink = t.enter(Sink())
    daemon = t.enter(Posternd(t.folder, "", POLICIES,
                              trusted='[ "127.0.0.1" ]',
                              socket_group='"postfix"'))
    return sink, daemon, front(t, daemon, sink)


def send(front, source, *recipients, header=""):
    """The answer to the message as a whole."""
    session = front.mta.client_at(source)
    equal("MAIL", session.mail().code, 250)
    for recipient in recipients:
        equal(recipient, session.rcpt(recipient).code, 250)
    answer = session.message(header=header)
    session.quit()
    return answer


def marks(message):
    """What the header of a delivered message holds of X-Postern."""
    found = email.parser.BytesParser().parsebytes(message.data)
    return [value for name, value in found.items()
            if name.lower() == "x-postern"]


def quarantine(t, which):
    sink, daemon, front = stand(t, which)
    equal("held", send(front, STRANGER, HELD).code, 250)
    record = daemon.wait_attempts(1)[0]
    equal("action", record["event"]["action"], "bypass-quarantined")
    equal("kind", record["event"]["kind"], "alert")
    equal("to", record["email"]["to"]["address"], [HELD])
    equal("policy", record["rule"]["name"], "hold")
    until("held", lambda: len(front.held()) == 1)
    if front.reason():
        holds("reason", front.reason(), record["event"]["id"])
    # that one waits; those of others do not
    equal("let in", send(front, INSIDE, HELD).code, 250)
    equal("beside", send(front, STRANGER, OUTSIDE).code, 250)
    until("delivery", lambda: len(sink.messages) >= 2)
    stays(sink.recipients, sorted([HELD, OUTSIDE]))
    equal("still held", len(front.held()), 1)
    daemon.wait_attempts(1)
    return sink, front


@case(needs=[PostfixFront.needed])
def quarantine_is_postfix_hold(t):
    sink, front = quarantine(t, PostfixFront)
    front.release()
    until("delivery, once released", lambda: len(sink.messages) == 3)
    equal("whose", sink.messages[-1].recipients, [HELD])


@case(needs=[SendmailFront.needed])
def quarantine_is_sendmails(t):
    quarantine(t, SendmailFront)


def one_mark(message, record):
    equal("marks", marks(message),
          ["bypass; policy=mark; reason=source-not-allowed; ref="
           + record["event"]["id"]])


def mark(t, which):
    sink, daemon, front = stand(t, which)
    for number, header in enumerate(("", FORGED, FORGED * 40), 1):
        equal("let in", send(front, STRANGER, MARKED, header=header).code,
              250)
        until("delivery", lambda: len(sink.messages) == number)
        record = daemon.wait_attempts(number)[-1]
        equal("action", record["event"]["action"], "bypass-marked")
        one_mark(sink.messages[-1], record)
        equal("others", sink.messages[-1].data.count(b"X-Other: kept"),
              header.count("X-Other"))
    # who is let in, or is not asked about, keeps what he has
    for source, recipient in ((INSIDE, MARKED), (STRANGER, OUTSIDE)):
        had = len(sink.messages)
        equal("passes", send(front, source, recipient, header=FORGED).code,
              250)
        until("delivery", lambda: len(sink.messages) > had)
        equal("not touched", len(marks(sink.messages[-1])), 3)
    daemon.wait_attempts(3)


@case(needs=[PostfixFront.needed])
def mark_before_postfix(t):
    mark(t, PostfixFront)


@case(needs=[SendmailFront.needed])
def mark_before_sendmail(t):
    mark(t, SendmailFront)


def defer(t, which):
    sink, daemon, front = stand(t, which)
    session = front.mta.client_at(STRANGER)
    equal("MAIL", session.mail().code, 250)
    answer = session.rcpt(PUT_OFF)
    holds("put off", answer, "451 4.7.1 ")
    # another recipient of the message is not concerned
    equal("beside", session.rcpt(OUTSIDE).code, 250)
    equal("message", session.message().code, 250)
    session.quit()
    record = daemon.wait_attempts(1)[0]
    equal("action", record["event"]["action"], "bypass-deferred")
    equal("reference", record["event"]["id"], reference(answer))
    until("delivery", lambda: sink.messages)
    stays(sink.recipients, [OUTSIDE])
    true("none held", not front.held())


@case(needs=[PostfixFront.needed])
def defer_before_postfix(t):
    defer(t, PostfixFront)


@case(needs=[SendmailFront.needed])
def defer_before_sendmail(t):
    defer(t, SendmailFront)


main()
