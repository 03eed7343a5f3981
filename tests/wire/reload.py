#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""reload.py - how does a new configuration come into force, and when not?"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import json  # noqa: E402
import re  # noqa: E402
import signal  # noqa: E402
import socket  # noqa: E402
import subprocess  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402

import milter  # noqa: E402
from case import case, equal, holds, main, program, slow, true, \
    until  # noqa: E402
from posternd import (ALLOWED, PROTECTED, STRANGER, Posternd,
                      reference)  # noqa: E402

# Two configurations that let the same client in to one domain each.
SOURCES = """
sources: { left: { networks = [ "192.0.2.0/24" ]; };
           right: { networks = [ "198.51.100.0/24" ]; }; };
"""
CLIENT = "192.0.2.10"  # in left
ONE, TWO = "<someone@one.example>", "<someone@two.example>"


def policies(name, one, two):
    reply = f'reply = {{ code = 550; status = "5.7.1"; ' \
            f'text = "by {name} (ref %{{id}})"; }};'
    return f"""
policies = (
  {{ name = "one"; domains = [ "one.example" ]; allow = ( "{one}" ); {reply} }},
  {{ name = "two"; domains = [ "two.example" ]; allow = ( "{two}" ); {reply} }}
);
"""


TEXTS = {"A": policies("A", "left", "right"),
         "B": policies("B", "right", "left")}


def put(daemon, name):
    daemon.policies = TEXTS[name]
    daemon.write()


def judged(client):
    """By which configuration both recipients were answered; the reply."""
    client.connect(CLIENT)
    client.helo()
    client.mail()
    one, two = client.rcpt(ONE), client.rcpt(TWO)
    client.quit()
    if one == "continue" and two.startswith("550 5.7.1 by A "):
        return "A", two
    if two == "continue" and one.startswith("550 5.7.1 by B "):
        return "B", one
    raise AssertionError(f"misjudged: {one!r} and {two!r}")


def status(daemon):
    """As it stands on the control socket: cheaper than the command."""
    code, text = daemon.ask(b"status\n")
    equal("status: " + text, code, 0)
    return json.loads(text)


def hang_up(daemon):
    daemon.process.send_signal(signal.SIGHUP)


def user_one(daemon):
    daemon.process.send_signal(signal.SIGUSR1)


def by_command(daemon):
    daemon.reload()


MEANS = (hang_up, user_one, by_command)


def wait_generation(daemon, number):
    until(f"generation {number}",
          lambda: status(daemon)["generation"] >= number)


def serves(daemon):
    for ip, want in ((ALLOWED, "continue"), (STRANGER, "550 5.7.1 ")):
        client = daemon.client()
        client.connect(ip)
        client.helo()
        client.mail()
        holds(ip, client.rcpt(PROTECTED), want)
        client.quit()


@case
def each_way_takes_what_is_written_over(t):
    daemon = t.enter(Posternd(t.folder, SOURCES, TEXTS["A"]))
    versions = [status(daemon)["version"]]
    for number, means in enumerate(MEANS, 2):
        name = "AB"[number % 2 == 0]
        put(daemon, name)
        equal("before", judged(daemon.client())[0], "BA"[number % 2 == 0])
        means(daemon)
        wait_generation(daemon, number)
        now = status(daemon)
        equal("generation", now["generation"], number)
        equal(means.__name__, judged(daemon.client())[0], name)
        versions.append(now["version"])
    equal("A and B, by turns", versions, versions[:2] * 2)
    records = daemon.records("reloaded")
    equal("from, to", [(record["postern"]["previous_version"],
                        record["rule"]["version"]) for record in records],
          list(zip(versions, versions[1:])))
    equal("who", [record["user"]["id"] for record in records],
          [str(os.geteuid())] * 3)
    equal("category", {record["event"]["category"][0] for record in records},
          {"configuration"})


