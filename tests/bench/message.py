# SPDX-License-Identifier: ISC
"""message.py - which message is judged by its headers?

One that Exchange Online relayed, with all the headers that posternd judges
by; the header block is in tests/data/headers.
"""

import email
import os

import exchange

BLOCK = "13-hybridonprem-relayed-via-exo-2026.hdr"
OWN, OTHER = exchange.ST, exchange.SYNOPSYS  # it is of the first


def headers():
    """Pairs of name and value, folds and all."""
    return email.message_from_string(
        exchange.block(BLOCK).replace("\r\n", "\n")).items()


def for_driver(folder):
    """A file as tests/bench/driver reads it."""
    path = os.path.join(folder, "headers")
    with open(path, "wb") as out:
        for name, value in headers():
            out.write(f"{name}\0{value}\0".encode())
    return path


def for_smtp_source(folder):
    """A file as smtp-source sends it."""
    path = os.path.join(folder, "message")
    with open(path, "w", encoding="utf-8") as out:
        out.write(exchange.block(BLOCK).replace("\r\n", "\n") + "\nHello.\n")
    return path
