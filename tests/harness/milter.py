# SPDX-License-Identifier: ISC
"""milter.py - how does an MTA talk to a milter?

The MTA's side of the milter protocol (versions 2 to 6), written from the
protocol and not from the product: negotiation, macro lists, replies that the
filter said it will not send, and raw packets for what no MTA would send.
"""

import socket
import struct

ADDHDRS, CHGHDRS, QUARANTINE, SETSYMLIST = 0x1, 0x10, 0x20, 0x100
ACTIONS = 0x1FF
PROTOCOL = 0x1FFFFF

# step: (command, stage of its macros, bit "leave it out", bit "no reply")
STEPS = {
    "connect": (b"C", 0, 0x1, 0x1000),
    "helo": (b"H", 1, 0x2, 0x2000),
    "mail": (b"M", 2, 0x4, 0x4000),
    "rcpt": (b"R", 3, 0x8, 0x8000),
    "data": (b"T", 4, 0x200, 0x10000),
    "header": (b"L", None, 0x20, 0x80),
    "eoh": (b"N", 6, 0x40, 0x40000),
    "body": (b"B", None, 0x10, 0x80000),
    "eom": (b"E", 5, 0, 0),
    "unknown": (b"U", None, 0x100, 0x20000),
}
RCPT_REJ = 0x800

# what an MTA sends where the filter does not ask (Postfix's lists)
DEFAULT_MACROS = {
    0: "j {daemon_name} {daemon_addr} v _",
    1: "{tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}",
    2: "i {auth_type} {auth_authen} {auth_author} {mail_addr} {mail_host} "
       "{mail_mailer}",
    3: "i {rcpt_addr} {rcpt_host} {rcpt_mailer}",
    4: "i",
    5: "i",
    6: "i",
}

WORDS = {b"c": "continue", b"a": "accept", b"r": "reject", b"t": "tempfail",
         b"d": "discard", b"s": "skip", b"f": "connfail", b"4": "shutdown"}


# what may be done to a message at its end: (action it takes, our name)
CHANGES = {b"q": (QUARANTINE, "quarantine"), b"h": (ADDHDRS, "add"),
           b"i": (ADDHDRS, "insert"), b"m": (CHGHDRS, "change")}


class Closed(Exception):
    """The filter hung up."""


def raw_bytes(text):
    return text if isinstance(text, bytes) else text.encode()


def strings(*texts):
    return b"".join(raw_bytes(text) + b"\0" for text in texts)


def open_socket(address, seconds=10.0):
    """address: a path, or (host, port)."""
    if isinstance(address, str):
        sock = socket.socket(socket.AF_UNIX)
    elif ":" in address[0]:
        sock = socket.socket(socket.AF_INET6)
    else:
        sock = socket.socket(socket.AF_INET)
    sock.settimeout(seconds)
    try:
        sock.connect(address)
    except OSError:
        sock.close()
        raise
    return sock


