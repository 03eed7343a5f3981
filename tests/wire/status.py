#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""status.py - does the daemon say how it is, everywhere alike?"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import calendar  # noqa: E402
import collections  # noqa: E402
import ctypes  # noqa: E402
import datetime  # noqa: E402
import re  # noqa: E402
import stat  # noqa: E402
import struct  # noqa: E402

from case import case, equal, holds, main, true, until  # noqa: E402
from posternd import (ALLOWED, OFFICE, PROTECTED, STRANGER, UNLISTED,
                      Posternd)  # noqa: E402

KEYS = ["generation", "version", "mode", "open", "sessions", "sources",
        "records"]
# what the contract names, with its type
METRICS = {
    "postern_records_total": "counter", "postern_sessions": "gauge",
    "postern_sessions_total": "counter", "postern_generation": "gauge",
    "postern_open": "gauge", "postern_source_networks": "gauge",
    "postern_source_date_seconds": "gauge",
    "postern_log_errors_total": "counter", "postern_build_info": "gauge",
}

SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(,|$)')
ESCAPES = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}


def read_labels(text):
    found, at = [], 0
    while at < len(text or ""):
        part = LABEL.match(text, at)
        true(f"labels {text!r}", part)
        value = re.sub(r'\\["\\n]', lambda it: ESCAPES[it[0]], part[2])
        found.append((part[1], value))
        at = part.end()
    return tuple(found)


def read_metrics(text):
    """The text format 0.0.4, as Prometheus' own page has it: the types and
    the samples of each metric, which follow its HELP and TYPE."""
    true("ends with a newline", text.endswith("\n"))
    types, helps, samples, current = {}, {}, {}, None
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            current, _, words = line[7:].partition(" ")
            true(f"HELP once: {current}", current not in helps)
            true(f"HELP says something: {current}", words)
            helps[current] = words
        elif line.startswith("# TYPE "):
            name, kind = line[7:].split(" ")
            equal("TYPE stands behind its HELP", name, current)
            true(f"TYPE once: {name}", name not in types)
            types[name] = kind
        else:
            part = SAMPLE.fullmatch(line)
            true(f"sample {line!r}", part)
            equal("sample stands with its TYPE", part[1], current)
            key = (part[1], read_labels(part[2]))
            true(f"sample once: {key}", key not in samples)
            samples[key] = float(part[3])
    equal("each has both", set(types), set(helps))
    return types, samples


def value(samples, name, **labels):
    return samples[name, tuple(labels.items())]


def agree(status, samples):
    """What both say is the same."""
    for action, count in status["records"].items():
        equal(action, value(samples, "postern_records_total", action=action),
              count)
    equal("actions", len([name for name, _ in samples
                          if name == "postern_records_total"]),
          len(status["records"]))
    equal("generation", value(samples, "postern_generation"),
          status["generation"])
    equal("sessions", value(samples, "postern_sessions"), status["sessions"])
    equal("open", value(samples, "postern_open"),
          0 if status["open"] is None else 1)
    equal("sources", sorted(labels[0][1] for name, labels in samples
                            if name == "postern_source_networks"),
          sorted(source["name"] for source in status["sources"]))
    dates = {labels[0][1]: seconds for (name, labels), seconds
             in samples.items() if name == "postern_source_date_seconds"}
    for source in status["sources"]:
        wanted = None if source["date"] is None else calendar.timegm(
            datetime.date.fromisoformat(source["date"]).timetuple())
        equal(source["name"], dates.get(source["name"]), wanted)


def metrics(daemon):
    return daemon.command("status", "--prometheus").stdout


def visit(daemon, ip, *steps, macros=None):
    """A session: words are steps, addresses are recipients."""
    client = daemon.client(macros)
    client.connect(ip)
    for step in steps:
        if step.startswith("<"):
            client.rcpt(step)
        elif step == "message":
            client.message()
        else:
            getattr(client, step)()
    client.quit()


def some_of_each(daemon):
    visit(daemon, ALLOWED, "helo", "mail", PROTECTED, "message")
    visit(daemon, OFFICE, "helo", "mail", UNLISTED, PROTECTED, "message")
    for _ in range(3):
        visit(daemon, STRANGER, "helo", "mail", PROTECTED)
    visit(daemon, STRANGER, "helo", "mail", PROTECTED,
          "<two@example.com>", "<three@sub.example.com>")
    visit(daemon, STRANGER, "helo", "mail")
    visit(daemon, STRANGER, "helo")


def counted(daemon):
    """The records of the log by action, without the daemon's help."""
    found = collections.Counter(record["event"]["action"]
                                for record in daemon.records())
    return {action: found[action] for action in found}


