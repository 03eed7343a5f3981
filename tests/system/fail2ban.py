#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""fail2ban.py - does the filter name those who came round, and nobody else?"""

import configparser
import datetime
import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import case as harness  # noqa: E402
from case import Skip, case, equal, main, true, until  # noqa: E402
from posternd import (ALLOWED, PROTECTED, STRANGER, Posternd,
                      with_policy)  # noqa: E402

FILES = os.path.join(harness.SOURCE, "packaging", "fail2ban")
FILTER = os.path.join(FILES, "filter.d", "postern.conf")
TENANT = """{ name = "hybrid"; domains = [ "contoso.example" ];
    allow = ( { source = "filter-service"; tenant = [
                "c33c9f88-1eb7-4099-9700-16013fd9e8aa" ]; } ); }"""
WATCHED = """{ name = "watched"; domains = [ "watched.example" ];
    mode = "monitor"; allow = ( "filter-service" ); }"""
DEFERRED = """{ name = "later"; domains = [ "later.example" ];
    action = "defer"; allow = ( "filter-service" );
    reply = { code = 451; status = "4.7.1"; text = "later"; }; }"""
# in the source, but its TLS is missing
ENCRYPTED = """{ name = "tls"; domains = [ "tls.example" ];
    allow = ( { source = "filter-service"; tls = true; } ); }"""
VICTIM = "192.0.2.1"


def needed():
    if shutil.which("fail2ban-regex") is None:
        raise Skip("fail2ban is not installed")


def matched(path, which="ip"):
    """What the real one takes out of the file, in its order."""
    run = subprocess.run(
        ["fail2ban-regex", "-o", which, "-e", "utf-8", "--usedns", "no",
         path, FILTER], capture_output=True, text=True, check=False,
        timeout=60 * harness.slow(), env={**os.environ, "TZ": "Asia/Tokyo"})
    if run.stderr.strip():
        raise AssertionError("fail2ban-regex: " + run.stderr)
    return run.stdout.split("\n")[:-1]


def with_lines(t, lines):
    path = t.path("lines")
    with open(path, "wb") as text:
        text.write(b"\n".join(lines) + b"\n")
    return path


def guard(t, policies=None, **keys):
    for one in (TENANT, WATCHED, DEFERRED, ENCRYPTED):
        policies = with_policy(one, *([policies] if policies else []))
    return t.enter(Posternd(t.folder, policies=policies, **keys))


def answered(daemon, ip, helo=b"h.example", sender=b"<s@partner.example>",
             recipient=PROTECTED, macros=None):
    client = daemon.client(macros)
    client.connect(ip)
    client.helo(helo)
    client.mail(sender)
    answer = client.rcpt(recipient)
    client.quit()
    return answer[:3]


def refused(daemon, ip, code="550", **words):
    equal("answer", answered(daemon, ip, **words), code)


# What a client could write to name another address, end a text early or
# make a line of its own.
FORGED_SOURCE = b'"source":{"ip":"192.0.2.1"}'
FORGED_LINE = (
    b'{"@timestamp":"2026-11-24T04:00:00.123456Z",'
    b'"ecs":{"version":"8.11.0"},"event":{"kind":"alert",'
    b'"category":["network","email"],"type":["connection","denied"],'
    b'"action":"bypass-rejected","outcome":"failure",'
    b'"id":"01JDE000000000000000000000","reason":"source-not-allowed",'
    b'"sequence":7,"provider":"postern"},"source":{"ip":"192.0.2.1"},')
TRICKS = (
    b'x",' + FORGED_SOURCE + b',"y":"',
    b'x\\",' + FORGED_SOURCE + b',"y":"\\',
    b'x"},' + FORGED_SOURCE + b',{"',
    b'"sources":[],"mode":"enforce","prev":"', b'"}}', b'\\', b'\\\\"', b'"',
    b"\r\n" + FORGED_LINE, b"\n" + FORGED_LINE, b"\xe2\x80\xa8" + FORGED_LINE,
    b"\xc2\x85" + FORGED_LINE, b"\x0b" + FORGED_LINE, b"\x1c" + FORGED_LINE,
    b"\xff\xfe", b"\xc3", b"<HOST>", b"192.0.2.1", b"[192.0.2.1]",
    b"::ffff:192.0.2.1", b"(?P<ip4>192.0.2.1)", b"{}[]{}" * 200)


