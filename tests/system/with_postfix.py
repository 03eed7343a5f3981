#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""with_postfix.py - does the guard stand before a real Postfix?"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import time  # noqa: E402

import smtp  # noqa: E402
from case import case, equal, holds, main, true, until  # noqa: E402
from mail import CEO, OUTSIDE, deliver, let_in_and_refused  # noqa: E402
from postfix import Postfix, free_port, needed  # noqa: E402
from posternd import (ALLOWED, STRANGER, Posternd, postern,
                      reference)  # noqa: E402
from sink import Sink  # noqa: E402



def stand(t, postfix=None, **keys):
    """A sink, the daemon, and Postfix with the daemon as its milter."""
    keys.setdefault("socket_group", '"postfix"')
    sink = t.enter(Sink())
    daemon = t.enter(Posternd(t.folder, **keys))
    mta = t.enter(Postfix(t.folder, f"unix:{daemon.address}", sink,
                          **(postfix or {})))
    return sink, daemon, mta


@case(needs=[needed])
def allowed_in_stranger_refused(t):
    sink, daemon, mta = stand(t)
    record = let_in_and_refused(sink, daemon, mta.client(ALLOWED),
                                mta.client(STRANGER, helo="evil.test"))
    equal("ip", record["source"]["ip"], STRANGER)
    equal("helo", record["postern"]["helo"], "evil.test")
    equal("to", record["email"]["to"]["address"], [CEO])
    equal("from", record["email"]["from"]["address"],
          ["sender@partner.example"])
    equal("daemon", record["postern"]["daemon"], "mx.test")
    equal("port", record["source"]["port"], 40000)
    equal("destination", record["destination"]["ip"], "127.0.0.1")
    shown = postern("log", "show", "-c", daemon.conf,
                    record["event"]["id"], "--json")
    equal("log show", shown.stdout.encode().strip(), daemon.lines()[-1])


@case(needs=[needed])
def only_protected_recipients_are_refused(t):
    sink, daemon, mta = stand(t)
    answers = deliver(mta.client(STRANGER), OUTSIDE, CEO,
                      "other@elsewhere.example", "cfo@sub.example.com",
                      "postmaster@example.com")
    equal("codes", [answer.code for answer in answers],
          [250, 550, 250, 550, 250, 250])
    until("delivery", lambda: len(sink.recipients()) >= 3)
    equal("delivered", sink.recipients(),
          ["other@elsewhere.example", "postmaster@example.com", OUTSIDE])
    records = daemon.wait_attempts(2)
    equal("ids", [record["event"]["id"] for record in records],
          [reference(answers[1]), reference(answers[3])])
    true("queue id, once there is one", records[0]["postern"]["queue_id"]
         in mta.said())


@case(needs=[needed])
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


@case(needs=[needed])
def monitor_passes_and_records(t):
    sink, daemon, mta = stand(t, mode='"monitor"')
    answers = deliver(mta.client(STRANGER), CEO, OUTSIDE)
    equal("codes", [answer.code for answer in answers], [250, 250, 250])
    until("delivery", lambda: len(sink.recipients()) == 2)
    record = daemon.wait_attempts(1)[0]
    equal("action", record["event"]["action"], "bypass-observed")
    holds("would be", record["postern"]["reply"], "550 5.7.1 ")


@case(needs=[needed])
def ipv6_clients(t):
    sink, daemon, mta = stand(t)
    record = let_in_and_refused(sink, daemon, mta.client("2001:db8:25::10"),
                                mta.client("2001:db8:99::10"))
    equal("ip", record["source"]["ip"], "2001:db8:99::10")


@case(needs=[needed])
def behind_a_load_balancer(t):
    sink, daemon, mta = stand(t)
    for make in (smtp.proxy1, smtp.proxy2):
        for good, bad, mine in (
                (ALLOWED, STRANGER, "192.0.2.25"),
                ("2001:db8:25::1", "2001:db8:99::1", "2001:db8::25")):
            record = let_in_and_refused(
                sink, daemon, mta.proxy_client(make(good)),
                mta.proxy_client(make(bad)))
            equal("ip", record["source"]["ip"], bad)
            equal("destination", record["destination"],
                  {"ip": mine, "port": 25})
    # the balancer's own health check comes from loopback: trusted
    mta.proxy_client(smtp.proxy2_local()).quit()


@case(needs=[needed])
def from_loopback_itself(t):
    sink, daemon, mta = stand(t)
    equal("trusted", [answer.code for answer in deliver(mta.client(), CEO)],
          [250, 250])
    until("delivery", lambda: sink.messages)
    equal("attempts", daemon.wait_attempts(0), [])


