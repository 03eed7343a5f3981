#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""hostile.py - what can a bad client, or a bad MTA, do to it?"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import json  # noqa: E402
import struct  # noqa: E402

from case import case, equal, holds, main, sanitized, true  # noqa: E402
from milter import Closed, Wire, strings  # noqa: E402
from posternd import (ALLOWED, POLICIES, PROTECTED, STRANGER,
                      Posternd)  # noqa: E402

TELLS_ALL = POLICIES.replace("always", """
    reply = { text = "%{client} %{rcpt} %{domain} %{policy} %{id}"; };
    always""")
CONNECT = strings("[198.51.100.200]") + b"4\x9c\x40" + \
    strings("198.51.100.200")
ALLOWED_CONNECT = strings("[192.0.2.10]") + b"4\x9c\x40" + \
    strings("192.0.2.10")

EVIL = {
    "quotes": b'"},"event":{"action":"accepted"},"x":{"y":"',
    "backslashes": b"\\\\\\\"\\u0000\\",
    "line ends": b"a\r\n{\"@timestamp\":\"2026\"}\r\nb",
    "control characters": bytes(range(1, 32)) + b"\x7f",
    "invalid utf-8": b"\xff\xfe\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\xc3",
    "c1 and bidi": "\u0085\u009b\u2028\u2029\u202e\u2066".encode(),
    "percent": b"%s%n%{id}%%%d%",
    "long": b"x" * 60000,
    "long and evil": b"\"\\\x01\xff" * 15000,
    "long utf-8": "é€😀".encode() * 6000,
}


def check_lines(daemon):
    """Every line is one bounded record of UTF-8 without a raw control."""
    for line in daemon.lines():
        true("length", len(line) < 8192)
        text = line.decode("utf-8")
        for char in text:
            code = ord(char)
            if code < 32 or 127 <= code < 160 or char in \
                    "\u2028\u2029\u202a\u202b\u202c\u202d\u202e" \
                    "\u2066\u2067\u2068\u2069\u200e\u200f\u061c":
                raise AssertionError(f"U+{code:04X} stands raw in {text!r}")
        json.loads(text)


def still_serves(daemon):
    client = daemon.client()
    true("connect", client.connect(ALLOWED) in ("continue", "accept"))
    client.helo()
    client.mail()
    equal("an allowed client", client.rcpt(PROTECTED), "continue")
    client.quit()
    client = daemon.client()
    client.connect(STRANGER)
    client.helo()
    client.mail()
    holds("a stranger", client.rcpt(PROTECTED), "550 5.7.1 ")
    client.quit()


@case(seconds=120)
def no_text_forges_splits_or_swells_a_line(t):
    daemon = t.enter(Posternd(t.folder, policies=TELLS_ALL))
    count = 0
    for name, evil in EVIL.items():
        short = evil[:900]
        for helo, sender, local in ((evil, b"a", b"b"), (b"a", evil, b"b"),
                                    (b"a", b"b", evil),
                                    (short, short, short)):
            client = daemon.client({"{daemon_name}": "mx"})
            client.connect(STRANGER, name=evil[:500])
            client.helo(helo)
            client.mail(b"<" + sender + b"@partner.example>")
            answer = client.rcpt(b"<" + local + b"@example.com>")
            client.quit()
            count += 1
            true(f"{name}: {answer}", answer.startswith("550 5.7.1 "))
            true("printable", answer.isascii() and answer.isprintable())
            true("short enough", len(answer) <= 510)
    equal("attempts", len(daemon.wait_attempts(count)), count)
    check_lines(daemon)


@case
def macros_are_no_better(t):
    daemon = t.enter(Posternd(t.folder))
    for name, evil in EVIL.items():
        evil = evil[:9000]
        client = daemon.client({"j": evil, "i": evil, "{daemon_name}": evil,
                                "{tls_version}": evil, "{cipher}": evil,
                                "{cert_subject}": evil, "{if_addr}": evil,
                                "{daemon_addr}": evil, "{if_port}": evil,
                                "{daemon_port}": evil, "{cert_issuer}": evil,
                                "{client_resolve}": evil})
        client.connect(STRANGER)
        client.helo()
        client.mail()
        holds(name, client.rcpt(PROTECTED), "550 5.7.1 ")
        client.quit()
    daemon.wait_attempts(len(EVIL))
    check_lines(daemon)


