#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""with_sendmail.py - does the guard stand before a real Sendmail?"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import netns  # noqa: E402
import sendmail  # noqa: E402
import smtp  # noqa: E402
from case import case, equal, holds, main, true, until  # noqa: E402
from mail import CEO, OUTSIDE, deliver, let_in_and_refused  # noqa: E402
from postfix import free_port  # noqa: E402
from posternd import Posternd, reference  # noqa: E402
from sink import Sink  # noqa: E402

ALLOWED, STRANGER = "127.0.0.10", "127.0.0.99"
SOURCES = """
sources: {
  filter-service: { networks = [ "127.0.0.10", "40.92.0.0/15",
                                 "2001:db8:25::/48" ]; };
};
"""
POLICIES = """
policies = (
  { name = "behind-filter";
    domains = [ "example.com", ".example.com", "local.example" ];
    allow = ( "filter-service" );
    always = [ "postmaster" ]; }
);
"""


def guard(folder, **keys):
    """Nothing on loopback is trusted: the clients play there."""
    return Posternd(folder, sources=SOURCES, policies=POLICIES,
                    trusted='[ "127.0.0.1" ]', **keys)


def stand(t, **keys):
    sink = t.enter(Sink())
    daemon = t.enter(guard(t.folder, **keys))
    mta = t.enter(sendmail.Sendmail(t.folder, f"local:{daemon.address}",
                                    sink))
    return sink, daemon, mta


@case(needs=[sendmail.needed])
def allowed_in_stranger_refused(t):
    sink, daemon, mta = stand(t)
    record = let_in_and_refused(sink, daemon, mta.client(ALLOWED),
                                mta.client(STRANGER, helo="evil.test"))
    equal("ip", record["source"]["ip"], STRANGER)
    equal("helo", record["postern"]["helo"], "evil.test")
    equal("daemon", record["postern"]["daemon"], "MTA")
    equal("destination", record["destination"]["ip"], "127.0.0.1")
    true("queue id", record["postern"]["queue_id"])


@case(needs=[sendmail.needed])
def only_protected_recipients_are_refused(t):
    sink, daemon, mta = stand(t)
    answers = deliver(mta.client(STRANGER), OUTSIDE, CEO,
                      "cfo@sub.example.com", "postmaster@example.com")
    equal("codes", [answer.code for answer in answers],
          [250, 550, 550, 250, 250])
    until("delivery", lambda: len(sink.recipients()) >= 2)
    equal("delivered", sink.recipients(),
          ["postmaster@example.com", OUTSIDE])
    equal("ids", [record["event"]["id"]
                  for record in daemon.wait_attempts(2)],
          [reference(answers[1]), reference(answers[2])])


@case(needs=[sendmail.needed])
def local_users(t):
    _, daemon, mta = stand(t)
    equal("refused", deliver(mta.client(STRANGER),
                             "nobody@local.example")[0].code, 550)
    equal("let in", [answer.code for answer in
                     deliver(mta.client(ALLOWED), "nobody@local.example")],
          [250, 250])
    until("delivery", lambda: mta.delivered("nobody"))
    daemon.wait_attempts(1)


@case(needs=[sendmail.needed])
def the_second_message_is_judged_anew(t):
    _, daemon, mta = stand(t)
    session = mta.client(STRANGER)
    session.mail()
    equal("first", session.rcpt(OUTSIDE).code, 250)
    equal("taken", session.message().code, 250)
    session.mail()
    equal("second", session.rcpt(CEO).code, 550)
    session.quit()
    daemon.wait_attempts(1)


@case(needs=[sendmail.needed])
def monitor_passes_and_records(t):
    sink, daemon, mta = stand(t, mode='"monitor"')
    answers = deliver(mta.client(STRANGER), CEO, OUTSIDE)
    equal("codes", [answer.code for answer in answers], [250, 250, 250])
    until("delivery", lambda: len(sink.recipients()) == 2)
    record = daemon.wait_attempts(1)[0]
    equal("action", record["event"]["action"], "bypass-observed")
    holds("would be", record["postern"]["reply"], "550 5.7.1 ")


@case(needs=[sendmail.needed])
def unknown_users_are_recorded(t):
    _, daemon, mta = stand(t)
    session = mta.client(STRANGER)
    session.mail()
    holds("by Sendmail", session.rcpt("nosuch@local.example"),
          "User unknown")
    session.quit()
    record = daemon.wait_attempts(1)[0]
    equal("action", record["event"]["action"], "bypass-abandoned")
    equal("to", record["email"]["to"]["address"], ["nosuch@local.example"])


