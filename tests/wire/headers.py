#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""headers.py - what does a message's header let in, and what is written down?

The headers are Exchange Online's; the values are made up.
"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

from case import case, equal, holds, main, true  # noqa: E402
from milter import STEPS  # noqa: E402
from posternd import (ALLOWED, OFFICE, STRANGER, UNLISTED, Posternd,
                      reference)  # noqa: E402

OWN = "c33c9f88-1eb7-4099-9700-16013fd9e8aa"
SECOND = "0de226ae-1679-4242-ade6-4184cb2fa602"
OTHER = "84df9e7f-e9f6-40af-b435-aaaaaaaaaaaa"
TENANT = "X-MS-Exchange-CrossTenant-Id"
ENTITY = "X-MS-Exchange-CrossTenant-FromEntityHeader"
CONNECTING = "X-MS-Exchange-CrossTenant-OriginalAttributedTenantConnectingIp"
ORIGINATOR = "X-OriginatorOrg"
SUBJECT = ("Subject", "test")
CEO = "<ceo@contoso.example>"


def policies(*entries, more="", others=""):
    """The policy `hybrid`, which lets in by these entries."""
    return f"""policies = ( {{ name = "hybrid";
      domains = [ "contoso.example" ];
      allow = ( {", ".join(entries)} ); {more} }}{others} );"""


def entry(conditions):
    return '{ source = "filter-service"; %s }' % conditions


TENANTS = entry(f'tenant = [ "{OWN}", "{SECOND}" ];')


def guard(t, *entries, more="", others="", **keys):
    return t.enter(Posternd(
        t.folder, policies=policies(*entries, more=more, others=others),
        **keys))


def begin(daemon, ip=ALLOWED, recipients=(CEO,), client=None, **options):
    """A client whose recipients have all been taken."""
    if client is None:
        client = daemon.client({"i": "4QUEUE"}, **options)
        equal("connect", client.connect(ip), "continue")
        client.helo()
    equal("mail", client.mail("<a@b.example>"), "continue")
    for recipient in recipients:
        equal(recipient, client.rcpt(recipient), "continue")
    return client


def send(daemon, headers, *arguments, **options):
    """The answer to a message of this header."""
    client = begin(daemon, *arguments, **options)
    try:
        return client.message([SUBJECT, *headers])
    finally:
        client.quit()


def judge(t, table, *entries, **keys):
    """Rows of a name, headers and the reason of the refusal (None: it passes;
    a number and a reason: with that code)."""
    daemon = guard(t, *entries, **keys)
    count = 0
    for name, headers, want in table:
        answer = send(daemon, headers)
        if want is None:
            equal(name, answer, "accept")
            continue
        code, reason = want
        true(f"{name}: {answer}", answer.startswith(code))
        count += 1
        record = daemon.wait_attempts(count)[-1]
        equal(name + ": reason", record["event"]["reason"], reason)
        equal(name + ": id", record["event"]["id"], reference(answer))
    daemon.wait_attempts(count)
    return daemon


def connecting(tenant=OWN, ip="203.0.113.9", helo="relay.example"):
    return CONNECTING, f"TenantId={tenant};Ip=[{ip}];Helo=[{helo}]"


MISMATCH = ("550 5.7.1 ", "tenant-mismatch")
CONFLICT = ("550 5.7.1 ", "tenant-conflict")
MISSING = ("451 4.7.1 ", "tenant-missing")


@case
def whose_tenant_it_is(t):
    judge(t, [
        ("own", [(TENANT, OWN)], None),
        ("the second of two", [(TENANT, SECOND)], None),
        ("another", [(TENANT, OTHER)], MISMATCH),
        ("none", [], MISSING),
        ("one digit off", [(TENANT, OWN[:-1] + "b")], MISMATCH),
        ("twice the same", [(TENANT, OWN), (TENANT, OWN.upper())], None),
        ("two that differ", [(TENANT, OWN), (TENANT, OTHER)], CONFLICT),
        ("both listed, but differ", [(TENANT, SECOND), (TENANT, OWN)],
         CONFLICT),
        ("another, then own", [(TENANT, OTHER), (TENANT, OWN)], CONFLICT),
        ("connecting for own", [(TENANT, OWN), connecting()], None),
        ("connecting for another", [(TENANT, OWN), connecting(OTHER)],
         CONFLICT),
        ("connecting for own alone", [connecting()], MISSING),
        ("connecting for another alone", [connecting(OTHER)], MISMATCH),
    ], TENANTS)


