#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""actions.py - what is done about mail that a policy does not want?"""

import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

from case import case, equal, holds, main, true  # noqa: E402
from milter import ADDHDRS, CHGHDRS, QUARANTINE, STEPS  # noqa: E402
from posternd import (ALLOWED, STRANGER, Posternd, reference)  # noqa: E402

OWN = "c33c9f88-1eb7-4099-9700-16013fd9e8aa"
OTHER = "84df9e7f-e9f6-40af-b435-aaaaaaaaaaaa"
TENANT = "X-MS-Exchange-CrossTenant-Id"
SUBJECT = ("Subject", "test")
CEO = "<ceo@example.com>"
MARK = "X-Postern"


def policy(action, name="guarded", domain="example.com", more=""):
    return f"""{{ name = "{name}"; domains = [ "{domain}" ];
      action = "{action}"; {more}
      allow = ( {{ source = "filter-service"; tenant = [ "{OWN}" ]; }} );
    }}"""


def simple(action, name="guarded", domain="example.com", more=""):
    """The same that needs no header."""
    return f"""{{ name = "{name}"; domains = [ "{domain}" ];
      action = "{action}"; {more} allow = ( "filter-service" ); }}"""


def guard(t, *texts, folder=None, **keys):
    return t.enter(Posternd(
        folder or t.folder,
        policies="policies = ( %s );" % ", ".join(texts), **keys))


def begin(daemon, ip=STRANGER, recipients=(CEO,), **options):
    client = daemon.client({"i": "4QUEUE"}, **options)
    equal("connect", client.connect(ip), "continue")
    client.helo()
    equal("mail", client.mail("<a@b.example>"), "continue")
    for recipient in recipients:
        equal(recipient, client.rcpt(recipient), "continue")
    return client


def send(daemon, headers=(SUBJECT,), **options):
    """The answer to a message, and what was done to it."""
    client = begin(daemon, **options)
    answer = client.message(headers)
    client.quit()
    return answer, client.changes


def description(record):
    """What stands in X-Postern, and as the reason of a quarantine."""
    return (f"bypass; policy={record['rule']['name']}; "
            f"reason={record['event']['reason']}; "
            f"ref={record['event']['id']}")


@case
def quarantine_holds_it(t):
    for number, text in enumerate((simple("quarantine"),
                                   policy("quarantine"))):
        folder = t.path(str(number))
        os.mkdir(folder)
        os.chmod(folder, 0o755)
        daemon = guard(t, text, folder=folder)
        client = begin(daemon, recipients=(CEO, "<cfo@example.com>"))
        equal("headers", client.content([SUBJECT]), "continue")
        equal("not before its end", (client.changes, daemon.attempts()),
              ([], []))
        equal("let in", client.step("eom"), "continue")
        client.quit()
        record = daemon.wait_attempts(1)[0]
        event = record["event"]
        for key, want in (("action", "bypass-quarantined"),
                          ("kind", "alert"), ("outcome", "failure"),
                          ("type", ["connection", "denied"]),
                          ("reason", "source-not-allowed")):
            equal("event." + key, event[key], want)
        equal("stage", record["postern"]["stage"], "rcpt")
        equal("queue id", record["postern"]["queue_id"], "4QUEUE")
        true("nobody is told", "reply" not in record["postern"])
        equal("to", record["email"]["to"]["address"],
              ["ceo@example.com", "cfo@example.com"])
        equal("changes", client.changes,
              [("quarantine", description(record))])


@case
def mark_adds_a_header(t):
    daemon = guard(t, policy("mark"))
    answer, changes = send(daemon, [SUBJECT, (TENANT, OTHER)], ip=ALLOWED)
    equal("let in", answer, "continue")
    record = daemon.wait_attempts(1)[0]
    event = record["event"]
    for key, want in (("action", "bypass-marked"), ("kind", "alert"),
                      ("outcome", "success"),
                      ("type", ["connection", "allowed"]),
                      ("reason", "tenant-mismatch")):
        equal("event." + key, event[key], want)
    true("nobody is told", "reply" not in record["postern"])
    equal("changes", changes, [("add", MARK, description(record))])


@case
def forged_marks_are_removed_from_the_last_to_the_first(t):
    daemon = guard(t, policy("mark"))
    forged = [(MARK, "bypass; policy=x"), SUBJECT, ("x-postern", "clean"),
              ("X-POSTERN", "\n folded"), ("X-Postern-Else", "stays"),
              ("x-PoStErN", "")]
    answer, changes = send(daemon, forged)
    equal("let in", answer, "continue")
    record = daemon.wait_attempts(1)[0]
    equal("changes", changes,
          [("change", number, MARK, "") for number in (4, 3, 2, 1)] +
          [("add", MARK, description(record))])
    # what is let in keeps what it has
    answer, changes = send(daemon, [*forged, (TENANT, OWN)], ip=ALLOWED)
    equal("other mail", (answer, changes), ("accept", []))


