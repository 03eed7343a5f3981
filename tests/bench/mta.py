# SPDX-License-Identifier: ISC
"""mta.py - what does a filter cost before a real Postfix?

One Postfix (mailserver.py) with a port for each subject; smtp-source sends.
"""

import contextlib
import os
import statistics
import subprocess
import time

import case
import exchange
import filters
import mailserver
import message
import postfix
import report

AT_ONCE = 8
SIZES = (10, 1000, 10000, 100000)
SIZES_QUICK = (10, 1000)


class Subject:
    """One line of the table."""

    def __init__(self, name, running=None, options=()):
        self.name, self.running = name, running
        # of the last answer
        self.code = 550 if "refuse" in name or "another" in name else 250
        self.by_headers = "tenant" in name or "EOH" in name
        self.port = postfix.free_port()
        self.options = list(options)
        if running is not None:
            self.options.append("smtpd_milters = unix:" + running.address)


def start_posternds(folder, stack, sizes):
    """name: a running posternd."""
    wanted = {
        "posternd, allowed": ("allowed", "never", 0),
        f"posternd, allowed, {sizes[-1]:,} networks":
            ("allowed", "never", sizes[-1]),
        "posternd, refused, sync never": ("refused", "never", 0),
        "posternd, refused, sync always": ("refused", "always", 0),
        "posternd, monitored, sync never": ("monitored", "never", 0),
        "posternd, monitored, sync always": ("monitored", "always", 0),
        "posternd, own tenant": ("own tenant", "never", 0),
        "posternd, another tenant": ("another tenant", "never", 0),
    }
    return {name: stack.enter_context(filters.Postern(
        os.path.join(folder, f"postern-{number}"), *what))
            for number, (name, what) in enumerate(wanted.items())}


def start_yardsticks(folder, stack, running):
    """What the aims are held against: name: a running filter."""
    refused, tenant = (filters.what_it_asks_for(running[name].address)
                       for name in ("posternd, refused, sync never",
                                    "posternd, own tenant"))
    wanted = {
        "empty filter": ("empty",),
        "filter with all steps": ("all",),
        "filter that refuses, all steps": ("refuse",),
        "filter that refuses, Postern's steps":
            ("deny", *refused),
        "filter that accepts at EOH, Postern's steps": ("take", *tenant),
        "filter that refuses at EOH, Postern's steps": ("turn", *tenant),
    }
    return {name: stack.enter_context(filters.Yardstick(folder, *what))
            for name, what in wanted.items()}


def subjects(folder, stack, sizes):
    running = start_posternds(folder, stack, sizes)
    yardsticks = start_yardsticks(folder, stack, running)
    found = [Subject("Postfix alone")]
    found += [Subject(name, one)
              for name, one in {**yardsticks, **running}.items()]
    for size in sizes:
        table = mailserver.cidr_table(folder, size)
        found.append(Subject(
            f"Postfix, cidr table of {size:,}", options=[
                f"smtpd_client_restrictions = check_client_access "
                f"cidr:{table}, reject"]))
    return found


def check(server, subject):
    """Does it do what its name says?"""
    server.port = subject.port
    session = server.client()
    session.mail()
    answer = session.rcpt("ceo@example.com")
    if answer.code == 250:
        answer = session.message(header=exchange.block(message.BLOCK)
                                 if subject.by_headers else "")
    case.equal(subject.name, answer.code, subject.code)
    session.quit()