class Wire:
    """Packets, without any idea of what they mean."""

    def __init__(self, address, seconds=30.0):
        self.sock = open_socket(address, seconds)

    def send(self, command, data=b""):
        self.send_bytes(struct.pack("!I", len(data) + 1) + command + data)

    def send_bytes(self, data):
        try:
            self.sock.sendall(data)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise Closed(str(error)) from error

    def read(self):
        length = struct.unpack("!I", self.read_exactly(4))[0]
        data = self.read_exactly(length)
        return data[:1], data[1:]

    def read_exactly(self, count):
        data = b""
        while len(data) < count:
            try:
                part = self.sock.recv(count - len(data))
            except ConnectionResetError as error:
                raise Closed(str(error)) from error
            if not part:
                raise Closed("end of stream")
            data += part
        return data

    def close(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Client(Wire):
    """One connection as an MTA would play it.

    macros: all that this MTA knows ({"j": ..., "{daemon_name}": ...}; None:
    not that one); of them it sends those that the filter asked for.  A method for each step
    gives "continue", "accept", ..., or the text of a reply ("550 5.7.1 ...").
    """

    def __init__(self, address, macros=None, version=6, actions=ACTIONS,
                 protocol=PROTOCOL, negotiate=True):
        super().__init__(address)
        self.macros = {"j": "mx.test", "v": "Postfix 3.7.11",
                       "{daemon_name}": "mx.test",
                       "{rcpt_mailer}": "relay"}
        self.macros.update(macros or {})
        self.lists = dict(DEFAULT_MACROS)
        self.sent = {}  # macros that went over the wire, by stage
        self.done = False  # accepted at connect or HELO: no more is said
        self.changes = []  # what is to be done to the message at its end
        self.version, self.actions, self.protocol = version, 0, 0
        if negotiate:
            self.negotiate(version, actions, protocol)

    def negotiate(self, version=6, actions=ACTIONS, protocol=PROTOCOL):
        self.send(b"O", struct.pack("!III", version, actions, protocol))
        command, data = self.read()
        if command != b"O":
            raise AssertionError(f"negotiation answered {command!r}")
        self.version, self.actions, self.protocol = \
            struct.unpack("!III", data[:12])
        # of an MTA that offers nothing libmilter thinks of version 1
        if self.actions & ~(actions or 0xF) or \
                self.protocol & ~(protocol or 0x3F):
            raise AssertionError("the filter asks for what was not offered")
        self.take_lists(data[12:])

    def take_lists(self, data):
        while data:
            stage = struct.unpack("!I", data[:4])[0]
            text, _, data = data[4:].partition(b"\0")
            self.lists[stage] = text.decode()

    def wanted(self, stage):
        names = self.lists.get(stage, "").replace(",", " ").split()
        found = []
        for name in names:
            plain = name.strip("{}")
            # both spellings of a name mean the same
            for key in (name, plain, "{%s}" % plain):
                if self.macros.get(key) is not None:
                    full = plain if len(plain) == 1 else "{%s}" % plain
                    found.append((full, self.macros[key]))
                    break
        return found

    def send_macros(self, command, stage):
        pairs = self.wanted(stage)
        self.sent[stage] = dict(pairs)
        if pairs:
            flat = [text for pair in pairs for text in pair]
            self.send(b"D", command + strings(*flat))

    def step(self, name, data=b""):
        command, stage, leave_out, no_reply = STEPS[name]
        if self.done or self.protocol & leave_out:
            return "continue"
        if stage is not None:
            self.send_macros(command, stage)
        self.send(command, data)
        if self.protocol & no_reply:
            return "continue"
        return self.answer()

    def answer(self):
        while True:
            command, data = self.read()
            if command == b"y":
                return self.reply_text(data)
            if command in WORDS:
                return WORDS[command]
            if command != b"p":
                self.changes.append(self.change(command, data))

    def change(self, command, data):
        """What the filter asks to be done, if it may."""
        needed, name = CHANGES.get(command, (0, None))
        if name is None or not self.actions & needed:
            raise AssertionError(f"a change nobody needs: {command!r}")
        index = ()
        if command in (b"m", b"i"):
            index = struct.unpack("!I", data[:4])
            data = data[4:]
        texts = data.decode("ascii").split("\0")
        if texts.pop() != "" or any(set(text) & set("\r\n")
                                    for text in texts):
            raise AssertionError(f"not what an MTA takes: {data!r}")
        return (name, *index, *texts)

    @staticmethod
    def reply_text(data):
        """As the MTA would say it: %% on the wire is one %."""
        text = data.rstrip(b"\0").decode("ascii")
        if "%" in text.replace("%%", ""):
            raise AssertionError(f"a lone % in a reply: {text!r}")
        if "\r" in text or "\n" in text:
            raise AssertionError(f"more than one line: {text!r}")
        return text.replace("%%", "%")

    def connect(self, ip, port=40000, name=None, family=None):
        """family: "4", "6", "L" (ip is a path), "U"; else that of ip."""
        family = family or ("6" if ":" in ip else "4")
        name = name if name is not None else f"[{ip}]"
        data = strings(name) + family.encode()
        if family != "U":
            data += struct.pack("!H", port) + strings(ip)
        answer = self.step("connect", data)
        self.done = answer == "accept"
        return answer

    def helo(self, name="client.test"):
        answer = self.step("helo", strings(name))
        self.done = self.done or answer == "accept"
        return answer

    def mail(self, sender="<sender@partner.example>", *arguments):
        return self.step("mail", strings(sender, *arguments))

    def rcpt(self, recipient, *arguments):
        return self.step("rcpt", strings(recipient, *arguments))

    def rcpt_refused(self, recipient):
        """A recipient that the MTA itself has refused (SMFIP_RCPT_REJ)."""
        if not self.protocol & RCPT_REJ:
            return "not asked for"
        kept = dict(self.macros)
        self.macros.update({"{rcpt_mailer}": "error",
                            "{rcpt_host}": "5.1.1",
                            "{rcpt_addr}": "no such user"})
        try:
            return self.rcpt(recipient)
        finally:
            self.macros = kept

    def content(self, headers):
        """DATA to the end of the headers; the first answer that counts."""
        for name, data in [("data", b"")] + [
                ("header", strings(*header)) for header in headers] + [
                ("eoh", b"")]:
            answer = self.step(name, data)
            if answer != "continue":
                return answer
        return "continue"

    def message(self, headers=(("Subject", "test"),), body=b"test\r\n"):
        """DATA to the end; the first answer that is not "continue"."""
        answer = self.content(headers)
        for name, data in ("body", body), ("eom", b""):
            if answer == "continue":
                answer = self.step(name, data)
        return answer

    def abort(self):
        if not self.done:
            self.send(b"A")

    def quit(self):
        try:
            self.send(b"Q")
        except Closed:
            pass
        self.close()
