# SPDX-License-Identifier: ISC
"""case.py - how is a script of test cases run, and what does it print?

Each function marked @case is one test: it gets a Case (a folder of its own,
things to stop at the end) and fails by an exception.  The script prints TAP
and ends with 0 if nothing failed, 77 if everything was skipped.
"""

import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback

sys.dont_write_bytecode = True

HARNESS = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HARNESS))
CASES = []


class Skip(Exception):
    """The machine lacks what the case needs; the text says what."""


class Case:
    """What a running test works with."""

    def __init__(self, folder):
        self.folder = folder
        self.stack = contextlib.ExitStack()

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def enter(self, thing):
        """Starts a context manager; it is stopped at the end of the case."""
        return self.stack.enter_context(thing)

    def at_end(self, function, *arguments):
        self.stack.callback(function, *arguments)


def case(function=None, *, seconds=60, needs=()):
    """Registers a test; needs are functions that raise Skip."""

    def register(test):
        CASES.append((test, seconds, needs))
        return test

    return register(function) if function else register


def builddir():
    """Where make runs: the top of the build, with posternd and postern."""
    return os.path.abspath(os.environ.get("builddir") or ".")


def program(name):
    path = os.path.join(builddir(), name)
    if not os.access(path, os.X_OK):
        raise Skip(f"{path} is not built")
    return path


def sanitized():
    """The sanitizers that this build was made with, e.g. 'address'."""
    try:
        with open(os.path.join(builddir(), "Makefile"),
                  encoding="utf-8") as makefile:
            for line in makefile:
                if line.startswith("POSTERN_LDFLAGS =") and \
                        "-fsanitize=" in line:
                    return line.split("-fsanitize=")[1].split()[0]
    except OSError:
        pass
    return ""


def slow():
    """How much longer than usual things may take here."""
    return 4 if sanitized() else 1


def equal(what, got, want):
    if got != want:
        raise AssertionError(f"{what}: got {got!r}, want {want!r}")


def true(what, got):
    if not got:
        raise AssertionError(f"{what}: got {got!r}")


def holds(what, text, part):
    if part not in text:
        raise AssertionError(f"{what}: {part!r} is not in {text!r}")


def until(what, function, seconds=10.0, pause=0.02):
    """Waits until function() is true and returns its value."""
    end = time.monotonic() + seconds * slow()
    while True:
        value = function()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s in vain: {what}")
        time.sleep(pause)


def time_is_up(_signal, _frame):
    raise AssertionError("the case took too long")


def run_one(test, seconds, needs):
    """Runs one case; returns its error as text, None if it went well."""
    folder = tempfile.mkdtemp(prefix="postern-case-")
    os.chmod(folder, 0o755)
    # the daemon runs as nobody, the MTA as postfix: both must get through
    running = Case(folder)
    signal.signal(signal.SIGALRM, time_is_up)
    signal.alarm(seconds * slow())
    try:
        for need in needs:
            need()
        with running.stack:
            test(running)
        return None
    except Skip:
        raise
    except Exception:  # a case may fail in any way
        return traceback.format_exc()
    finally:
        signal.alarm(0)
        if not os.environ.get("POSTERN_KEEP"):
            shutil.rmtree(folder, ignore_errors=True)


def report(number, name, error):
    for line in (error or "").splitlines():
        print("#", line)
    print("not ok" if error else "ok", number, "-", name)
    sys.stdout.flush()


def told_to_end(number, _frame):
    sys.exit(128 + number)  # what was started is stopped on the way out


def main():
    """Runs the cases of the script, or those named as arguments."""
    signal.signal(signal.SIGTERM, told_to_end)
    wanted = sys.argv[1:]
    chosen = [item for item in CASES
              if not wanted or item[0].__name__ in wanted]
    failed = skipped = 0
    print(f"1..{len(chosen)}")
    for number, (test, seconds, needs) in enumerate(chosen, 1):
        name = test.__name__.replace("_", " ")
        try:
            error = run_one(test, seconds, needs)
        except Skip as reason:
            skipped += 1
            print("ok", number, "-", name, "# SKIP", reason)
            sys.stdout.flush()
            continue
        failed += error is not None
        report(number, name, error)
    if failed or not chosen:
        sys.exit(1)
    sys.exit(77 if skipped == len(chosen) else 0)