@case(needs=[needed])
def a_client_without_address_is_not_let_in(t):
    sink, daemon, mta = stand(t)
    session = mta.client()
    session.xclient("[UNAVAILABLE]")
    session.ehlo()
    codes = [session.mail().code, session.rcpt(CEO).code]
    session.close()
    true(str(codes), codes[1] >= 400)
    time.sleep(0.3)
    equal("delivered", sink.messages, [])


@case(needs=[needed])
def from_inside_a_chroot(t):
    sink = t.enter(Sink())
    mta = Postfix(t.folder, "unix:guard/p.sock", sink, chroot=True)
    guard = os.path.join(mta.queue, "guard")
    daemon = Posternd(t.folder, socket=f'"unix:{guard}/p.sock"',
                      socket_group='"postfix"')
    daemon.address = os.path.join(guard, "p.sock")
    t.enter(mta)
    os.mkdir(guard)
    t.enter(daemon)
    let_in_and_refused(sink, daemon, mta.client(ALLOWED),
                       mta.client(STRANGER))


@case(needs=[needed])
def over_an_inet_socket(t):
    sink = t.enter(Sink())
    port = free_port()
    daemon = Posternd(t.folder, socket=f'"inet:{port}@127.0.0.1"')
    daemon.address = ("127.0.0.1", port)
    t.enter(daemon)
    mta = t.enter(Postfix(t.folder, f"inet:127.0.0.1:{port}", sink))
    let_in_and_refused(sink, daemon, mta.client(ALLOWED),
                       mta.client(STRANGER))


@case(needs=[needed])
def what_postfix_refused_first_is_recorded(t):
    _, daemon, mta = stand(t)
    session = mta.client(STRANGER)
    session.mail()
    holds("by Postfix", session.rcpt("nosuch@example.com"), "no such user")
    session.quit()
    record = daemon.wait_attempts(1)[0]
    equal("action", record["event"]["action"], "bypass-abandoned")
    equal("to", record["email"]["to"]["address"], ["nosuch@example.com"])


@case(needs=[needed])
def what_postfix_refused_by_the_client_is_recorded(t):
    _, daemon, mta = stand(t, postfix={
        "smtpd_client_restrictions":
            f"check_client_access inline:{{ {{ {STRANGER} = REJECT "
            "go away }} }}".replace("}}", "}")})
    session = mta.client(STRANGER)
    session.mail()
    holds("by Postfix", session.rcpt(CEO), "go away")
    session.quit()
    record = daemon.wait_attempts(1)[0]
    equal("action", record["event"]["action"], "bypass-abandoned")
    equal("to", record["email"]["to"]["address"], [CEO])


@case(needs=[needed])
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


@case(needs=[needed])
def all_of_a_reply_reaches_the_client(t):
    from posternd import POLICIES
    policies = POLICIES.replace("always", """
        reply = { text = "100% no: %{client} %{rcpt} %{policy} %{id}"; };
        always""")
    _, daemon, mta = stand(t, policies=policies)
    answer = deliver(mta.client(STRANGER), CEO)[0]
    record = daemon.wait_attempts(1)[0]
    equal("reply", str(answer), f"550 5.7.1 100% no: {STRANGER} {CEO} "
          f"behind-filter {record['event']['id']}")


@case(needs=[needed], seconds=90)
def a_killed_daemon_defers_until_it_is_back(t):
    sink, daemon, mta = stand(t)
    session = mta.client(STRANGER)
    session.mail()
    daemon.kill()
    answer = session.rcpt(CEO)
    session.close()
    equal("in the middle: " + answer, answer.code // 100, 4)
    session = mta.client(ALLOWED)
    codes = [session.mail().code, session.rcpt(CEO).code]
    session.close()
    true(f"without: {codes}", 250 != codes[1] and
         4 in (codes[0] // 100, codes[1] // 100))
    equal("nothing went by", sink.messages, [])
    daemon.start()
    let_in_and_refused(sink, daemon, mta.client(ALLOWED),
                       mta.client(STRANGER))


@case(needs=[needed])
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


@case(needs=[needed])
def hostile_text_through_postfix(t):
    _, daemon, mta = stand(t)
    for helo in (b"a\x01\x02\xff\xfe\"\\b", b"{\"x\":1}", b"\xe2\x80\xae"):
        session = mta.client(STRANGER, helo=helo)
        session.mail()
        holds("answer", session.rcpt(CEO), "550 5.7.1 ")
        session.close()
    for line in daemon.lines():
        true("one bounded line", len(line) < 8192)
        true("no control", min(line) >= 32)
    daemon.wait_attempts(3)


main()