@case
def the_same_again_is_a_generation_of_its_own(t):
    daemon = t.enter(Posternd(t.folder))
    before = status(daemon)
    daemon.reload()
    after = status(daemon)
    equal("generation", after["generation"], 2)
    equal("version", after["version"], before["version"])
    record = daemon.records("reloaded")[0]
    equal("previous", record["postern"]["previous_version"],
          record["rule"]["version"])


@case
def who_has_begun_keeps_what_was_in_force(t):
    daemon = t.enter(Posternd(t.folder, SOURCES, TEXTS["A"]))
    negotiated = daemon.client()
    midway = daemon.client()
    midway.connect(CLIENT)
    midway.helo()
    midway.mail()
    version = status(daemon)["version"]
    put(daemon, "B")
    daemon.reload()
    equal("new", judged(daemon.client())[0], "B")
    equal("midway", midway.rcpt(ONE), "continue")
    holds("midway", midway.rcpt(TWO), "by A ")
    midway.abort()
    # a second message on the old connection
    midway.mail()
    equal("again", midway.rcpt(ONE), "continue")
    midway.quit()
    name, reply = judged(negotiated)
    equal("negotiated, no more", name, "A")
    record = [found for found in daemon.records("bypass-rejected")
              if found["event"]["id"] == reference(reply)][0]
    equal("its record", record["rule"]["version"], version)
    true("not the new one", status(daemon)["version"] != version)


class Callers(threading.Thread):
    """Sessions, one after the other, each held against what was in force
    when it negotiated."""

    def __init__(self, daemon, names):
        super().__init__(daemon=True)
        self.target, self.names = daemon, names
        self.ending = threading.Event()
        self.error, self.found = None, []

    def run(self):
        try:
            while not self.ending.is_set():
                before = status(self.target)["generation"]
                client = self.target.client()
                after = status(self.target)["generation"]
                name, reply = judged(client)
                self.found.append((name, reply))
                # the generations that it may have taken
                wanted = {self.names[number]
                          for number in range(before, after + 1)}
                if name not in wanted:
                    raise AssertionError(
                        f"judged by {name}, in force: {wanted}")
        except Exception as error:  # told by the main thread
            self.error = error

    def end(self):
        self.ending.set()
        self.join(30 * slow())
        if self.error is not None:
            raise self.error


@case(seconds=90)
def under_load_nothing_is_lost_or_misjudged(t):
    daemon = t.enter(Posternd(t.folder, SOURCES, TEXTS["A"],
                              audit={"sync": '"second"'}))
    names = {1: "A"}
    versions = {"A": status(daemon)["version"]}
    callers = [Callers(daemon, names) for _ in range(4)]
    for caller in callers:
        caller.start()
    end = time.monotonic() + 6
    number = 1
    while time.monotonic() < end:
        number += 1
        names[number] = name = "BA"[number % 2]
        put(daemon, name)
        MEANS[number % 3](daemon)
        wait_generation(daemon, number)
        versions[name] = status(daemon)["version"]
    for caller in callers:
        caller.end()
    equal("generation", status(daemon)["generation"], number)
    found = [pair for caller in callers for pair in caller.found]
    equal("both were in force", {name for name, _ in found}, {"A", "B"})
    equal("each answer has its record",
          sorted((record["event"]["id"], record["rule"]["version"])
                 for record in daemon.records("bypass-rejected")),
          sorted((reference(reply), versions[name]) for name, reply in found))
    print(f"# {len(found)} sessions, {number} generations")


# a configuration that cannot be, and what is said of it behind FILE:
BROKEN = [
    ({"mode": '"enforcing"'}, r":\d+: mode: "),
    ({"unheard_of": "1"}, r":\d+: .*unheard_of"),
    ({"trusted": '[ "192.0.2.1/24" ]'}, r":\d+: trusted"),
    ({"trusted": '[ "nowhere.netset" ]'}, r":\d+: .*nowhere.netset"),
]


