#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""forward.py - does each record reach syslog and the journal, too?"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import receiver  # noqa: E402
from case import Skip, case, equal, holds, main, true, until  # noqa: E402
from posternd import ALLOWED, PROTECTED, STRANGER  # noqa: E402
from receiver import Apart, Receiver, parse, parse_journal  # noqa: E402

NASTY = b'h] "x" \\ \r[a=\'b\' {"event":{"action":"sealed"}}\xff\xc3\xa9'
MISSED = re.compile(r"takes records again; it missed (\d+)")


def refuse(daemon, helo="there.example"):
    client = daemon.client()
    client.connect(STRANGER)
    client.helo(helo)
    client.mail()
    holds("refused", client.rcpt(PROTECTED), "550 5.7.1")
    client.quit()


def severity(event):
    """RFC 5424, 6.2.1: error 3, warning 4, notice 5."""
    if event["action"] == "reload-failed":
        return 3
    alert = event["kind"] == "alert" or event["action"] == "recovered"
    return 4 if alert else 5


def wanted(record):
    """What stands beside the line."""
    event = record["event"]
    found = {"sequence": str(event["sequence"]),
             "hash": record["postern"]["hash"], "action": event["action"],
             "id": event["id"]}
    if "reason" in event:
        found["reason"] = event["reason"]
    if "ip" in record.get("source", {}):
        found["ip"] = record["source"]["ip"]
    return found


def agree(daemon, taken, facility, lines=None):
    lines = daemon.lines() if lines is None else lines
    messages = [parse(one) for one in taken]
    equal("the lines", [one["msg"] for one in messages], lines)
    for message, line in zip(messages, lines):
        record = json.loads(line)
        event = record["event"]
        equal("PRI", message["pri"], facility * 8 + severity(event))
        equal("time", message["time"].decode(), record["@timestamp"])
        equal("host", message["host"].decode(), record["host"]["name"])
        equal("app", message["app"], b"postern")
        equal("MSGID", message["msgid"].decode(), event["action"])
        equal("SD-ID", message["sd-id"], b"postern@32473")
        equal("SD", message["sd"], wanted(record))


def spoil_and_reload(daemon):
    policies, daemon.policies = daemon.policies, "policies = ( nothing );"
    daemon.write()
    daemon.process.send_signal(signal.SIGHUP)
    until("the reload failed", lambda: daemon.records("reload-failed"))
    daemon.policies = policies
    daemon.write()


@case(needs=[receiver.needed])
def each_record_once_and_in_order(t):
    daemon = Apart(t.folder, syslog='"local3"', audit={"seal": '"1s"'})
    taker = t.enter(Receiver(daemon.syslog))
    t.enter(daemon)
    pid = daemon.process.pid
    for helo in ("one.example", NASTY, b'a"b\\"c', "last.example"):
        refuse(daemon, helo)
    client = daemon.client()
    client.connect(STRANGER)
    client.quit()
    spoil_and_reload(daemon)
    until("two seals", lambda: len(daemon.records("sealed")) >= 2)
    equal("exit", daemon.stop(), 0)
    agree(daemon, taker.wait(len(daemon.lines())), 19)
    equal("pid", {parse(one)["pid"] for one in taker.taken},
          {str(pid).encode()})
    actions = {record["event"]["action"] for record in daemon.records()}
    equal("of all kinds", actions & {"started", "stopped", "sealed",
                                     "reload-failed", "bypass-rejected",
                                     "probe-seen"},
          {"started", "stopped", "sealed", "reload-failed",
           "bypass-rejected", "probe-seen"})
    true("no word of it: " + daemon.said(), "/dev/log" not in daemon.said())


@case(needs=[receiver.needed])
def the_receiver_is_gone_and_back(t):
    daemon = t.enter(Apart(t.folder))
    for _ in range(4):
        refuse(daemon)
    until("it was said", lambda: "/dev/log does not take" in daemon.said())
    with Receiver(daemon.syslog) as taker:
        refuse(daemon)
        until("and how many", lambda: MISSED.search(daemon.said()))
        # of the four, some may only now have been on their way
        missed = int(MISSED.search(daemon.said()).group(1))
        true(f"it missed {missed}", 1 <= missed <= 5)
        lines = daemon.lines()[missed:]
        agree(daemon, taker.wait(len(lines)), 2, lines)
    # at the same path, by another that was started since
    with Receiver(daemon.syslog) as taker:
        before = len(daemon.lines())
        for count in range(1, 4):
            refuse(daemon)
            taker.wait(count)
        equal("exit", daemon.stop(), 0)
        lines = daemon.lines()[before:]
        agree(daemon, taker.wait(len(lines)), 2, lines)
    equal("missed", MISSED.findall(daemon.said()), [str(missed)])
    equal("said once", daemon.said().count("does not take"), 1)