@case
def a_near_miss_is_held_or_marked_as_well(t):
    daemon = guard(t, policy("quarantine"),
                   policy("mark", "marked", "marked.example"))
    answer, changes = send(daemon, ip=ALLOWED)
    equal("quarantine", (answer, len(changes)), ("continue", 1))
    answer, changes = send(daemon, ip=ALLOWED,
                           recipients=("<x@marked.example>",))
    equal("mark", (answer, len(changes)), ("continue", 1))
    equal("records", [(record["event"]["action"], record["event"]["reason"])
                      for record in daemon.wait_attempts(2)],
          [("bypass-quarantined", "tenant-missing"),
           ("bypass-marked", "tenant-missing")])


@case
def one_record_for_each_policy(t):
    daemon = guard(t, simple("mark", "one"),
                   simple("mark", "two", "second.example"))
    answer, changes = send(daemon, recipients=(
        "<x@second.example>", CEO, "<y@second.example>"))
    equal("let in", answer, "continue")
    records = daemon.wait_attempts(2)
    equal("records", [(record["rule"]["name"],
                       record["email"]["to"]["address"])
                      for record in records],
          [("two", ["x@second.example", "y@second.example"]),
           ("one", ["ceo@example.com"])])
    equal("one id", len({record["event"]["id"] for record in records}), 1)
    equal("the first's", changes, [("add", MARK, description(records[0]))])


@case
def a_name_may_hold_anything(t):
    name = 'a b; reason=none; "x" \\'
    daemon = guard(t, simple("mark", name.replace("\\", "\\\\")
                             .replace('"', '\\"')))
    _, changes = send(daemon)
    record = daemon.wait_attempts(1)[0]
    equal("name", record["rule"]["name"], name)
    quoted = re.sub(r'(["\\])', r"\\\1", name)
    equal("quoted", changes, [
        ("add", MARK, f'bypass; policy="{quoted}"; '
         f"reason=source-not-allowed; ref={record['event']['id']}")])


@case
def defer_answers_in_its_own_code(t):
    daemon = guard(t, simple("defer", more="""
        reply = { code = 450; status = "4.7.0"; text = "Later (%{id})"; };"""),
                   policy("defer", "late", "late.example"))
    client = daemon.client()
    client.connect(STRANGER)
    client.helo()
    client.mail()
    answer = client.rcpt(CEO)
    true(answer, answer.startswith("450 4.7.0 Later ("))
    answer = client.rcpt("<x@late.example>")
    true(answer, answer.startswith("451 4.7.1 Direct delivery is refused"))
    client.quit()
    answer, _ = send(daemon, [SUBJECT, (TENANT, OTHER)], ip=ALLOWED,
                     recipients=("<x@late.example>",))
    true(answer, answer.startswith("451 4.7.1 Direct delivery is refused"))
    equal("actions", [(record["event"]["action"],
                       record["postern"]["stage"])
                      for record in daemon.wait_attempts(3)],
          [("bypass-deferred", "rcpt"), ("bypass-deferred", "rcpt"),
           ("bypass-deferred", "headers")])


@case
def in_monitor_nothing_is_done(t):
    daemon = guard(t, simple("quarantine", "held", more='mode = "monitor";'),
                   simple("mark", "marked", "marked.example",
                          'mode = "monitor";'))
    answer, changes = send(daemon, recipients=(CEO, "<x@marked.example>"))
    equal("let in", (answer, changes), ("accept", []))
    equal("records", [(record["event"]["action"], record["rule"]["name"],
                       record["postern"]["stage"])
                      for record in daemon.wait_attempts(2)],
          [("bypass-observed", "held", "rcpt"),
           ("bypass-observed", "marked", "rcpt")])


