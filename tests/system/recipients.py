#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""recipients.py - is there a spelling that leads past the guard?

One table of recipients (tests/harness/spellings.py), sent raw to Postfix and
to Sendmail.  Both are as open as they can be: they relay anything for anybody
and follow every hack, so that the guard stands alone.
"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import time  # noqa: E402

import sendmail  # noqa: E402
from case import case, equal, main, true, until  # noqa: E402
from postfix import Postfix, needed  # noqa: E402
from posternd import Posternd, reference  # noqa: E402
from sink import Sink  # noqa: E402
from spellings import GUARD, MTA, ROWS, handed_over, is_ascii  # noqa: E402

ALLOWED, STRANGER = "127.0.0.10", "127.0.0.99"
SOURCES = """
sources: { filter-service: { networks = [ "127.0.0.10" ]; }; };
"""
POLICIES = """
policies = (
  { name = "guarded";
    domains = [ "example.com", ".example.com", "bücher.example" ];
    allow = ( "filter-service" );
    always = [ "postmaster" ]; }
);
"""
# unknown local users go on to the sink as well
OPEN_SENDMAIL = """\
FEATURE(`promiscuous_relay')
define(`LUSER_RELAY', `relay:[127.0.0.1]')
define(`LOCAL_MAILER_FLAGS', `Sw5n9')
"""


def guard(t):
    return t.enter(Posternd(t.folder, SOURCES, POLICIES,
                            trusted='[ "127.0.0.1" ]',
                            socket_group='"postfix"'))


def open_postfix(t, daemon, sink):
    to_sink = f"relay:[127.0.0.1]:{sink.port}"
    return t.enter(Postfix(
        t.folder, f"unix:{daemon.address}", sink, mydestination="mx.test",
        local_transport=to_sink, default_transport=to_sink,
        allow_untrusted_routing="yes",
        smtpd_relay_restrictions="permit_mynetworks",
        smtpd_recipient_restrictions="permit_mynetworks, "
        "reject_unauth_destination"))


def helo(number, source):
    return f"row{number}.{source}.test"


def send(mta, source, number, data):
    """One session; the answers to RCPT and, if it comes to that, to DATA."""
    argument = ROWS[number][0]
    session = mta.client_at(source, helo(number, source))
    asked = "SMTPUTF8" in session.command("EHLO " + helo(number, source))
    utf8 = " SMTPUTF8" if asked and not is_ascii(argument) else ""
    equal("MAIL", session.command("MAIL FROM:<>" + utf8).code, 250)
    answers = [session.command(b"RCPT TO:" + argument)]
    if data and answers[0].code == 250:
        answers.append(session.message(subject=helo(number, source)))
    session.close()
    return answers


def outcome(answers):
    if "(ref " in answers[0]:
        true(answers[0], answers[0].startswith("550 5.7.1 "))
        return GUARD
    return MTA if answers[0].code >= 500 else "through"


def delivered(sink):
    """What the sink got, by the subject of the message."""
    found = {}
    for message in list(sink.messages):
        text = message.data.decode("utf-8", "replace")
        _, _, rest = text.partition("Subject: row")
        subject = "row" + rest.split("\r\n")[0]
        found.setdefault(subject, []).extend(message.recipients)
    return found


def check_record(argument, answers, found):
    """What the log says of a session that ended as answers tell."""
    said = outcome(answers)
    actions = [record["event"]["action"] for record in found]
    if said == GUARD:
        equal("actions", actions, ["bypass-rejected"])
        equal("reference", found[0]["event"]["id"], reference(answers[0]))
        equal("handed over", found[0]["email"]["to"]["address"],
              [handed_over(argument)])
    elif said == MTA:
        true(f"actions {actions}", actions in ([], ["bypass-abandoned"]))
        for address in (record["email"].get("to") for record in found):
            true(f"handed over {address}", address in (
                None, {"address": [handed_over(argument)]}))
    else:
        equal("actions", actions, [])


def stranger(mta, which, daemon, sink):
    """All rows; returns what was wrong with them."""
    all_answers = [send(mta, STRANGER, number, True)
                   for number in range(len(ROWS))]
    refused = sum(outcome(answers) == GUARD for answers in all_answers)
    until("all records", lambda: len(daemon.records("bypass-rejected"))
          >= refused)
    through = {helo(number, STRANGER)
               for number, row in enumerate(ROWS) if "@" in row[which]}
    wait_for(lambda: through <= set(delivered(sink)))
    time.sleep(0.5)  # what should not have come would come now
    records = {}
    for record in daemon.attempts():
        records.setdefault(record["postern"]["helo"], []).append(record)
    got = delivered(sink)
    wrong = []
    for number, row in enumerate(ROWS):
        name = helo(number, STRANGER)
        try:
            check_row(row[which], all_answers[number], got.get(name))
            check_record(row[0], all_answers[number], records.get(name, []))
        except AssertionError as error:
            wrong.append(f"{row[0]!r}: {error}")
    return wrong


def wait_for(arrived):
    """Patiently, but without failing: each row has its own words for it."""
    try:
        until("delivery", arrived)
    except AssertionError:
        pass


def check_row(want, answers, arrived):
    if want in (GUARD, MTA):
        equal("delivered", arrived, None)
        equal("; ".join(answers), outcome(answers), want)
    else:
        equal("; ".join(answers), [answer.code for answer in answers],
              [250, 250])
        equal("delivered", arrived, [want])


def allowed(mta, which):
    """It was the guard: nothing of this is refused to one who may."""
    rows = [row[0] for row in ROWS if row[which] == GUARD]
    with mta.client_at(ALLOWED) as session:
        utf8 = " SMTPUTF8" if "SMTPUTF8" in session.ehlo() else ""
        equal("MAIL", session.command("MAIL FROM:<>" + utf8).code, 250)
        answers = [session.command(b"RCPT TO:" + row) for row in rows]
    return [f"{row!r}: {answer}" for row, answer in zip(rows, answers)
            if answer.code != 250]


def judge(t, which, start):
    sink = t.enter(Sink())
    daemon = guard(t)
    mta = start(t, daemon, sink)
    equal("rows", "\n".join(stranger(mta, which, daemon, sink)), "")
    had = len(daemon.attempts())
    equal("allowed", "\n".join(allowed(mta, which)), "")
    equal("attempts of one who may", len(daemon.attempts()), had)


@case(needs=[needed], seconds=120)
def every_spelling_through_postfix(t):
    judge(t, 1, open_postfix)


@case(needs=[sendmail.needed], seconds=120)
def every_spelling_through_sendmail(t):
    judge(t, 2, lambda t, daemon, sink: t.enter(sendmail.Sendmail(
        t.folder, f"local:{daemon.address}", sink, extra=OPEN_SENDMAIL)))


main()
