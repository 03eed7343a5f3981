#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Do log show, log tail and log verify see all of a log that is rotated?

While somebody looks on, and in the files that were rotated before.
"""
import gzip
import json
import os
import pty
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import time

BUILD = os.path.abspath(os.environ.get("builddir") or ".")
SOURCE = os.path.abspath(os.environ.get("srcdir") or ".")
POSTERN = os.path.join(BUILD, "postern")
sys.path.insert(0, os.path.join(SOURCE, "tests/harness"))

import auditlog  # noqa: E402

CONF = """
unlisted = "accept";
policies = ( { name = "p"; domains = [ "example.com" ];
               allow = ( { networks = [ "192.0.2.1" ]; } ); } );
audit: { path = "%s"; };
"""
count = failed = 0


def result(name, got, want):
    global count, failed
    count += 1
    if got == want:
        print("ok %d - %s" % (count, name))
        return
    failed += 1
    print("not ok %d - %s\n#   got  %r\n#   want %r" % (count, name, got, want))


class Place:
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="postern-follow.")
        self.path = os.path.join(self.dir, "audit.jsonl")
        self.conf = os.path.join(self.dir, "postern.conf")
        with open(self.conf, "w", encoding="ascii") as file:
            file.write(CONF % self.path)
        self.log = auditlog.Log(self.path)

    def run(self, *args):
        done = subprocess.run([POSTERN, "log", *args], capture_output=True,
                              timeout=60, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def append(self, number):
        """As the daemon does: behind what is there."""
        with open(self.path, "ab") as file:
            for _ in range(number):
                file.write(self.log.add())

    def rotate(self):
        """As the daemon does: the file gets another name, and goes on."""
        with open(self.path, "ab") as file:
            file.write(self.log.add("rotated"))
        name = "%s.%012d" % (self.path, self.log.first)
        os.rename(self.path, name)
        self.log.lines, self.log.first = [], self.log.sequence + 1
        with open(self.path, "wb"):
            pass
        return name

    def pack(self, name):
        with open(name, "rb") as plain, gzip.open(name + ".new", "wb") as packed:
            packed.write(plain.read())
        os.rename(name + ".new", name + ".gz")
        os.unlink(name)


class Tail:
    def __init__(self, *args):
        self.process = subprocess.Popen([POSTERN, "log", "tail", "--json", *args],
                                        stdout=subprocess.PIPE)
        self.rest = b""

    def sequences(self, number, seconds=20):
        """Of the next lines."""
        until = time.monotonic() + seconds
        while self.rest.count(b"\n") < number and time.monotonic() < until:
            if select.select([self.process.stdout], [], [], 0.2)[0]:
                self.rest += os.read(self.process.stdout.fileno(), 65536)
        lines = self.rest.split(b"\n")
        self.rest = b"\n".join(lines[number:])
        return [auditlog.parts(line)[0] for line in lines[:number] if line]

    def end(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        return self.rest


def test_show():
    place = Place()
    lines = [place.log.add().decode() for _ in range(3)]
    place.log.flush()
    place.pack(place.rotate())
    lines.append(place.log.add().decode())
    place.log.flush()
    place.rotate()
    lines.append(place.log.add().decode())
    place.log.flush()

    for i, line in enumerate(lines):
        reference = json.loads(line)["event"]["id"]
        result("show: record %d of each file" % i,
               place.run("show", "--json", reference, "-c", place.conf),
               (0, line, ""))
    result("show: none", place.run("show", auditlog.ulid(999), "-c",
                                   place.conf)[0], 1)
    packed = place.path + ".000000000001.gz"
    result("show: a packed file", place.run(
        "show", "--json", auditlog.ulid(2), packed), (0, lines[1], ""))
    code, out, _ = place.run("tail", "--json", packed)
    result("tail: a packed file", (code, out.count("\n")), (0, 4))
    os.unlink(place.path)
    result("show: the log is gone, its files are not", place.run(
        "show", "--json", auditlog.ulid(2), "-c", place.conf), (0, lines[1], ""))
    os.truncate(packed, 60)
    code, out, err = place.run("show", auditlog.ulid(2), "-c", place.conf)
    result("show: a file that is damaged", (code, out, packed in err),
           (74, "", True))
    shutil.rmtree(place.dir)


def test_same_id():
    """A count that grew across a rotation has one id: all are found."""
    place = Place()
    first = place.log.add()
    place.log.flush()
    place.pack(place.rotate())
    second = place.log.make("bypass-repeated", '"count":5,')[0]
    second = second.replace(auditlog.ulid(3).encode(), auditlog.ulid(1).encode())
    second = auditlog.hashed(second.rpartition(b',"hash":')[0])[0]
    with open(place.path, "wb") as file:
        file.write(second)
    result("show: one id in two files, the newest first",
           place.run("show", "--json", auditlog.ulid(1).lower(), "-c", place.conf),
           (0, (second + first).decode(), ""))
    shutil.rmtree(place.dir)


def test_tail():
    place = Place()
    place.append(6)
    place.pack(place.rotate())
    place.append(2)
    place.rotate()
    place.append(4)

    tail = Tail("-c", place.conf)
    result("tail: the last ten across two rotations", tail.sequences(10),
           list(range(5, 15)))
    place.append(1)
    result("tail: a new one", tail.sequences(1), [15])
    place.rotate()
    place.append(2)
    result("tail: across a rotation", tail.sequences(3), [16, 17, 18])
    # faster than it looks: twice between two looks
    place.rotate()
    place.append(2)
    place.pack(place.rotate())
    place.append(2)
    result("tail: across two at once", tail.sequences(6), list(range(19, 25)))
    place.append(1)
    result("tail: and on", tail.sequences(1), [25])
    result("tail: nothing twice", tail.end(), b"")
    shutil.rmtree(place.dir)


def test_tail_alone():
    """Of a file that is named no other is looked for."""
    place = Place()
    place.append(6)
    place.rotate()
    place.append(2)
    tail = Tail(place.path)
    result("tail: a file alone", tail.sequences(2), [8, 9])
    tail.end()
    place.rotate()
    tail = Tail("-c", place.conf)
    result("tail: just rotated", tail.sequences(10), list(range(1, 11)))
    place.append(1)
    result("tail: just rotated, and on", tail.sequences(1), [11])
    tail.end()
    shutil.rmtree(place.dir)


def test_living():
    """A log that is written to, rotated and packed meanwhile is whole."""
    place = Place()
    done = threading.Event()
    place.append(50)

    def write():
        while not done.is_set():
            place.append(20)
            name = place.rotate()
            place.append(20)
            place.pack(name)
            time.sleep(0.02)

    writer = threading.Thread(target=write)
    writer.start()
    codes = {place.run("verify", "-c", place.conf)[0] for _ in range(25)}
    done.set()
    writer.join()
    result("verify: while it is rotated", codes <= {0, 75}, True)
    result("verify: when it is quiet", place.run("verify", "-c",
                                                 place.conf)[0], 0)
    shutil.rmtree(place.dir)


def on_terminal(*command):
    """Exit code, and all of standard error, which is a terminal."""
    master, slave = pty.openpty()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=slave)
    os.close(slave)
    text = b""
    while True:
        try:
            more = os.read(master, 65536)
        except OSError:  # nobody writes to it any more
            break
        if not more:
            break
        text += more
    os.close(master)
    return process.wait(), text.decode()


def test_progress():
    """A bar where it takes longer than a second, and someone looks on."""
    place = Place()
    place.append(4000)
    verify = [POSTERN, "log", "verify", place.path]
    result("progress: none where it is quick", on_terminal(*verify), (0, ""))
    if shutil.which("strace") is None:
        print("# strace is missing")
    else:
        slow = ["strace", "-qq", "-o", "/dev/null", "-P", place.path,
                "-e", "trace=read", "-e", "inject=read:delay_enter=400000"]
        code, text = on_terminal(*slow, *verify)
        parts = text.split("\r")
        result("progress: a bar, taken away again",
               (code, "%" in text, parts[-1], parts[-2].strip()), (0, True, "", ""))
        done = subprocess.run([*slow, *verify], capture_output=True, check=False)
        result("progress: none where nobody looks on",
               (done.returncode, done.stderr), (0, b""))
    shutil.rmtree(place.dir)


def test_growing():
    """A last line that is being written is waited for."""
    place = Place()
    place.append(3)
    line = place.log.add()
    file = open(place.path, "ab", buffering=0)
    file.write(line[:100])
    process = subprocess.Popen([POSTERN, "log", "verify", "-c", place.conf],
                               stdout=subprocess.PIPE)
    time.sleep(0.1)
    file.write(line[100:])
    file.close()
    out = process.communicate()[0].decode()
    result("verify: a line that is being written",
           (process.returncode, "4 records" in out), (0, True))
    shutil.rmtree(place.dir)


def memory(place, *args):
    """Exit code, and the most memory that the command was seen to take, in
    KiB.  (ru_maxrss counts what Python had before the exec, too.)"""
    process = subprocess.Popen([POSTERN, "log", *args, "-c", place.conf],
                               stdout=subprocess.DEVNULL)
    most, ends = 0, time.monotonic() + 2
    while process.poll() is None:
        with open("/proc/%d/status" % process.pid, encoding="ascii") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    most = int(line.split()[1])
        if args[0] == "tail" and time.monotonic() > ends:
            process.terminate()
    return max(process.returncode, 0), most


def test_memory():
    """A log of a hundred thousand records, 40 MB, takes no more than one of
    few; as far as can be seen of one that ends at once."""
    place = Place()
    ask = (("verify",), ("show", auditlog.ulid(2)), ("tail",))
    place.append(1000)
    took = [memory(place, *args) for args in ask]
    place.append(59000)
    place.pack(place.rotate())
    place.append(40000)
    for (code, few), args in zip(took, ask):
        again, many = memory(place, *args)
        print("# %s: %d KiB, then %d" % (args[0], few, many))
        result("memory: %s" % args[0], (code, again, many - few < 8192),
               (0, 0, True))
    shutil.rmtree(place.dir)


def main():
    test_show()
    test_same_id()
    test_tail()
    test_tail_alone()
    test_living()
    test_progress()
    test_growing()
    test_memory()
    print("1..%d" % count)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
