# SPDX-License-Identifier: ISC
"""bench.py - what does Postern cost, beside what else one could run?

    bench.py [--quick] [--rounds N] [--functions] [PART]...

Started by tests/bench/run, which says how to read the tables.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import evidence  # noqa: E402
import filters  # noqa: E402
import instructions  # noqa: E402
import mta  # noqa: E402
import report  # noqa: E402
import rows  # noqa: E402
import verdict  # noqa: E402


def lookups(_folder, options):
    """The table of networks, measured by a program of its own."""
    report.heading("table: addresses to sets of sources")
    sys.stdout.flush()
    subprocess.run([filters.tool("table"), *(["--quick"] if options.quick
                                             else [])], check=True)


PARTS = {"table": lookups, "rows": rows.run, "mta": mta.run,
         "verdict": verdict.run, "instructions": instructions.run,
         "durable": evidence.durable, "verify": evidence.verify}


def arguments():
    parser = argparse.ArgumentParser(prog="run")
    parser.add_argument("--quick", action="store_true",
                        help="does it all work?  The figures mean nothing")
    parser.add_argument("--rounds", type=int, default=5,
                        help="how often each is measured (5)")
    parser.add_argument("--functions", action="store_true",
                        help="instructions: which functions cost what?")
    parser.add_argument("parts", nargs="*", metavar="PART",
                        help="of: " + ", ".join(PARTS) + " (all)")
    options = parser.parse_args()
    for part in options.parts:
        if part not in PARTS:
            parser.error(f"no part {part}; there are: " + ", ".join(PARTS))
    if options.quick:
        options.rounds = 1
        report.judging = False
    return options


def main():
    options = arguments()
    filters.raise_limits()
    begun = time.monotonic()
    for part in options.parts or PARTS:
        with tempfile.TemporaryDirectory(prefix="postern-bench-") as folder:
            os.chmod(folder, 0o755)
            # the daemon is nobody, the MTA postfix: both must get through
            PARTS[part](folder, options)
    print(f"\nin {time.monotonic() - begun:.0f} s"
          + ("; a quick run: the figures mean nothing" if options.quick
             else ""))


main()