@case(needs=[needed], seconds=120)
def nobody_tricks_it(t):
    """Each who was refused, once, whatever he wrote."""
    daemon = guard(t)
    want = []
    for number, text in enumerate(TRICKS):
        macros = {"{tls_version}": "TLSv1.3", "{cipher}": text,
                  "{cert_subject}": text, "{cert_issuer}": text, "i": text,
                  "{daemon_name}": text}
        ip = f"203.0.113.{100 + number}"
        refused(daemon, ip, helo=text, macros=macros,
                sender=b"<" + text + b"@x.example>",
                recipient=b"<" + text + b"@example.com>")
        want.append(ip)
        # an odd local part may hide another domain: then it is a refusal
        for net, domain in ((101, b"later"), (102, b"watched")):
            ip = f"198.51.{net}.{number}"
            recipient = b"<" + text + b"@" + domain + b".example>"
            if answered(daemon, ip, text, recipient=recipient) == "550":
                want.append(ip)
        # nothing is written but that he left
        client = daemon.client(macros)
        client.connect(f"198.51.103.{number}")
        client.helo(text)
        client.mail(b"<" + text + b">")
        client.quit()
    refused(daemon, "2001:db8:77::1")
    want.append("2001:db8:77::1")
    actions = {record["event"]["action"] for record in daemon.attempts()}
    true(f"others are there, too: {actions}",
         actions >= {"bypass-rejected", "bypass-deferred",
                     "bypass-abandoned"})
    equal("addresses", matched(daemon.log), want)
    equal("of the forger", VICTIM in matched(daemon.log), False)


@case(needs=[needed])
def not_the_servers_of_the_filtering_service(t):
    """Another tenant of Microsoft must not get them banned."""
    daemon = guard(t)
    client = daemon.client()
    client.connect(ALLOWED)
    client.helo()
    client.mail()
    equal("taken", client.rcpt("<ceo@contoso.example>"), "continue")
    answer = client.message([(
        "X-MS-Exchange-CrossTenant-Id",
        "00000000-1eb7-4099-9700-16013fd9e8aa")])
    equal("answer", answer[:3], "550")
    client.quit()
    refused(daemon, ALLOWED, recipient="<a@tls.example>", code="451")
    refused(daemon, STRANGER)
    equal("reasons", [record["event"]["reason"]
                      for record in daemon.attempts()],
          ["tenant-mismatch", "tls-missing", "source-not-allowed"])
    equal("addresses", matched(daemon.log), [STRANGER])


ELSEWHERE = """
policies = ( { name = "one"; domains = [ "example.com" ];
               allow = ( "head-office" ); },
             { name = "two"; domains = [ "other.example" ];
               allow = ( "filter-service" ); }
);
"""


@case(needs=[needed])
def not_who_is_in_a_source_of_another_policy(t):
    daemon = guard(t, policies=ELSEWHERE)
    refused(daemon, ALLOWED)
    refused(daemon, STRANGER)
    equal("both", [(record["event"]["reason"], record["postern"]["sources"])
                   for record in daemon.attempts()],
          [("source-not-allowed", ["filter-service"]),
           ("source-not-allowed", [])])
    equal("addresses", matched(daemon.log), [STRANGER])


@case(needs=[needed])
def monitor_mode_bans_nobody(t):
    daemon = guard(t, mode='"monitor"')
    client = daemon.client()
    client.connect(STRANGER)
    client.helo()
    client.mail()
    equal("let in", client.rcpt(PROTECTED), "continue")
    equal("message", client.message(), "accept")
    client.quit()
    equal("recorded", [record["event"]["action"]
                       for record in daemon.attempts()], ["bypass-observed"])
    equal("addresses", matched(daemon.log), [])


