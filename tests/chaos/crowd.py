#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""crowd.py - what if thousands connect and say nothing, under load?"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

from case import case, equal, main, sanitized, true, until  # noqa: E402
from load import Load, over_milter  # noqa: E402
from milter import Wire  # noqa: E402
from posternd import STRANGER, Posternd  # noqa: E402
from proc import descriptors, many_files, memory_bytes, \
    threads  # noqa: E402

FEW = 10 if sanitized() else 1
SILENT, IDLE, HALF = 2000 // FEW, 2000 // FEW, 400 // FEW
# of which libmilter gives each a thread until the rest comes
HALF_A_PACKET = b"\0\0\0\x20O"


def come(daemon):
    crowd = []
    for number in range(SILENT):
        crowd.append(Wire(daemon.address))
        if number % 100 == 99:  # before its backlog of 1,024 is full
            until("they are in", lambda: descriptors(daemon.process.pid) >
                  len(crowd))
    for _ in range(IDLE):
        client = daemon.client()
        client.connect(STRANGER)
        crowd.append(client)
    for _ in range(HALF):
        wire = Wire(daemon.address)
        wire.send_bytes(HALF_A_PACKET)
        crowd.append(wire)
    return crowd


@case(needs=[many_files])
def thousands_that_say_nothing(t):
    daemon = t.enter(Posternd(t.folder))
    pid = daemon.process.pid
    with Load(over_milter(daemon)) as load:
        load.more("stranger", "refused")
        before, memory = descriptors(pid), memory_bytes(pid)
        for _ in range(2):
            crowd = come(daemon)
            load.more("stranger", "refused", 20)
            load.more("allowed", "let in", 20)
            grown = memory_bytes(pid) - memory
            print(f"# {len(crowd)} more: {threads(pid)} threads, "
                  f"{grown >> 10} KiB more")
            if not sanitized():
                true(f"memory: {grown}", grown < 64 << 20)
            for client in crowd:  # all leave at once
                client.close()
            until("their descriptors are free",
                  lambda: descriptors(pid) <= before + 2 * load.clients)
    load.all_on_record(daemon.log)
    equal("broken off", load.count("stranger", "broken off"), 0)
    equal("deferred", load.count("stranger", "deferred"), 0)


main()
