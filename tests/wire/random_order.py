#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""random_order.py - does any order of packets harm the daemon?

Many connections at once say what comes to their mind, in whole packets and in
pieces.  POSTERN_SEED in the environment makes others of them.  What libmilter
itself cannot take (an odd number of macro texts, a CONNECT without end) is
left out: hostile.py says why.
"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import json  # noqa: E402
import random  # noqa: E402
import socket  # noqa: E402
import struct  # noqa: E402
import threading  # noqa: E402

from case import case, equal, holds, main, true  # noqa: E402
from milter import open_socket, strings  # noqa: E402
from posternd import (ALLOWED, POLICIES, PROTECTED, STRANGER, Posternd,
                      with_policy)  # noqa: E402
from relay import Packets  # noqa: E402

SEED = int(os.environ.get("POSTERN_SEED") or 4711)
THREADS, SESSIONS = 12, 25  # of each thread

POLICIES = with_policy("""{ name = "by certificate";
    domains = [ "second.example" ];
    allow = ( { source = "filter-service";
                certificate = [ "mail.partner.example" ]; } ); }""", POLICIES)

# where messages are judged at their end, too
ALL_POLICIES = with_policy("""{ name = "hybrid";
    domains = [ "hybrid.example" ]; allow = ( { source = "filter-service";
      tenant = [ "c33c9f88-1eb7-4099-9700-16013fd9e8aa" ]; } ); },
  { name = "held"; domains = [ "held.example" ]; action = "quarantine";
    allow = ( "filter-service" ); },
  { name = "marked"; domains = [ "marked.example" ]; action = "mark";
    allow = ( { source = "filter-service";
      headers = ( { name = "X-Secret"; value = "s3cret"; } ); } ); },
  { name = "watched"; domains = [ "watched.example" ]; mode = "monitor";
    allow = ( { source = "filter-service"; entity = [ "Hosted" ]; } ); }""",
                           POLICIES)

ODD = [b"", b"client.test", b"\x01\x1b[31m\x7f", b"\xff\xfe\xc0\xaf",
       b'"},"x":{"', b"%s%n%d", b"a\r\n.\r\nb", b"x" * 65000,
       "\u202e\u2066é😀".encode() * 100]
CLIENTS = [(b"4", b"192.0.2.10"), (b"4", b"198.51.100.200"),
           (b"4", b"127.0.0.1"), (b"6", b"2001:db8:25::1"),
           (b"6", b"::ffff:198.51.100.200"), (b"L", b"/run/mta"),
           (b"4", b"999.0.0.1"), (b"?", b"what")]
RCPTS = [b"<ceo@example.com>", b"<ceo@second.example>", b"<x@elsewhere>",
         b"<x@hybrid.example>", b"<x@held.example>", b"<x@marked.example>",
         b"<x@watched.example>", b"<x%held.example@hybrid.example>",
         b"<postmaster@example.com>", b"", b"<>", b"<ceo@[192.0.2.7]>",
         b"<" + b"c" * 65000 + b"@example.com>",
         b"<c\x01e\xffo@example.com>"]
MACROS = [b"i", b"{daemon_name}", b"{client_addr}", b"{client_resolve}", b"v",
          b"{auth_authen}", b"{cert_subject}", b"{cert_issuer}", b"{verify}",
          b"{tls_version}", b"{rcpt_mailer}", b"{if_addr}", b"{nobody}"]
VALUES = [b"", b"QUEUEID", b"error", b"Postfix 3.7.11", b"8.17.1", b"OK",
          b"mail.partner.example", b"0", b"192.0.2.10", b"\xff\x01", b"ORIGINATING"]

HEADERS = [(b"X-MS-Exchange-CrossTenant-Id",
            b"c33c9f88-1eb7-4099-9700-16013fd9e8aa"),
           (b"x-ms-exchange-crosstenant-id", b"\n\tnone"),
           (b"X-MS-Exchange-CrossTenant-OriginalAttributedTenantConnectingIp",
            b"TenantId=x;Ip=[;Helo="), (b"X-Secret", b"s3cret"),
           (b"X-MS-Exchange-CrossTenant-FromEntityHeader", b"Hosted"),
           (b"x-postern", b"forged"), (b"X-POSTERN", b""),
           (b"Message-ID", b"<1@b.example>")]

# answers of a filter that refuses nothing
HARMLESS = {"O", "c", "a", "p"}


def packet(command, data=b""):
    return struct.pack("!I", len(data) + 1) + command + data


def negotiation(choice):
    actions, protocol = choice.choice(
        [(0x1ff, 0x1fffff)] * 4 + [(0, 0), (0x3f, 0x7f), (0x1ff, 0),
         (0x1ff, choice.randrange(0x200000))])
    return packet(b"O", struct.pack("!III", choice.choice((2, 4, 6, 6, 99)),
                                    actions, protocol))


def connect(choice):
    name = choice.choice(ODD)
    if choice.random() < 0.1:
        return packet(b"C", strings(name) + b"U")
    family, address = choice.choice(CLIENTS)
    return packet(b"C", strings(name) + family + b"\x9c\x40" +
                  strings(address))


def macros(choice):
    pairs = [text for _ in range(choice.randrange(6))
             for text in (choice.choice(MACROS), choice.choice(VALUES))]
    return packet(b"D", choice.choice([b"C", b"H", b"M", b"R", b"E", b"N"]) +
                  strings(*pairs)) if pairs else b""


def header(choice):
    if choice.random() < 0.3:
        return packet(b"L", strings(choice.choice(ODD), choice.choice(ODD)))
    return packet(b"L", strings(*choice.choice(HEADERS)))


