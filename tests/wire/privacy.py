#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""privacy.py - does any record tell a local part that it must not?"""

import hashlib
import hmac
import os
import signal
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

from case import case, equal, holds, main, true, until  # noqa: E402
from posternd import ALLOWED, STRANGER, Posternd, give  # noqa: E402

MARKER = "Zq-Marker"
OWN = "c33c9f88-1eb7-4099-9700-16013fd9e8aa"
OTHER = "11111111-2222-4333-8444-555555555555"
TENANT = "X-MS-Exchange-CrossTenant-Id"
REPLY = "reply = { text = \"No, %{rcpt} of %{domain} (ref %{id})\"; };"


def simple(name, more=""):
    return (f'{{ name = "{name}"; domains = [ "{name}.example", '
            f'".{name}.example" ]; {more} '
            f'{REPLY} allow = ( "filter-service" ); }}')


POLICIES = "policies = ( %s );" % ",\n".join((
    simple("plain"),
    simple("watched", 'mode = "monitor";'),
    simple("held", 'action = "quarantine";'),
    simple("marked", 'action = "mark";'),
    '{ name = "tenant"; domains = [ "tenant.example" ]; %s allow = ( '
    '{ source = "filter-service"; tenant = [ "%s" ]; } ); }' % (REPLY, OWN)))
ACTIONS = {"bypass-rejected", "bypass-deferred", "bypass-observed",
           "bypass-quarantined", "bypass-marked", "bypass-abandoned",
           "probe-seen", "accepted"}

MACROS = {"v": "Postfix 3.7.11", "i": "QUEUE1",
          "{tls_version}": "TLSv1.3", "{cipher}": "AES",
          "{cert_subject}": f"CN={MARKER}.c@cert.example",
          "{cert_issuer}": f"/O=CA/emailAddress={MARKER}.i@ca.example"}
IDS = [f"<{MARKER}.m@mid.example>", f"{MARKER}", f"<{MARKER}>",
       f"<{MARKER}@mid.example> ({MARKER}@x.example)",
       f"<{MARKER}@{MARKER} {'x' * 400}@mid.example>"]


def guard(t, kind, folder=None, **audit):
    return Posternd(folder or t.folder, policies=POLICIES,
                    audit={"privacy": f'"{kind}"', "accepted": '"all"',
                           **audit}, unlisted='"refuse"')


def begin(daemon, ip, sender=f"<{MARKER}.s@b.example>"):
    client = daemon.client(MACROS)
    equal("connect", client.connect(ip), "continue")
    client.helo(f"{MARKER},{MARKER}.h@helo.example")
    if sender is not None:
        equal("mail", client.mail(sender), "continue")
    return client


def message(daemon, ip, recipients, headers=(), number=0):
    client = begin(daemon, ip)
    for recipient in recipients:
        equal(recipient, client.rcpt(recipient), "continue")
    told = client.message([("Message-ID", IDS[number % len(IDS)]), *headers])
    client.quit()
    return told


def refused_at_rcpt(daemon, recipients):
    told = []
    client = begin(daemon, STRANGER)
    for recipient in recipients:
        told.append(client.rcpt(recipient))
    client.quit()
    return told


ODD = (f"<{MARKER}@plain.example>", f'<"{MARKER} x"@plain.example>',
       f'<"{MARKER}@x.example"@plain.example>',
       f"<@a.example,@{MARKER}.example:{MARKER}@plain.example>",
       f"<{MARKER}%plain.example@elsewhere.example>",
       f"<plain.example!{MARKER}@elsewhere.example>",
       f"<x%{MARKER}.plain.example@plain.example>",
       f"<x%{MARKER}.plain.example@watched.example>",
       f"<{MARKER}@x@plain.example>", f"<{MARKER}>", f"<{MARKER}@>",
       f"<{'y' * 300}{MARKER}@plain.example>",
       f"<{'y' * 490}@{MARKER}.{'y' * 200}@plain.example>",
       f"<{MARKER}\u00fc@plain.example>",
       f"<{MARKER}@elsewhere.example>")  # unlisted