@case(needs=[sendmail.needed])
def broken_off_sessions(t):
    _, daemon, mta = stand(t)
    session = mta.client(STRANGER)
    session.mail()
    session.close()
    daemon.wait_attempts(1)
    mta.client(STRANGER).close()
    session = mta.client(STRANGER)
    session.mail()
    session.rcpt(CEO)
    session.close()
    until("all three", lambda: len(daemon.attempts()) == 3)
    equal("actions", sorted(record["event"]["action"]
                            for record in daemon.wait_attempts(3)),
          ["bypass-abandoned", "bypass-rejected", "probe-seen"])


@case(needs=[sendmail.needed])
def over_an_inet_socket(t):
    sink = t.enter(Sink())
    port = free_port()
    daemon = guard(t.folder, socket=f'"inet:{port}@127.0.0.1"')
    daemon.address = ("127.0.0.1", port)
    t.enter(daemon)
    mta = t.enter(sendmail.Sendmail(t.folder, f"inet:{port}@127.0.0.1",
                                    sink))
    let_in_and_refused(sink, daemon, mta.client(ALLOWED),
                       mta.client(STRANGER))


@case(needs=[sendmail.needed, netns.needed])
def from_real_addresses_over_a_cable(t):
    clients = {"40.92.0.10": "198.51.100.7",
               "2001:db8:25::10": "2001:db8:99::10"}
    net = t.enter(netns.Network(*clients, *clients.values()))
    daemon = t.enter(guard(t.folder))
    for allowed, stranger in clients.items():
        address = netns.SERVER6 if ":" in allowed else netns.SERVER
        with netns.inside(net.server):
            sink = t.enter(Sink())
        folder = t.path("ipv6" if ":" in allowed else "ipv4")
        with sendmail.Sendmail(folder, f"local:{daemon.address}", sink,
                               address, net.prefix()) as mta:
            sessions = []
            for source in (allowed, stranger):
                with netns.inside(net.clients):
                    sessions.append(smtp.Smtp((address, mta.port), source))
                sessions[-1].ehlo()
            record = let_in_and_refused(sink, daemon, *sessions)
        equal("ip", record["source"]["ip"], stranger)
        equal("destination", record["destination"]["ip"], address)


@case(needs=[sendmail.needed])
def all_of_a_reply_reaches_the_client(t):
    policies = POLICIES.replace("always", """
        reply = { text = "100% no: %{client} %{rcpt} %{policy} %{id}"; };
        always""")
    sink = t.enter(Sink())
    daemon = t.enter(Posternd(t.folder, sources=SOURCES, policies=policies,
                              trusted='[ "127.0.0.1" ]'))
    mta = t.enter(sendmail.Sendmail(t.folder, f"local:{daemon.address}",
                                    sink))
    answer = deliver(mta.client(STRANGER), CEO)[0]
    record = daemon.wait_attempts(1)[0]
    # Sendmail puts the recipient before the text
    holds("reply", answer, f"100% no: {STRANGER} {CEO} behind-filter "
          f"{record['event']['id']}")
    holds("code", answer, "550 5.7.1 ")


@case(needs=[sendmail.needed], seconds=90)
def a_killed_daemon_defers_until_it_is_back(t):
    sink, daemon, mta = stand(t)
    session = mta.client(STRANGER)
    session.mail()
    daemon.kill()
    answer = session.rcpt(CEO)
    session.close()
    equal("in the middle: " + answer, answer.code // 100, 4)
    session = mta.client(ALLOWED)
    answers = [session.mail(), session.rcpt(CEO)]
    session.close()
    true(str(answers), answers[0].code // 100 == 4 or
         answers[1].code // 100 == 4)
    equal("nothing went by", sink.messages, [])
    daemon.start()
    let_in_and_refused(sink, daemon, mta.client(ALLOWED),
                       mta.client(STRANGER))


@case(needs=[sendmail.needed])
def a_log_that_is_gone_defers_strangers_only(t):
    sink, daemon, mta = stand(t)
    daemon.take_away_log()
    holds("stranger", deliver(mta.client(STRANGER), CEO)[0], "451 4.7.1 ")
    equal("allowed", [answer.code
                      for answer in deliver(mta.client(ALLOWED), CEO)],
          [250, 250])
    daemon.bring_back_log()
    until("again", lambda: deliver(mta.client(STRANGER), CEO)[0].code == 550)
    until("delivery", lambda: sink.messages)


main()
