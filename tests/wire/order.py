#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""order.py - what becomes of a step that lacks the one before it?

libmilter itself drops some of them without a word.  What it hands over: MAIL
without CONNECT, and nearly anything behind an abort.
"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

from case import case, equal, holds, main, true  # noqa: E402
from milter import strings  # noqa: E402
from posternd import (ALLOWED, OFFICE, POLICIES, PROTECTED, STRANGER,
                      UNLISTED, Posternd, reference,
                      with_policy)  # noqa: E402

# the office may write to one of them: it is neither free nor hopeless
TWO = with_policy("""{ name = "filter-only"; domains = [ "second.example" ];
    allow = ( "filter-service" ); }""")
# what becomes of the office is known at MAIL, so that MAIL is answered
BY_SENDER = POLICIES.replace(
    '"head-office"', '{ source = "head-office"; sender = [ "a.example" ]; }')
SUBJECT = strings("Subject", "x")


def raw(client, command, data=b""):
    """A step as it is, whatever was negotiated; it must be answered."""
    client.send(command, data)
    return client.answer()


def unconnected_mail(daemon):
    client = daemon.client(negotiate=False)
    return client, raw(client, b"M", strings("<a@b.example>"))


def unconnected_rcpt(daemon):
    client = daemon.client()
    equal("nobody waits at MAIL", client.mail("<a@b.example>"), "continue")
    return client, client.rcpt(PROTECTED)


def aborted(daemon):
    """Behind a message that was broken off."""
    client = daemon.client({"i": "QUEUE1"})
    equal("connect", client.connect(OFFICE), "continue")
    client.helo()
    client.mail("<before@b.example>")
    client.abort()
    return client


def rcpt_without_mail(daemon):
    client = aborted(daemon)
    return client, raw(client, b"R", strings(PROTECTED))


def unlisted_without_mail(daemon):
    client = aborted(daemon)
    return client, raw(client, b"R", strings(UNLISTED))


def header_without_rcpt(daemon):
    client = aborted(daemon)
    equal("data", raw(client, b"T"), "continue")
    return client, raw(client, b"L", SUBJECT)


def end_of_headers_without_rcpt(daemon):
    client = aborted(daemon)
    equal("data", raw(client, b"T"), "continue")
    return client, raw(client, b"N")


def end_of_message_without_rcpt(daemon):
    client = aborted(daemon)
    equal("body", raw(client, b"B", b"x\r\n"), "continue")
    return client, raw(client, b"E")


# what happens, where the record says it did, the policy that is known
FAULTS = ((unconnected_mail, "mail", None),
          (unconnected_rcpt, "rcpt", "behind-filter"),
          (rcpt_without_mail, "rcpt", "behind-filter"),
          (unlisted_without_mail, "rcpt", None),
          (header_without_rcpt, "headers", None),
          (end_of_headers_without_rcpt, "headers", None),
          (end_of_message_without_rcpt, "headers", None))


def faults(t, want, action, monitored, reply, **keys):
    """Each fault by itself: the answer, and the record of it."""
    daemon = t.enter(Posternd(t.folder, policies=TWO, **keys))
    mode = "monitor" if monitored else "enforce"
    number = 0
    for fault, stage, policy in FAULTS:
        client, answer = fault(daemon)
        client.close()
        name = f"{fault.__name__}: {answer}"
        true(name, answer.startswith(want))
        # of MAIL, too, where nobody waits for an answer to it
        number += 2 if fault is unconnected_rcpt else 1
        record = daemon.wait_attempts(number)[-1]
        equal(name, record["event"]["action"], action)
        equal(name, record["event"]["reason"], "undecidable")
        equal(name, record["postern"]["stage"], stage)
        equal(name, record["postern"]["mode"], mode)
        equal(name, record["postern"]["entries"], [])
        equal(name, record["rule"].get("name"), policy)
        said = record["postern"].get("reply", "")
        true(f"{name}: {said}", said.startswith(reply) and
             bool(said) == bool(reply))
        if answer[0].isdigit():
            equal(name, answer, said)
            equal(name, reference(answer), record["event"]["id"])
        if policy:
            equal(name, record["email"]["to"]["address"],
                  ["ceo@example.com"])
            true(name, not said or "use the MX of example.com" in said)
    ids = {record["event"]["id"] for record in daemon.attempts()}
    equal("ids", (len(ids), {len(found) for found in ids}), (number, {26}))
    holds("said", daemon.said(), "posternd: error: the MTA sends MAIL "
          "without CONNECT; answered as on_error says")