@case
def a_broken_configuration_changes_nothing(t):
    daemon = t.enter(Posternd(t.folder))
    before = status(daemon)
    good = dict(daemon.keys)
    for keys, words in BROKEN:
        daemon.keys = {**good, **keys}
        daemon.write()
        said = daemon.reload(78)
        true(f"{words!r} in {said!r}",
             re.search("^" + re.escape(daemon.conf) + words, said, re.M))
        holds("what was done", said, "keeping generation 1")
        serves(daemon)
    now = status(daemon)
    for key in ("generation", "version", "mode", "sources"):
        equal(key, now[key], before[key])
    records = daemon.records("reload-failed")
    equal("recorded", len(records), len(BROKEN))
    for (_, words), record in zip(BROKEN, records):
        true(record["postern"]["note"],
             re.match(re.escape(daemon.conf) + words,
                      record["postern"]["note"]))
        equal("version in force", record["rule"]["version"],
              before["version"])
        true("no previous", "previous_version" not in record["postern"])


@case
def a_signal_that_finds_it_broken_says_so(t):
    daemon = t.enter(Posternd(t.folder))
    with open(daemon.conf, "w", encoding="utf-8") as conf:
        conf.write("mode = \n\n}")
    for count, means in enumerate((hang_up, user_one), 1):
        means(daemon)
        until("recorded",
              lambda: len(daemon.records("reload-failed")) == count)
    serves(daemon)
    equal("generation", status(daemon)["generation"], 1)
    holds("said", daemon.said(), f"posternd: error: {daemon.conf}:3: ")
    holds("said", daemon.said(), "keeping generation 1")
    os.unlink(daemon.conf)
    hang_up(daemon)
    until("recorded", lambda: len(daemon.records("reload-failed")) == 3)
    serves(daemon)
    daemon.write()
    daemon.reload()
    serves(daemon)


@case
def what_was_made_at_the_start_needs_a_restart(t):
    daemon = t.enter(Posternd(t.folder))
    good, audit = dict(daemon.keys), dict(daemon.audit)
    other = t.path("other")
    cases = [("socket", f'"unix:{other}"', other),
             ("socket_mode", '"0666"', "0666"),
             ("socket_group", '"mail"', "mail"),
             ("user", '"daemon"', "daemon"),
             ("control", f'"{other}"', other),
             ("control_group", '"mail"', "mail"),
             ("audit.path", f'"{other}"', other)]
    for key, value, shown in cases:
        daemon.keys, daemon.audit = dict(good), dict(audit)
        if key == "audit.path":
            daemon.audit["path"] = value
        else:
            daemon.keys[key] = value
        daemon.write()
        code, text = daemon.ask(b"reload\n")
        equal(f"{key}: {text}", code, 78)
        line = text.splitlines()[0]
        holds(key, line, f"{daemon.conf}: {key}: ")
        holds(key, line, shown)
        holds(key, line, "restart")
        holds(key, text, "keeping generation 1")
    daemon.keys, daemon.audit = good, audit
    daemon.write()
    serves(daemon)
    equal("generation", status(daemon)["generation"], 1)
    equal("old value", len([record for record in
                            daemon.records("reload-failed")
                            if "restart" in record["postern"]["note"]]),
          len(cases))
    # what may change, all at once
    daemon.keys.update(mode='"monitor"', on_error='"reject"',
                       metrics=f'"{daemon.audit_folder}/p.prom"')
    daemon.audit["sync"] = '"second"'
    daemon.write()
    daemon.reload()
    equal("mode", status(daemon)["mode"], "monitor")


