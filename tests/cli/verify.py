#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Does `postern log verify` find every attack on a log, and what it was?

Each attack is done to a log of its own, which an independent writer has made
from postern-log(5).  postern must name the kind, the file and the line; the
second verifier, a page of script from the same manual, must find it too.  On
what was left alone both must agree that it is whole.
"""
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

BUILD = os.path.abspath(os.environ.get("builddir") or ".")
SOURCE = os.path.abspath(os.environ.get("srcdir") or ".")
POSTERN = os.path.join(BUILD, "postern")
VERIFIER = os.path.join(SOURCE, "tests/harness/verifier.py")
sys.path.insert(0, os.path.join(SOURCE, "tests/harness"))

import auditlog  # noqa: E402

DAY = 86400.0
YEAR = 365 * DAY
CONF = """
unlisted = "accept";
policies = ( { name = "p"; domains = [ "example.com" ];
               allow = ( { networks = [ "192.0.2.1" ]; } ); } );
audit: { path = "%s"; keep = "400d"; };
"""


class Place:
    """1 to 28 packed, 29 to 37 rotated, 38 to 53 at PATH; seals are the
    records 21, 27, 36 and 41."""

    def __init__(self, start=None, host="guard1", step=1.0):
        self.dir = tempfile.mkdtemp(prefix="postern-verify.")
        self.path = os.path.join(self.dir, "audit.jsonl")
        self.conf = os.path.join(self.dir, "postern.conf")
        with open(self.conf, "w", encoding="ascii") as file:
            file.write(CONF % self.path)
        log = self.log = auditlog.Log(
            self.path, start or time.time() - 10 * DAY, step, host)
        log.fill(20).seal()
        self.a = log.fill(5).rotate(packed=True)
        self.b = log.fill(7).rotate()
        log.fill(3).seal()
        log.fill(12)
        self.seals = self.path + ".seals"
        self.head = "%d:%s" % (log.sequence, log.head)

    def done(self):
        shutil.rmtree(self.dir)

    def read(self, name):
        with gzip.open(name) if name.endswith(".gz") else open(name, "rb") as file:
            return file.read().splitlines(keepends=True)

    def write(self, name, lines):
        with gzip.open(name, "wb") if name.endswith(".gz") else open(name, "wb") as file:
            file.write(b"".join(lines))

    def edit(self, name, change):
        lines = self.read(name)
        change(lines)
        self.write(name, lines)

    def verify(self, *args):
        """Exit code, the JSON, standard error."""
        done = subprocess.run([POSTERN, "log", "verify", "--json", *args],
                              capture_output=True, timeout=60, check=False)
        text = done.stdout.decode()
        return (done.returncode, json.loads(text) if text else None,
                done.stderr.decode())

    def second(self, *args):
        return subprocess.run([sys.executable, VERIFIER, *args, self.path],
                              capture_output=True, timeout=60,
                              check=False).returncode


def forged(line, old=b"a.example", new=b"b.example"):
    assert old in line
    return line.replace(old, new)


def anew(line, prev=None, sequence=None):
    """The line with that prev and sequence, its hash made anew."""
    if sequence is not None:
        line = re.sub(rb'"sequence":\d+,"prov', b'"sequence":%d,"prov' % sequence, line)
    if prev is not None:
        line = re.sub(rb'"prev":"[0-9a-f]{64}","hash"', b'"prev":"%s","hash"' %
                      prev.encode(), line)
    return auditlog.hashed(line[:line.rindex(b',"hash":')])[0]


def chain_anew(place, change=None):
    """All hashes and sequences of all files are made anew; change gets each
    line and the hash and sequence before."""
    prev, number = auditlog.ZEROS, 0
    for name in (place.a, place.b, place.path):
        lines = place.read(name)
        for i, line in enumerate(lines):
            if change:
                line = change(line, prev, number)
            lines[i] = anew(line, prev, number + 1)
            number, _, prev = auditlog.parts(lines[i])
        place.write(name, lines)


def swap(i, j):
    def change(lines):
        lines[i], lines[j] = lines[j], lines[i]
    return change


def move(i, j):
    return lambda lines: lines.insert(j, lines.pop(i))


# The attacks: each returns what must be found, (kind, file, line), or None.

def changed(p):
    def change(lines):
        lines[2] = forged(lines[2])
    p.edit(p.b, change)
    return "changed", p.b, 3


def changed_first(p):
    def change(lines):
        lines[0] = forged(lines[0])
    p.edit(p.a, change)
    return "changed", p.a, 1


def changed_packed(p):
    def change(lines):
        lines[9] = forged(lines[9])
    p.edit(p.a, change)
    return "changed", p.a, 10


def changed_sequence(p):
    def change(lines):
        lines[2] = re.sub(rb'"sequence":31', b'"sequence":3', lines[2])
    p.edit(p.b, change)
    return "changed", p.b, 3


def changed_hash_anew(p):
    """One line, with its hash: the next seal tells that the rest is ours."""
    def change(lines):
        lines[2] = anew(forged(lines[2]))
    p.edit(p.b, change)
    return "changed", p.b, 3


def changed_hash_anew_unsealed(p):
    """Behind the last seal nobody can say which of the two is ours."""
    def change(lines):
        lines[7] = anew(forged(lines[7]))
    p.edit(p.path, change)
    return "from another chain", p.path, 9


def changed_into_none(p):
    def change(lines):
        lines[2] = b"x" * 40 + b"\n"
    p.edit(p.b, change)
    return "changed", p.b, 3


def removed(p):
    p.edit(p.b, lambda lines: lines.pop(2))
    return "removed", p.b, 3


def removed_before_last(p):
    p.edit(p.path, lambda lines: lines.pop(-2))
    return "removed", p.path, 15


def removed_many(p):
    def change(lines):
        del lines[1:6]
    p.edit(p.b, change)
    return "removed", p.b, 2


def removed_at_start(p):
    p.edit(p.b, lambda lines: lines.pop(0))
    return "removed", p.b, 1


def removed_file(p):
    os.unlink(p.b)
    return "removed", p.path, 1


def removed_first_file(p):
    os.unlink(p.a)
    return "removed", p.b, 1


def removed_end_of_file(p):
    p.edit(p.b, lambda lines: lines.pop())
    return "cut off", p.path, 1


def removed_hashes_anew(p):
    p.edit(p.b, lambda lines: lines.pop(2))
    chain_anew(p)
    return "seal", p.b, 7


def put_in_text(p):
    p.edit(p.b, lambda lines: lines.insert(3, b"no record\n"))
    return "no record", p.b, 4


def put_in_record(p):
    def change(lines):
        lines.insert(3, anew(lines[3], prev=auditlog.ZEROS))
    p.edit(p.b, change)
    return "put in", p.b, 4


def put_in_wrong_hash(p):
    p.edit(p.b, lambda lines: lines.insert(3, forged(lines[3])))
    return "put in", p.b, 4


def put_in_later_one(p):
    p.edit(p.b, lambda lines: lines.insert(3, lines[5]))
    return "put in", p.b, 4


def put_in_hashes_anew(p):
    p.edit(p.b, lambda lines: lines.insert(3, lines[3]))
    chain_anew(p)
    return "seal", p.b, 9


def reordered(p):
    p.edit(p.b, swap(3, 4))
    return "reordered", p.b, 4


def reordered_down(p):
    p.edit(p.b, move(2, 6))
    return "reordered", p.b, 3


def reordered_up(p):
    p.edit(p.b, move(6, 2))
    return "reordered", p.b, 3


def reordered_last(p):
    p.edit(p.path, swap(-2, -1))
    return "reordered", p.path, 15


def doubled(p):
    p.edit(p.b, lambda lines: lines.insert(3, lines[2]))
    return "doubled", p.b, 4


def doubled_further_down(p):
    p.edit(p.path, lambda lines: lines.insert(9, lines[2]))
    return "doubled", p.path, 10


def doubled_file(p):
    p.edit(p.b, lambda lines: lines.extend(lines[:]))
    return "doubled", p.b, 10


def forked(p):
    """Two right records 32, one after the other."""
    p.edit(p.b, lambda lines: lines.insert(3, anew(forged(lines[3]))))
    return "forked", p.b, 5


def forked_later(p):
    """A snapshot was set back, and what was written then is added."""
    def change(lines):
        lines.append(anew(forged(lines[9])))
    p.edit(p.path, change)
    return "forked", p.path, 17


def other_chain(p):
    other = Place(host="guard2")
    shutil.copy(other.path, p.path)
    other.done()
    return "from another chain", p.path, 1


def other_chain_one_line(p):
    other = Place(host="guard2")
    line = other.read(other.b)[3]
    other.done()

    def change(lines):
        lines[3] = line
    p.edit(p.b, change)
    return "from another chain", p.b, 4


def other_chain_appended(p):
    other = Place(host="guard2")
    lines = other.read(other.a)
    other.done()
    p.edit(p.path, lambda ours: ours.extend(lines))
    return "from another chain", p.path, 17


def hashes_anew(p):
    def change(line, _, number):
        return forged(line) if number == 30 else line
    chain_anew(p, change)
    return "seal", p.b, 8


def hashes_anew_first_file(p):
    def change(line, _, number):
        return forged(line) if number == 2 else line
    chain_anew(p, change)
    return "seal", p.a, 21


def sign_anew(p, line, prev, number, secret):
    """A seal over what stands before it now, made with that key."""
    if b'"action":"sealed"' not in line:
        return line
    seal = json.loads(line)["postern"]["seal"]
    signed = "postern seal 1\n%d\n%d\n%s\n%s\n%s\n" % (
        seal["number"], number, prev, seal["time"], seal["next"])
    for old, new in ((seal["hash"], prev), (seal["key"], auditlog.public(secret)),
                     (seal["signature"], secret.sign(signed.encode()).hex())):
        line = line.replace(old.encode(), new.encode())
    return line.replace(b'"sequence":%d,"hash"' % seal["sequence"],
                        b'"sequence":%d,"hash"' % number)


def newer_key(p, seals):
    """What is in PATH.key now signs the past: CVE-2023-31439."""
    def change(line, prev, number):
        if number == 30:
            line = forged(line)
        return sign_anew(p, line, prev, number, p.log.secrets[-1]) \
            if number > 30 else line
    chain_anew(p, change)
    if seals:
        sealed = [line for name in (p.a, p.b, p.path) for line in p.read(name)
                  if b'"action":"sealed"' in line]
        p.write(p.seals, p.read(p.seals)[:1] + sealed)
        return "key", p.seals, 4
    return "key", p.b, 8


def newer_key_in_log(p):
    return newer_key(p, False)


def newer_key_everywhere(p):
    return newer_key(p, True)


def seal_hash_changed(p):
    """The seal is made to say what stands there now; its signature is not."""
    def change(line, prev, number):
        if number == 30:
            return forged(line)
        if number > 30 and b'"action":"sealed"' in line:
            old = json.loads(line)["postern"]["seal"]["hash"]
            return line.replace(old.encode(), prev.encode())
        return line
    chain_anew(p, change)
    return "seal", p.b, 8


def seal_hash_changed_everywhere(p):
    """So nothing is left to tell it by but the signature."""
    seal_hash_changed(p)
    sealed = [line for name in (p.a, p.b, p.path) for line in p.read(name)
              if b'"action":"sealed"' in line]
    p.write(p.seals, p.read(p.seals)[:1] + sealed)
    return "seal", p.seals, 4


def seal_made_twice(p):
    """Whoever kept a copy of a key seals once more with it."""
    kept = p.read(p.seals)
    log = p.log
    log.lines = p.read(p.path)[:3]
    log.sequence, _, log.head = auditlog.parts(log.lines[-1])
    log.secrets, log.seals = log.secrets[:4], 3
    log.add(members='"stage":"mail",')
    log.seal()
    p.write(p.seals, kept)
    return "seal", p.path, 5


def seal_removed(p):
    p.edit(p.a, lambda lines: lines.pop(20))
    chain_anew(p)
    return "seal", p.a, 26


def seal_removed_everywhere(p):
    p.edit(p.a, lambda lines: lines.pop(20))
    chain_anew(p)
    p.edit(p.seals, lambda lines: lines.pop(1))
    return "seal", p.seals, 2


def seal_unmade(p):
    """It stays, and is none any more."""
    def change(line, _, number):
        return line.replace(b'"action":"sealed"', b'"action":"accepted"') \
            if number == 20 else line
    chain_anew(p, change)
    return "seal", p.a, 27


def seals_gone(p):
    os.unlink(p.seals)
    return "seal", p.seals, 0


def seals_changed(p):
    def change(lines):
        lines[2] = forged(lines[2], b"guard1", b"guard2")
    p.edit(p.seals, change)
    return "changed", p.seals, 3


def seals_moved(p):
    """A seal is given to a record that it is not of."""
    def change(lines):
        lines[2] = anew(lines[2], prev="1" * 64)
    p.edit(p.seals, change)
    return "seal", p.seals, 3


def seals_reordered(p):
    p.edit(p.seals, swap(1, 2))
    return "seal", p.seals, 2


def seals_of_another(p):
    other = Place(host="guard2")
    shutil.copy(other.seals, p.seals)
    other.done()
    return "key", p.a, 21


def seals_without_head(p):
    p.edit(p.seals, lambda lines: lines.pop(0))
    return "no record", p.seals, 1


def tail_cut(p):
    """With a seal, which PATH.seals knows."""
    def change(lines):
        del lines[2:]
    p.edit(p.path, change)
    return "cut off", p.path, 2


def tail_gone(p):
    os.unlink(p.path)
    return "cut off", p.b, 9


def all_gone(p):
    for name in (p.a, p.b):
        os.unlink(name)
    p.write(p.path, [])
    return "cut off", p.path, 0


def torn(p):
    def change(lines):
        lines[-1] = lines[-1][:100]
    p.edit(p.path, change)
    return "cut off", p.path, 16


def torn_newline(p):
    def change(lines):
        lines[-1] = lines[-1][:-1]
    p.edit(p.path, change)
    return "cut off", p.path, 16


def torn_inside(p):
    def change(lines):
        lines[-1] = lines[-1][:-1]
    p.edit(p.b, change)
    return "cut off", p.b, 9


def files_swapped(p):
    b = os.path.join(p.dir, "b.gz")
    with open(p.b, "rb") as file, gzip.open(b, "wb") as packed:
        packed.write(file.read())
    p.write(p.b, p.read(p.a))
    os.replace(b, p.a)
    return "reordered", p.a, 1


def file_renamed(p):
    os.rename(p.b, p.path + ".000000000030")
    return "reordered", p.path + ".000000000030", 1


def packed_cut(p):
    os.truncate(p.a, os.path.getsize(p.a) - 40)
    return "changed", p.a, None


def packed_byte(p):
    with open(p.a, "r+b") as file:
        file.seek(os.path.getsize(p.a) // 2)
        old = file.read(1)
        file.seek(-1, 1)
        file.write(bytes([old[0] ^ 0x55]))
    return None, p.a, None


def packed_head(p):
    with open(p.a, "r+b") as file:
        file.seek(2)
        file.write(b"\xff")  # no such method
    return "changed", p.a, None


def hidden_by_nul(p):
    """CVE-2023-31437: what one view shows another does not."""
    def change(lines):
        lines[3] = lines[3][:60] + b"\0" + lines[3][60:]
    p.edit(p.b, change)
    return "changed", p.b, 4


def hidden_by_length(p):
    def change(lines):
        lines[3] = forged(lines[3], b"a.example", b"a" * 9000)
    p.edit(p.b, change)
    return "changed", p.b, 4


def hidden_by_newline(p):
    p.edit(p.b, lambda lines: lines.insert(3, b"\n"))
    return "no record", p.b, 4


def hidden_by_return(p):
    def change(lines):
        lines[3] = lines[3][:-1] + b"\r\n"
    p.edit(p.b, change)
    return "changed", p.b, 4


def resumed(p, number):
    """CVE-2023-31438: cut off, then sealing goes on with the key of now."""
    log = p.log
    log.lines = p.read(p.path)[:2]
    log.sequence, _, log.head = auditlog.parts(log.lines[-1])
    log.seals, kept = number - 1, p.read(p.seals)
    log.fill(5).seal()
    p.write(p.seals, kept[:4] + p.read(p.seals)[-1:])


def resumed_with_number(p):
    resumed(p, 5)
    return "seal", p.seals, 5


def resumed_with_key(p):
    resumed(p, 4)
    return "key", p.seals, 5


def resumed_in_log(p):
    kept = p.read(p.seals)
    resumed(p, 4)
    p.write(p.seals, kept[:4])
    return "key", p.path, 8


def seals_cut_short(p):
    """A restored PATH.seals: the log has two more."""
    p.edit(p.seals, lambda lines: lines.__delitem__(slice(-2, None)))
    return "seal", p.seals, 4


def seals_cut_to_the_key(p):
    p.edit(p.seals, lambda lines: lines.__delitem__(slice(1, None)))
    return "seal", p.seals, 2


def seals_to_come(p):
    """The log went on while it was read: these are younger than that."""
    p.log.now = time.time() + 3600
    kept = p.read(p.seals)
    for _ in range(3):
        p.log.fill(2).seal()
    p.write(p.seals, kept)
    return None


def left_alone(p):
    return None


def seals_torn(p):
    """A crash came while a seal was added; it stands in the log."""
    def change(lines):
        lines[-1] = lines[-1][:50]
    p.edit(p.seals, change)
    return None


def not_renamed(p):
    """A file goes on behind its `rotated`."""
    p.write(p.b, p.read(p.b) + p.read(p.path))
    os.unlink(p.path)
    return None


def twins(p):
    """A crash came when the packed one was whole, the other still there."""
    p.write(p.a[:-3], p.read(p.a))
    return None


def gap(p):
    """The log lost its file and went on from the head that it knew."""
    log = p.log
    lines = p.read(p.path)
    log.add("recovered", '"note":"the file was gone and was made again",')
    p.write(p.path, log.lines[-1:])
    p.edit(p.seals, lambda seals: seals.pop())
    assert len(lines) == 16
    return "gap", p.path, 1


def recovered(p):
    p.log.add("recovered", '"note":"40 bytes of a torn line set aside",')
    p.log.fill(2)
    return None


ATTACKS = [
    left_alone, changed, changed_first, changed_packed, changed_sequence,
    changed_hash_anew, changed_hash_anew_unsealed, changed_into_none, removed,
    removed_before_last, removed_many, removed_at_start, removed_file, removed_first_file,
    removed_end_of_file, removed_hashes_anew, put_in_text, put_in_record,
    put_in_wrong_hash, put_in_later_one, put_in_hashes_anew, reordered,
    reordered_down, reordered_up, reordered_last, doubled, doubled_further_down,
    doubled_file, forked, forked_later, other_chain, other_chain_one_line,
    other_chain_appended, hashes_anew, hashes_anew_first_file, newer_key_in_log,
    newer_key_everywhere, seal_hash_changed,
    seal_hash_changed_everywhere, seal_made_twice, seal_removed,
    seal_removed_everywhere, seal_unmade, seals_gone, seals_changed,
    seals_moved, seals_cut_short, seals_cut_to_the_key, seals_to_come,
    seals_reordered, seals_of_another, seals_without_head, seals_torn, tail_cut,
    tail_gone, all_gone, torn, torn_newline, torn_inside, files_swapped,
    file_renamed, packed_cut, packed_byte, packed_head, hidden_by_nul,
    hidden_by_length, hidden_by_newline, hidden_by_return, resumed_with_number,
    resumed_with_key, resumed_in_log, not_renamed, twins, gap, recovered,
]

count = failed = 0


def result(name, got, want):
    global count, failed
    count += 1
    if got == want:
        print("ok %d - %s" % (count, name))
        return
    failed += 1
    print("not ok %d - %s\n#   got  %r\n#   want %r" % (count, name, got, want))


def found(answer):
    """Exit code, kind, file, line; what must stand in every message."""
    code, text, err = answer
    if text is None:
        return code, err
    damage = text["damage"] or {"kind": None, "file": None, "line": None}
    return code, damage["kind"], damage["file"], damage["line"]


def run_attack(attack):
    name = attack.__name__.replace("_", " ")
    place = Place()
    want = attack(place)
    got = found(place.verify("-c", place.conf))
    if want is None:
        result(name, (got, place.second()), ((0, None, None, None), 0))
    else:
        kind, file, line = want
        # where the packed bytes break they may break as anything
        kind = got[1] if kind is None else kind
        line = got[3] if line is None else line
        result(name, (got, place.second()), ((1, kind, file, line), 1))
    place.done()


def run_key():
    """Who owned the machine from the start could forge all but the key."""
    place, other = Place(), Place(host="guard2")
    for name in (place.a, place.b, place.path, place.seals):
        shutil.copy(name.replace(place.dir, other.dir), name)
    for name, key, want in (
            ("a forged log alone", other.log.key, (0, None, None, None)),
            ("a forged log against --key", place.log.key,
             (1, "key", place.seals, 1))):
        result(name, (found(place.verify("-c", place.conf, "--key", key)),
                      place.second("--key", key)), (want, want[0]))
    code, text, _ = place.verify("-c", place.conf)
    result("it says whose key it is", (code, text["key"], text["key_from"]),
           (0, other.log.key, "beside the log"))
    code, text, _ = place.verify("-c", place.conf, "--key", other.log.key.upper())
    result("a key that is given", (code, text["key_from"]), (0, "given"))
    os.unlink(place.seals)
    files = (place.path, place.b, place.a)
    code, text, _ = place.verify(*files)
    result("no key at all", (code, text["key_from"]), (0, "first seal"))
    code, text, _ = place.verify(*files, "--key", place.log.key)
    result("a key without its file",
           (text["damage"]["kind"], text["damage"]["file"],
            text["damage"]["line"]), ("key", place.a, 21))
    other.done()
    place.done()


def run_head():
    place = Place()
    lines = place.read(place.path)
    seals = place.read(place.seals)
    sealed = json.loads(seals[4])["postern"]["seal"]
    seal = "%d:%s" % (sealed["sequence"], sealed["hash"])
    wrong = place.head.split(":")[0] + ":" + "0" * 64

    def ask(name, want, *args):
        result(name, (found(place.verify("-c", place.conf, *args)),
                      place.second(*args)), (want, want[0]))

    fine = (0, None, None, None)
    ask("--head as it is", fine, "--head", place.head)
    ask("--head of a seal", fine, "--head", seal)
    ask("--head of another record", (1, "forked", place.path, 16),
        "--head", wrong)
    place.write(place.path, lines[:5])
    ask("tail cut behind the last seal, alone", fine)
    ask("tail cut behind the last seal, --head", (1, "cut off", place.path, 5),
        "--head", place.head)
    place.write(place.path, lines[:2])
    place.write(place.seals, seals[:4])
    ask("set back with its seals, alone", fine)
    ask("set back with its seals, --head", (1, "cut off", place.path, 2),
        "--head", place.head)
    ask("set back with its seals, --head of a seal",
        (1, "cut off", place.path, 2), "--head", seal)
    # and went on otherwise
    log = place.log
    log.lines = lines[:2]
    log.sequence, _, log.head = auditlog.parts(lines[1])
    log.secrets, log.seals = log.secrets[:4], 3
    log.fill(1).seal()
    log.fill(12)
    ask("set back and written anew, alone", fine)
    ask("set back and written anew, --head of a seal",
        (1, "forked", place.seals, 5), "--head",
        "41:" + auditlog.parts(lines[3])[2])
    place.done()


def run_overdue():
    """Under no seal for longer than the configuration has it: a warning."""
    for step, words in ((1.0, False), (1000.0, True)):
        place = Place(step=step)
        with open(place.conf, "w", encoding="ascii") as file:
            file.write(CONF.replace("keep", 'seal = "1h"; keep') % place.path)
        run = subprocess.run([POSTERN, "log", "verify", "-c", place.conf],
                             capture_output=True, text=True, check=False)
        result("a seal is overdue, %d s a record" % step,
               (run.returncode, "overdue" in run.stdout), (0, words))
        _, text, _ = place.verify("-c", place.conf)
        seal = json.loads(place.read(place.seals)[-1])
        result("time of the last seal, %d s a record" % step,
               text["sealed_time"], seal["@timestamp"])
        place.done()


def run_beside():
    """What stands beside the log, and what does not."""
    place = Place()
    lock = place.path + ".lock"
    for note, seen, warned in (
            ("%015d %064d %015d\n" % (53, 1, 4), 53, False),
            ("%015d %064d %015d\n" % (55, 1, 4), 55, True),
            ("%015d %064d %015d" % (55, 1, 4), 0, False),
            ("%015d %064d %015s\n" % (55, 1, "x"), 0, False)):
        with open(lock, "w", encoding="ascii") as file:
            file.write(note)
        run = subprocess.run([POSTERN, "log", "verify", "-c", place.conf],
                             capture_output=True, text=True, check=False)
        result("noted: %r" % note[:15],
               (run.returncode, "up to record 55 (.lock)" in run.stdout,
                place.verify("-c", place.conf)[1]["noted"]), (0, warned, seen))
    # another program has renamed it: its seals are beside the other file
    renamed = place.path + ".1"
    os.rename(place.b, renamed)
    lines = place.read(place.path)
    place.write(place.path, lines[:2])
    result("a file that was renamed, its end is cut off",
           found(place.verify("--key", place.log.key, place.a, renamed,
                              place.path)), (1, "cut off", place.path, 2))
    place.done()

    place = Place()
    for name in (place.a, place.b, place.seals):
        os.unlink(name)
    log = auditlog.Log(place.path)
    log.fill(5)
    os.unlink(place.seals)
    args = ("-c", place.conf, "--key", place.log.key)
    result("written anew without seals, --key", found(place.verify(*args)),
           (1, "seal", place.seals, 0))
    os.truncate(place.path, 0)
    result("emptied, without seals, --key", found(place.verify(*args)),
           (1, "seal", place.seals, 0))
    place.done()

    place = retained(time.time() - 2 * YEAR, when=time.time())
    with open(place.conf, "w", encoding="ascii") as file:
        file.write(CONF.replace("400d", "0s") % place.path)
    code, kind, _, _ = found(place.verify("-c", place.conf))
    result("deleted, and all is kept for ever", (code, kind),
           (1, "deleted too young"))
    place.done()


def retained(start, members=None, when=None):
    """A log without its first file."""
    place = Place(start=start)
    first = auditlog.parts(place.read(place.b)[0])
    place.first = place.read(place.a)
    if when:
        place.log.now = when
    if members is None:
        place.log.delete(place.a, 1, 28)
    else:
        place.log.add("deleted", members % first[1])
        place.log.flush()
        os.unlink(place.a)
    place.log.fill(3)
    place.log.seal()
    return place


def run_deleted():
    now = time.time()
    keep = ("--keep", str(400 * DAY))
    member = '"deleted":{"first":1,"last":%d,"hash":"%%s"},'
    for name, place, want in (
            ("deleted when it was old", retained(now - 2 * YEAR, when=now), None),
            ("deleted when it was young", retained(now - 100 * DAY, when=now),
             ("deleted too young", 17)),
            ("deleted long ago when it was young",
             retained(now - 2 * YEAR), ("deleted too young", 17)),
            ("deleted when young, the clock set forward",
             retained(now - 100 * DAY, when=now + 2 * YEAR),
             ("deleted too young", 17)),
            ("deleted names another sequence",
             retained(now - 2 * YEAR, member % 27, now), ("removed", None)),
            ("deleted names another hash",
             retained(now - 2 * YEAR, member.replace("%%s", "%%.0s" + "0" * 64)
                      % 28, now), ("removed", None))):
        got = found(place.verify("-c", place.conf))
        if want is None:
            expected = (0, None, None, None)
        elif want[0] == "removed":
            expected = (1, "removed", place.b, 1)
        else:
            expected = (1, want[0], place.path, want[1])
        result(name, (got, place.second(*keep)), (expected, expected[0]))
        if want is None:
            run_gone(place, now)
        place.done()


def run_gone(place, now):
    """What is gone is told from the seals; the rest holds up to the key."""
    code, text, _ = place.verify("-c", place.conf, "--key", place.log.key)
    seals = place.read(place.seals)
    times = [json.loads(line)["@timestamp"] for line in seals[1:3]]
    result("what is gone", (code, text["gone"]),
           (0, {"first": 1, "last": 28, "seals": 2, "first_time": times[0],
                "last_time": times[1]}))
    # 5 is gone, and no seal of it; 20 is sealed by 21
    for sequence, line, seen in ((28, place.first[27], True),
                                 (20, place.first[19], True),
                                 (21, place.first[20], True),
                                 (5, place.first[4], False)):
        code, text, _ = place.verify("-c", place.conf, "--head", "%d:%s" % (
            sequence, auditlog.parts(line)[2]))
        result("--head that is gone: %d" % sequence,
               (code, text["head_seen"]), (0, seen))
    result("another --head that is gone", found(place.verify(
        "-c", place.conf, "--head", "20:" + "0" * 64)),
        (1, "forked", place.seals, 2))
    place.edit(place.seals, lambda lines: lines.pop(1))
    result("a seal of what is gone is gone",
           (found(place.verify("-c", place.conf)), place.second()),
           ((1, "seal", place.seals, 2), 1))
    place.write(place.seals, seals)
    # the seals of what is gone are younger than what is kept
    os.unlink(place.b)
    place.edit(place.path, lambda lines: None)
    result("more is gone than was recorded",
           found(place.verify("-c", place.conf)),
           (1, "removed", place.path, 1))


def run_files():
    """Files that are named: in any order, packed by anyone."""
    place = Place()
    b = os.path.join(place.dir, "b.xz")
    for name, command in ((b, ["xz", "-c"]), (b[:-2] + "zst", ["zstd", "-qc"])):
        if shutil.which(command[0]) is None:
            print("# %s is missing" % command[0])
            continue
        with open(place.b, "rb") as source, open(name, "wb") as target:
            subprocess.run(command, stdin=source, stdout=target, check=True)
        code, text, err = place.verify(place.path, name, place.a, "--key",
                                       place.log.key)
        result("files in any order, one of them %s" % command[0],
               (code, err, text and text["records"]), (0, "", 53))
    result("one file alone", found(place.verify(place.path)),
           (1, "removed", place.path, 1))
    result("the first alone", found(place.verify(place.a))[:2], (1, "cut off"))
    result("a file twice", found(place.verify(place.a, place.b, place.b,
                                              place.path))[:2], (1, "doubled"))
    whole = os.path.join(place.dir, "whole")
    with open(whole, "wb") as file:
        for name in (place.a, place.b, place.path):
            file.write(b"".join(place.read(name)))
    with open(whole, "rb") as file:
        done = subprocess.run([POSTERN, "log", "verify", "-"], stdin=file,
                              capture_output=True, check=False)
    result("standard input", done.returncode, 0)
    place.done()


def run_words():
    """For a person, and what is no use."""
    place = Place()
    changed(place)

    def run(*args):
        done = subprocess.run([POSTERN, "log", *args], capture_output=True,
                              check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()
    code, out, err = run("verify", "-c", place.conf)
    result("words", (code, out.split()[:3], err[:len(place.b) + 40]),
           (1, ["good", "before", "it"],
            ("%s:3: changed: record 31 was changed: its hash" % place.b)
            [:len(place.b) + 40]))
    result("words: what to do", "; hold it against a copy" in err, True)
    result("key", run("key", "-c", place.conf), (0, place.log.key + "\n", ""))
    result("key: json", json.loads(run("key", "--json", "-c", place.conf)[1]),
           {"key": place.log.key})
    place.write(place.seals, [b"x\n"])
    result("key: damaged", run("key", "-c", place.conf)[:2], (65, ""))
    os.unlink(place.seals)
    result("key: none", run("key", "-c", place.conf)[:2], (66, ""))
    for name, args, want, words in (
            ("a short key", ["--key", "ab"], 64, "64 hex digits"),
            ("no key", ["--key", "x" * 64], 64, "64 hex digits"),
            ("no head", ["--head", "5"], 64, "SEQUENCE:HASH"),
            ("head 0", ["--head", "0:" + "0" * 64], 64, "SEQUENCE:HASH"),
            ("a head without end", ["--head", "5:" + "0" * 65], 64,
             "SEQUENCE:HASH"),
            ("no such file", [place.path + ".x"], 66, "No such file"),
            ("no such configuration", ["-c", place.conf + "x"], 66, "")):
        code, out, err = run("verify", *args)
        result(name, (code, out, words in err), (want, "", True))
    for name in (place.a, place.b, place.path):
        os.unlink(name)
    code, out, err = run("verify", "-c", place.conf)
    result("no log", (code, out, "audit.jsonl" in err), (66, "", True))
    place.done()


def main():
    for attack in ATTACKS:
        run_attack(attack)
    run_key()
    run_head()
    run_overdue()
    run_beside()
    run_deleted()
    run_files()
    run_words()
    print("1..%d" % count)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