@case
def a_fault_is_deferred(t):
    faults(t, "451 4.7.1 ", "bypass-deferred", False, "451 4.7.1 ")


@case
def a_fault_is_refused(t):
    faults(t, "550 5.7.1 ", "bypass-rejected", False, "550 5.7.1 ",
           on_error='"reject"')


@case
def a_fault_is_let_in_and_recorded(t):
    faults(t, "continue", "bypass-observed", False, "",
           on_error='"accept"')


@case
def a_fault_is_only_watched_in_monitor(t):
    faults(t, "continue", "bypass-observed", True, "550 5.7.1 ",
           mode='"monitor"', on_error='"reject"')


@case
def a_policy_that_only_watches_defers_nothing(t):
    daemon = t.enter(Posternd(t.folder, policies=TWO.replace(
        "always", 'mode = "monitor"; always')))
    client, answer = rcpt_without_mail(daemon)
    client.close()
    equal("answer", answer, "continue")
    record = daemon.wait_attempts(1)[0]
    equal("action", record["event"]["action"], "bypass-observed")
    holds("reply", record["postern"]["reply"], "451 4.7.1 ")


@case
def a_policy_has_its_own_words_for_it(t):
    policies = TWO.replace("always", """
        reply = { code = 554; status = "5.7.0"; text = "No: %{policy}"; };
        always""")
    for number, (on_error, want) in enumerate((
            ("defer", "451 4.7.1 No: behind-filter"),
            ("reject", "554 5.7.0 No: behind-filter"))):
        folder = t.path(str(number))
        os.mkdir(folder)
        with Posternd(folder, policies=policies,
                      on_error=f'"{on_error}"') as daemon:
            client, answer = rcpt_without_mail(daemon)
            client.close()
            equal(on_error, answer, want)
            equal(on_error, daemon.wait_attempts(1)[0]["postern"]["reply"],
                  want)


@case
def mail_that_is_waited_for_is_answered_at_once(t):
    daemon = t.enter(Posternd(t.folder, policies=BY_SENDER))
    client = daemon.client()
    answer = client.mail("<a@b.example>")
    client.close()
    true(answer, answer.startswith("451 4.7.1 "))
    record = daemon.wait_attempts(1)[0]
    equal("reply", record["postern"]["reply"], answer)
    equal("from", record["email"]["from"]["address"], ["a@b.example"])


@case
def mail_that_nobody_waits_for_is_recorded(t):
    daemon = t.enter(Posternd(t.folder))
    client = daemon.client()
    client.mail("<a@b.example>")
    record = daemon.wait_attempts(1)[0]
    equal("action", record["event"]["action"], "bypass-deferred")
    equal("reason", record["event"]["reason"], "undecidable")
    true("no reply", "reply" not in record["postern"])
    true("no address", "source" not in record)
    client.close()
    daemon.wait_attempts(1)


@case
def a_message_that_is_let_in_is_one_record(t):
    daemon = t.enter(Posternd(t.folder, policies=TWO, mode='"monitor"'))
    client, answer = header_without_rcpt(daemon)
    equal("header", answer, "continue")
    for command, data in ((b"L", SUBJECT), (b"N", b""), (b"B", b"x\r\n"),
                          (b"E", b"")):
        equal(str(command), raw(client, command, data), "continue")
    equal("the next one", client.mail("<after@b.example>"), "continue")
    equal("is in order", client.rcpt(PROTECTED), "continue")
    equal("to its end", client.message(), "continue")
    client.quit()
    record = daemon.wait_attempts(1)[0]
    # what was said before the abort is not of this message
    true("no sender", "email" not in record)
    true("no queue id", "queue_id" not in record["postern"])