@case(needs=[receiver.needed])
def a_receiver_that_is_full_holds_nobody_up(t):
    daemon = Apart(t.folder)
    taker = t.enter(Receiver(daemon.syslog))
    taker.go.clear()
    t.enter(daemon)
    with open("/proc/sys/net/unix/max_dgram_qlen", encoding="ascii") as most:
        enough = int(most.read()) + 40
    for _ in range(enough):
        refuse(daemon)
    holds("it was said", daemon.said(), "/dev/log does not take")
    client = daemon.client()
    equal("allowed", client.connect(ALLOWED), "accept")
    taker.go.set()
    count = 0
    while not MISSED.search(daemon.said()):
        refuse(daemon)
        count += 1
        true("it goes on", count < 50)
    equal("exit", daemon.stop(), 0)
    missed = int(MISSED.findall(daemon.said())[0])
    true("some were lost", missed > 0)
    lines = daemon.lines()
    taken = list(taker.wait(len(lines) - missed))
    equal("all others came", len(taken), len(lines) - missed)
    sequences = [int(parse(one)["sd"]["sequence"]) for one in taken]
    agree(daemon, taken, 2, [lines[n - 1] for n in sequences])
    equal("in order, once", sequences, sorted(set(sequences)))


@case(needs=[receiver.needed])
def a_stream_socket_is_told_of_once(t):
    daemon = Apart(t.folder)
    with socket.socket(socket.AF_UNIX) as stream:
        stream.bind(daemon.syslog)
        os.chmod(daemon.syslog, 0o666)
        stream.listen()
        t.enter(daemon)
        for _ in range(3):
            refuse(daemon)
        equal("exit", daemon.stop(), 0)
    equal("said", daemon.said().count("/dev/log is a stream socket"), 1)


@case(needs=[receiver.needed])
def the_journal(t):
    daemon = Apart(t.folder, syslog='"journald"')
    taker = t.enter(Receiver(daemon.journal))
    syslog = t.enter(Receiver(daemon.syslog))
    t.enter(daemon)
    refuse(daemon, NASTY)
    spoil_and_reload(daemon)
    equal("exit", daemon.stop(), 0)
    lines = daemon.lines()
    entries = [parse_journal(one) for one in taker.wait(len(lines))]
    equal("lines", [entry["MESSAGE"] for entry in entries], lines)
    for entry, line in zip(entries, lines):
        record = json.loads(line)
        want = {"PRIORITY": str(severity(record["event"])),
                "SYSLOG_IDENTIFIER": "postern", "SYSLOG_FACILITY": "2"}
        for name, value in wanted(record).items():
            want["POSTERN_" + name.upper()] = value
        got = {name: value.decode() for name, value in entry.items()
               if name != "MESSAGE"}
        equal("fields", got, want)
    equal("nothing elsewhere", syslog.taken, [])


@case(needs=[receiver.needed])
def a_reload_takes_another(t):
    daemon = Apart(t.folder, syslog='"none"')
    syslog = t.enter(Receiver(daemon.syslog))
    journal = t.enter(Receiver(daemon.journal))
    t.enter(daemon)
    refuse(daemon)
    first = len(daemon.lines())
    ends = []
    for where in ('"local7"', '"journald"', '"none"'):
        daemon.audit["syslog"] = where
        daemon.write()
        daemon.reload()
        refuse(daemon)
        ends.append(len(daemon.lines()))
    equal("exit", daemon.stop(), 0)
    lines = daemon.lines()
    # the record of the reload itself goes where it says
    agree(daemon, syslog.wait(ends[0] - first), 23, lines[first:ends[0]])
    equal("to the journal",
          [parse_journal(one)["MESSAGE"]
           for one in journal.wait(ends[1] - ends[0])],
          lines[ends[0]:ends[1]])


RSYSLOG = """
global(workDirectory="{folder}" maxMessageSize="16k")
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="{socket}" UseSpecialParser="off"
      ParseHostname="on" RateLimit.Interval="0")
template(name="parts" type="string" string="%pri% %hostname% \
%app-name% %msgid% %structured-data% %msg%\\n")
action(type="omfile" file="{folder}/got" template="parts")
"""


@case(needs=[receiver.needed])
def a_real_rsyslogd(t):
    if shutil.which("rsyslogd") is None:
        raise Skip("rsyslogd is not installed")
    daemon = Apart(t.folder, syslog='"authpriv"')
    conf, got = t.path("rsyslog.conf"), t.path("got")
    with open(conf, "w", encoding="utf-8") as text:
        text.write(RSYSLOG.format(folder=t.folder, socket=daemon.syslog))
    running = subprocess.Popen(["rsyslogd", "-n", "-f", conf, "-i",
                                t.path("rsyslog.pid")],
                               stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    t.at_end(running.wait)
    t.at_end(running.terminate)
    until("it listens", lambda: os.path.exists(daemon.syslog))
    os.chmod(daemon.syslog, 0o666)
    t.enter(daemon)
    refuse(daemon, NASTY)
    refuse(daemon)
    equal("exit", daemon.stop(), 0)
    lines = daemon.lines()

    def written():
        if not os.path.exists(got):
            return None
        with open(got, "rb") as text:
            found = [line for line in text.read().splitlines()
                     if b" postern " in line]
        return found if len(found) >= len(lines) else None

    want = []
    for line in lines:
        record = json.loads(line)
        sd = "".join(f' {name}="{value}"'
                     for name, value in wanted(record).items())
        want.append(
            (f'{10 * 8 + severity(record["event"])} '
             f'{record["host"]["name"]} postern {record["event"]["action"]} '
             f'[postern@32473{sd}] ').encode() + line)
    equal("as rsyslogd reads them", until("all came", written), want)


main()
