#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""several.py - do recipients that disagree all get what is theirs?

A message has one answer.  Here clients bring such messages in every order,
to both MTAs; a real one does in brought.py.
"""

import itertools
import os
import signal
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import exchange  # noqa: E402
from case import case, equal, main, true, until  # noqa: E402
from disagree import (BAD, BAD_2, FREE, GOOD, GOOD_2, INSIDE, MARKED, ONE,
                      OUTSIDE, POSTMASTER, WATCHED, Stand)  # noqa: E402
from mtas import PostfixFront, SendmailFront, stays  # noqa: E402


def send(mta, sender, recipients, tenant=ONE):
    """One transaction: the code that each recipient ends with."""
    session = mta.client_at(INSIDE)
    equal("MAIL", session.mail(sender).code, 250)
    codes = {rcpt: session.rcpt(rcpt) for rcpt in recipients}
    taken = [rcpt for rcpt in recipients if codes[rcpt].code == 250]
    if taken:
        answer = session.message(header=exchange.of(tenant))
        codes.update((rcpt, answer) for rcpt in taken)
    session.quit()
    return {rcpt: answer.code for rcpt, answer in codes.items()}


def rounds(mta, sender, recipients, tenant=ONE, between=None):
    """Sends until nothing is left to try again; what each round came to."""
    found = []
    while recipients:
        codes = send(mta, sender, recipients, tenant)
        found.append(codes)
        recipients = [rcpt for rcpt in recipients
                      if 400 <= codes[rcpt] < 500]
        true(f"an end: {found}", len(found) < 8)
        if between:
            between()
            between = None
    return found


def in_every_order(mta, recipients, first, last, rest):
    """first are of the larger class, last of the other; rest the codes that
    both end with."""
    for number, order in enumerate(itertools.permutations(recipients)):
        want = [{rcpt: 451 for rcpt in order},
                {rcpt: rest[0] if rcpt in first else 452 for rcpt in order},
                {rcpt: rest[1] for rcpt in order if rcpt in last}]
        sender = f"{number}.{len(last)}@partner.example"
        equal(" ".join(order), rounds(mta, sender, list(order)), want)


def every_order(stand):
    mta = stand.mta
    in_every_order(mta, [GOOD, GOOD_2, BAD], [GOOD, GOOD_2], [BAD],
                   (250, 550))
    in_every_order(mta, [GOOD, BAD, BAD_2], [BAD, BAD_2], [GOOD],
                   (550, 250))
    until("delivery", lambda: len(stand.sink.recipients()) >= 18)
    stays(stand.sink.recipients, sorted([GOOD] * 12 + [GOOD_2] * 6))
    equal("records", stand.new(24), 12 * [("bypass-deferred", "two"),
                                          ("bypass-rejected", "two")])


def of_equal_classes_the_first_goes_first(stand):
    for free in (POSTMASTER, FREE, OUTSIDE):
        for order, codes in (([free, BAD], (250, 550)),
                             ([BAD, free], (550, 250))):
            sender = f"{codes[0]}@{free.replace('@', '.')}"
            equal(str(order), rounds(stand.mta, sender, order), [
                {order[0]: 451, order[1]: 451},
                {order[0]: codes[0], order[1]: 452},
                {order[1]: codes[1]}])
    stand.new(12)


def where_all_agree_nothing_waits(stand):
    for number, group in enumerate((
            [GOOD, POSTMASTER, FREE, OUTSIDE, GOOD_2],
            [WATCHED, GOOD], [GOOD, OUTSIDE, WATCHED])):
        equal(str(group), rounds(stand.mta, f"{number}@agreed.example",
                                 group), [{rcpt: 250 for rcpt in group}])
    equal("refused as one", rounds(stand.mta, "no@agreed.example",
                                   [BAD, BAD_2]), [{BAD: 550, BAD_2: 550}])
    equal("records", stand.new(3), [
        ("bypass-observed", "watch"), ("bypass-observed", "watch"),
        ("bypass-rejected", "two")])


def monitor_beside_what_is_refused(stand):
    had = stand.sink.recipients().count(WATCHED)
    found = rounds(stand.mta, "s@watched.example", [WATCHED, BAD, BAD_2])
    equal("rounds", found, [{WATCHED: 451, BAD: 451, BAD_2: 451},
                            {WATCHED: 452, BAD: 550, BAD_2: 550},
                            {WATCHED: 250}])
    until("delivery",
          lambda: stand.sink.recipients().count(WATCHED) == had + 1)
    equal("records", stand.new(3), [
        ("bypass-deferred", "two"), ("bypass-rejected", "two"),
        ("bypass-observed", "watch")])


def mark_beside_pass(stand):
    had = len(stand.sink.messages)
    for order in ([MARKED, FREE, OUTSIDE], [FREE, MARKED, OUTSIDE]):
        sender = f"{order.index(MARKED)}@marked.example"
        equal(str(order), rounds(stand.mta, sender, order),
              [{rcpt: 451 for rcpt in order},
               {MARKED: 452, FREE: 250, OUTSIDE: 250}, {MARKED: 250}])
    # Sendmail may deliver one message in several transactions
    until("delivery", lambda: sum(
        len(message.recipients)
        for message in stand.sink.messages[had:]) == 6)
    for message in stand.sink.messages[had:]:
        equal(f"marked: {message.recipients}",
              message.data.count(b"X-Postern: bypass; policy=mark; "),
              int(message.recipients == [MARKED]))
    records = stand.new(4)
    equal("marked", records.count(("bypass-marked", "mark")), 2)


def a_restart_between_the_rounds(stand):
    order = [GOOD, GOOD_2, BAD]
    again = {rcpt: 451 for rcpt in order}
    last = [{GOOD: 250, GOOD_2: 250, BAD: 452}, {BAD: 550}]
    had = len(stand.sink.recipients())

    def restart():
        stand.daemon.stop(signal.SIGKILL)
        stand.daemon.start()

    equal("reload", rounds(
        stand.mta, "reload@partner.example", order,
        between=lambda: stand.daemon.command("reload")), [again] + last)
    equal("restart", rounds(stand.mta, "restart@partner.example", order,
                            between=restart), [again, again] + last)
    until("delivery", lambda: len(stand.sink.recipients()) >= had + 4)
    stays(lambda: len(stand.sink.recipients()), had + 4)
    equal("records", stand.new(5), [
        ("bypass-deferred", "two"), ("bypass-rejected", "two"),
        ("bypass-deferred", "two"), ("bypass-deferred", "two"),
        ("bypass-rejected", "two")])


def all_of_it(t, front):
    stand = Stand(t, front)
    for part in (every_order, of_equal_classes_the_first_goes_first,
                 where_all_agree_nothing_waits,
                 monitor_beside_what_is_refused, mark_beside_pass,
                 a_restart_between_the_rounds):
        part(stand)


@case(needs=[PostfixFront.needed])
def before_postfix(t):
    all_of_it(t, PostfixFront)


@case(needs=[SendmailFront.needed])
def before_sendmail(t):
    all_of_it(t, SendmailFront)


main()
