#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""refused_at_connect.py - does reject_at = "connect" hold before real MTAs?

The words are the MTA's own there, and nothing but the address is known.
"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import postfix  # noqa: E402
import sendmail  # noqa: E402
import smtp  # noqa: E402
from case import case, equal, main, true, until  # noqa: E402
from posternd import Posternd  # noqa: E402
from sink import Sink  # noqa: E402

ALLOWED, STRANGER, CEO = "127.0.0.10", "127.0.0.99", "ceo@example.com"


def guard(folder, **keys):
    return Posternd(
        folder, trusted='[ "127.0.0.1" ]', reject_at='"connect"',
        unlisted='"refuse"', authenticated='"judge"',
        sources='sources: { filter: { networks = [ "127.0.0.10" ]; }; };',
        policies='policies = ( { name = "p"; domains = [ "example.com" ]; '
        'allow = ( "filter" ); } );', **keys)


def refused_with_evidence(daemon, address):
    session = smtp.Smtp(address, STRANGER)
    equal("banner: " + session.banner, session.banner.code, 554)
    session.sock.close()
    record = daemon.wait_attempts(1)[0]
    equal("action", record["event"]["action"], "bypass-rejected")
    equal("stage", record["postern"]["stage"], "connect")
    equal("ip", record["source"]["ip"], STRANGER)
    equal("policy", record["rule"]["name"], "p")
    true("no words of ours", "reply" not in record["postern"])


def let_in(mta, sink):
    session = mta.client_at(ALLOWED)
    equal("MAIL", session.mail().code, 250)
    equal("RCPT", session.rcpt(CEO).code, 250)
    equal("message", session.message().code, 250)
    session.quit()
    until("delivery", lambda: CEO in sink.recipients())


@case(needs=[postfix.needed])
def before_postfix(t):
    sink = t.enter(Sink())
    daemon = t.enter(guard(t.folder, socket_group='"postfix"'))
    mta = t.enter(postfix.Postfix(t.folder, f"unix:{daemon.address}", sink))
    refused_with_evidence(daemon, ("127.0.0.1", mta.port))
    let_in(mta, sink)
    equal("one record", len(daemon.attempts()), 1)


@case(needs=[sendmail.needed])
def before_sendmail(t):
    sink = t.enter(Sink())
    daemon = t.enter(guard(t.folder))
    mta = t.enter(sendmail.Sendmail(t.folder, f"local:{daemon.address}",
                                    sink))
    refused_with_evidence(daemon, (mta.address, mta.port))
    let_in(mta, sink)
    equal("one record", len(daemon.attempts()), 1)


main()
