#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""command.py - does the command ask the running daemon, and say what it
answered?"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import grp  # noqa: E402
import json  # noqa: E402
import pwd  # noqa: E402
import re  # noqa: E402
import socket  # noqa: E402
import subprocess  # noqa: E402
import threading  # noqa: E402

from case import Skip, case, equal, holds, main, program, true, \
    until  # noqa: E402
from posternd import (POLICIES, PROTECTED, SOURCES, STRANGER, Posternd,
                      postern, user)  # noqa: E402

CONF = 'control = "%s";\n'
COMMANDS = [["status"], ["status", "--json"], ["status", "--prometheus"],
            ["reload"], ["close"], ["open", "--for", "1h", "--reason", "r"]]


class Answers:
    """In the daemon's place: answers each request with the same bytes."""

    def __init__(self, t, answer):
        self.path = t.path("fake.sock")
        self.conf = t.path("fake.conf")
        self.answer = answer
        self.asked = []
        with open(self.conf, "w", encoding="utf-8") as conf:
            conf.write(CONF % self.path)
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.bind(self.path)
        self.sock.listen()
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            sock, _ = self.sock.accept()
            with sock:
                self.asked.append(
                    b"".join(iter(lambda: sock.recv(4096), b"")))
                sock.sendall(self.answer)

    def command(self, *words, **options):
        return postern(words[0], "-c", self.conf, *words[1:], **options)


def said(run):
    """What a terminal would show has nothing that it would obey."""
    for text in (run.stdout, run.stderr):
        true("no control character",
             not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text))
    return run.stdout, run.stderr


def root():
    if os.geteuid() != 0:
        raise Skip("needs root")


def others():
    """Who is neither root nor the daemon's user, and may run the program."""
    root()
    found = pwd.getpwnam("bin")
    options = {"user": found.pw_uid, "group": found.pw_gid,
               "extra_groups": []}
    try:
        postern("--version", **options)
    except (OSError, AssertionError) as why:
        raise Skip(f"others cannot run {program('postern')}: {why}") from None
    return options


def columns(text):
    """The lines of a table, as lists of what two blanks part."""
    return [re.split("  +", line) for line in text.splitlines()]


# What it makes of an answer

STATUS = {
    "generation": 3, "version": "ab" * 32, "mode": "enforce", "open": None,
    "sessions": 12,
    "sources": [{"name": "mimecast-eu", "date": "2026-05-06", "stale": False},
                {"name": "long-forgotten", "date": None, "stale": True}],
    "records": {"bypass-rejected": 41, "opened": 0, "started": 1}}


def status_of(t, **changes):
    answer = "0\n" + json.dumps({**STATUS, **changes}) + "\n"
    return said(Answers(t, answer.encode()).command("status"))[0]


@case
def a_person_reads_a_table(t):
    rows = columns(status_of(t))
    equal("rows", rows, [
        ["gate", "not open"], ["mode", "enforce"], ["sessions", "12"],
        ["generation", "3"], ["version", "ab" * 32], [""],
        ["SOURCE", "DATE", "STATE"],
        ["mimecast-eu", "2026-05-06", "ok"],
        ["long-forgotten", "-", "stale"], [""],
        ["RECORDS", "SINCE THE START"],
        ["bypass-rejected", "41"], ["started", "1"]])


@case
def an_open_gate_comes_first(t):
    text = status_of(t, open={"until": "2998-01-02T03:04:05.678901Z",
                              "policy": None, "note": "ticket 4711"})
    first, second, third = columns(text)[:3]
    equal("gate", first[0], "gate")
    holds("gate", first[1], "OPEN until 2998-01-02T03:04:05Z, for another ")
    equal("what", second, ["", "nothing is refused"])
    equal("reason", third, ["reason", "ticket 4711"])


@case
def an_open_policy_is_named(t):
    text = status_of(t, open={"until": "2998-01-02T03:04:05.678901Z",
                              "policy": "hybrid", "note": "r"})
    holds("policy", text, 'nothing is refused of policy "hybrid"\n')


