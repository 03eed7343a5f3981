# SPDX-License-Identifier: ISC
"""relay.py - what do an MTA and the filter say to each other?

Stands between the two: takes the MTA's connections on a socket of its own,
passes all bytes on as they are and reads the milter packets in them (four
bytes of length, a command, its data).
"""

import os
import socket
import struct
import threading

# step of the protocol, as in the answer to a negotiation
STAGES = ("connect", "helo", "mail", "rcpt", "data", "eom", "eoh")


class Packets:
    """Cuts a stream into (command, data)."""

    def __init__(self):
        self.rest = b""

    def feed(self, data):
        self.rest += data
        while len(self.rest) >= 4:
            length = struct.unpack("!I", self.rest[:4])[0]
            if len(self.rest) < 4 + length:
                return
            packet, self.rest = \
                self.rest[4:4 + length], self.rest[4 + length:]
            yield packet[:1].decode("ascii"), packet[1:]


class Session:
    """One connection of the MTA; commands as letters, in their order."""

    def __init__(self):
        self.client = None  # its address
        self.steps = []    # what the MTA sent, but for macros
        self.answers = []  # what the filter sent
        self.macros = {}   # names that came before each step, by its letter
        self.lists = {}    # macros that the filter asked for, by stage
        self.offered = self.protocol = self.actions = None
        self.over = threading.Event()

    def from_mta(self, command, data):
        if command == "D":
            names = data[1:].split(b"\0")[:-1:2]
            self.macros.setdefault(data[:1].decode("ascii"), set()).update(
                name.decode("ascii").strip("{}") for name in names)
            return
        if command == "O":
            self.offered = struct.unpack("!III", data[:12])[1:]
        if command == "C":
            # name, NUL, family, port (2 bytes), address, NUL
            self.client = data.partition(b"\0")[2][3:-1].decode("ascii")
        self.steps.append(command)

    def from_filter(self, command, data):
        self.answers.append(command)
        if command != "O":
            return
        _, self.actions, self.protocol = struct.unpack("!III", data[:12])
        data = data[12:]
        while data:
            stage = struct.unpack("!I", data[:4])[0]
            text, _, data = data[4:].partition(b"\0")
            self.lists[STAGES[stage]] = {
                name.strip("{}") for name in
                text.decode("ascii").replace(",", " ").split()}


class Relay:
    """address: where the MTA finds it; target: where the filter is."""

    def __init__(self, address, target):
        self.address, self.target = address, target
        self.sessions = []
        self.listener = None

    def __enter__(self):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.address)
        os.chmod(self.address, 0o666)
        self.listener.listen(64)
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)  # accept() ends, too
        self.listener.close()

    def accept(self):
        while True:
            try:
                mta, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.pass_on, args=(mta,),
                             daemon=True).start()

    def pass_on(self, mta):
        guard = socket.socket(socket.AF_UNIX)
        try:
            guard.connect(self.target)
        except OSError:  # the MTA is to see that nobody is there
            mta.close()
            return
        session = Session()
        self.sessions.append(session)
        back = threading.Thread(target=pump, daemon=True,
                                args=(guard, mta, session.from_filter))
        back.start()
        pump(mta, guard, session.from_mta)
        back.join()
        mta.close()
        guard.close()
        session.over.set()


def pump(source, target, take):
    """All that comes from source, until it ends; read before it is passed
    on, so that no answer is seen before its question."""
    packets = Packets()
    while True:
        try:
            data = source.recv(65536)
            for command, payload in packets.feed(data):
                take(command, payload)
            if not data:
                target.shutdown(socket.SHUT_WR)
                return
            target.sendall(data)
        except OSError:
            return
