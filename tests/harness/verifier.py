#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""verifier.py - is this audit log whole?  (a second opinion)

Written from postern-log(5) alone; knows nothing of Postern's code.  PATH is
the log as audit.path names it.  Prints the first thing that is wrong and ends
with 1, or what it proved and 0.
"""
import argparse
import datetime
import glob
import gzip
import hashlib
import json
import os
import re
import sys
import zlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

BEGIN = re.compile(rb'\{"@timestamp":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)"')
END = re.compile(rb'"prev":"([0-9a-f]{64})","hash":"([0-9a-f]{64})"\}\}\n\Z')


class Bad(Exception):
    """What is wrong with the log."""


def no_twice(pairs):
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a member stands twice")
    return dict(pairs)


class Record:
    def __init__(self, raw):
        begin, end = BEGIN.match(raw), END.search(raw)
        if not begin or not end or len(raw) > 8192:
            raise Bad("no record, or a torn one")
        try:
            self.all = json.loads(raw, object_pairs_hook=no_twice)
            self.sequence = self.all["event"]["sequence"]
            self.action = self.all["event"]["action"]
        except (ValueError, KeyError, TypeError) as wrong:
            raise Bad("no record: %s" % wrong) from None
        self.raw, self.time = raw, begin[1].decode()
        self.prev, self.hash = end[1].decode(), end[2].decode()
        if hashlib.sha256(raw[:raw.rindex(b',"hash":')]).hexdigest() != self.hash:
            raise Bad("its hash is not that of its bytes")

    def check_seal(self, number, key):
        """Returns the next key."""
        seal = self.all["postern"]["seal"]
        if seal["number"] != number:
            raise Bad("seal %s where %d must be" % (seal["number"], number))
        if key is not None and seal["key"] != key:
            raise Bad("seal %d is of another key" % number)
        if (seal["sequence"], seal["hash"], seal["time"]) != (
                self.sequence - 1, self.prev, self.time):
            raise Bad("seal %d does not hold what stands before it" % number)
        signed = "postern seal 1\n%d\n%d\n%s\n%s\n%s\n" % (
            number, seal["sequence"], seal["hash"], seal["time"], seal["next"])
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(seal["key"])).verify(
                bytes.fromhex(seal["signature"]), signed.encode())
        except InvalidSignature:
            raise Bad("seal %d is not signed" % number) from None
        return seal["next"]


def read_seals(path, key):
    """The seals of PATH.seals, as (record, next key), and the first key."""
    seals = []
    with open(path, "rb") as file:
        lines = [line for line in file if line.endswith(b"\n")]
    first = json.loads(lines[0])["key"]
    if key is not None and key != first:
        raise Bad("%s: begins with another key" % path)
    key = first
    for line in lines[1:]:
        record = Record(line)
        key = record.check_seal(len(seals) + 1, key)
        seals.append((record, key))
    return seals, first


def files_of(path):
    rotated = {}
    for name in glob.glob(glob.escape(path) + ".*"):
        found = re.fullmatch(r"\.(\d{12,15})(\.gz)?", name[len(path):])
        if found and (found[2] is None or int(found[1]) not in rotated):
            rotated[int(found[1])] = name
    there = [(0, path)] if os.path.exists(path) else []
    return sorted(rotated.items()) + there


def lines_of(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        yield from enumerate(file, 1)


def seconds(time):
    return datetime.datetime.fromisoformat(time[:-1] + "+00:00").timestamp()


def verify(path, key=None, head=None, keep=0, now=None):
    """Raises Bad, or returns the last record."""
    seals = []
    if os.path.exists(path + ".seals"):
        seals, key = read_seals(path + ".seals", key)
    first = last = gone = None
    number, nextkey = 1, key
    begun = time.time() if now is None else now
    more = 0
    for name, file in files_of(path):
        try:
            for count, raw in lines_of(file):
                record = Record(raw)
                if name and count == 1 and record.sequence != name:
                    raise Bad("not the file that its name says")
                if last is None:
                    first = record
                    before = [s for s in seals if s[0].sequence < record.sequence]
                    number += len(before)
                    nextkey = before[-1][1] if before else key
                    if record.sequence == 1 and record.prev != "0" * 64:
                        raise Bad("record 1 follows another")
                elif (record.sequence, record.prev) != (last.sequence + 1, last.hash):
                    raise Bad("does not follow the record before it")
                if record.action == "sealed":
                    nextkey = record.check_seal(number, nextkey)
                    if number <= len(seals) and seals[number - 1][0].raw != raw:
                        raise Bad("seal %d is not that of .seals" % number)
                    more += number > len(seals) and seconds(record.time) < begun
                    number += 1
                deleted = record.all["postern"].get("deleted")
                if record.action == "deleted" and (deleted["last"], deleted["hash"]) == (
                        first.sequence - 1, first.prev):
                    gone = gone or record
                if head and head[0] == record.sequence and head[1] != record.hash:
                    raise Bad("another record than --head")
                last = record
        except Bad as wrong:
            raise Bad("%s:%d: %s" % (file, count, wrong)) from None
        except (zlib.error, EOFError, OSError) as wrong:
            raise Bad("%s: %s" % (file, wrong)) from None
    if number <= len(seals):
        raise Bad("the end was cut off before seal %d" % number)
    if more > 1 and os.path.exists(path + ".seals"):
        raise Bad("%s.seals: its end was cut off" % path)
    if number > 1 and not os.path.exists(path + ".seals"):
        raise Bad("%s.seals is missing" % path)
    if head and (last is None or head[0] > last.sequence):
        raise Bad("the end was cut off before --head")
    if first is not None and first.sequence > 1:
        if gone is None:
            raise Bad("the beginning is missing")
        for young in [first] + [s[0] for s in seals if s[0].sequence < first.sequence][-1:]:
            if keep and min(seconds(gone.time), now) - seconds(young.time) < keep:
                raise Bad("deleted too young")
    return last


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--key")
    parser.add_argument("--head")
    parser.add_argument("--keep", type=float, default=0, help="seconds")
    parser.add_argument("path")
    args = parser.parse_args()
    head = args.head and (int(args.head.split(":")[0]), args.head.split(":")[1])
    try:
        last = verify(args.path, args.key, head, args.keep,
                      datetime.datetime.now().timestamp())
    except Bad as wrong:
        print(wrong)
        return 1
    print("whole" if last is None else "whole: %d:%s" % (last.sequence, last.hash))
    return 0


if __name__ == "__main__":
    sys.exit(main())