@case
def a_hostile_answer_harms_nobody(t):
    evil = "\x1b[2J\x9b\u202e\"\\"
    rows = status_of(
        t, mode=evil, version=evil,
        open={"until": evil, "policy": evil, "note": evil},
        sources=[{"name": evil, "date": evil, "stale": True}],
        records={"\x1b[2J": 1})
    holds("mode", rows, r"\u001b[2J\u009b\u202e\"" + "\\\\\n")
    holds("reason", rows, r"reason      \u001b[2J\u009b\u202e\"")
    holds("record", rows, "\n\\u001b[2J  1\n")


@case
def a_gate_that_makes_no_sense_is_shown_as_it_is(t):
    text = status_of(t, open={"until": "\x1b\"tomorrow", "policy": None,
                              "note": "4"})
    holds("until", text, r'OPEN until \u001b\"tomorrow' + "\n")
    holds("reason", text, "reason      4\n")


@case
def an_answer_that_is_none_is_69(t):
    names = ("nothing", "cut", "list", "two", "text", "twice", "nul", "NUL")
    for name, body in zip(names, (
            b"", b'{"generation":3', b"[]\n", b"{}{}\n", b"fine\n",
            b'{"mode":1,"mode":2}', b'{}\0', b'{"mode":"\\u0000"}')):
        os.makedirs(t.path(name))
        fake = Answers(t.__class__(t.path(name)), b"0\n" + body)
        for words in (["status"], ["status", "--json"]):
            out, err = said(fake.command(*words, code=69))
            equal(f"{name}: output", out, "")
            holds(name, err, "postern: status: the daemon's answer is no ")
    fake = Answers(t, b"0\n")
    said(fake.command("status", "--prometheus", code=69))


WRONG = [
    {"generation": "3"}, {"generation": 3.0}, {"version": None},
    {"mode": ["enforce"]}, {"open": False}, {"open": {}}, {"open": "x"},
    {"open": {"until": 4, "policy": None, "note": "r"}},
    {"open": {"until": "x", "policy": 4, "note": "r"}},
    {"open": {"until": "x", "policy": None}},
    {"sessions": None}, {"sources": {}}, {"sources": [None]},
    {"sources": [{"name": "x", "date": 4, "stale": True}]},
    {"sources": [{"name": "x", "date": None, "stale": "x"}]},
    {"sources": [{"name": None, "date": None, "stale": True}]},
    {"records": []}, {"records": {"opened": "1"}}]


@case
def a_status_of_wrong_types_is_69(t):
    fake = Answers(t, b"")
    missing = [{key: value for key, value in STATUS.items() if key != gone}
               for gone in STATUS]
    for found in [{**STATUS, **wrong} for wrong in WRONG] + missing:
        fake.answer = b"0\n" + json.dumps(found).encode()
        for words in (["status"], ["status", "--json"]):
            out, err = said(fake.command(*words, code=69))
            equal(f"{found}: output", out, "")
            holds("words", err, "postern: status: the daemon's answer is no ")


@case
def no_protocol_is_69(t):
    for number, answer in enumerate((b"", b"\n", b"ok\n", b"0", b"-1\n",
                                     b"126\n", b"\0\n", b"9" * 100000)):
        os.makedirs(t.path(str(number)))
        fake = Answers(t.__class__(t.path(str(number))), answer)
        for words in COMMANDS:
            out, err = said(fake.command(*words, code=69))
            equal("output", out, "")
            holds("place", err, fake.path + ": ")


@case
def what_is_asked_is_what_was_meant(t):
    fake = Answers(t, b"0\n" + json.dumps(STATUS).encode() + b"\n")
    for words in COMMANDS:
        fake.command(*words)
    fake.command("open", "--for=90m", "--reason", "über\u2028uns",
                 "--policy", "Köln")
    equal("requests", [text.decode() for text in fake.asked], [
        "status\n", "status\n", "metrics\n", "reload\n", "close\n",
        "open\nseconds 3600\nreason r\n",
        "open\nseconds 5400\npolicy Köln\nreason über\u2028uns\n"])


@case
def json_and_metrics_are_printed_as_they_came(t):
    body = json.dumps({**STATUS, "x": "\x1b"}).replace(",", ",\n\n ") + "\n"
    fake = Answers(t, b"0\n" + body.encode())
    equal("json", said(fake.command("status", "--json"))[0], body)
    equal("metrics", said(fake.command("status", "--prometheus"))[0], body)