@case
def counts_are_those_of_the_log(t):
    daemon = t.enter(Posternd(t.folder, audit={"accepted": '"all"'}))
    some_of_each(daemon)
    until("all gone", lambda: daemon.status()["sessions"] == 0)
    daemon.keys["mode"] = '"monitor"'
    daemon.write()
    daemon.reload()
    visit(daemon, STRANGER, "helo", "mail", PROTECTED)
    daemon.keys["mode"] = '"no-such-mode"'
    daemon.write()
    daemon.reload(78)
    until("all gone", lambda: daemon.status()["sessions"] == 0)
    until("as many", lambda: {
        action: count for action, count in daemon.status()["records"].items()
        if count > 0} == counted(daemon))
    now = counted(daemon)
    equal("some of each", {action: now.get(action, 0) for action in (
        "bypass-rejected", "bypass-abandoned", "bypass-observed",
        "probe-seen", "accepted", "started", "reloaded", "reload-failed")},
          {"bypass-rejected": 6, "bypass-abandoned": 1, "bypass-observed": 1,
           "probe-seen": 1, "accepted": 2, "started": 1, "reloaded": 1,
           "reload-failed": 1})


@case
def its_json_is_that_of_the_contract(t):
    daemon = t.enter(Posternd(t.folder))
    status = daemon.status()
    equal("keys", list(status), KEYS)
    equal("generation", status["generation"], 1)
    equal("version", status["version"],
          daemon.records("started")[0]["rule"]["version"])
    equal("mode", status["mode"], "enforce")
    equal("open", status["open"], None)
    equal("sources", status["sources"],
          [{"name": "filter-service", "date": None, "stale": False},
           {"name": "head-office", "date": None, "stale": False}])
    clients = [daemon.client() for _ in range(5)]
    for client in clients:
        client.connect(STRANGER)
    equal("sessions", daemon.status()["sessions"], 5)
    for client in clients:
        client.quit()
    until("sessions end", lambda: daemon.status()["sessions"] == 0)
    equal("sessions in all", value(read_metrics(metrics(daemon))[1],
                                   "postern_sessions_total"), 5)


@case
def prometheus_reads_the_same(t):
    daemon = t.enter(Posternd(t.folder))
    some_of_each(daemon)
    daemon.reload()
    until("all gone", lambda: daemon.status()["sessions"] == 0)
    types, samples = read_metrics(metrics(daemon))
    equal("metrics and types", types, METRICS)
    agree(daemon.status(), samples)
    equal("networks", value(samples, "postern_source_networks",
                            source="head-office"), 1)
    equal("log errors", value(samples, "postern_log_errors_total"), 0)
    build = [labels for name, labels in samples
             if name == "postern_build_info"]
    equal("version", build, [(("version", "1.0"),)])
    equal("no label that a client chooses",
          {label for _, labels in samples for label, _ in labels},
          {"action", "source", "version"})


@case
def what_could_not_be_written_is_counted(t):
    daemon = t.enter(Posternd(t.folder))
    daemon.take_away_log()
    for _ in range(3):
        visit(daemon, STRANGER, "helo", "mail", PROTECTED)
    equal("made", daemon.status()["records"]["bypass-rejected"], 3)
    equal("log errors", value(read_metrics(metrics(daemon))[1],
                              "postern_log_errors_total"), 3)
    daemon.bring_back_log()


@case
def it_says_what_is_open(t):
    daemon = t.enter(Posternd(t.folder))
    before = datetime.datetime.now(datetime.timezone.utc)
    daemon.command("open", "--for", "1h", "--reason", 'a "reason" \\ é',
                   "--policy", "behind-filter")
    opened = daemon.status()["open"]
    equal("policy", opened["policy"], "behind-filter")
    equal("note", opened["note"], 'a "reason" \\ é')
    until_time = datetime.datetime.fromisoformat(
        opened["until"].replace("Z", "+00:00"))
    left = (until_time - before).total_seconds()
    true(f"until: {left}", 3600 <= left < 3660)
    agree(daemon.status(), read_metrics(metrics(daemon))[1])
    daemon.command("open", "--for", "1h", "--reason", "all")
    equal("all", daemon.status()["open"]["policy"], None)
    daemon.command("close")
    equal("closed", daemon.status()["open"], None)
    agree(daemon.status(), read_metrics(metrics(daemon))[1])


def day(ago):
    return (datetime.datetime.now(datetime.timezone.utc).date()
            - datetime.timedelta(days=ago)).isoformat()


@case
def sources_are_as_old_as_they_are_today(t):
    daemon = Posternd(t.folder, sources="", policies="""
policies = ( { name = "p"; domains = [ "example.com" ];
               allow = ( "old", "fresh", "unknown" ); } );
""")
    for name, head in (("old", f"# date: {day(40)}\n"),
                       ("fresh", f"# date: {day(1)}\n"),
                       ("unknown", "")):
        path = os.path.join(t.folder, "rules.d", name)
        with open(path + ".conf", "w", encoding="utf-8") as source:
            source.write(f'networks = "{name}.netset"; max_age = 30;\n')
        with open(path + ".netset", "w", encoding="utf-8") as networks:
            networks.write(head + "192.0.2.0/25\n192.0.2.200\n")
    t.enter(daemon)
    status = daemon.status()
    equal("sources", {source["name"]: (source["date"], source["stale"])
                      for source in status["sources"]},
          {"old": (day(40), True), "fresh": (day(1), False),
           "unknown": (None, True)})
    samples = read_metrics(metrics(daemon))[1]
    agree(status, samples)
    equal("networks", value(samples, "postern_source_networks",
                            source="old"), 2)