@case
def a_control_character_does_not_hide_the_domain(t):
    daemon = t.enter(Posternd(t.folder))
    for address in (b"<a\r\nb@example.com>", b"<\x01@example.com>",
                    b"<\xff\xfe@example.com>"):
        client = daemon.client()
        client.connect(STRANGER)
        client.helo()
        client.mail()
        holds(repr(address), client.rcpt(address), "550 5.7.1 ")
        client.quit()


def packet(command, data=b""):
    return struct.pack("!I", len(data) + 1) + command + data


def throw(daemon, data):
    """Sends bytes and waits for the filter to hang up, or for nothing."""
    with Wire(daemon.address, 5.0) as wire:
        try:
            wire.send_bytes(data)
            wire.sock.shutdown(1)
            while wire.sock.recv(65536):
                pass
        except (Closed, OSError):
            pass


OPTNEG = packet(b"O", struct.pack("!III", 6, 0x1ff, 0x1fffff))


@case
def malformed_packets_do_no_harm(t):
    daemon = t.enter(Posternd(t.folder))
    bad = {
        "nothing": b"",
        "half a length": b"\0\0",
        "zero length": struct.pack("!I", 0),
        "huge length": struct.pack("!I", 0xffffffff) + b"O",
        "large length": struct.pack("!I", 0x7fffffff) + b"C" + b"x" * 1000,
        "half a packet": struct.pack("!I", 100) + b"C" + b"x",
        "unknown command": packet(b"?", b"x"),
        "short negotiation": packet(b"O", b"\0\0\0\6"),
        "version 0": packet(b"O", struct.pack("!III", 0, 0, 0)),
        "negotiation twice": OPTNEG + OPTNEG,
        "empty connect": OPTNEG + packet(b"C"),
        "connect, unknown family": OPTNEG + packet(
            b"C", strings("x") + b"?\0\0" + strings("y")),
        "connect, bad address": OPTNEG + packet(
            b"C", strings("x") + b"4\0\0" + strings("999.1.2.3")),
        "connect, bad ipv6": OPTNEG + packet(
            b"C", strings("x") + b"6\0\0" + strings("zz::g")),
        "empty mail": OPTNEG + packet(b"C", CONNECT) + packet(b"M"),
        "empty rcpt": OPTNEG + packet(b"C", CONNECT) +
        packet(b"M", strings("<a@b>")) + packet(b"R"),
        "an smtp client": b"EHLO client.test\r\nMAIL FROM:<a@b>\r\n",
        "an http client": b"GET / HTTP/1.0\r\n\r\n",
    }
    # An odd number of macro strings is left out: libmilter 8.17.1 follows a
    # wild pointer then, whatever the filter does.
    if not sanitized():
        # libmilter itself reads one byte too far here
        bad["connect without end"] = OPTNEG + packet(b"C", b"name")
    for data in bad.values():
        throw(daemon, data)
    still_serves(daemon)
    check_lines(daemon)


def out_of_order(daemon, *steps):
    """The answers; a filter that hangs up is an answer, too."""
    client = daemon.client()
    answers = []
    try:
        for step in steps:
            answers.append(getattr(client, step[0])(*step[1:]))
        client.quit()
    except Closed:
        answers.append("closed")
    finally:
        client.close()
    return answers


