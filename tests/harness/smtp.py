# SPDX-License-Identifier: ISC
"""smtp.py - how does a client talk to the MTA?

A raw SMTP client: it sends what it is told to, however odd, can pretend to
be another client (XCLIENT, PROXY), and start from an address of its own.
"""

import ipaddress
import socket
import struct

PROXY2 = b"\r\n\r\n\0\r\nQUIT\n"


def proxy1(ip, port=40000, to_ip=None, to_port=25):
    """The PROXY protocol's line for a client ip."""
    address = ipaddress.ip_address(ip)
    to_ip = to_ip or ("192.0.2.25" if address.version == 4 else
                      "2001:db8::25")
    return b"PROXY TCP%d %s %s %d %d\r\n" % (
        address.version, ip.encode(), to_ip.encode(), port, to_port)


def proxy2(ip, port=40000, to_ip=None, to_port=25):
    address = ipaddress.ip_address(ip)
    to_ip = to_ip or ("192.0.2.25" if address.version == 4 else
                      "2001:db8::25")
    body = address.packed + ipaddress.ip_address(to_ip).packed + \
        struct.pack("!HH", port, to_port)
    family = 0x11 if address.version == 4 else 0x21
    return PROXY2 + struct.pack("!BBH", 0x21, family, len(body)) + body


def proxy2_local():
    """A health check of the balancer itself."""
    return PROXY2 + struct.pack("!BBH", 0x20, 0, 0)


class Reply(str):
    """An answer of the server; its lines joined by newlines."""

    @property
    def code(self):
        return int(self[:3])


class Smtp:
    """A session with the server at (host, port)."""

    def __init__(self, address, source=None, before=b"", seconds=30.0):
        self.sock = socket.create_connection(
            address, seconds, (source, 0) if source else None)
        self.file = self.sock.makefile("rb")
        if before:
            self.sock.sendall(before)
        self.banner = self.read()

    def read(self):
        lines = []
        while True:
            line = self.file.readline()
            if not line:
                raise ConnectionError("the server hung up")
            text = line.decode("utf-8", "backslashreplace").rstrip("\r\n")
            lines.append(text)
            if text[3:4] != "-":
                return Reply("\n".join(lines))

    def command(self, line):
        data = line if isinstance(line, bytes) else line.encode()
        self.sock.sendall(data + b"\r\n")
        return self.read()

    def ehlo(self, name="client.test"):
        return self.command(b"EHLO " + name.encode()
                            if isinstance(name, str) else b"EHLO " + name)

    def xclient(self, ip, name="[UNAVAILABLE]", port=40000):
        """Pretends to be ip; a new session begins."""
        text = "IPV6:" + ip if ":" in ip else ip
        return self.command(f"XCLIENT NAME={name} ADDR={text} PORT={port}")

    def mail(self, sender="sender@partner.example"):
        return self.command(f"MAIL FROM:<{sender}>")

    def rcpt(self, recipient):
        return self.command(f"RCPT TO:<{recipient}>")

    def message(self, subject="test", header=""):
        """DATA to the final dot; the last answer.  header: more lines of it,
        before the others, each with its CRLF."""
        answer = self.command("DATA")
        if answer.code != 354:
            return answer
        return self.command(
            f"{header}From: <sender@partner.example>\r\n"
            f"Subject: {subject}\r\n\r\nHello.\r\n.")

    def close(self):
        """Just leaves."""
        self.file.close()
        self.sock.close()

    def quit(self):
        try:
            return self.command("QUIT")
        finally:
            self.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
