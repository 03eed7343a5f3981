#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""judge.py - who is let in, who is refused, and what is written down?"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

from case import case, equal, holds, main, true  # noqa: E402
from posternd import (ALLOWED, OFFICE, POLICIES, PROTECTED, STRANGER,
                      UNLISTED, Posternd, reference, with_policy)  # noqa: E402

REFUSAL = ("550 5.7.1 Direct delivery is refused; use the MX of "
           "example.com (ref ")


def ask(daemon, ip, recipient, macros=None, **options):
    """What the answer to one recipient is; all before must be let pass."""
    client = daemon.client(macros)
    try:
        true("connect", client.connect(ip, **options) in
             ("continue", "accept"))
        equal("helo", client.helo(), "continue")
        equal("mail", client.mail(), "continue")
        return client.rcpt(recipient)
    finally:
        client.quit()


@case
def an_allowed_source_gets_in(t):
    daemon = t.enter(Posternd(t.folder))
    for ip in (ALLOWED, OFFICE, "203.0.113.7", "203.0.113.12"):
        client = daemon.client()
        true("connect", client.connect(ip) in ("continue", "accept"))
        equal("helo", client.helo(), "continue")
        equal("mail", client.mail(), "continue")
        equal("rcpt", client.rcpt(PROTECTED), "continue")
        true("end", client.message() in ("continue", "accept"))
        client.quit()
    equal("attempts", daemon.wait_attempts(0), [])


@case
def a_stranger_is_refused_at_rcpt(t):
    daemon = t.enter(Posternd(t.folder))
    client = daemon.client({"{if_addr}": "192.0.2.25", "i": "4ABCDEF",
                            "{daemon_name}": "guard1.test"})
    equal("connect", client.connect(STRANGER, 41000), "continue")
    equal("helo", client.helo("evil.test"), "continue")
    equal("mail", client.mail("<a@b.example>"), "continue")
    answer = client.rcpt(PROTECTED)
    client.quit()

    holds("reply", answer, REFUSAL)
    record = daemon.wait_attempts(1)[0]
    event, own = record["event"], record["postern"]
    equal("event.id", event["id"], reference(answer))
    true("a ULID", len(event["id"]) == 26)
    for key, want in (("kind", "alert"), ("category", ["network", "email"]),
                      ("type", ["connection", "denied"]),
                      ("action", "bypass-rejected"), ("outcome", "failure"),
                      ("reason", "source-not-allowed"),
                      ("provider", "postern")):
        equal("event." + key, event[key], want)
    equal("source", record["source"], {"ip": STRANGER, "port": 41000})
    equal("destination", record["destination"]["ip"], "192.0.2.25")
    equal("from", record["email"]["from"]["address"], ["a@b.example"])
    equal("to", record["email"]["to"]["address"], ["ceo@example.com"])
    equal("rule.name", record["rule"]["name"], "behind-filter")
    equal("rule.version", len(record["rule"]["version"]), 64)
    for key, want in (("stage", "rcpt"), ("sources", []),
                      ("helo", "evil.test"), ("daemon", "guard1.test"),
                      ("queue_id", "4ABCDEF"), ("mode", "enforce"),
                      ("reply", answer)):
        equal("postern." + key, own[key], want)
    equal("entries", own["entries"],
          [{"entry": "filter-service", "failed": "source"},
           {"entry": "head-office", "failed": "source"}])


@case
def edges_of_networks_ranges_and_exceptions(t):
    daemon = t.enter(Posternd(t.folder))
    inside = ["192.0.2.0", "192.0.2.255", "192.0.2.65", "192.0.2.67",
              "198.51.100.127", "2001:db8:25::",
              "2001:db8:25:ffff:ffff:ffff:ffff:ffff"]
    outside = ["192.0.1.255", "192.0.3.0", "192.0.2.66", "203.0.113.6",
               "203.0.113.13", "198.51.100.128", "2001:db8:24:ffff::",
               "2001:db8:26::"]
    for ip in inside:
        equal(ip, ask(daemon, ip, PROTECTED), "continue")
    for ip in outside:
        holds(ip, ask(daemon, ip, PROTECTED), REFUSAL)
    equal("recorded", [record["source"]["ip"]
                       for record in daemon.wait_attempts(len(outside))],
          outside)