@case
def what_the_mta_does_not_offer(t):
    for number, (on_error, want, action) in enumerate((
            ("defer", "451 4.7.1 ", "bypass-deferred"),
            ("reject", "550 5.7.1 ", "bypass-rejected"),
            ("accept", "accept", "bypass-observed"))):
        folder = t.path(str(number))
        os.mkdir(folder)
        os.chmod(folder, 0o755)
        daemon = guard(t, simple("quarantine"),
                       simple("mark", "marked", "marked.example"),
                       folder=folder, on_error=f'"{on_error}"')
        for count, (offered, recipient, name) in enumerate((
                (0x1ff & ~QUARANTINE, CEO, "guarded"),
                (0x1ff & ~ADDHDRS, "<x@marked.example>", "marked"),
                (0x1ff & ~CHGHDRS, "<x@marked.example>", "marked")), 1):
            answer, changes = send(daemon, recipients=(recipient,),
                                   actions=offered)
            true(f"{on_error}, {offered:#x}: {answer}",
                 answer.startswith(want))
            equal("changes", changes, [])
            record = daemon.wait_attempts(count)[-1]
            equal("record", (record["event"]["action"],
                             record["event"]["reason"],
                             record["rule"]["name"]),
                  (action, "undecidable", name))
            if on_error != "accept":
                holds("its words", answer, "use the MX of ")
                equal("its id", reference(answer), record["event"]["id"])
        # the other action is there
        answer, changes = send(daemon, actions=QUARANTINE)
        equal("held", (answer, len(changes)), ("continue", 1))
        holds("said", daemon.said(), "the MTA does not let filters")


@case
def what_cannot_be_recorded(t):
    for number, (on_failure, want, done) in enumerate((
            ("defer", "451 4.7.1 ", 0), ("reject", "550 5.7.1 ", 0),
            ("accept", "continue", 1))):
        for action in ("quarantine", "mark"):
            folder = t.path(f"{action}{number}")
            os.mkdir(folder)
            os.chmod(folder, 0o755)
            with Posternd(folder,
                          policies=f"policies = ( {simple(action)} );",
                          audit={"on_failure": f'"{on_failure}"'}) as daemon:
                daemon.take_away_log()
                answer, changes = send(daemon)
                daemon.bring_back_log()
                true(f"{action}, {on_failure}: {answer}",
                     answer.startswith(want))
                equal("done all the same", len(changes), done)


@case
def just_what_is_needed_is_asked_for(t):
    for number, (texts, actions, headers, macros) in enumerate((
            ([simple("quarantine")], QUARANTINE, False, "i"),
            ([simple("mark")], ADDHDRS | CHGHDRS, True, "i"),
            ([simple("mark", "m", "m.example"), simple("quarantine")],
             QUARANTINE | ADDHDRS | CHGHDRS, True, "i"),
            ([simple("defer")], 0, False, ""))):
        folder = t.path(str(number))
        os.mkdir(folder)
        os.chmod(folder, 0o755)
        daemon = guard(t, *texts, folder=folder)
        client = daemon.client()
        name = str(texts)
        equal(name + ": actions", client.actions, 0x100 | actions)
        for step, wanted in (("header", headers), ("eoh", actions != 0),
                             ("body", False)):
            equal(f"{name}: {step}",
                  not client.protocol & STEPS[step][2], wanted)
        equal(name + ": macros", client.lists[5], macros)
        client.quit()


@case
def a_message_that_is_broken_off_is_not_held(t):
    daemon = guard(t, simple("quarantine"))
    client = begin(daemon)
    equal("headers", client.content([SUBJECT]), "continue")
    client.abort()
    equal("mail", client.mail(), "continue")
    equal("rcpt", client.rcpt(CEO), "continue")
    equal("the next one", client.message(), "continue")
    client.quit()
    equal("changes", len(client.changes), 1)
    records = daemon.wait_attempts(2)
    equal("records", [(record["event"]["action"],
                       record["email"]["to"]["address"])
                      for record in records],
          [("bypass-quarantined", ["ceo@example.com"]),
           ("bypass-abandoned", ["ceo@example.com"])])


@case
def more_marks_than_anyone_has(t):
    daemon = guard(t, simple("mark"))
    client = begin(daemon)
    for count, want in ((1000, "continue"), (1001, "550 5.7.1 ")):
        client.changes.clear()
        answer = client.message([("x-POSTERN", "forged")] * count)
        true(f"{count}: {answer}", answer.startswith(want))
        equal(f"{count}: changes", len(client.changes),
              count + 1 if want == "continue" else 0)
        client.mail()
        client.rcpt(CEO)
    client.quit()


@case
def a_header_field_beyond_libmilters_own_bound(t):
    daemon = guard(t, simple("mark"))
    client = begin(daemon)
    equal("200 KB", client.message([("X-Large", "x" * 200000)]), "continue")
    client.quit()
    daemon.wait_attempts(1)


@case
def broken_glass_holds_nothing(t):
    daemon = guard(t, simple("quarantine"))
    client = begin(daemon)
    equal("headers", client.content([SUBJECT]), "continue")
    daemon.command("open", "--for", "1h", "--reason", "a test")
    equal("let in", client.step("eom"), "continue")
    client.quit()
    equal("changes", client.changes, [])
    record = daemon.wait_attempts(1)[0]
    equal("watched", (record["event"]["action"], record["postern"]["mode"]),
          ("bypass-observed", "monitor"))


main()
