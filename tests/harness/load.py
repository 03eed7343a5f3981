# SPDX-License-Identifier: ISC
"""load.py - is it judged rightly while things go wrong?

Clients that keep coming, strangers and allowed ones in turns, until they are
told to stop.  What each was told is held against what may be told at all:
nobody comes in wrongly, and who was told a reference is on the record.
"""

import collections
import json
import threading
import time

import case
import milter
from posternd import ALLOWED, PROTECTED, STRANGER, reference

LET_IN = ("continue", "accept", "250 ")


def over_milter(daemon):
    """A function that plays one session of an MTA's."""

    def ask(ip):
        client = daemon.client()
        try:
            for answer in (client.connect(ip), client.helo(), client.mail(),
                           client.rcpt(PROTECTED)):
                if answer != "continue":
                    break
            client.quit()
            return answer
        finally:
            client.close()

    return ask


def over_smtp(mta):
    """The same through a real MTA."""

    def ask(ip):
        session = mta.client(ip)
        try:
            answer = session.mail()
            if answer.code == 250:
                answer = session.rcpt("ceo@example.com")
            session.command("QUIT")
            return answer
        finally:
            session.close()

    return ask


class Load:
    """ask: an address to the last answer.  broken: what it may raise when
    the filter, or the MTA, is not there."""

    def __init__(self, ask, clients=4, pause=0.01,
                 broken=(OSError, milter.Closed)):
        self.ask, self.clients, self.pause = ask, clients, pause
        self.broken = broken
        self.ending = threading.Event()
        self.no_strangers = threading.Event()  # while set
        self.lock = threading.Lock()
        self.threads = []
        self.counts = collections.Counter()  # (who, answer's kind)
        self.references = set()
        self.wrong = []
        self.longest = 0.0

    def __enter__(self):
        self.threads = [threading.Thread(target=self.run, daemon=True)
                        for _ in range(self.clients)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, kind, *_):
        self.stop()
        print("#", ", ".join(f"{who} {what}: {count}" for (who, what), count
                             in sorted(self.counts.items())))
        if kind is None:
            self.check()

    def stop(self):
        self.ending.set()
        for thread in self.threads:
            thread.join(60)
        case.equal("clients that hang", [thread for thread in self.threads
                                         if thread.is_alive()], [])

    def run(self):
        while not self.ending.is_set():
            for who, ip in (("stranger", STRANGER), ("allowed", ALLOWED)):
                if who == "stranger" and self.no_strangers.is_set():
                    continue
                self.one(who, ip)
                self.ending.wait(self.pause)

    def one(self, who, ip):
        begun = time.monotonic()
        try:
            answer = self.ask(ip)
            kind = self.kind(answer)
        except self.broken as error:
            answer, kind = repr(error), "broken off"
            self.ending.wait(0.1)
        except Exception as error:  # else a thread would just be gone
            answer, kind = repr(error), "odd"
        with self.lock:
            self.longest = max(self.longest, time.monotonic() - begun)
            self.counts[who, kind] += 1
            if kind == "refused":
                self.references.add(reference(answer))
            if (who, kind) in (("stranger", "let in"), ("allowed", "refused"),
                               (who, "odd")):
                self.wrong.append((who, answer))

    @staticmethod
    def kind(answer):
        if answer.startswith(LET_IN):
            return "let in"
        if answer.startswith("550 5.7.1 "):
            return "refused"
        if answer.startswith(("45", "421 ", "tempfail")):
            return "deferred"
        return "odd"

    def count(self, who, kind):
        with self.lock:
            return self.counts[who, kind]

    def more(self, who, kind, least=5, seconds=20):
        """Waits until there are more of these than now."""
        now = self.count(who, kind)
        case.until(f"{who} {kind}",
                   lambda: self.count(who, kind) >= now + least, seconds)

    def quiet(self):
        """Waits until the strangers that were under way are gone."""
        self.more("allowed", "let in", 3 * self.clients)

    def check(self):
        case.equal("answers that nobody may get", self.wrong[:5], [])
        case.true("somebody was there", sum(self.counts.values()) > 0)

    def all_on_record(self, *paths):
        """Every reference that was told, in these files."""
        case.true("references", self.references)
        found = set()
        for path in paths:
            with open(path, "rb") as log:
                found.update(json.loads(line)["event"]["id"] for line in log
                             if line.endswith(b"\n"))
        case.equal("told, but not on record",
                   sorted(self.references - found)[:5], [])