@case
def each_recipient_is_answered_for_itself(t):
    daemon = t.enter(Posternd(t.folder))
    client = daemon.client()
    client.connect(STRANGER)
    client.helo()
    client.mail()
    equal("unlisted", client.rcpt(UNLISTED), "continue")
    first = client.rcpt(PROTECTED)
    equal("unlisted", client.rcpt("<b@elsewhere.example>"), "continue")
    second = client.rcpt("<cfo@sub.example.com>")
    equal("message", client.message(), "continue")
    client.quit()

    holds("first", first, "use the MX of example.com")
    holds("second", second, "use the MX of sub.example.com")
    records = daemon.wait_attempts(2)
    equal("ids", [record["event"]["id"] for record in records],
          [reference(first), reference(second)])
    true("of their own", reference(first) != reference(second))
    equal("to", [record["email"]["to"]["address"] for record in records],
          [["ceo@example.com"], ["cfo@sub.example.com"]])


@case
def each_message_on_a_connection_is_judged_anew(t):
    daemon = t.enter(Posternd(t.folder))
    client = daemon.client()
    client.connect(STRANGER)
    client.helo()
    for _ in range(2):
        equal("mail", client.mail("<first@partner.example>"), "continue")
        equal("unlisted", client.rcpt(UNLISTED), "continue")
        equal("message", client.message(), "continue")
        equal("mail", client.mail("<second@partner.example>"), "continue")
        holds("protected", client.rcpt(PROTECTED), REFUSAL)
        client.abort()
    client.quit()
    for record in daemon.wait_attempts(2):
        equal("from", record["email"]["from"]["address"],
              ["second@partner.example"])


@case
def a_second_helo_takes_the_place_of_the_first(t):
    daemon = t.enter(Posternd(t.folder))
    client = daemon.client()
    client.connect(STRANGER)
    equal("before STARTTLS", client.helo("plain.test"), "continue")
    client.macros["{tls_version}"] = "TLSv1.2"
    equal("after", client.helo("encrypted.test"), "continue")
    client.mail()
    client.rcpt(PROTECTED)
    client.quit()
    record = daemon.wait_attempts(1)[0]
    equal("helo", record["postern"]["helo"], "encrypted.test")
    equal("tls", record["tls"]["version"], "1.2")


@case
def sources_come_from_the_folders_of_rules_first_wins(t):
    for name, network in (("first", "100.64.1.0/24"),
                          ("second", "100.64.2.0/24")):
        os.mkdir(t.path(name))
        with open(t.path(name, "service.conf"), "w",
                  encoding="ascii") as conf:
            conf.write('networks = "service.netset";\n')
        with open(t.path(name, "service.netset"), "w",
                  encoding="ascii") as netset:
            netset.write(f"# date: 2026-11-01\n{network}\n")
    daemon = t.enter(Posternd(
        t.folder, policies=POLICIES.replace('"head-office"', '"service"'),
        rules=f'[ "{t.path("first")}", "{t.path("second")}" ]'))
    equal("first", ask(daemon, "100.64.1.1", PROTECTED), "continue")
    holds("second", ask(daemon, "100.64.2.1", PROTECTED), REFUSAL)


@case
def monitor_lets_pass_and_records(t):
    daemon = t.enter(Posternd(t.folder, mode='"monitor"'))
    client = daemon.client()
    for answer in (client.connect(STRANGER), client.helo(), client.mail(),
                   client.rcpt(PROTECTED), client.rcpt(UNLISTED),
                   client.message()):
        equal("answer", answer, "continue")
    client.quit()
    record = daemon.wait_attempts(1)[0]
    for key, want in (("action", "bypass-observed"), ("kind", "alert"),
                      ("type", ["connection", "allowed"]),
                      ("outcome", "success"),
                      ("reason", "source-not-allowed")):
        equal("event." + key, record["event"][key], want)
    equal("mode", record["postern"]["mode"], "monitor")
    reply = record["postern"]["reply"]
    holds("would have been told", reply, REFUSAL)
    equal("its reference", reference(reply), record["event"]["id"])


@case
def a_policy_may_be_in_monitor_alone(t):
    policies = with_policy("""{ name = "quiet";
        domains = [ "quiet.example" ]; allow = ( "head-office" );
        mode = "monitor"; }""")
    daemon = t.enter(Posternd(t.folder, policies=policies))
    equal("quiet", ask(daemon, STRANGER, "<a@quiet.example>"), "continue")
    holds("the other", ask(daemon, STRANGER, PROTECTED), REFUSAL)
    equal("actions", [record["event"]["action"]
                      for record in daemon.wait_attempts(2)],
          ["bypass-observed", "bypass-rejected"])