@case
def names_without_case_and_values_unfolded(t):
    judge(t, [
        ("lower", [(TENANT.lower(), OWN)], None),
        ("upper", [(TENANT.upper(), OWN.upper())], None),
        ("mixed", [("x-Ms-eXchange-CrossTenant-id", OWN)], None),
        ("blanks", [(TENANT, f" \t{OWN} \t ")], None),
        ("folded", [(TENANT, f"\n\t{OWN}\n ")], None),
        ("folded, CR", [(TENANT, f"\r\n {OWN}")], None),
        ("folded, another", [(TENANT, f"\n\t{OTHER}")], MISMATCH),
        ("twice, in two cases", [(TENANT, OWN), (TENANT.lower(), OTHER)],
         CONFLICT),
        ("folded parts", [(TENANT, OWN), (CONNECTING,
         f"TenantId={OTHER};\n\tIp=[192.0.2.1];\n\tHelo=[x]")], CONFLICT),
        ("another header", [(TENANT + "entity", OWN), ("X-" + TENANT, OWN)],
         MISSING),
    ], TENANTS)


@case
def what_does_not_parse_is_never_absent(t):
    judge(t, [(repr(value), [(TENANT, value)], MISMATCH) for value in (
        "", " ", "{%s}" % OWN, f'"{OWN}"', f"<{OWN}>", OWN.replace("-", ""),
        OWN + ";", OWN + " x", f"{OWN},{OWN}", OWN[:-1], OWN + "0",
        OWN.replace("c", "\u0441"), OWN.replace("-", "\u2010"),
        "%20" + OWN, OWN.replace("8", "g", 1), f"{OWN[:8]}\n {OWN[8:]}",
        f"({OWN}) {OWN}")], TENANTS)


@case(seconds=120)
def any_number_of_headers(t):
    daemon = guard(t, TENANTS)
    noise = [(f"X-Noise-{number}", "x" * 90) for number in range(10000)]
    equal("ten thousand", send(daemon, [*noise, (TENANT, OWN)]), "accept")
    true("of another", send(daemon, [*noise, (TENANT, OTHER)])
         .startswith("550 "))
    true("and before", send(daemon, [(TENANT, OTHER), *noise,
                                     (TENANT, OWN)]).startswith("550 "))
    equal("copies", send(daemon, [(TENANT, OWN)] * 3000), "accept")
    true("one among them", send(
        daemon, [(TENANT, OWN)] * 3000 + [(TENANT, OTHER)]).startswith(
            "550 "))
    large = [("X-Large", "x\n " * 20000)] * 18  # 1 MiB
    equal("a mebibyte", send(daemon, [*large, (TENANT, OWN)]), "accept")
    equal("reasons", [record["event"]["reason"]
                      for record in daemon.wait_attempts(3)],
          ["tenant-mismatch", "tenant-conflict", "tenant-conflict"])


@case
def what_lies_behind_the_bounds_contradicts(t):
    judge(t, [
        ("a long value", [(TENANT, OWN + "x" * 2000)], CONFLICT),
        ("behind blanks", [(TENANT, " " * 5000 + OWN)], None),
        ("own, and a long one", [(TENANT, OWN), (TENANT, "x" * 2000)],
         CONFLICT),
    ], TENANTS)


@case
def many_connecting_addresses(t):
    inside = [connecting(ip=f"203.0.113.{i}") for i in range(64)]
    judge(t, [
        ("as many as are kept", inside, None),
        ("each twice", inside * 2, None),
        ("one more", inside + [connecting(ip="203.0.113.200")],
         ("550 5.7.1 ", "relayed-through-tenant")),
    ], entry('connecting = [ "203.0.113.0/24" ];'))


