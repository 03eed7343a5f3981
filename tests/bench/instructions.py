# SPDX-License-Identifier: ISC
"""instructions.py - how many instructions and system calls is a session?

Each subject runs twice under callgrind (or strace), for N and for 2N
sessions; the difference, divided by N, is a session without start and stop.
These figures are repeatable whatever else the machine does.
"""

import collections
import concurrent.futures
import os
import re
import subprocess

import case
import filters
import message
import report

OWN_MOST = 2000  # instructions of Postern's own a session

# What libmilter calls; what of it makes a record and hands it over; the
# log's own thread.
CALLBACKS = re.compile(r"on_[a-z]+$")
RECORD = "audit_write"
THREAD = "writer_run"

OBJECTS = ("posternd", "libmilter", "libc", "libcrypto")
SHOWN = 60  # functions of a subject, with --functions

COST = re.compile(
    r"\s*([\d,]+) \(\s*[\d.]+%\)\s+\S+?:(\S+?)(?: \[(.*)\])?$")


def start(subject, place, under, sessions):
    """One run of so many sessions."""
    with subject.make(place, under) as running:
        subprocess.run([filters.tool("driver"), *subject.played,
                        running.address, str(sessions)], check=True,
                       stdout=subprocess.DEVNULL)


def count_calls(subject, place, sessions):
    """name: system calls."""
    out = os.path.join(place, "strace")
    start(subject, place, ("strace", "-D", "-f", "-c", "-U", "calls,name",
                        "-o", out), sessions)
    case.until("strace has written its summary", lambda:
               os.path.exists(out) and os.path.getsize(out), 20)
    found = collections.Counter()
    with open(out, encoding="ascii") as summary:
        for line in summary:
            words = line.split()
            if len(words) == 2 and words[0].isdigit() and \
                    words[1] != "total":
                found[words[1]] = int(words[0])
    return found


def count_instructions(subject, place, sessions):
    """(what each function took by itself, with all below it), by (name,
    object)."""
    out = os.path.join(place, "callgrind")
    start(subject, place, ("valgrind", "-q", "--vgdb=no", "--tool=callgrind",
                        "--callgrind-out-file=" + out), sessions)
    return functions(out, "no"), functions(out, "yes")


def functions(path, inclusive):
    # where it runs it shortens paths, and says them twice
    text = subprocess.run(
        ["callgrind_annotate", "--threshold=100", "--auto=no",
         "--inclusive=" + inclusive, path], check=True,
        cwd=os.path.dirname(path), capture_output=True, text=True).stdout
    found = collections.Counter()
    for line in text.splitlines():
        match = COST.match(line)
        if not match:
            continue
        cost = int(match[1].replace(",", ""))
        where = os.path.basename(match[3] or "").partition(".so")[0]
        name = match[2].partition("'")[0], where  # main'2: recursion
        found[name] = max(cost, found[name]) if inclusive == "yes" else \
            cost + found[name]
    return found


class Session:
    """Costs of one session of a subject: twice so many less so many.
    played: options of the driver."""

    def __init__(self, folder, name, sessions, make, *played):
        self.name, self.played = name, played
        self.folder, self.make, self.sessions = folder, make, sessions

    def measure(self):
        self.calls = self.less(*self.twice(count_calls))
        few, many = self.twice(count_instructions)
        self.own = self.less(few[0], many[0])
        self.below = self.less(few[1], many[1])
        return self

    def twice(self, count):
        found = []
        for times in (1, 2):
            place = os.path.join(self.folder, f"{count.__name__}-{times}")
            os.makedirs(place)
            found.append(count(self, place, self.sessions * times))
        return found

    def less(self, few, many):
        return {name: (cost - few[name]) / self.sessions
                for name, cost in many.items()}

    def total(self):
        return sum(self.own.values())

    def in_object(self, wanted):
        return sum(cost for (_, where), cost in self.own.items()
                   if where == wanted)

    def row(self):
        # the filters are "filter" where posternd is "posternd"
        return (self.name, sum(self.calls.values()), self.total(),
                self.in_object("posternd") + self.in_object("filter"),
                *map(self.in_object, OBJECTS[1:]))

    def below_of(self, wanted):
        return sum(cost for (name, _), cost in self.below.items()
                   if name == wanted)

    def record(self):
        return self.below_of(RECORD) + self.below_of(THREAD)

    def callbacks(self):
        """name: instructions, libmilter's below it included."""
        return {name: cost for (name, _), cost in self.below.items()
                if CALLBACKS.match(name)}

    def calls_text(self):
        often = sorted(((count, name) for name, count in self.calls.items()
                        if count >= 0.05), reverse=True)
        return ", ".join(f"{name} {count:.1f}" for count, name in often)

    def show_functions(self):
        """Those of posternd itself; what it calls counts below them."""
        print(f"\n{self.name}: instructions a session, with all below "
              "(by itself)")
        often = sorted(((cost, name) for name, cost in self.below.items()
                        if name[1] == "posternd"), reverse=True)
        for cost, name in often[:SHOWN]:
            print(f"{cost:10,.0f} {self.own.get(name, 0):10,.0f}  "
                  f"{name[0]}")