@case(seconds=90)
def four_thousand_hang_ups(t):
    daemon = t.enter(Posternd(t.folder, SOURCES, TEXTS["A"]))
    sessions = []
    for _ in range(40):
        client = daemon.client()
        client.connect(CLIENT)
        client.helo()
        client.mail()
        sessions.append(client)
    names = dict.fromkeys(range(1, 4002), "A")
    caller = Callers(daemon, names)
    caller.start()
    for _ in range(4000):
        os.kill(daemon.process.pid, signal.SIGHUP)
    for client in sessions[:20]:
        equal("allowed", client.rcpt(ONE), "continue")
        holds("refused", client.rcpt(TWO), "by A ")
    # libmilter looks at its own stop sign every 5 s
    time.sleep(6)
    for client in sessions[20:]:
        holds("refused", client.rcpt(TWO), "by A ")
        equal("allowed", client.rcpt(ONE), "continue")
    for client in sessions:
        client.quit()
    caller.end()
    true("sessions meanwhile", len(caller.found) > 0)
    count = len(daemon.records("reloaded"))
    true(f"several as one: {count}", 0 < count < 400)
    time.sleep(1)
    equal("over when it is over", len(daemon.records("reloaded")), count)
    put(daemon, "B")
    hang_up(daemon)
    until("the last one counts", lambda: judged(daemon.client())[0] == "B")


def begin(t, daemon):
    """Starts it; the socket on which it tells systemd how it is."""
    path = t.path("told")
    notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    t.at_end(notify.close)
    notify.bind(path)
    os.chmod(path, 0o666)
    notify.settimeout(20 * slow())
    daemon.process = daemon.spawn({"NOTIFY_SOCKET": path})
    t.at_end(daemon.stop)
    holds("start", notify.recv(4096).decode(), "READY=1")
    return notify


def slow_to_load(t):
    """A daemon whose lists take seconds, once they are large; where it tells
    of itself."""
    daemon = Posternd(t.folder)
    path = os.path.join(t.folder, "rules.d", "large")
    with open(path + ".conf", "w", encoding="utf-8") as source:
        source.write('networks = "large.netset";\n')
    with open(path + ".netset", "w", encoding="utf-8") as networks:
        networks.write("192.0.2.0/24\n")
    daemon.policies = daemon.policies.replace('"head-office" )',
                                              '"head-office", "large" )')
    daemon.write()
    notify = begin(t, daemon)
    with open(path + ".netset", "w", encoding="utf-8") as networks:
        # a sanitized build is slow enough with fewer
        for number in range(0, 600000 if slow() > 1 else 6000000, 2):
            networks.write(f"10.{number >> 16}.{number >> 8 & 255}."
                           f"{number & 255}\n")
    return daemon, notify


def begin_reload(t, daemon):
    sock = milter.open_socket(daemon.control, 60)
    t.at_end(sock.close)
    sock.sendall(b"reload\n")
    sock.shutdown(socket.SHUT_WR)
    return sock


@case(seconds=120)
def one_that_takes_long_holds_no_operator_up(t):
    daemon, _ = slow_to_load(t)
    reload = begin_reload(t, daemon)
    equal("still the old one", status(daemon)["generation"], 1)
    equal("open", daemon.ask(b"open\nseconds 60\nreason r\n"), (0, ""))
    client = daemon.client()
    client.connect(STRANGER)
    client.helo()
    client.mail()
    equal("it holds", client.rcpt(PROTECTED), "continue")
    client.quit()
    equal("close", daemon.ask(b"close\n"), (0, ""))
    equal("reloaded", reload.recv(2), b"0\n")
    equal("in this order",
          [record["event"]["action"] for record in
           daemon.records("opened", "closed", "reloaded")],
          ["opened", "closed", "reloaded"])


@case(seconds=120)
def a_stop_in_the_middle_of_one(t):
    daemon, notify = slow_to_load(t)
    first = begin_reload(t, daemon)
    holds("under way", notify.recv(4096).decode(), "RELOADING=1")
    second = begin_reload(t, daemon)
    equal("both are taken", status(daemon)["generation"], 1)
    hang_up(daemon)
    equal("exit", daemon.stop(), 0)
    equal("under way", first.recv(3), b"0\n")
    holds("waits", second.recv(100).decode(), "69\nposternd is stopping")
    equal("recorded", [record["event"]["action"]
                       for record in daemon.records()],
          ["started", "reloaded", "stopped"])