def any_packet(choice):
    kind = choice.choice("OCCHHMMMRRRRTLLNNBEEAQKDDDDU")
    if kind == "O":
        return negotiation(choice)
    if kind == "C":
        return connect(choice)
    if kind == "D":
        return macros(choice)
    if kind == "R":
        return packet(b"R", strings(choice.choice(RCPTS)))
    if kind in "MHU":
        return packet(kind.encode(), strings(choice.choice(ODD)))
    if kind == "L":
        return header(choice)
    return packet(kind.encode(), b"body" if kind == "B" else b"")


def ordinary(choice):
    """A session as an MTA has it, from which something may be missing."""
    steps = [negotiation(choice), connect(choice),
             packet(b"H", strings(choice.choice(ODD)))]
    for _ in range(choice.randrange(1, 3)):
        steps += [macros(choice), packet(b"M", strings(choice.choice(ODD)))]
        # often such as need the same answer
        few = choice.sample(RCPTS, choice.choice((1, 1, 4)))
        steps += [packet(b"R", strings(choice.choice(few)))
                  for _ in range(choice.randrange(1, 4))]
        steps += [header(choice) for _ in range(choice.randrange(4))]
        steps += [packet(b"N"), packet(b"E")]
    steps.append(packet(b"Q"))
    return [step for step in steps if choice.random() < 0.9]


def conversation(choice):
    if choice.random() < 0.4:
        steps = ordinary(choice)
    else:
        steps = [any_packet(choice) for _ in range(choice.randrange(1, 20))]
        if choice.random() < 0.9:
            steps.insert(0, negotiation(choice))
    data = b"".join(steps)
    if choice.random() < 0.2:  # leaves in the middle of a word
        data = data[:choice.randrange(len(data) + 1)]
    return data


def talk(daemon, choice):
    """Says it all, in pieces of any size; the filter's answers."""
    data = conversation(choice)
    pieces = choice.choice((1, 1, 2, 5))
    heard = b""
    with open_socket(daemon.address) as sock:
        try:
            for i in range(pieces):
                sock.sendall(data[i * len(data) // pieces:
                                  (i + 1) * len(data) // pieces])
            if choice.random() < 0.2:
                return []  # does not wait for an answer
            sock.shutdown(socket.SHUT_WR)
            while True:
                part = sock.recv(65536)
                if not part:
                    break
                heard += part
        except (BrokenPipeError, ConnectionResetError):
            pass  # it hung up on what is no protocol
    return list(Packets().feed(heard))


def talk_much(daemon, number, check, wrong):
    choice = random.Random(SEED + number)
    for _ in range(SESSIONS):
        try:
            answers = talk(daemon, choice)
            check(answers)
        except Exception as error:  # told on the main thread
            wrong.append(f"thread {number}: {error!r}")
            return


def all_at_once(daemon, check):
    print(f"# POSTERN_SEED={SEED}")
    wrong = []
    threads = [threading.Thread(target=talk_much, daemon=True,
                                args=(daemon, number, check, wrong))
               for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal("wrong", wrong, [])
    daemon.must_live()
    for line in daemon.lines():
        json.loads(line)


def serves(daemon, stranger):
    client = daemon.client()
    true("an allowed client", client.connect(ALLOWED) in ("continue",
                                                          "accept"))
    client.helo()
    client.mail()
    equal("is let in", client.rcpt(PROTECTED), "continue")
    client.quit()
    client = daemon.client()
    equal("a stranger", client.connect(STRANGER), "continue")
    client.helo()
    client.mail()
    holds("is not", client.rcpt(PROTECTED), stranger)
    client.quit()


def is_an_answer(answers):
    for command, data in answers:
        if command == "y":
            true(f"reply {data!r}", data[:1] in b"45" and data[-1:] == b"\0")
        else:
            true(f"answer {command!r}", command in HARMLESS |
                 {"r", "t", "q", "m", "h"})


def refuses_nothing(answers):
    for command, data in answers:
        true(f"{command!r} {data!r} in monitor mode", command in HARMLESS)


@case(seconds=90)
def an_enforcing_daemon_lives(t):
    daemon = t.enter(Posternd(t.folder, policies=POLICIES))
    all_at_once(daemon, is_an_answer)
    serves(daemon, "550 5.7.1 ")


@case(seconds=90)
def with_every_step_it_can_ask_for_it_lives(t):
    daemon = t.enter(Posternd(t.folder, policies=POLICIES,
                              on_error='"reject"',
                              audit={"accepted": '"all"'}))
    all_at_once(daemon, is_an_answer)
    serves(daemon, "550 5.7.1 ")


@case(seconds=90)
def where_messages_are_judged_it_lives(t):
    daemon = t.enter(Posternd(t.folder, policies=ALL_POLICIES,
                              audit={"accepted": '"all"'}))
    all_at_once(daemon, is_an_answer)
    serves(daemon, "550 5.7.1 ")
    for action in ("bypass-rejected", "bypass-deferred", "bypass-observed"):
        true(action, daemon.records(action))


@case(seconds=90)
def and_in_monitor_mode_nobody_is_refused(t):
    daemon = t.enter(Posternd(t.folder, policies=ALL_POLICIES,
                              mode='"monitor"', on_error='"reject"',
                              audit={"accepted": '"all"'}))
    all_at_once(daemon, refuses_nothing)
    serves(daemon, "continue")


@case(seconds=90)
def in_monitor_mode_nobody_is_refused(t):
    daemon = t.enter(Posternd(t.folder, policies=POLICIES, mode='"monitor"',
                              on_error='"reject"', unlisted='"refuse"',
                              audit={"accepted": '"all"'}))
    all_at_once(daemon, refuses_nothing)
    serves(daemon, "continue")
    true("all is written down", daemon.records("bypass-observed"))


main()
