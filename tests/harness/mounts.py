# SPDX-License-Identifier: ISC
"""mounts.py - how is a file system made that may fill up, break or hang?"""

import os
import subprocess

import case
from posternd import Posternd, give


def attempt(*command):
    """Runs it; its error, or None."""
    try:
        done = subprocess.run(command, capture_output=True, text=True,
                              check=False, timeout=30)
    except FileNotFoundError:
        return f"{command[0]} is not installed"
    return f"{command[0]}: {done.stderr}" if done.returncode else None


def needed(*command):
    """The same; what the machine does not do is no failure of ours."""
    error = attempt(*command)
    if error:
        raise case.Skip(error.strip())


def mount(t, path, *arguments):
    """Until the end of the case."""
    needed("mount", *arguments, path)
    t.at_end(attempt, "umount", "-l", path)


def small(t, path, size):
    os.mkdir(path)
    mount(t, path, "-t", "tmpfs", "-o", f"size={size}", "tmpfs")
    give(path)


def disk(t, path, image):
    """A file system of its own in a file."""
    os.mkdir(path)
    with open(image, "wb") as blank:
        blank.truncate(16 << 20)
    needed("mkfs.ext4", "-q", image)
    mount(t, path, "-o", "loop,errors=remount-ro", image)
    give(path)


def with_log_in(folder, place, kind=Posternd):
    log = os.path.join(place, "audit.jsonl")
    daemon = kind(folder, audit={"path": f'"{log}"'})
    daemon.log = log
    return daemon
