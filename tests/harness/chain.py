#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""chain.py - is this audit log whole?

Reads the files in the order given as one chain, knows nothing of Postern's
code: SHA-256 over the bytes up to `,"hash":`, prev is the hash before, the
sequence goes up by one, each line is JSON of at most 8 KiB.  Prints the range,
or the first bad line, and ends with 1.  What ends in .gz is unpacked.
"""
import argparse
import gzip
import hashlib
import json
import sys

ZEROS = "0" * 64
LINE = 8192


def no_twice(pairs):
    keys = [key for key, _ in pairs]
    if len(keys) != len(set(keys)):
        raise ValueError("a key stands twice")
    return dict(pairs)


def check(raw, before):
    """What is wrong with the line, or None; before is (sequence, hash)."""
    if not raw.endswith(b"\n"):
        return "torn: no newline", before
    if len(raw) > LINE:
        return "longer than 8 KiB", before
    try:
        line = json.loads(raw.decode("utf-8"), object_pairs_hook=no_twice)
        sequence = line["event"]["sequence"]
        prev = line["postern"]["prev"]
        said = line["postern"]["hash"]
    except (ValueError, KeyError, TypeError) as wrong:
        return "no record: %r" % wrong, before

    after = (sequence, said)
    hashed = raw[:raw.rindex(b',"hash":')]
    if hashlib.sha256(hashed).hexdigest() != said:
        return "its hash is not that of its bytes", after
    if before is None:
        return None, after
    if sequence != before[0] + 1:
        return "sequence %r follows %r" % (sequence, before[0]), after
    if prev != before[1]:
        return "prev is not the hash of the line before", after
    return None, after


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--anywhere", action="store_true",
                        help="the first line need not be sequence 1")
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("files", nargs="+")
    args = parser.parse_args()

    before = None if args.anywhere else (0, ZEROS)
    count = 0
    for name in args.files:
        opener = gzip.open if name.endswith(".gz") else open
        with opener(name, "rb") as file:
            for number, raw in enumerate(file, 1):
                wrong, before = check(raw, before)
                if wrong:
                    print("%s:%d: %s" % (name, number, wrong))
                    return 1
                count += 1
    if not args.quiet:
        print("%d records, the last is %d" % (count, before[0] if before else 0))
    return 0


if __name__ == "__main__":
    sys.exit(main())