def textfile(daemon):
    with open(daemon.metrics, encoding="utf-8") as text:
        return text.read()


def with_textfile(folder, **keys):
    path = os.path.join(folder, "audit", "postern.prom")
    daemon = Posternd(folder, metrics=f'"{path}"', **keys)
    daemon.metrics = path
    return daemon


@case(seconds=90)
def the_textfile_says_the_same(t):
    daemon = with_textfile(t.folder)
    daemon.start()
    t.at_end(daemon.stop)
    until("written at the start", lambda: os.path.exists(daemon.metrics))
    found = os.stat(daemon.metrics)
    equal("mode", oct(stat.S_IMODE(found.st_mode)), oct(0o644))
    equal("types", read_metrics(textfile(daemon))[0], METRICS)
    some_of_each(daemon)
    until("all gone", lambda: daemon.status()["sessions"] == 0)
    # at the latest 15 s later
    until("written again",
          lambda: value(read_metrics(textfile(daemon))[1],
                        "postern_sessions_total") == 8, seconds=20)
    agree(daemon.status(), read_metrics(textfile(daemon))[1])
    equal("exit", daemon.stop(), 0)
    samples = read_metrics(textfile(daemon))[1]
    for action, count in counted(daemon).items():
        equal(action, value(samples, "postern_records_total", action=action),
              count)
    equal("nothing left beside it", [name for name in os.listdir(
        daemon.audit_folder) if "prom" in name], ["postern.prom"])


class Watch:
    """What happens to the names in a folder (inotify(7))."""

    EVENTS = {0x2: "modified", 0x80: "moved there", 0x100: "made",
              0x200: "removed"}

    def __init__(self, folder):
        libc = ctypes.CDLL(None, use_errno=True)
        self.fd = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        true("inotify", self.fd >= 0 and libc.inotify_add_watch(
            self.fd, folder.encode(), sum(self.EVENTS)) >= 0)

    def seen(self, name):
        """What has happened to name since it was last asked."""
        found = []
        try:
            data = os.read(self.fd, 1 << 16)
        except BlockingIOError:
            data = b""
        while data:
            _, mask, _, size = struct.unpack_from("iIII", data)
            if data[16:16 + size].rstrip(b"\0").decode() == name:
                found.append(self.EVENTS.get(mask & 0xFFF))
            data = data[16 + size:]
        return found

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.fd)


@case
def the_textfile_is_whole_at_every_moment(t):
    daemon = with_textfile(t.folder)
    watch = t.enter(Watch(daemon.audit_folder))
    for number in range(3):
        daemon.start()
        t.at_end(daemon.stop)
        until("written", lambda: os.path.exists(daemon.metrics))
        # whoever has it open goes on reading the one that he opened
        with open(daemon.metrics, encoding="utf-8") as held:
            before = os.fstat(held.fileno())
            visit(daemon, STRANGER, "helo", "mail", PROTECTED)
            equal("exit", daemon.stop(), 0)
            true(f"a file of its own, {number}",
                 os.stat(daemon.metrics).st_ino != before.st_ino)
            equal("types", read_metrics(held.read())[0], METRICS)
        equal("types", read_metrics(textfile(daemon))[0], METRICS)
    seen = watch.seen("postern.prom")
    true("seen", len(seen) >= 6)
    equal("in one step each time", set(seen), {"moved there"})


@case
def a_textfile_that_cannot_be_written_is_said_once(t):
    path = t.path("nowhere", "p.prom")
    daemon = t.enter(Posternd(t.folder, metrics=f'"{path}"'))
    until("said", lambda: f"metrics: {path}" in daemon.said())
    visit(daemon, STRANGER, "helo", "mail", PROTECTED)
    equal("exit", daemon.stop(), 0)
    equal("once", daemon.said().count("metrics: "), 1)
    equal("records", len(daemon.records("bypass-rejected")), 1)


@case
def two_side_by_side(t):
    daemons = []
    for name, mode in (("one", '"enforce"'), ("two", '"monitor"')):
        os.mkdir(t.path(name))
        daemons.append(t.enter(with_textfile(t.path(name), mode=mode)))
    for daemon in daemons:
        for _ in range(2):
            visit(daemon, STRANGER, "helo", "mail", PROTECTED)
    one, two = daemons
    visit(two, STRANGER, "helo", "mail", PROTECTED)
    two.reload()
    equal("one", [one.status()[key] for key in ("mode", "generation")],
          ["enforce", 1])
    equal("two", [two.status()[key] for key in ("mode", "generation")],
          ["monitor", 2])
    equal("one's records", one.status()["records"]["bypass-rejected"], 2)
    equal("two's records", two.status()["records"]["bypass-observed"], 3)
    equal("exit", one.stop(), 0)
    equal("two goes on", two.status()["mode"], "monitor")
    visit(two, STRANGER, "helo", "mail", PROTECTED)
    holds("its control socket", two.command("status").stdout, "monitor")


main()