@case
def words_of_the_daemon_go_to_standard_error(t):
    words = 'p.conf:3: no source "x\\y"\n\x1b[31mred\x9f\n\nlast'
    shown = 'p.conf:3: no source "x\\y"\n\\u001b[31mred\\ufffd\n\nlast\n'
    fake = Answers(t, b"78\n" + words.encode("latin-1"))
    out, err = said(fake.command("reload", code=78))
    equal("reload", (out, err), ("", shown))
    fake.answer = b"0\n" + words.encode("latin-1")
    out, err = said(fake.command("reload"))
    equal("warnings", (out, err), ("reloaded\n", shown))
    fake.answer = b"77\nnot you\nnor me\n"
    out, err = said(fake.command("close", code=77))
    equal("close", (out, err), ("", "postern: close: not you\n"
                                "postern: close: nor me\n"))
    fake.answer = b"74\n"
    out, err = said(fake.command("close", code=74))
    holds("no words", err, "does not say why")


@case
def errors_elsewhere_do_not_keep_it_from_asking(t):
    fake = Answers(t, b"0\n" + json.dumps(STATUS).encode())
    with open(fake.conf, "a", encoding="utf-8") as conf:
        conf.write('mode = "nonsense"; no_such_key = 1;\n')
    out, err = said(fake.command("status"))
    holds("answer", out, "generation")
    equal("errors", err, "")


# What it says where nobody answers

@case
def no_daemon_is_69(t):
    conf = t.path("postern.conf")
    path = t.path("control.sock")
    with open(conf, "w", encoding="utf-8") as text:
        text.write(CONF % path)
    for _ in range(2):
        for words in COMMANDS:
            run = postern(words[0], "-c", conf, *words[1:], code=69)
            out, err = said(run)
            equal("output", out, "")
            holds("what", err, f"postern: {words[0]}: {path}: ")
            holds("cure", err, "is posternd running")
        if not os.path.exists(path):  # then: nobody listens there
            with socket.socket(socket.AF_UNIX) as sock:
                sock.bind(path)


@case
def a_configuration_that_says_nothing_is_78(t):
    conf = t.path("postern.conf")
    with open(conf, "w", encoding="utf-8") as text:
        text.write('mode = "enforce";\ncontrol = "/x\n')
    for words in COMMANDS:
        run = postern(words[0], "-c", conf, *words[1:], code=78)
        out, err = said(run)
        equal("output", out, "")
        holds("error", err, f"{conf}:2: ")
        holds("asked", err, f"postern: {words[0]}: ")
        postern(words[0], "-c", conf + ".none", *words[1:], code=66)


@case
def a_control_that_is_wrong_asks_nobody(t):
    """Another instance may listen at the default place."""
    conf = t.path("postern.conf")
    for value in ('""', "5", '"ctl.sock"', '[ "/x" ]', "{ }", "true",
                  '"/' + "x" * 120 + '"', '"/x/"', '"\\x01"'):
        with open(conf, "w", encoding="utf-8") as text:
            text.write(f"mode = \"enforce\";\ncontrol = {value};\n")
        for words in COMMANDS:
            out, err = said(postern(words[0], "-c", conf, *words[1:],
                                    code=78))
            equal("output", out, "")
            holds("error", err, f"{conf}:2: control: ")
            holds("asked", err, "it was not asked")


class Silent(Answers):
    """Takes a request and says no word."""

    def run(self):
        self.kept = []
        while True:
            sock = self.sock.accept()[0]
            self.asked.append(b"".join(iter(lambda sock=sock: sock.recv(4096), b"")))
            self.kept.append(sock)


