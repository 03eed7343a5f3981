# SPDX-License-Identifier: ISC
"""disagree.py - whose recipients disagree about one message?"""

import exchange
from posternd import Posternd
from sink import Sink

INSIDE = "127.0.0.10"
ONE, TWO = exchange.SYNOPSYS, exchange.ST
# example.com takes tenant ONE, second.example tenant TWO, sub.example.com
# whatever the source brings; elsewhere.example is no policy's
POLICIES = f"""
policies = (
  {{ name = "one"; domains = [ "example.com" ]; always = [ "postmaster" ];
     allow = ( {{ networks = [ "{INSIDE}" ]; tenant = [ "{ONE}" ]; }} ); }},
  {{ name = "two"; domains = [ "second.example" ];
     allow = ( {{ networks = [ "{INSIDE}" ]; tenant = [ "{TWO}" ]; }} ); }},
  {{ name = "any"; domains = [ "sub.example.com" ];
     allow = ( {{ networks = [ "{INSIDE}" ]; }} ); }},
  {{ name = "mark"; domains = [ "marked.elsewhere.example" ];
     action = "mark"; allow = ( {{ networks = [ "192.0.2.1" ]; }} ); }},
  {{ name = "watch"; domains = [ "watched.elsewhere.example" ];
     mode = "monitor";
     allow = ( {{ networks = [ "{INSIDE}" ]; tenant = [ "{TWO}" ]; }} ); }}
);
"""
GOOD, GOOD_2 = "a@example.com", "b@example.com"  # of ONE
BAD, BAD_2 = "c@second.example", "d@second.example"  # not of ONE
FREE, OUTSIDE = "e@sub.example.com", "f@elsewhere.example"
MARKED = "g@marked.elsewhere.example"
WATCHED = "h@watched.elsewhere.example"
POSTMASTER = "postmaster@example.com"


class Stand:
    """front: which MTA stands before the daemon (mtas.py)."""

    def __init__(self, t, front):
        self.sink = t.enter(Sink())
        self.daemon = t.enter(Posternd(t.folder, "", POLICIES,
                                       trusted='[ "127.0.0.1" ]',
                                       socket_group='"postfix"'))
        self.mta = front(t, self.daemon, self.sink).mta
        self.seen = 0

    def new(self, count):
        """Exactly so many attempts were recorded since the last time."""
        records = self.daemon.wait_attempts(self.seen + count)
        records, self.seen = records[self.seen:], len(records)
        return [(record["event"]["action"], record["rule"]["name"])
                for record in records]