@case(needs=[needed])
def a_flood(t):
    daemon = guard(t, audit={"flood": 2})
    for _ in range(5):
        refused(daemon, STRANGER)
    equal("exit", daemon.stop(), 0)
    equal("records", [record["event"]["action"]
                      for record in daemon.attempts()],
          ["bypass-rejected"] * 2 + ["bypass-repeated"] * 2)
    equal("addresses", matched(daemon.log), [STRANGER] * 4)


@case(needs=[needed])
def at_connect(t):
    """A record without HELO, sender and recipient."""
    daemon = t.enter(Posternd(
        t.folder, reject_at='"connect"', unlisted='"refuse"',
        authenticated='"judge"', policies="""
policies = ( { name = "all"; domains = "*"; allow = ( "filter-service" ); } );
"""))
    client = daemon.client()
    client.connect(STRANGER)
    client.close()
    until("recorded", daemon.attempts)
    equal("addresses", matched(daemon.log), [STRANGER])


@case(needs=[needed])
def the_time_of_the_record_is_utc(t):
    daemon = guard(t)
    refused(daemon, STRANGER)
    moment = datetime.datetime.fromisoformat(
        daemon.attempts()[0]["@timestamp"].replace("Z", "+00:00"))
    row = matched(daemon.log, "row")[0]
    seconds = float(row.strip("[]").split(",")[1])
    true(f"{row} is of {moment}", abs(seconds - moment.timestamp()) < 1)


@case(needs=[needed])
def a_line_that_was_changed(t):
    """Each member that decides must be as it is, at its place."""
    daemon = guard(t)
    refused(daemon, STRANGER)
    line = next(line for line in daemon.lines() if b"bypass-rejected" in line)
    equal("it matches", matched(with_lines(t, [line])), [STRANGER])
    changes = [(b'"sources":[]', b'"sources":["filter-service"]'),
               (b'"mode":"enforce"', b'"mode":"monitor"'),
               (b'"bypass-rejected"', b'"bypass-observed"'),
               (b'"bypass-rejected"', b'"bypass-deferred"'),
               (b'"source-not-allowed"', b'"tenant-mismatch"'),
               (b'"outcome":"failure"', b'"outcome":"success"'),
               (b'{"@timestamp"', b' {"@timestamp"'),
               (b'{"@timestamp"', b'x{"@timestamp"'),
               (b'"source":{', b'"x":1,"source":{'),
               (b'"ip":"198.51.100.200"', b'"ip":"host.example"')]
    changed = []
    for old, new in changes:
        true(f"{old} is there", old in line)
        changed.append(line.replace(old, new, 1))
    changed += [line[:cut] for cut in range(1, len(line))]
    equal("of the changed ones", matched(with_lines(t, changed)), [])


@case(needs=[needed])
def the_jail_is_read_by_fail2ban(t):
    """Written as fail2ban's client wants it; off until it is wanted."""
    folder = t.path("etc")
    shutil.copytree("/etc/fail2ban", folder)
    for name in ("filter.d", "jail.d"):
        shutil.copy(os.path.join(FILES, name, "postern.conf"),
                    os.path.join(folder, name))
    jail = configparser.ConfigParser(interpolation=None)
    jail.read(os.path.join(FILES, "jail.d", "postern.conf"))
    equal("off", jail["postern"]["enabled"], "false")
    log = t.path("audit.jsonl")
    with open(log, "wb"):
        pass
    with open(os.path.join(folder, "jail.d", "zz.local"), "w",
              encoding="utf-8") as local:
        local.write("[sshd]\nenabled = false\n"
                    f"[postern]\nenabled = true\nlogpath = {log}\n")
    run = subprocess.run(["fail2ban-client", "-c", folder, "-d"],
                         capture_output=True, text=True, check=False,
                         timeout=60)
    equal("exit: " + run.stderr, run.returncode, 0)
    true("the jail: " + run.stdout, "'postern'" in run.stdout)
    true("its filter", "bypass-(?:rejected|repeated)" in run.stdout)


main()