@case(seconds=120)
def many_who_want_one_get_one_each(t):
    daemon = t.enter(Posternd(t.folder))
    answers = [begin_reload(t, daemon) for _ in range(40)]
    codes = [sock.recv(100).partition(b"\n")[0] for sock in answers]
    true(f"{codes}", set(codes) <= {b"0", b"69"})
    equal("records", len(daemon.records("reloaded")), codes.count(b"0"))
    true("as many as may wait", codes.count(b"0") >= 16)


@case
def a_list_that_has_vanished(t):
    daemon = Posternd(t.folder, sources="", policies="""
policies = ( { name = "p"; domains = [ "example.com" ]; allow = ( "own" ); } );
""")
    path = os.path.join(t.folder, "rules.d", "own")
    with open(path + ".conf", "w", encoding="utf-8") as source:
        source.write('networks = "own.netset";\n')
    with open(path + ".netset", "w", encoding="utf-8") as networks:
        networks.write("192.0.2.0/24\n")
    t.enter(daemon)
    serves(daemon)
    version = status(daemon)["version"]
    os.rename(path + ".netset", path + ".away")
    said = daemon.reload(78)
    holds("words", said, f"{path}.conf:1: ")
    holds("words", said, "own.netset")
    serves(daemon)
    equal("version", status(daemon)["version"], version)
    with open(path + ".netset", "w", encoding="utf-8") as networks:
        networks.write("198.51.100.200\n")
    daemon.reload()
    true("version", status(daemon)["version"] != version)
    for ip, want in ((STRANGER, "continue"), (ALLOWED, "550 5.7.1 ")):
        client = daemon.client()
        client.connect(ip)
        client.helo()
        client.mail()
        holds(ip, client.rcpt(PROTECTED), want)
        client.quit()


@case
def warnings_reach_who_asked(t):
    daemon = t.enter(Posternd(t.folder))
    daemon.keys["unlisted"] = None
    daemon.write()
    said = daemon.reload()
    holds("warning", said, f"{daemon.conf}: warning: ")
    holds("said", daemon.said(), f"posternd: warning: {daemon.conf}: ")


@case
def standard_input_is_read_once(t):
    daemon = Posternd(t.folder)
    with open(daemon.conf, "rb") as conf, open(daemon.errors, "ab") as errors:
        daemon.process = subprocess.Popen(
            [program("posternd"), "-c", "-"], stdin=conf, stdout=errors,
            stderr=errors, env=daemon.environment())
    t.at_end(daemon.stop)
    until("answers", daemon.answers)
    code, text = daemon.ask(b"reload\n")
    equal("exit: " + text, code, 78)
    holds("words", text, "standard input")
    serves(daemon)
    equal("generation", status(daemon)["generation"], 1)


@case
def systemd_is_told(t):
    daemon = Posternd(t.folder)
    notify = begin(t, daemon)
    for mode in ('"enforce"', '"no-such-mode"'):
        daemon.keys["mode"] = mode
        daemon.write()
        before = time.monotonic_ns() // 1000
        hang_up(daemon)
        begun = notify.recv(4096).decode().splitlines()
        equal("begun", begun[0], "RELOADING=1")
        key, _, value = begun[1].partition("=")
        equal("key", key, "MONOTONIC_USEC")
        true("its time", before <= int(value) <= time.monotonic_ns() // 1000)
        equal("done", notify.recv(4096).decode().splitlines()[0], "READY=1")
    equal("exit", daemon.stop(), 0)


@case
def a_reload_that_cannot_be_recorded_holds_all_the_same(t):
    daemon = t.enter(Posternd(t.folder, SOURCES, TEXTS["A"]))
    daemon.take_away_log()
    put(daemon, "B")
    code, text = daemon.ask(b"reload\n")
    equal("exit", code, 0)
    holds("words", text, "could not be written")
    equal("generation", status(daemon)["generation"], 2)
    daemon.bring_back_log()
    equal("in force", judged(daemon.client())[0], "B")
    until("told", lambda: daemon.records("recovered"))
    equal("counted as it was made", status(daemon)["records"]["reloaded"], 1)


main()