@case
def entity_says_who_wrote_it(t):
    wrong = ("550 5.7.1 ", "entity-mismatch")
    judge(t, [
        ("listed", [(ENTITY, "Hosted")], None),
        ("the other, in any case", [(ENTITY.lower(), "hybridonprem")], None),
        ("both", [(ENTITY, "Hosted"), (ENTITY, "HybridOnPrem")], None),
        ("not listed", [(ENTITY, "Internet")], wrong),
        ("one of two", [(ENTITY, "Hosted"), (ENTITY, "Internet")], wrong),
        ("no such", [(ENTITY, "Hosted2")], wrong),
        ("empty", [(ENTITY, "")], wrong),
        ("none", [], ("451 4.7.1 ", "entity-mismatch")),
    ], entry('entity = [ "Hosted", "HybridOnPrem" ];'))


@case
def who_handed_it_to_the_tenant(t):
    wrong = ("550 5.7.1 ", "relayed-through-tenant")
    judge(t, [
        ("listed", [connecting(ip="203.0.113.9")], None),
        ("IPv6", [connecting(ip="2001:db8:7::1")], None),
        ("another", [connecting(ip="198.51.100.9")], wrong),
        ("one of two", [connecting(), connecting(ip="198.51.100.9")], wrong),
        ("another one in Helo",
         [connecting(helo="x];Ip=[198.51.100.9")], wrong),
        ("octal", [connecting(ip="0203.0.113.9")], wrong),
        ("no address", [(CONNECTING, f"TenantId={OWN};Helo=[x]")], wrong),
        ("none", [], ("451 4.7.1 ", "relayed-through-tenant")),
    ], entry('connecting = [ "203.0.113.0/24", "2001:db8:7::/48" ];'))


@case
def whose_domain_it_is(t):
    wrong = ("550 5.7.1 ", "originator-mismatch")
    judge(t, [
        ("listed", [(ORIGINATOR, "contoso.example")], None),
        ("in any case", [(ORIGINATOR.lower(), "Contoso.Example.")], None),
        ("a suffix", [(ORIGINATOR, "mail.contoso.onmicrosoft.example")],
         None),
        ("not the suffix itself",
         [(ORIGINATOR, "contoso.onmicrosoft.example")], wrong),
        ("another", [(ORIGINATOR, "fabricam.example")], wrong),
        ("longer", [(ORIGINATOR, "xcontoso.example")], wrong),
        ("two", [(ORIGINATOR, "contoso.example"),
                 (ORIGINATOR, "fabricam.example")], wrong),
        ("no domain", [(ORIGINATOR, "contoso.example, x")], wrong),
        ("none", [], ("451 4.7.1 ", "originator-mismatch")),
    ], entry('originator = [ "contoso.example", '
             '".contoso.onmicrosoft.example" ];'))


@case
def a_secret_of_the_filtering_service(t):
    wrong = ("550 5.7.1 ", "header-mismatch")
    judge(t, [
        ("both", [("X-Secret", "s3cret"), ("x-route", "a b")], None),
        ("unfolded", [("X-Secret", "\n s3cret"), ("X-Route", "a\n b")],
         None),
        ("wrong", [("X-Secret", "S3cret"), ("X-Route", "a b")], wrong),
        ("twice", [("X-Secret", "s3cret"), ("X-Secret", "s3cret"),
                   ("X-Route", "a b")], wrong),
        ("the first is right", [("X-Secret", "s3cret"), ("X-Secret", "x"),
                                ("X-Route", "a b")], wrong),
        ("longer", [("X-Secret", "s3cret" + "x" * 2000),
                    ("X-Route", "a b")], wrong),
        ("one of them", [("X-Secret", "s3cret")],
         ("451 4.7.1 ", "header-mismatch")),
    ], entry('headers = ( { name = "X-Secret"; value = "s3cret"; }, '
             '{ name = "X-Route"; value = "a b"; } );'))


@case
def absent_may_pass(t):
    judge(t, [
        ("none", [], None),
        ("right", [(TENANT, OWN)], None),
        ("wrong", [(TENANT, OTHER)], MISMATCH),
        ("broken", [(TENANT, "x")], MISMATCH),
        ("a TenantId alone", [connecting(OTHER)], MISMATCH),
    ], entry(f'tenant = [ "{OWN}" ]; tenant_absent = "pass";'))