@case
def enforce_in_a_policy_does_not_override_monitor(t):
    policies = POLICIES.replace("always", 'mode = "enforce"; always')
    daemon = t.enter(Posternd(t.folder, policies=policies,
                              mode='"monitor"'))
    equal("answer", ask(daemon, STRANGER, PROTECTED), "continue")
    equal("action", daemon.wait_attempts(1)[0]["event"]["action"],
          "bypass-observed")


@case
def who_is_never_judged(t):
    daemon = t.enter(Posternd(t.folder, trusted='[ "10.0.0.0/8" ]'))
    login = {"{auth_authen}": "alice"}
    for name, ip, macros, want in (
            ("trusted", "10.1.2.3", {}, True),
            ("authenticated", STRANGER, login, True),
            ("originating", STRANGER, {"{daemon_name}": "ORIGINATING"},
             True),
            ("msa", STRANGER, {"{daemon_name}": "MSA"}, True),
            ("loopback, when not trusted", "127.0.0.1", {}, False),
            ("no login", STRANGER, {"{auth_authen}": ""}, False),
            ("another daemon", STRANGER, {"{daemon_name}": "MTA"}, False)):
        answer = ask(daemon, ip, PROTECTED, macros)
        equal(name + ": " + answer, answer == "continue", want)
    equal("attempts", len(daemon.wait_attempts(3)), 3)


@case
def loopback_is_trusted_unless_said_otherwise(t):
    daemon = t.enter(Posternd(t.folder))
    for ip in ("127.0.0.1", "127.9.9.9", "::1"):
        equal(ip, ask(daemon, ip, PROTECTED), "continue")
    equal("attempts", daemon.wait_attempts(0), [])


@case
def authenticated_clients_can_be_judged(t):
    daemon = t.enter(Posternd(t.folder, authenticated='"judge"',
                              originating='[ "INTERNAL" ]'))
    login = {"{auth_authen}": "alice"}
    holds("login", ask(daemon, STRANGER, PROTECTED, login), REFUSAL)
    holds("not originating any more",
          ask(daemon, STRANGER, PROTECTED, {"{daemon_name}": "MSA"}),
          REFUSAL)
    equal("originating", ask(daemon, STRANGER, PROTECTED,
                             {"{daemon_name}": "INTERNAL"}), "continue")


@case
def unlisted_recipients_can_be_refused(t):
    daemon = t.enter(Posternd(t.folder, unlisted='"refuse"'))
    for ip in (STRANGER, ALLOWED):
        answer = ask(daemon, ip, UNLISTED)
        true(answer, answer.startswith("550 5.7.1 "))
    for record in daemon.wait_attempts(2):
        equal("reason", record["event"]["reason"], "unlisted")
        true("no rule.name", "name" not in record["rule"])
    equal("listed", ask(daemon, ALLOWED, PROTECTED), "continue")


@case
def anyone_may_write_to_the_postmaster(t):
    daemon = t.enter(Posternd(t.folder))
    for address in ("<postmaster@example.com>", "<PostMaster@Example.COM>",
                    '<"postmaster"@sub.example.com>', "<postmaster>"):
        equal(address, ask(daemon, STRANGER, address), "continue")
    for address in ("<abuse@example.com>", "<postmaster2@example.com>",
                    "<xpostmaster@example.com>"):
        holds(address, ask(daemon, STRANGER, address), "550 5.7.1 ")
    equal("attempts", len(daemon.wait_attempts(3)), 3)