def all_ways(daemon):
    """All that leaves a record; what senders were told."""
    told = refused_at_rcpt(daemon, ODD)
    for number in range(len(IDS)):
        told.append(message(daemon, ALLOWED, [f"<{MARKER}@tenant.example>"],
                            [(TENANT, OTHER)], number))
        equal("accepted", message(
            daemon, ALLOWED, [f"<{MARKER}@tenant.example>"],
            [(TENANT, OWN)], number), "accept")
        for name in ("held", "marked", "watched"):
            recipient = f"<{MARKER}@{name}.example>"
            true(name, message(daemon, STRANGER, [recipient], (), number)
                 in ("continue", "accept"))
    # waits for the headers: some pass, some do not
    message(daemon, ALLOWED, [f"<{MARKER}@plain.example>",
                              f"<{MARKER}@tenant.example>"],
            [(TENANT, OTHER)])
    client = begin(daemon, STRANGER)
    client.rcpt_refused(f"<{MARKER}@plain.example>")
    client.quit()
    begin(daemon, STRANGER).quit()
    begin(daemon, STRANGER, None).quit()
    return told


def text_of(daemon):
    with open(daemon.log, encoding="utf-8") as log:
        return log.read()


def is_there(text):
    return MARKER.lower() in text.lower()


def run_all(t, kind, **audit):
    with guard(t, kind, **audit) as daemon:
        told = all_ways(daemon)
        # a session that has hung up is over a little later
        until("a record of each kind", lambda: ACTIONS <= {
            record["event"]["action"] for record in daemon.records()})
    return daemon, told


@case
def in_full_all_is_told(t):
    """What the other cases look for can be found."""
    daemon, _ = run_all(t, "full")
    for record in daemon.records():
        if "session" not in record["postern"]:
            continue
        holds("helo", record["postern"]["helo"], MARKER)
        for part in ("subject", "issuer"):
            if "tls" in record:
                holds(part, record["tls"]["client"][part], MARKER)
    holds("reply", daemon.records("bypass-rejected")[0]["postern"]["reply"],
          MARKER)
    for field in ("email.from", "email.to", "message_id"):
        name = field.split(".")[-1]
        values = [str(record["email"][name]) for record in daemon.records()
                  if name in record.get("email", {})]
        true(field, any(map(is_there, values)))
    true("no key", not os.path.exists(daemon.log + ".hmac"))


@case
def by_domain_no_local_part_is_told(t):
    daemon, told = run_all(t, "domain")
    true("the sender is told", sum(is_there(text) for text in told) > 8)
    for line in text_of(daemon).splitlines():
        true(line, not is_there(line))
    records = daemon.records("bypass-rejected")
    record = records[0]
    equal("from", record["email"]["from"]["address"], ["*@b.example"])
    equal("to", record["email"]["to"]["address"], ["*@plain.example"])
    equal("helo", record["postern"]["helo"], "*@helo.example")
    equal("subject", record["tls"]["client"]["subject"], "CN=*@cert.example")
    equal("issuer", record["tls"]["client"]["issuer"],
          "/O=CA/emailAddress=*@ca.example")
    # the same words but for what they may not hold
    equal("reply", record["postern"]["reply"],
          told[0].replace(f"{MARKER}@", "*@"))
    ids = {record["email"]["message_id"] for record in daemon.records()
           if "message_id" in record.get("email", {})}
    true("a plain Message-ID", "<*@mid.example>" in ids)
    true("no key", not os.path.exists(daemon.log + ".hmac"))


def digits(daemon, address):
    """As anyone with the key computes them."""
    with open(daemon.log + ".hmac", encoding="ascii") as file:
        key = bytes.fromhex(file.read().strip())
    equal("key", len(key), 32)
    local = hmac.new(key, address.lower().encode(), hashlib.sha256)
    return local.hexdigest()[:16] + "@" + address.rpartition("@")[2]


@case
def by_hmac_digits_are_told(t):
    daemon, told = run_all(t, "hmac")
    true("the sender is told", sum(is_there(text) for text in told) > 8)
    for line in text_of(daemon).splitlines():
        true(line, not is_there(line))
    mode = os.stat(daemon.log + ".hmac").st_mode
    equal("mode", oct(mode & 0o7777), "0o600")
    equal("owner", os.stat(daemon.log + ".hmac").st_uid,
          os.stat(daemon.log).st_uid)
    record = daemon.records("bypass-rejected")[0]
    equal("from", record["email"]["from"]["address"],
          [digits(daemon, f"{MARKER}.s@b.example")])
    equal("to", record["email"]["to"]["address"],
          [digits(daemon, f"{MARKER}@plain.example")])
    equal("helo", record["postern"]["helo"],
          digits(daemon, f"{MARKER},{MARKER}.h@helo.example"))
    equal("subject", record["tls"]["client"]["subject"],
          "CN=" + digits(daemon, f"{MARKER}.c@cert.example"))
    holds("reply", record["postern"]["reply"],
          f"No, {digits(daemon, f'{MARKER}@plain.example')} of plain.example")
    refused = [record for record in daemon.records("bypass-rejected")
               if "message_id" in record["email"]]
    equal("Message-ID", refused[0]["email"]["message_id"],
          "<" + digits(daemon, f"{MARKER}.m@mid.example") + ">")