@case
def a_message_behind_a_recipient_out_of_order_is_not_one_more(t):
    daemon = t.enter(Posternd(t.folder, policies=TWO,
                              on_error='"accept"'))
    client, answer = rcpt_without_mail(daemon)
    equal("rcpt", answer, "continue")
    equal("another", raw(client, b"R", strings("<cfo@example.com>")),
          "continue")
    equal("message", client.message(), "continue")
    client.quit()
    equal("to", [record["email"]["to"]["address"]
                 for record in daemon.wait_attempts(2)],
          [["ceo@example.com"], ["cfo@example.com"]])


@case
def what_is_odd_but_ordinary(t):
    daemon = t.enter(Posternd(t.folder, policies=BY_SENDER))
    client = daemon.client()
    # libmilter waits for a CONNECT before it hears of an abort
    equal("connect", client.connect(STRANGER), "continue")
    client.abort()
    client.abort()
    equal("helo", client.helo("one.test"), "continue")
    equal("helo again", client.helo("two.test"), "continue")
    equal("null sender", client.mail("<>"), "continue")
    equal("mail again", client.mail("<a@b.example>"), "continue")
    client.abort()
    client.abort()
    equal("an empty sender", client.mail(""), "continue")
    true("an empty recipient", client.rcpt("").startswith("550 5.7.1 "))
    equal("unlisted", client.rcpt(UNLISTED), "continue")
    equal("message", client.message(), "continue")
    client.abort()
    equal("without HELO", client.mail("<c@b.example>"), "continue")
    true("judged", client.rcpt(PROTECTED).startswith("550 5.7.1 "))
    client.quit()
    for record in daemon.wait_attempts(2):
        equal("reason", record["event"]["reason"], "source-not-allowed")
    equal("nothing said", daemon.said().count("on_error"), 0)


@case
def a_missing_address_is_ordinary(t):
    daemon = t.enter(Posternd(t.folder))
    client = daemon.client()
    equal("connect", client.connect("", family="U", name="unknown"),
          "continue")
    client.mail()
    true("judged", client.rcpt(PROTECTED).startswith("550 5.7.1 "))
    client.quit()
    equal("reason", daemon.wait_attempts(1)[0]["event"]["reason"],
          "source-not-allowed")


@case
def no_fault_where_the_mta_refuses_all_recipients(t):
    daemon = t.enter(Posternd(t.folder))
    client = daemon.client()
    client.connect(STRANGER)
    client.helo()
    # Postfix tells of a recipient with transport "error" in the same way,
    # and may take it all the same
    for refuse in (client.rcpt_refused, client.rcpt):
        client.mail()
        refuse(PROTECTED)
        for command, data in ((b"L", SUBJECT), (b"N", b""), (b"E", b"")):
            equal(str(command), raw(client, command, data), "continue")
    client.quit()
    equal("reasons", [record["event"]["reason"]
                      for record in daemon.wait_attempts(2)],
          ["source-not-allowed"] * 2)


@case
def a_new_client_on_the_same_connection(t):
    daemon = t.enter(Posternd(t.folder))
    for ip, want in ((STRANGER, "550 5.7.1 "), (ALLOWED, "accept")):
        client = daemon.client()
        equal("a stranger", client.connect(STRANGER), "continue")
        client.mail()
        client.rcpt(UNLISTED)
        client.message()
        # "quit, new connection follows"
        client.send(b"K")
        answer = client.connect(ip)
        if answer == "continue":
            client.helo()
            client.mail()
            answer = client.rcpt(PROTECTED)
        true(answer, answer.startswith(want))
        client.quit()
    equal("actions", [record["event"]["action"]
                      for record in daemon.wait_attempts(1)],
          ["bypass-rejected"])


main()