@case
def a_near_miss_may_be_rejected(t):
    judge(t, [("none", [], ("550 5.7.1 ", "tenant-missing"))], TENANTS,
          near_miss='"reject"')


@case
def a_header_narrows_and_never_opens(t):
    daemon = guard(t, TENANTS, '"head-office"')
    client = daemon.client()
    client.connect(STRANGER)
    client.helo()
    client.mail()
    true("a stranger at RCPT", client.rcpt(CEO).startswith("550 "))
    client.quit()
    office = daemon.client()
    equal("who needs none", office.connect(OFFICE), "accept")
    office.quit()
    equal("stage", [record["postern"]["stage"]
                    for record in daemon.wait_attempts(1)], ["rcpt"])


@case
def what_is_written_down(t):
    daemon = guard(t, TENANTS, '"head-office"')
    answer = send(daemon, [(TENANT, OTHER), ("Message-ID", "<1@b.example>")],
                  recipients=(CEO, "<cfo@contoso.example>"))
    record = daemon.wait_attempts(1)[0]
    event, own = record["event"], record["postern"]
    for key, want in (("action", "bypass-rejected"), ("kind", "alert"),
                      ("type", ["connection", "denied"]),
                      ("outcome", "failure"), ("reason", "tenant-mismatch"),
                      ("id", reference(answer))):
        equal("event." + key, event[key], want)
    equal("to", record["email"]["to"]["address"],
          ["ceo@contoso.example", "cfo@contoso.example"])
    equal("from", record["email"]["from"]["address"], ["a@b.example"])
    equal("message_id", record["email"]["message_id"], "<1@b.example>")
    equal("rule.name", record["rule"]["name"], "hybrid")
    for key, want in (("stage", "headers"), ("queue_id", "4QUEUE"),
                      ("mode", "enforce"), ("reply", answer)):
        equal("postern." + key, own[key], want)
    equal("entries", own["entries"],
          [{"entry": "filter-service", "failed": "tenant"},
           {"entry": "head-office", "failed": "source"}])
    holds("the policy's words", answer,
          "550 5.7.1 Direct delivery is refused; use the MX of "
          "contoso.example (ref ")


@case
def one_record_for_each_policy(t):
    others = f""", {{ name = "second"; domains = [ "second.example" ];
      allow = ( {entry(f'tenant = [ "{SECOND}" ];')} ); }}"""
    daemon = guard(t, TENANTS, others=others)
    answer = send(daemon, [(TENANT, OTHER)],
                  recipients=("<x@second.example>", CEO,
                              "<y@second.example>"))
    holds("the first one's words", answer, "use the MX of second.example")
    equal("records", [(record["rule"]["name"],
                       record["email"]["to"]["address"],
                       record["event"]["id"], record["postern"]["reply"])
                      for record in daemon.wait_attempts(2)],
          [("second", ["x@second.example", "y@second.example"],
            reference(answer), answer),
           ("hybrid", ["ceo@contoso.example"], reference(answer), answer)])


@case
def the_mildest_code_in_the_words_of_whom_it_is_for(t):
    others = f""", {{ name = "second"; domains = [ "second.example" ];
      allow = ( {entry('originator = [ "contoso.example" ];')} ); }}"""
    daemon = guard(t, TENANTS, others=others)
    answer = send(daemon, [(ORIGINATOR, "fabricam.example")],
                  recipients=("<x@second.example>", CEO))
    holds("no tenant at all", answer,
          "451 4.7.1 Direct delivery is refused; use the MX of "
          "contoso.example (ref ")
    equal("records", [(record["event"]["action"], record["event"]["reason"])
                      for record in daemon.wait_attempts(2)],
          [("bypass-deferred", "originator-mismatch"),
           ("bypass-deferred", "tenant-missing")])


