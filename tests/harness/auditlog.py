# SPDX-License-Identifier: ISC
"""auditlog.py - an audit log as the manual says it is made.

Written from postern-log(5) alone, for tests that need a log with a past: any
age, any number of files and seals, and the keys to play the attacker with.
"""
import datetime
import gzip
import hashlib
import json
import os

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ZEROS = "0" * 64
ULID = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def public(secret):
    return secret.public_key().public_bytes(
        serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()


def time_text(seconds):
    return datetime.datetime.fromtimestamp(
        seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def ulid(number):
    text = ""
    for _ in range(26):
        text = ULID[number % 32] + text
        number //= 32
    return text


def hashed(body):
    """body is the line up to the comma before "hash"."""
    value = hashlib.sha256(body).hexdigest()
    return body + b',"hash":"' + value.encode() + b'"}}\n', value


def parts(line):
    """Sequence, prev, hash of a line."""
    record = json.loads(line)
    return (record["event"]["sequence"], record["postern"]["prev"],
            record["postern"]["hash"])


class Log:
    """The writer; files are written at once."""

    def __init__(self, path, start=1700000000.0, step=1.0, host="guard1"):
        self.path, self.now, self.step, self.host = path, start, step, host
        self.sequence, self.head = 0, ZEROS
        self.lines = []     # of the file at path
        self.first = 1      # its first sequence
        self.seals = 0
        self.secrets = [Ed25519PrivateKey.generate()]  # of all seals, for attacks
        self.key = public(self.secrets[0])
        with open(path + ".seals", "w", encoding="ascii") as file:
            file.write('{"postern_seals":1,"key":"%s"}\n' % self.key)
        self.flush()

    def flush(self):
        with open(self.path, "wb") as file:
            file.write(b"".join(self.lines))

    def make(self, action, members):
        """The line of the next record."""
        kind = "alert" if action.startswith("bypass") else "event"
        body = ('{"@timestamp":"%s","ecs":{"version":"8.11.0"},"event":{"kind":"%s",'
                '"category":["process"],"type":["info"],"action":"%s",'
                '"outcome":"success","id":"%s","sequence":%d,"provider":"postern"},'
                '"host":{"name":"%s"},"postern":{%s"prev":"%s"' % (
                    time_text(self.now), kind, action, ulid(self.sequence + 1),
                    self.sequence + 1, self.host, members, self.head))
        return hashed(body.encode())

    def add(self, action="bypass-rejected", members='"stage":"rcpt","helo":"a.example",'):
        line, self.head = self.make(action, members)
        self.lines.append(line)
        self.sequence += 1
        self.now += self.step
        return line

    def fill(self, count):
        for _ in range(count):
            self.add()
        self.flush()
        return self

    def seal_member(self, number, secret, following):
        time = time_text(self.now)
        signed = "postern seal 1\n%d\n%d\n%s\n%s\n%s\n" % (
            number, self.sequence, self.head, time, public(following))
        return ('"seal":{"number":%d,"sequence":%d,"hash":"%s","time":"%s",'
                '"key":"%s","next":"%s","signature":"%s"},' % (
                    number, self.sequence, self.head, time, public(secret),
                    public(following), secret.sign(signed.encode()).hex()))

    def seal(self):
        self.secrets.append(Ed25519PrivateKey.generate())
        self.seals += 1
        line = self.add("sealed", self.seal_member(
            self.seals, self.secrets[-2], self.secrets[-1]))
        with open(self.path + ".seals", "ab") as file:
            file.write(line)
        self.flush()
        return line

    def rotate(self, packed=False):
        self.seal()
        self.add("rotated")
        name = "%s.%012d" % (self.path, self.first)
        data = b"".join(self.lines)
        with gzip.open(name + ".gz", "wb") if packed else open(name, "wb") as file:
            file.write(data)
        self.lines, self.first = [], self.sequence + 1
        self.flush()
        return name + (".gz" if packed else "")

    def delete(self, name, first, last):
        """The rotated file name, which holds these; records it."""
        with gzip.open(name) if name.endswith(".gz") else open(name, "rb") as file:
            value = parts(file.readlines()[-1])[2]
        self.add("deleted", '"deleted":{"first":%d,"last":%d,"hash":"%s"},' % (
            first, last, value))
        os.unlink(name)
        self.flush()