@case(seconds=90)
def who_is_silent_is_given_up(t):
    fake = Silent(t, b"")
    runs = [(words, subprocess.Popen(
        [program("postern"), words[0], "-c", fake.conf, *words[1:]],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
            for words in COMMANDS if words != ["reload"]]
    for words, run in runs:
        out, err = run.communicate(timeout=60)
        equal(f"{words}: {err}", (run.returncode, out), (69, ""))
        holds("words", err, f"{fake.path}: no answer within 10 s")


@case
def a_reload_that_takes_long_says_so(t):
    """To a terminal, and goes on waiting."""
    fake = Silent(t, b"")
    screen, terminal = os.openpty()
    with open(t.path("out"), "wb") as out:
        terminal_run, quiet = [subprocess.Popen(
            [program("postern"), "reload", "-c", fake.conf], stdout=out,
            stderr=errors) for errors in (terminal, out)]
    os.close(terminal)
    for run in terminal_run, quiet:
        t.at_end(run.wait)
        t.at_end(run.kill)
    said = b""
    while b"still loading" not in said:
        said += os.read(screen, 1000)
    holds("said", said.decode(), "postern: reload: still loading")
    until("both have asked", lambda: len(fake.kept) == 2)
    equal("they wait", (terminal_run.poll(), quiet.poll()), (None, None))
    for sock in fake.kept:
        sock.sendall(b"0\n")
        sock.close()
    equal("exit", (terminal_run.wait(20), quiet.wait(20)), (0, 0))
    with open(t.path("out"), encoding="utf-8") as out:
        equal("elsewhere", out.read(), "reloaded\nreloaded\n")
    os.close(screen)


# In a mount namespace of its own: the default configuration, for root only.
HIDDEN = """
mount -t tmpfs tmpfs "$1" && mkdir -p "$2" || exit 1
echo 'control = "/nowhere";' >"$2/postern.conf"
chmod 0600 "$2/postern.conf"
exec setpriv --reuid 2 --regid 2 --clear-groups "$3" status
"""


@case
def who_may_not_read_the_default_one_asks_at_the_default_place(t):
    others()
    found = re.search(r"\((/.*)/postern\.conf\)",
                      postern("status", "--help").stdout)
    folder = found.group(1)
    top = folder
    while not os.path.isdir(top):
        top = os.path.dirname(top)
    if os.path.isdir(folder):
        top = os.path.dirname(folder)
    run = subprocess.run(
        ["unshare", "-m", "sh", "-c", HIDDEN, "sh", top, folder,
         program("postern")], capture_output=True, text=True, check=False,
        timeout=60)
    if run.returncode == 1:
        raise Skip("no mount namespaces here: " + run.stderr)
    equal("exit", run.returncode, 69)
    holds("place", run.stderr, "/postern/control.sock: no daemon answers")


# Before the daemon itself

@case
def the_daemon_tells_its_status(t):
    with Posternd(t.folder) as daemon:
        found = daemon.status()
        equal("keys", sorted(found), sorted(STATUS))
        equal("generation", found["generation"], 1)
        equal("mode", found["mode"], "enforce")
        equal("open", found["open"], None)
        equal("sources", sorted(source["name"]
                                for source in found["sources"]),
              ["filter-service", "head-office"])
        client = daemon.client()
        client.connect(STRANGER)
        client.helo()
        client.mail()
        holds("refused", client.rcpt(PROTECTED), "550 5.7.1 ")
        rows = columns(said(daemon.command("status"))[0])
        true("session", ["sessions", "1"] in rows)
        true("record", ["bypass-rejected", "1"] in rows)
        true("version", ["version", found["version"]] in rows)
        metrics = daemon.command("status", "--prometheus").stdout
        holds("metrics", metrics, "\npostern_sessions 1\n")
        holds("metrics", metrics,
              '\npostern_records_total{action="bypass-rejected"} 1\n')
        client.quit()


@case
def a_stale_list_stands_out(t):
    daemon = Posternd(t.folder, policies=POLICIES.replace(
        '"head-office" )', '"head-office", "old" )'))
    for name, text in (("old.conf", 'networks = "old.netset"; max_age = 1;'),
                       ("old.netset", "# date: 2020-01-01\n192.0.2.99\n")):
        with open(t.path("rules.d", name), "w", encoding="utf-8") as file:
            file.write(text)
    with daemon:
        text = said(daemon.command("status"))[0]
        true("row", ["old", "2020-01-01", "stale"] in columns(text))


@case
def a_reload_takes_over_what_is_written(t):
    with Posternd(t.folder) as daemon:
        before = daemon.status()
        daemon.keys["mode"] = '"monitor"'
        daemon.write()
        run = daemon.command("reload")
        equal("fine", said(run), ("reloaded\n", ""))
        after = daemon.status()
        equal("mode", after["mode"], "monitor")
        equal("generation", after["generation"], 2)
        true("version", before["version"] != after["version"])

        del daemon.keys["unlisted"]
        daemon.write()
        out, err = said(daemon.command("reload"))
        equal("with a warning", out, "reloaded\n")
        holds("warning", err, f"{daemon.conf}:")
        holds("warning", err, ": warning: unlisted is not set")
        equal("generation", daemon.status()["generation"], 3)


@case
def a_broken_one_changes_nothing(t):
    with Posternd(t.folder) as daemon:
        before = daemon.status()
        for what, sources, keys in (
                ("network", SOURCES.replace("192.0.2.0/24", "192.0.2.1/24"),
                 {}),
                ("key", SOURCES, {"colour": '"red"'}),
                ("restart", SOURCES, {"control_group": '"adm"'})):
            daemon.sources = sources
            kept = dict(daemon.keys)
            daemon.keys.update(keys)
            daemon.write()
            daemon.keys = kept
            out, err = said(daemon.command("reload", code=78))
            equal(f"{what}: output", out, "")
            holds(what, err, daemon.conf + ":")
            true(f"{what}: no prefix", not err.startswith("postern:"))
            now = daemon.status()
            for key in ("generation", "version", "mode"):
                equal(f"{what}: {key}", now[key], before[key])
        holds("cure", err, "restart")
        daemon.keys["broken"] = "{"
        daemon.write()
        holds("syntax", daemon.reload(code=78), daemon.conf + ":")
        equal("recorded", len(daemon.records("reload-failed")), 3)


@case
def root_opens_and_closes(t):
    root()
    with Posternd(t.folder) as daemon:
        out, err = said(daemon.command("close", code=1))
        equal("nothing open", out, "")
        holds("nothing open", err, "postern: close: nothing is open")
        out, err = said(daemon.command(
            "open", "--for", "2h", "--reason", "migration, ticket 4711"))
        equal("opened", (out, err), (
            "open for 2h: nothing is refused; postern close ends it\n", ""))
        text = said(daemon.command("status"))[0]
        holds("status", text, ", for another 2h 0m\n")
        holds("status", text, "migration, ticket 4711\n")
        out, err = said(daemon.command(
            "open", "--for", "1d", "--reason", "r", "--policy",
            "behind-filter"))
        holds("opened", out, 'open for 1d: nothing is refused of policy "beh')
        equal("policy", daemon.status()["open"]["policy"], "behind-filter")
        equal("closed", said(daemon.command("close")), ("closed\n", ""))
        equal("status", daemon.status()["open"], None)
        out, err = said(daemon.command(
            "open", "--for", "1h", "--reason", "r", "--policy", "nobody",
            code=66))
        equal("no policy", out, "")
        holds("no policy", err, 'postern: open: no policy "nobody"')


@case
def the_daemons_user_may_open(t):
    others()
    found = pwd.getpwnam(user())
    who = {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    with Posternd(t.folder) as daemon:
        daemon.command("open", "--for", "1h", "--reason", "r", **who)
        daemon.command("close", **who)


@case
def others_may_not_even_ask(t):
    who = others()
    with Posternd(t.folder) as daemon:
        for words in COMMANDS:
            out, err = said(daemon.command(*words, code=77, **who))
            equal("output", out, "")
            holds("why", err, f"{daemon.control}: not allowed to ask")
            holds("cure", err, "control_group")
        equal("open", daemon.status()["open"], None)


@case
def who_is_in_the_group_may_ask_but_not_open(t):
    who = others()
    group = grp.getgrnam("games")
    with Posternd(t.folder, control_group='"games"') as daemon:
        who["extra_groups"] = [group.gr_gid]
        holds("status", daemon.command("status", **who).stdout, "generation")
        equal("reload", daemon.command("reload", **who).stdout, "reloaded\n")
        for words in (["open", "--for", "1h", "--reason", "r"], ["close"]):
            out, err = said(daemon.command(*words, code=77, **who))
            equal("output", out, "")
            holds("why", err, "for root and the daemon's user")
        equal("open", daemon.status()["open"], None)
        equal("asker", daemon.records("reloaded")[0]["user"]["name"], "bin")


if __name__ == "__main__":
    main()