def send(server, subject, count):
    """Sessions of one message each; the seconds that they took."""
    content = ("-F", message.for_smtp_source(server.folder)) \
        if subject.by_headers else ()
    begun = time.monotonic()
    subprocess.run(
        ["smtp-source", "-4", "-A", "-s", str(AT_ONCE), "-m", str(count),
         *content, "-M", "client.test", "-f", "sender@partner.example",
         "-t", "ceo@example.com", f"inet:127.0.0.1:{subject.port}"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        timeout=600)
    return time.monotonic() - begun


def measure(server, subject, count):
    running = subject.running
    of_filter = running.cpu() if running else 0
    of_server = server.cpu()
    seconds = send(server, subject, count)
    case.until("all is delivered", server.is_idle, 60)
    found = {"rate": count / seconds,
             "server": (server.cpu() - of_server) / count * 1e6}
    if running:
        found["filter"] = (running.cpu() - of_filter) / count * 1e6
    found["both"] = found["server"] + found.get("filter", 0)
    return found


def record_cost(folder, sync, count):
    """CPU us of a record by itself, written as before the MTA."""
    place = filters.Postern(os.path.join(folder, "record-" + sync),
                            "refused", sync)
    run = subprocess.run([filters.tool("record"), place.conf, str(count),
                          "2000"], check=True, stdout=subprocess.PIPE,
                         text=True)
    return dict((name, float(value)) for name, value in
                (line.split() for line in run.stdout.splitlines()))


def judge(rounds, most):
    """most: networks of the largest tables."""
    alone, empty = "Postfix alone", "empty filter"
    every, own = "filter that refuses, all steps", "posternd, allowed"
    report.ratio(rounds, own, empty, "filter", "filter's CPU", 1.05)
    report.ratio(rounds, own, empty, "both", "CPU of both", 1.05)
    report.ratio(rounds, empty, own, "rate", "sessions/s", 1.05)
    report.ratio(rounds, alone, own, "rate", "sessions/s")
    report.ratio(rounds, f"{own}, {most:,} networks",
                 f"Postfix, cidr table of {most:,}", "both", "CPU of both")
    report.ratio(rounds, "filter with all steps", empty, "filter",
                 "filter's CPU")
    report.ratio(rounds, "filter that refuses, Postern's steps", every,
                 "filter", "filter's CPU")
    for own, bare in (("own tenant", "accepts"), ("another tenant",
                                                  "refuses")):
        own = f"posternd, {own}"
        bare = f"filter that {bare} at EOH, Postern's steps"
        report.ratio(rounds, own, bare, "filter", "filter's CPU")
        report.ratio(rounds, own, bare, "both", "CPU of both")
        report.ratio(rounds, bare, own, "rate", "sessions/s")
    for sync in ("never", "always"):
        judge_refused(rounds, f"posternd, refused, sync {sync}", every,
                      f"record, sync {sync}")


def judge_refused(rounds, name, every, record):
    """At most 0.7 of the yardstick and the record: so the record off."""
    costs = rounds.all(record, "filter")
    report.line(f"CPU by itself, {record}", statistics.median(costs),
                unit=" us", spread=costs)
    values = [(own - cost) / other for own, cost, other in
              zip(rounds.all(name, "filter"), costs,
                  rounds.all(every, "filter"))]
    report.line(f"filter's CPU, {name} less the record : all steps",
                statistics.median(values), 0.7, spread=values)
    report.ratio(rounds, every, name, "rate", "sessions/s")


def play(server, chosen, folder, options, count):
    rounds = report.Rounds()
    for subject in chosen:
        check(server, subject)
        send(server, subject, AT_ONCE * 2)  # its smtpds are there from now on
    for number in range(options.rounds):
        for subject in chosen:
            rounds.add(subject.name, **measure(server, subject, count))
        for sync in ("never", "always"):
            place = os.path.join(folder, f"round-{number}")
            os.makedirs(place, exist_ok=True)
            cost = record_cost(place, sync, count)
            rounds.add(f"record, sync {sync}", filter=cost["cpu_us"])
    return rounds


def run(folder, options):
    count = 16 if options.quick else 500
    report.heading(
        f"mta: before a real Postfix, {AT_ONCE} sessions at once, {count} "
        f"a run, {options.rounds} rounds; CPU in us a session, medians")
    sizes = SIZES_QUICK if options.quick else SIZES
    with contextlib.ExitStack() as stack:
        chosen = subjects(folder, stack, sizes)
        place = os.path.join(folder, "postfix")
        os.mkdir(place)
        os.chmod(place, 0o755)
        server = stack.enter_context(mailserver.Postfix(
            place, {subject.name: (subject.port, subject.options)
                    for subject in chosen}))
        rounds = play(server, chosen, folder, options, count)
    report.table(
        ("sessions/s", "filter us", "Postfix us", "both us"),
        [(subject.name, *(rounds.median(subject.name, column) for column
                          in ("rate", "filter", "server", "both")))
         for subject in chosen])
    print()
    judge(rounds, sizes[-1])
