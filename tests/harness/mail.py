# SPDX-License-Identifier: ISC
"""mail.py - does the main job get done, whichever MTA it is?"""

from case import equal, holds, until
from posternd import reference

CEO, OUTSIDE = "ceo@example.com", "someone@elsewhere.example"


def deliver(session, *recipients):
    """The answers to the recipients, and to the message if any is left."""
    equal("MAIL", session.mail().code, 250)
    answers = [session.rcpt(recipient) for recipient in recipients]
    if any(answer.code == 250 for answer in answers):
        answers.append(session.message())
    session.quit()
    return answers


def let_in_and_refused(sink, daemon, allowed, stranger):
    """The main job, with two sessions that have said EHLO."""
    before, had = len(sink.messages), len(daemon.attempts())
    good = deliver(allowed, CEO)
    equal("allowed: " + "; ".join(good), [answer.code for answer in good],
          [250, 250])
    until("delivery", lambda: len(sink.messages) > before)
    bad = deliver(stranger, CEO)
    equal("refused", len(bad), 1)
    holds("refused", bad[0], "550 5.7.1 ")
    record = daemon.wait_attempts(had + 1)[-1]
    equal("reference", reference(bad[0]), record["event"]["id"])
    equal("delivered", len(sink.messages), before + 1)
    return record