def recorded(daemon, *addresses):
    """What stands in the record for each."""
    before = len(daemon.attempts())
    refused_at_rcpt(daemon, [f"<{address}>" for address in addresses])
    records = daemon.wait_attempts(before + len(addresses))[before:]
    return [record["email"]["to"]["address"][0] for record in records]


@case
def the_same_address_has_the_same_digits(t):
    with guard(t, "hmac") as daemon:
        one, two, other, elsewhere = recorded(
            daemon, "ceo@plain.example", "CEO@Plain.EXAMPLE",
            "cfo@plain.example", "ceo@held.example.plain.example")
        equal("in any case", one.partition("@")[0], two.partition("@")[0])
        true("not of another", one != other)
        true("not elsewhere",
             one.partition("@")[0] != elsewhere.partition("@")[0])
        os.unlink(daemon.log + ".hmac")
        equal("kept in memory", recorded(daemon, "ceo@plain.example"), [one])
        daemon.reload()
        equal("over a reload", recorded(daemon, "ceo@plain.example"), [one])
    with daemon:
        new = recorded(daemon, "ceo@plain.example")
        true("a new key", new != [one])
        equal("its digits", new, [digits(daemon, "ceo@plain.example")])
    with daemon:
        equal("over a restart", recorded(daemon, "ceo@plain.example"), new)


@case
def a_reload_changes_it(t):
    with guard(t, "full") as daemon:
        address = "ceo@plain.example"
        equal("full", recorded(daemon, address), [address])
        daemon.audit["privacy"] = '"domain"'
        daemon.write()
        daemon.reload()
        equal("domain", recorded(daemon, address), ["*@plain.example"])
        daemon.audit["privacy"] = '"hmac"'
        with open(daemon.log + ".hmac", "w", encoding="ascii") as file:
            file.write("00" * 31)
        give(daemon.log + ".hmac")
        daemon.write()
        holds("said", daemon.reload(code=78), "audit.jsonl.hmac: damaged")
        equal("as before", recorded(daemon, address), ["*@plain.example"])
        os.unlink(daemon.log + ".hmac")
        daemon.reload()
        equal("hmac", recorded(daemon, address), [digits(daemon, address)])
        equal("mode", oct(os.stat(daemon.log + ".hmac").st_mode & 0o7777),
              "0o600")


@case
def a_key_that_is_none_is_not_used(t):
    daemon = guard(t, "hmac")
    path = daemon.log + ".hmac"
    secret = os.path.join(t.folder, "secret")
    with open(secret, "w", encoding="ascii") as file:
        file.write("ab" * 32 + "\n")
    for name, make, words in (
            ("empty", lambda: open(path, "wb").close(), "remove it to get"),
            ("short", lambda: write(path, b"0" * 63), "remove it to get"),
            ("long", lambda: write(path, b"0" * 66), "remove it to get"),
            ("no digits", lambda: write(path, b"g" * 64), "remove it to get"),
            ("FIFO", lambda: os.mkfifo(path), "remove it to get"),
            ("link", lambda: os.symlink(secret, path), "cannot open it"),
            ("directory", lambda: os.mkdir(path), "remove it to get")):
        make()
        process = daemon.spawn()
        try:
            equal(name, process.wait(20), 74)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()
        holds(name, daemon.said().splitlines()[-1], path)
        holds(name, daemon.said().splitlines()[-1], words)
        if name == "directory":
            os.rmdir(path)
        else:
            os.unlink(path)
    # what a crash has left, or somebody has put there, is in nobody's way
    os.symlink(secret, path + ".part")
    with daemon:
        recorded(daemon, "ceo@plain.example")
    equal("not written through a link", open(secret, "rb").read(),
          b"ab" * 32 + b"\n")


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


main()