@case
def monitor_is_judged_at_the_end_of_the_headers(t):
    for number, (more, keys) in enumerate((
            ('mode = "monitor";', {}), ("", {"mode": '"monitor"'}))):
        folder = t.path(str(number))
        os.mkdir(folder)
        os.chmod(folder, 0o755)
        daemon = t.enter(Posternd(
            folder, policies=policies(TENANTS, more=more), **keys))
        client = begin(daemon)
        equal("nothing at RCPT", daemon.attempts(), [])
        equal("passes", client.message([(TENANT, OTHER)]), "accept")
        client.quit()
        equal("own", send(daemon, [(TENANT, OWN)]), "accept")
        record = daemon.wait_attempts(1)[0]
        equal("action", record["event"]["action"], "bypass-observed")
        equal("reason", record["event"]["reason"], "tenant-mismatch")
        equal("stage", record["postern"]["stage"], "headers")
        equal("mode", record["postern"]["mode"], "monitor")
        holds("as it would have been", record["postern"]["reply"],
              "550 5.7.1 ")
        equal("its id", reference(record["postern"]["reply"]),
              record["event"]["id"])


@case
def each_message_is_judged_by_its_own_header(t):
    daemon = guard(t, TENANTS)
    client = begin(daemon)
    equal("own", client.message([(TENANT, OWN)]), "accept")
    begin(daemon, client=client)
    true("none", client.message([SUBJECT]).startswith("451 "))
    begin(daemon, client=client)
    true("another", client.message([(TENANT, OTHER)]).startswith("550 "))
    client.abort()
    begin(daemon, client=client)
    equal("own again", client.message([(TENANT, OWN)]), "accept")
    begin(daemon, client=client)
    client.step("header", f"{TENANT}\0{OWN}\0".encode())
    client.abort()
    begin(daemon, client=client)
    true("not that of one broken off",
         client.message([SUBJECT]).startswith("451 "))
    client.quit()
    equal("reasons", [record["event"]["reason"]
                      for record in daemon.wait_attempts(3)],
          ["tenant-missing", "tenant-mismatch", "tenant-missing"])


@case
def the_null_sender_is_judged_by_it_as_well(t):
    daemon = guard(t, TENANTS)
    for tenant, want in ((OWN, "accept"), (OTHER, "550 5.7.1 ")):
        client = daemon.client()
        client.connect(ALLOWED)
        client.helo()
        client.mail("<>")
        equal("rcpt", client.rcpt(CEO), "continue")
        answer = client.message([(TENANT, tenant)])
        true(answer, answer.startswith(want))
        client.quit()
    equal("from", daemon.wait_attempts(1)[0]["email"]["from"]["address"],
          ["<>"])


@case
def just_what_is_needed_is_asked_for(t):
    daemon = guard(t, TENANTS)
    client = daemon.client()
    for name, left_out, silent in (
            ("helo", False, True), ("mail", False, True),
            ("rcpt", False, False), ("data", True, False),
            ("header", False, True), ("eoh", False, False),
            ("body", True, False), ("unknown", True, False)):
        _, _, leave_out, no_reply = STEPS[name]
        equal(name, (bool(client.protocol & leave_out),
                     bool(client.protocol & no_reply)), (left_out, silent))
    equal("actions", client.actions, 0x100)
    equal("macros", client.lists[6], "i")
    client.quit()


@case
def an_mta_that_offers_little(t):
    daemon = guard(t, TENANTS)
    for version, actions, protocol in ((2, 0x3f, 0x7f), (2, 0, 0),
                                       (6, 0xff, 0), (4, 0x1f, 0x3ff)):
        offer = {"version": version, "actions": actions,
                 "protocol": protocol}
        equal("own", send(daemon, [(TENANT, OWN)], **offer), "accept")
        true("another", send(daemon, [(TENANT, OTHER)], **offer)
             .startswith("550 "))
    daemon.wait_attempts(4)


@case
def headers_that_may_never_come_are_not_waited_for(t):
    daemon = guard(t, TENANTS)
    client = begin(daemon)
    client.abort()
    client.send(b"K")  # "quit, new connection follows"
    client.connect(ALLOWED)
    client.helo()
    client.mail()
    answer = client.rcpt(CEO)
    true(answer, answer.startswith("451 4.7.1 "))
    equal("unlisted", client.rcpt(UNLISTED), "continue")
    client.quit()
    equal("reason", daemon.wait_attempts(1)[0]["event"]["reason"],
          "undecidable")