@case
def an_odd_spelling_is_no_way_round(t):
    policies = POLICIES.replace('".example.com"',
                                '".example.com", "bücher.example"')
    daemon = t.enter(Posternd(t.folder, policies=policies))
    refused = [
        "<ceo@example.com>", "<CEO@EXAMPLE.COM>", "<ceo@example.com.>",
        "ceo@example.com", "<@relay.example:ceo@example.com>",
        "<@a.example,@b.example:ceo@example.com>",
        '<"ceo"@example.com>', '<"a@elsewhere.example"@example.com>',
        "<ceo%example.com@elsewhere.example>",
        "<example.com!ceo@elsewhere.example>",
        '<"ceo@example.com"@elsewhere.example>',
        '<"ceo%example.com"@elsewhere.example>',
        "<ceo@sub.example.com>", "<ceo@a.b.c.example.com>",
        "<ceo@[192.0.2.25]>", "<ceo>", "<ceo@>", "<ceo@com>",
        "<ceo@xn--bcher-kva.example>", "<ceo@bücher.example>",
        "<ceo@BÜCHER.example>"]
    free = [
        "<ceo@elsewhere.example>", "<ceo@badexample.com>",
        "<ceo@example.com.elsewhere.example>", "<50%off@elsewhere.example>",
        '<"quoted local"@elsewhere.example>',
        "<@example.com:user@elsewhere.example>",
        "<ceo@example.org>"]
    for address in refused:
        answer = ask(daemon, STRANGER, address)
        true(f"{address}: {answer}", answer.startswith("550 5.7.1 "))
        equal("allowed: " + address, ask(daemon, ALLOWED, address),
              "continue")
    for address in free:
        equal(address, ask(daemon, STRANGER, address), "continue")
    equal("attempts", len(daemon.wait_attempts(len(refused))), len(refused))


@case
def the_most_specific_policy_decides(t):
    policies = """policies = (
      { name = "all"; domains = [ "*" ]; allow = ( "filter-service" ); },
      { name = "exact"; domains = [ "office.example.com" ];
        allow = ( "head-office" ); },
      { name = "suffix"; domains = [ ".example.com" ];
        allow = ( "filter-service" ); } );"""
    daemon = t.enter(Posternd(t.folder, policies=policies))
    for address, ip, policy in (
            ("<a@office.example.com>", OFFICE, None),
            ("<a@office.example.com>", ALLOWED, "exact"),
            ("<a@x.example.com>", OFFICE, "suffix"),
            ("<a@x.office.example.com>", ALLOWED, None),
            ("<a@example.com>", OFFICE, "all"),
            ("<a%office.example.com@x.example>", OFFICE, "all"),
            ("<a%office.example.com@x.example>", ALLOWED, "exact")):
        before = len(daemon.attempts())
        answer = ask(daemon, ip, address)
        if policy is None:
            equal(address, answer, "continue")
        else:
            record = daemon.wait_attempts(before + 1)[-1]
            equal(address, record["rule"]["name"], policy)


@case
def all_conditions_of_an_entry_must_hold(t):
    policies = """policies = ( { name = "p"; domains = [ "example.com" ];
      allow = ( { source = "filter-service"; networks = [ "192.0.2.0/28" ];
                  except = [ "192.0.2.3" ]; note = "ticket"; },
                { source = [ "filter-service", "head-office" ];
                  networks = [ "198.51.100.0/24" ];
                  until = "2999-01-01"; },
                { networks = [ "0.0.0.0/1" ]; until = "2001-01-01"; } );
    } );"""
    daemon = t.enter(Posternd(t.folder, policies=policies))
    for ip, want in (("192.0.2.1", True), ("192.0.2.3", False),
                     ("192.0.2.16", False), ("198.51.100.7", True),
                     ("198.51.100.200", False), ("10.0.0.1", False)):
        equal(ip, ask(daemon, ip, PROTECTED) == "continue", want)
    records = {record["source"]["ip"]: record
               for record in daemon.wait_attempts(4)}
    expired = records["10.0.0.1"]
    equal("reason", expired["event"]["reason"], "expired")
    equal("nearest", expired["postern"]["entries"][0],
          {"entry": "allow[2]", "failed": "until"})
    equal("sources", records["192.0.2.16"]["postern"]["sources"],
          ["filter-service"])


@case
def the_reply_is_what_the_policy_says(t):
    policies = POLICIES.replace("always", """
        reply = { code = 554; status = "5.7.0";
          text = "100% no: %{client} to %{rcpt} by %{policy} %{id}"; };
        always""")
    daemon = t.enter(Posternd(t.folder, policies=policies))
    answer = ask(daemon, STRANGER, PROTECTED)
    record = daemon.wait_attempts(1)[0]
    equal("reply", answer,
          f"554 5.7.0 100% no: {STRANGER} to ceo@example.com by "
          f"behind-filter {record['event']['id']}")
    equal("as recorded", record["postern"]["reply"], answer)


main()
