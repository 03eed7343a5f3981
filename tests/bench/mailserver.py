# SPDX-License-Identifier: ISC
"""mailserver.py - which Postfix do the filters stand before?

One with a port for each subject; what is accepted goes to the discard
transport.
"""

import contextlib
import os
import types

import filters
import postfix


class Postfix(postfix.Postfix):
    """services: name: (port, options of its smtpd)."""

    def __init__(self, folder, services):
        super().__init__(folder, "", types.SimpleNamespace(port=1),
                         relay_transport="discard:")
        self.services = services

    def write(self):
        super().write()
        with open(os.path.join(self.conf, "master.cf"), "a",
                  encoding="utf-8") as master:
            for port, options in self.services.values():
                master.write(f"127.0.0.1:{port} inet n - n - - smtpd\n")
                master.writelines(f"  -o {{ {option} }}\n"
                                  for option in options)

    def cpu(self):
        """Seconds of all its processes, those that have ended included."""
        top = self.master()
        with open(f"/proc/{top}/stat", encoding="ascii") as stat:
            ended = sum(map(int, stat.read().rpartition(")")[2]
                            .split()[13:15])) / filters.CLK_TCK
        with open(f"/proc/{top}/task/{top}/children",
                  encoding="ascii") as children:
            living = [top, *map(int, children.read().split())]
        for pid in living:
            with contextlib.suppress(OSError):  # it has just ended
                ended += filters.cpu_s(pid)
        return ended

    def is_idle(self):
        """Nothing is left to be delivered."""
        return not any(files for name in ("incoming", "active")
                       for _, _, files in os.walk(
                           os.path.join(self.queue, name)))


def cidr_table(folder, count):
    """A table that lets the client in half of the way down."""
    path = os.path.join(folder, f"clients-{count}.cidr")
    networks = filters.random_networks(count - 1)
    networks.insert(len(networks) // 2, filters.CLIENT + "/32")
    with open(path, "w", encoding="ascii") as table:
        table.writelines(f"{network} OK\n" for network in networks)
    return path