def yardstick(*what):
    return lambda folder, under: filters.Yardstick(folder, *what,
                                                   under=under)


def postern(kind):
    """As root: callgrind opens its file at the start and at the end."""
    return lambda folder, under: filters.Postern(
        os.path.join(folder, "postern"), kind, under=under, user='"root"')


def asked(folder, kind):
    place = os.path.join(folder, "asked-" + kind)
    with filters.Postern(place, kind) as running:
        return filters.what_it_asks_for(running.address)


def judged_by_headers(folder):
    """name: what makes it, and what the driver plays."""
    headers = message.for_driver(folder)
    accepted, refused = (("-H", headers, "-e", answer) for answer in "ay")
    asks = asked(folder, "own tenant")
    return {
        "accepts at EOH, Postern's steps":
            (yardstick("take", *asks), *accepted),
        "posternd, own tenant": (postern("own tenant"), *accepted),
        "refuses at EOH, Postern's steps":
            (yardstick("turn", *asks), *refused),
        "posternd, another tenant": (postern("another tenant"), *refused),
    }


def subjects(folder, quick):
    """The same, of all."""
    found = {"refuses, Postern's steps":
                 (yardstick("deny", *asked(folder, "refused")),),
             "posternd, refused": (postern("refused"),)}
    if not quick:
        found = {"empty filter": (yardstick("empty"),),
                 "accepts, Postern's steps":
                     (yardstick("accept", *asked(folder, "allowed")),),
                 "posternd, allowed": (postern("allowed"),),
                 "filter with all steps": (yardstick("all"),),
                 "refuses, all steps": (yardstick("refuse"),), **found,
                 "posternd, monitored": (postern("monitored"),)}
    return {**found, **judged_by_headers(folder)}


def judge(found):
    """Own: what posternd has more than a filter that asks for the same and
    answers the same."""
    for own, bare, most in (
            ("posternd, allowed", "accepts, Postern's steps", OWN_MOST),
            ("posternd, refused", "refuses, Postern's steps", OWN_MOST),
            ("posternd, own tenant", "accepts at EOH, Postern's steps", None),
            ("posternd, another tenant", "refuses at EOH, Postern's steps",
             None)):
        if own not in found:
            continue
        one = found[own]
        print(f"{own}, below its callbacks: " + ", ".join(
            f"{name} {cost:,.0f}" for name, cost in
            sorted(one.callbacks().items(), key=lambda item: -item[1])))
        report.line(f"{own}: the record, made and handed over",
                    one.below_of(RECORD))
        report.line(f"{own}: the record, the log's thread",
                    one.below_of(THREAD))
        own_only = one.total() - one.record() - found[bare].total()
        report.line(f"{own} less the record, more than: {bare}", own_only,
                    most)
        if one.played:
            report.line(f"{own}: the same, a header of the message",
                        own_only / len(message.headers()))


def run(folder, options):
    sessions = 20 if options.quick else 500
    report.heading(f"instructions: and system calls a session; runs of "
                   f"{sessions} and {2 * sessions}")
    wanted = [Session(os.path.join(folder, str(number)), name, sessions,
                      *what)
              for number, (name, what)
              in enumerate(subjects(folder, options.quick).items())]
    # what is counted is no time: as many at once as there is place for
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = {one.name: one for one in pool.map(Session.measure, wanted)}
    report.table(("system calls", "instructions", "in itself",
                  *OBJECTS[1:]), [one.row() for one in found.values()])
    print()
    for one in found.values():
        print(f"{one.name}: {one.calls_text()}")
    print()
    judge(found)
    if options.functions:
        for name, one in found.items():
            if name.startswith("posternd"):
                one.show_functions()