@case
def mail_without_connect_is_answered_as_on_error(t):
    for number, (setting, mode, want) in enumerate((
            ('"defer"', '"enforce"', ("4", "tempfail")),
            ('"reject"', '"enforce"', ("5", "reject")),
            ('"accept"', '"enforce"', ("continue", "accept")),
            ('"reject"', '"monitor"', ("continue", "accept")),
            ('"defer"', '"monitor"', ("continue", "accept")))):
        folder = t.path(str(number))
        os.mkdir(folder)
        with Posternd(folder, on_error=setting, mode=mode) as daemon:
            answers = out_of_order(daemon, ("mail", "<a@b.example>"),
                                   ("rcpt", PROTECTED))
            said = [answer for answer in answers
                    if answer.startswith(want)]
            true(f"{setting} {mode}: {answers}", said)
            if "continue" in want:
                equal(setting + mode, said, answers)
            answers = out_of_order(daemon, ("helo", "x"),
                                   ("mail", "<>"), ("rcpt", PROTECTED))
            if "continue" in want:
                true(str(answers), not [answer for answer in answers if
                                        answer[0] in "45rt"])
            still_alive = daemon.client()
            still_alive.connect(ALLOWED)
            still_alive.quit()


@case
def a_second_connect_opens_no_gate(t):
    daemon = t.enter(Posternd(t.folder))
    client = daemon.client()
    equal("connect", client.connect(STRANGER), "continue")
    client.helo()
    # libmilter drops it without an answer
    client.send(b"C", ALLOWED_CONNECT)
    equal("mail", client.mail(), "continue")
    holds("rcpt", client.rcpt(PROTECTED), "550 5.7.1 ")
    client.quit()
    equal("ip", daemon.wait_attempts(1)[0]["source"]["ip"], STRANGER)


@case
def without_negotiation_no_gate_is_open(t):
    daemon = t.enter(Posternd(t.folder))
    with Wire(daemon.address, 5.0) as wire:
        wire.send_bytes(packet(b"C", CONNECT) +
                        packet(b"H", strings("x")) +
                        packet(b"M", strings("<a@b>")) +
                        packet(b"R", strings("<ceo@example.com>")))
        wire.sock.shutdown(1)
        answers = []
        try:
            while True:
                answers.append(wire.read())
        except (Closed, OSError):
            pass
    if len(answers) == 4:
        true(str(answers[3]), answers[3][0] in (b"y", b"t", b"r"))
    still_serves(daemon)


@case
def an_mta_that_offers_little_is_served(t):
    daemon = t.enter(Posternd(t.folder))
    for version, actions, protocol in ((2, 0x3f, 0x7f), (2, 0, 0),
                                       (6, 0xff, 0), (6, 0, 0),
                                       (4, 0x1f, 0x3ff)):
        name = f"version {version} {actions:#x} {protocol:#x}"
        client = daemon.client(version=version, actions=actions,
                               protocol=protocol)
        equal(name, client.connect(STRANGER), "continue")
        equal(name, client.helo(), "continue")
        equal(name, client.mail(), "continue")
        holds(name, client.rcpt(PROTECTED), "550 5.7.1 ")
        equal(name, client.rcpt("<a@elsewhere.example>"), "continue")
        true(name, client.message() in ("continue", "accept"))
        client.quit()
    equal("attempts", len(daemon.wait_attempts(5)), 5)


@case
def it_asks_for_what_its_records_need(t):
    daemon = t.enter(Posternd(t.folder))
    client = daemon.client({"{if_addr}": "192.0.2.25",
                            "{tls_version}": "TLSv1.3",
                            "{cipher}": "TLS_AES_256_GCM_SHA384",
                            "i": "QUEUE1"})
    true("macro lists are set", client.actions & 0x100)
    true("never a body", client.protocol & 0x10)
    true("never headers", client.protocol & 0x20)
    client.connect(STRANGER)
    client.helo()
    client.mail()
    client.rcpt(PROTECTED)
    client.quit()
    record = daemon.wait_attempts(1)[0]
    equal("destination", record["destination"]["ip"], "192.0.2.25")
    equal("tls", (record["tls"]["version"], record["tls"]["cipher"],
                  record["tls"]["version_protocol"]),
          ("1.3", "TLS_AES_256_GCM_SHA384", "tls"))
    equal("queue id", record["postern"]["queue_id"], "QUEUE1")


main()
