# SPDX-License-Identifier: ISC
"""evidence.py - what does a log cost that nobody can quietly change?

durable: refusals a second that are safe on disk before they are answered,
beside what the disk does by itself.  verify: checking chain and seals, beside
what SHA-256 alone takes of the same file.
"""

import os
import resource
import shutil
import subprocess
import tempfile

import filters
import report

import case  # found by way of filters

SESSIONS = (1, 50, 500)
DISK = "one fdatasync each"
RECORDS, RECORDS_QUICK = 200000, 5000
CHECK, HASH = "postern log verify", "openssl dgst -sha256"
MEMORY = ("tmpfs", "ramfs")


def on_disk():
    """A folder in that of the build: /tmp may be memory."""
    folder = tempfile.TemporaryDirectory(prefix="bench-", dir=case.builddir())
    kind = subprocess.run(["stat", "-f", "-c", "%T", folder.name], check=True,
                          stdout=subprocess.PIPE, text=True).stdout.strip()
    if kind in MEMORY:
        print(f"{folder.name} is on {kind}: syncing costs nothing there, the "
              "figures mean nothing")
    return folder


def named_values(*command):
    run = subprocess.run([filters.tool("durable"), *command], check=True,
                         stdout=subprocess.PIPE, text=True)
    return {name: float(value) for name, value in
            (line.split() for line in run.stdout.splitlines())}


def disk_alone(folder, length_ms):
    path = os.path.join(folder, "disk")
    found = named_values("disk", path, str(length_ms))
    os.unlink(path)
    return found


def sessions(folder, count, length_ms):
    place = os.path.join(folder, "log")
    conf = filters.Postern(place, "refused", "always").conf
    found = named_values("sessions", conf, str(count), str(length_ms))
    shutil.rmtree(place)
    return found


def title(count):
    return f"{count} waiting session{'s' if count > 1 else ''}"


def durable(_folder, options):
    length_ms = 100 if options.quick else 1000
    report.heading("durable: refusals safe on disk (sync = \"always\"), "
                   f"{options.rounds} rounds of {length_ms} ms; medians")
    rounds = report.Rounds()
    with on_disk() as folder:
        for _ in range(options.rounds):
            rounds.add(DISK, **disk_alone(folder, length_ms))
            for count in SESSIONS:
                rounds.add(title(count), **sessions(folder, count, length_ms))
    names = [DISK, *map(title, SESSIONS)]
    report.table(("a second", "mean wait ms", "CPU us each"),
                 [(name, rounds.median(name, "rate"),
                   rounds.median(name, "wait_us") / 1000,
                   rounds.median(name, "cpu_us")) for name in names])
    print()
    report.ratio(rounds, title(1), DISK, "rate", "durable records/s")
    report.ratio(rounds, title(50), DISK, "rate", "durable records/s",
                 least=10)
    report.ratio(rounds, title(500), DISK, "rate", "durable records/s",
                 "more than with 50")


def cpu_of(*command):
    """CPU seconds, of one that must succeed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime +
            after.ru_stime - before.ru_stime)


def count_seals(log):
    with open(log + ".seals", "rb") as seals:
        return sum(1 for _ in seals) - 1  # the first line is the key


def verify(folder, options):
    wanted = RECORDS_QUICK if options.quick else RECORDS
    place = filters.Postern(os.path.join(folder, "log"), "refused")
    subprocess.run([filters.tool("durable"), "log", place.conf, str(wanted)],
                   check=True)
    seals = count_seals(place.log)
    records, size = wanted + seals, os.path.getsize(place.log)
    report.heading(f"verify: a log of {records:,} records, {seals} of them "
                   f"seals, {size / 1e6:.0f} MB; {options.rounds} rounds; "
                   "medians")
    rounds = report.Rounds()
    for _ in range(options.rounds):
        for name, command in (
                (CHECK, (case.program("postern"), "log", "verify")),
                (HASH, ("openssl", "dgst", "-sha256"))):
            cpu = max(cpu_of(*command, place.log), 1e-6)
            rounds.add(name, cpu=cpu, rate=records / cpu,
                       bytes=size / cpu / 1e6)
    report.table(("CPU s", "records a CPU second", "MB a CPU second"),
                 [(name, *(rounds.median(name, column) for column in
                           ("cpu", "rate", "bytes")))
                  for name in (CHECK, HASH)])
    print()
    report.ratio(rounds, CHECK, HASH, "cpu", "CPU", 2)
    report.line(f"{CHECK}: records a second on one core",
                rounds.median(CHECK, "rate"), least=1000000,
                spread=rounds.all(CHECK, "rate"))