@case
def a_refusal_that_cannot_be_recorded(t):
    for number, (on_failure, want) in enumerate((
            ("defer", "451 4.7.1 "), ("reject", "550 5.7.1 "),
            ("accept", "continue"))):
        folder = t.path(str(number))
        os.mkdir(folder)
        os.chmod(folder, 0o755)
        with Posternd(folder, policies=policies(TENANTS),
                      audit={"on_failure": f'"{on_failure}"'}) as daemon:
            daemon.take_away_log()
            answer = send(daemon, [(TENANT, OTHER)])
            daemon.bring_back_log()
            true(f"{on_failure}: {answer}", answer.startswith(want))


@case
def what_is_broken_off(t):
    daemon = guard(t, TENANTS)
    # it could have had the right header
    begin(daemon).quit()
    client = begin(daemon)
    equal("own", client.message([(TENANT, OWN)]), "accept")
    client.mail()
    client.rcpt_refused("<nobody@contoso.example>")
    client.quit()
    client = begin(daemon)
    client.content([(TENANT, OTHER)])
    client.mail()
    client.rcpt_refused("<nobody@contoso.example>")
    client.close()
    # no header helps a stranger
    client = daemon.client()
    client.connect(STRANGER)
    client.helo()
    client.mail()
    client.rcpt(UNLISTED)
    equal("unlisted", client.message([(TENANT, OWN), ("Message-ID", "<1>")]),
          "accept")
    client.mail("<c@b.example>")
    client.rcpt_refused("<nobody@contoso.example>")
    client.quit()
    records = daemon.wait_attempts(2)
    equal("records", [(record["event"]["action"], record["event"]["reason"])
                      for record in records],
          [("bypass-rejected", "tenant-mismatch"),
           ("bypass-abandoned", "source-not-allowed")])
    equal("of its own message", (records[1]["email"]["from"]["address"],
                                 "message_id" in records[1]["email"]),
          (["c@b.example"], False))


@case
def what_is_let_in_is_written_down_where_that_is_asked_for(t):
    daemon = guard(t, TENANTS, audit={"accepted": '"all"'})
    equal("own", send(daemon, [(TENANT, OWN)],
                      recipients=(CEO, "<cfo@contoso.example>")), "accept")
    true("another", send(daemon, [(TENANT, OTHER)]).startswith("550 "))
    daemon.wait_attempts(1)
    equal("accepted", [(record["rule"]["name"], record["postern"]["stage"],
                        record["email"]["to"]["address"])
                       for record in daemon.records("accepted")],
          [("hybrid", "headers",
            ["ceo@contoso.example", "cfo@contoso.example"])])


@case
def more_recipients_than_are_kept(t):
    daemon = guard(t, TENANTS)
    client = begin(daemon, recipients=[f"<user{number}@contoso.example>"
                                       for number in range(1000)])
    answer = client.rcpt(CEO)
    true(answer, answer.startswith("452 4.5.3 "))
    true("unlisted, too", client.rcpt(UNLISTED).startswith("452 4.5.3 "))
    true("of another tenant",
         client.message([(TENANT, OTHER)]).startswith("550 "))
    begin(daemon, client=client)
    equal("of its own", client.message([(TENANT, OWN)]), "accept")
    client.quit()
    found = [address for record in daemon.attempts()
             for address in record["email"]["to"]["address"]]
    equal("all of them", len(set(found)), 1000)
    true("and no other", "ceo@contoso.example" not in found)


@case
def in_monitor_none_is_sent_away(t):
    daemon = guard(t, TENANTS, mode='"monitor"')
    recipients = [f"<user{number}@contoso.example>"
                  for number in range(1000)]
    client = begin(daemon, recipients=[*recipients, UNLISTED, CEO, UNLISTED])
    equal("message", client.message([(TENANT, OTHER)]), "accept")
    client.quit()
    records = daemon.attempts()
    equal("one too many", (records[0]["event"]["reason"],
                           records[0]["email"]["to"]["address"]),
          ("undecidable", ["ceo@contoso.example"]))
    equal("the others", sorted(
        f"<{address}>" for record in records[1:]
        for address in record["email"]["to"]["address"]),
          sorted(recipients))


main()
