# SPDX-License-Identifier: ISC
"""sink.py - what did the MTA deliver?

A tiny SMTP server on loopback that takes every message and remembers it.
"""

import socketserver
import threading


class Message:
    def __init__(self, sender):
        self.sender = sender
        self.recipients = []
        self.data = b""


class Handler(socketserver.StreamRequestHandler):
    timeout = 30

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self):
        self.say("220 sink.test ESMTP")
        message = None
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"EHLO":
                self.say("250-sink.test\r\n250-8BITMIME")
                self.say("250 SMTPUTF8")
                continue
            if verb == b"MAIL":
                message = Message(address(line))
            elif verb == b"RCPT":
                message.recipients.append(address(line))
            elif verb == b"DATA":
                self.say("354 go on")
                self.take(message)
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            self.say("250 fine")

    def take(self, message):
        for line in self.rfile:
            if line == b".\r\n":
                break
            message.data += line
        self.server.messages.append(message)


def address(line):
    return line.split(b"<", 1)[1].split(b">", 1)[0].decode(
        "utf-8", "backslashreplace")


class Sink(socketserver.ThreadingTCPServer):
    """The server; messages holds what came, in order."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.messages = []
        self.port = self.server_address[1]

    def recipients(self):
        return sorted(address for message in self.messages
                      for address in message.recipients)

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()
