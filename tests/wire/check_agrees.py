#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""check_agrees.py - do posternd -t and postern check say the same?"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import glob  # noqa: E402
import subprocess  # noqa: E402

from case import SOURCE, case, equal, main, program, true  # noqa: E402
from posternd import Posternd  # noqa: E402

# a key or text of the good configuration -> what stands there instead
BAD = {
    "unknown key": ('mode = "enforce";', 'mode = "enforce"; mood = 1;'),
    "wrong type": ('mode = "enforce";', "mode = 1;"),
    "wrong word": ('"enforce"', '"enforced"'),
    "no such source": ('"head-office" );', '"head-ofice" );'),
    "host bits": ("192.0.2.0/24", "192.0.2.1/24"),
    "domain in two policies": (
        "policies = (", 'policies = ( { name = "x"; domains = '
        '[ "example.com" ]; allow = ( "head-office" ); },'),
    "no anchor": ('"head-office" );', '{ note = "x"; } );'),
    "missing comma": ('"example.com", ".example.com"',
                      '"example.com" ".example.com"'),
    "unclosed comment": ("policies = (", "/* policies = ("),
    "syntax": ("policies = (", "policies = ((("),
    "expired": ('"head-office" );', '{ source = "head-office"; '
                'until = "2001-01-01"; } );'),
    "unlisted not said": ('unlisted = "accept";', ""),
    "not in this version": ('"head-office" );', '{ source = "head-office"; '
                            'dkim = [ "x.example" ]; } );'),
    "a later key": ('mode = "enforce";', 'mode = "enforce"; '
                    'authserv_id = "x";'),
    "no tenant": ('"head-office" );', '{ source = "head-office"; '
                  'tenant = [ "x" ]; } );'),
    "no database": ('"head-office" );', '{ source = "head-office"; '
                    'country = [ "DE" ]; } );'),
    "a table that is not there": ("policies = (", 'policies = ( { name = "x"; '
                                  'table = "/nonexistent/x.table"; },'),
    "bad socket": ("unix:", "local:"),
    "include of a folder": ("policies = (", '@include "/"\npolicies = ('),
    "missing list": ("192.0.2.0/24", "no-such.netset"),
    "good": ("", ""),
}


def both(path):
    """(exit, output, error) of each program."""
    found = []
    for command in ([program("posternd"), "-t", "-c", path],
                    [program("postern"), "check", path]):
        run = subprocess.run(command, capture_output=True, text=True,
                             check=False, timeout=60)
        found.append((run.returncode, run.stdout, run.stderr))
    return found


@case(seconds=120)
def on_bad_configurations_of_every_kind(t):
    for name, (old, new) in BAD.items():
        daemon = Posternd(t.folder)
        with open(daemon.conf, encoding="utf-8") as conf:
            text = conf.read()
        true(name, old in text)
        with open(daemon.conf, "w", encoding="utf-8") as conf:
            conf.write(text.replace(old, new, 1) if old else text)
        tested, checked = both(daemon.conf)
        equal(name, tested, checked)
        warned = name in ("good", "expired", "unlisted not said")
        equal(name + ": exit", tested[0], 0 if warned else 78)
        if name != "good":
            true(name + ": words", f"{daemon.conf}:" in tested[2])


@case(seconds=120)
def on_the_configurations_of_tests_conf(t):
    paths = sorted(glob.glob(os.path.join(SOURCE, "tests/conf/*.in")))
    if not paths:
        raise AssertionError("tests/conf holds nothing")
    for path in paths:
        tested, checked = both(path)
        equal(os.path.basename(path), tested, checked)


@case
def on_a_file_that_is_not_there(t):
    tested, checked = both(t.path("nowhere.conf"))
    equal("both", tested, checked)


main()
