# SPDX-License-Identifier: ISC
"""mtas.py - how does one test stand before each MTA?

A test that is written once for both takes a front: it starts the MTA before
the daemon, and tells what only this MTA shows.
"""

import glob
import os
import subprocess

import postfix
import sendmail
from case import until

# Sendmail refuses long headers unless told how long they may be
SENDMAIL_EXTRA = "define(`confMAX_HEADERS_LENGTH', `2000000')\n"


class PostfixFront:
    """Held mail lies in the hold queue."""

    needed = staticmethod(postfix.needed)

    def __init__(self, t, daemon, sink):
        folder = t.path("front")
        os.mkdir(folder, 0o755)
        self.mta = t.enter(postfix.Postfix(
            folder, f"unix:{daemon.address}", sink,
            smtpd_authorized_xclient_hosts=""))

    def held(self):
        """The queued files that wait for a person."""
        return glob.glob(os.path.join(self.mta.queue, "hold", "*"))

    def reason(self):
        return ""  # Postfix before 3.10 keeps none

    def release(self):
        subprocess.run(["postsuper", "-c", self.mta.conf, "-H", "ALL"],
                       check=True, capture_output=True, timeout=30)
        subprocess.run(["postqueue", "-c", self.mta.conf, "-f"],
                       check=True, capture_output=True, timeout=30)


class SendmailFront:
    """Held mail has a control file `hf...` instead of `qf...`."""

    needed = staticmethod(sendmail.needed)

    def __init__(self, t, daemon, sink):
        self.mta = t.enter(sendmail.Sendmail(
            t.folder, f"local:{daemon.address}", sink, extra=SENDMAIL_EXTRA))

    def held(self):
        return glob.glob(self.mta.path("queue/hf*"))

    def reason(self):
        """Why it is held: the line `q` of the control file."""
        # what stands for a $ in it is no text
        with open(self.held()[0], encoding="latin-1") as control:
            return next(line[1:].strip() for line in control
                        if line.startswith("q"))


FRONTS = (PostfixFront, SendmailFront)


def stays(function, want, seconds=0.5):
    """Makes sure that function() does not become anything but want."""
    try:
        until("", lambda: function() != want, seconds)
    except AssertionError:
        return
    raise AssertionError(f"got {function()!r}, want {want!r}")
