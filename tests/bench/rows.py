# SPDX-License-Identifier: ISC
"""rows.py - what does a table of domains cost, the larger it is?

tests/bench/rows loads it and looks domains up, each time in a process of its
own: as the daemon does when it starts.
"""

import os
import random
import re
import subprocess

import filters
import message
import report

FEW, MANY = 1000, 100000
MANY_QUICK = 5000
NAMES = 100000  # that are looked up; as many in either table
TIMES = 3       # as often as the rounds of other parts: it is short
SOURCES = 10    # that the rows name

# the client would be a trusted host by itself, and not be judged
CONF = """
trusted = [ "203.0.113.254" ];
sources: {
%s};
policies = ( { name = "customers"; table = "customers.table"; } );
"""


def domain(number):
    return f"customer-{number}.example"


def row(draw, number):
    """One to three sources, that of the client among them; every second row
    has tenants."""
    sources = ["s0"]
    sources += draw.sample([f"s{one}" for one in range(1, SOURCES)],
                           draw.randrange(3))
    if number % 2 == 0:
        return f"{domain(number)} {','.join(sources)} -\n"
    return (f"{domain(number)} {','.join(sources)} "
            f"{message.OWN},{message.OTHER}\n")


def write(folder, count):
    """A configuration with a table of so many rows, and names in it."""
    draw = random.Random(count)
    place = os.path.join(folder, str(count))
    os.mkdir(place)
    conf = os.path.join(place, "postern.conf")
    with open(conf, "w", encoding="ascii") as out:
        out.write(CONF % "".join(
            f'  s{one}: {{ networks = [ "{network}" ]; }};\n'
            for one, network in enumerate(
                [filters.CLIENT, *filters.random_networks(SOURCES - 1)])))
    with open(os.path.join(place, "customers.table"), "w",
              encoding="ascii") as out:
        out.writelines(row(draw, number) for number in range(count))
    names = os.path.join(place, "names")
    with open(names, "w", encoding="ascii") as out:
        out.writelines(domain(draw.randrange(count)) + "\n"
                       for _ in range(NAMES))
    return conf, names


def measure(conf, names, times):
    run = subprocess.run([filters.tool("rows"), conf, names, str(times)],
                         check=True, stdout=subprocess.PIPE, text=True)
    found = {name: float(value) for name, value in
             (line.split() for line in run.stdout.splitlines())}
    return {"load": found["load_s"],
            "load_row": found["load_s"] / found["rows"] * 1e6,
            "find": found["find_ns"], "judge": found["judge_ns"]}


def instructions(conf, names):
    """Of a lookup, which the machine's caches do not change."""
    run = subprocess.run(
        ["valgrind", "--vgdb=no", "--tool=callgrind",
         "--callgrind-out-file=/dev/null", "--toggle-collect=look_up",
         filters.tool("rows"), conf, names, "1"],
        check=True, capture_output=True, text=True)
    return int(re.search(r"Collected : (\d+)", run.stderr)[1]) / NAMES


def judge(rounds, few, many):
    loads = rounds.all(many, "load")
    report.line(f"load, {many}", rounds.median(many, "load"), "seconds",
                unit=" s", spread=loads)
    report.ratio(rounds, many, few, "load_row", "load, a row")
    constant = "constant, about 1"
    report.ratio(rounds, many, few, "instructions",
                 "instructions of a lookup", constant)
    # the larger table does not fit into the nearest caches
    report.ratio(rounds, many, few, "find", "time of a lookup", constant)
    report.ratio(rounds, many, few, "judge", "time of a verdict")


def run(folder, options):
    few, many = FEW, MANY_QUICK if options.quick else MANY
    total = options.rounds * TIMES
    report.heading(f"rows: tables of domains; {NAMES:,} lookups, {total} "
                   "rounds; medians")
    files = {f"{count:,} rows": write(folder, count)
             for count in (few, many)}
    rounds = report.Rounds()
    for name, where in files.items():
        rounds.add(name, instructions=instructions(*where))
    for _ in range(total):
        for name, where in files.items():
            rounds.add(name, **measure(*where, 1 if options.quick else 10))
    report.table(
        ("load s", "us a row", "lookup: instructions", "ns", "verdict ns"),
        [(name, *(rounds.median(name, column) for column in
                  ("load", "load_row", "instructions", "find", "judge")))
         for name in files])
    print()
    judge(rounds, *files)
