#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""geo.py - who gets in by network and country, whatever becomes of the file?

Addresses and what they are in: the *.answers beside the databases.
"""

import os
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

from case import SOURCE, case, equal, holds, main, until  # noqa: E402
from posternd import Posternd, postern  # noqa: E402

DATA = os.path.join(SOURCE, "tests", "data", "mmdb")
MAXMIND_ASN = os.path.join(DATA, "GeoLite2-ASN-Test.mmdb")
MAXMIND_COUNTRY = os.path.join(DATA, "GeoLite2-Country-Test.mmdb")
LITE = os.path.join(DATA, "ipinfo", "ipinfo_lite_sample.mmdb")

GOOGLE = "1.0.0.1"       # MaxMind's test data: 15169; IPinfo: 13335, AU
TELSTRA = "1.128.0.1"    # 1221
BRITISH = "2.125.160.216"
AMERICAN = "50.114.0.1"
NOWHERE = "192.0.2.1"    # in neither
OFFICE = "198.51.100.7"

POLICIES = """
sources: {
  office: { networks = [ "198.51.100.0/24" ]; };
  both: { networks = [ "2.125.160.0/24", "50.114.0.0/16", "192.0.2.0/24" ]; };
};
policies = (
  { name = "network"; domains = [ "network.example" ];
    allow = ( { asn = ( 15169, "AS64500" ); }, "office" ); },
  { name = "country"; domains = [ "country.example" ];
    allow = ( { source = "both"; country = [ "GB", "DE" ]; }, "office" ); }
);
"""
NETWORK, COUNTRY = "<a@network.example>", "<a@country.example>"


def geo(asn, country):
    return f'{{ asn = "{asn}"; country = "{country}"; }}'


class Files:
    """The two databases of a daemon, where they may be written over."""

    def __init__(self, t):
        self.asn = t.path("asn.mmdb")
        self.country = t.path("country.mmdb")
        shutil.copyfile(MAXMIND_ASN, self.asn)
        shutil.copyfile(MAXMIND_COUNTRY, self.country)

    def replace_asn(self, source):
        shutil.copyfile(source, self.asn + ".new")
        os.rename(self.asn + ".new", self.asn)


def guard(t, files=None, **keys):
    files = files or Files(t)
    return t.enter(Posternd(t.folder, sources="", policies=POLICIES,
                            geo=geo(files.asn, files.country), **keys))


def ask(daemon, ip, recipient):
    """At RCPT; who is let in by every policy is so at once."""
    client = daemon.client()
    try:
        if client.connect(ip) == "accept":
            return "continue"
        client.helo("client.test")
        client.mail("<a@b.example>")
        return client.rcpt(recipient)
    finally:
        client.quit()


def check(daemon, ip, recipient, want):
    answer = ask(daemon, ip, recipient)
    if not answer.startswith(want):
        raise AssertionError(f"{ip}, {recipient}: got {answer!r}, "
                             f"want {want!r}")


def judges(daemon, network=GOOGLE):
    """The networks' database answers, and this one is let in by it."""
    for ip in (GOOGLE, TELSTRA):
        check(daemon, ip, NETWORK, "continue" if ip == network else "550 ")


def write(path, text):
    """Over what is there, in the same file."""
    with open(path, "w", encoding="ascii") as out:
        out.write(text)


def wait_said(daemon, text, count=1):
    until(f"{count} times {text!r}",
          lambda: daemon.said().count(text) >= count)


@case
def each_lets_in_and_keeps_out(t):
    daemon = guard(t)
    for ip, recipient, want in (
            (GOOGLE, NETWORK, "continue"), (TELSTRA, NETWORK, "550 5.7.1 "),
            (NOWHERE, NETWORK, "550 5.7.1 "), (OFFICE, NETWORK, "continue"),
            (BRITISH, COUNTRY, "continue"), (AMERICAN, COUNTRY, "550 5.7.1 "),
            (NOWHERE, COUNTRY, "550 5.7.1 "), (OFFICE, COUNTRY, "continue"),
            ("2001:220::1", COUNTRY, "550 5.7.1 ")):
        check(daemon, ip, recipient, want)


@case
def a_record_says_where_the_client_is(t):
    daemon = guard(t)
    for ip in (TELSTRA, AMERICAN, NOWHERE):
        ask(daemon, ip, NETWORK)
    sources = [record["source"] for record in daemon.wait_attempts(3)]
    equal("as", [source.get("as") for source in sources],
          [{"number": 1221, "organization": {"name": "Telstra Pty Ltd"}},
           None, None])
    equal("geo", [source.get("geo") for source in sources],
          [None, {"country_iso_code": "US"}, None])


@case
def another_vendors_names_are_known(t):
    daemon = t.enter(Posternd(
        t.folder, sources="", geo=geo(LITE, LITE), policies="""policies = (
  { name = "network"; domains = [ "network.example" ];
    allow = ( { asn = [ 13335 ]; country = [ "AU" ]; } ); },
  { name = "country"; domains = [ "country.example" ];
    allow = ( { asn = [ 13335 ]; country = [ "US" ]; } ); } );"""))
    check(daemon, GOOGLE, NETWORK, "continue")
    check(daemon, GOOGLE, COUNTRY, "550 ")
    source = daemon.wait_attempts(1)[0]["source"]
    equal("as", source["as"],
          {"number": 13335, "organization": {"name": "Cloudflare, Inc."}})
    equal("geo", source["geo"], {"country_iso_code": "AU"})


@case
def a_new_file_is_taken_over_by_itself(t):
    files = Files(t)
    daemon = guard(t, files)
    judges(daemon)
    files.replace_asn(LITE)
    # there GOOGLE is another's, so that nobody is let in
    until("taken over", lambda:
          ask(daemon, GOOGLE, NETWORK).startswith("550 "))
    wait_said(daemon, f"notice: {files.asn} has changed; the new one is in "
                      "use")
    equal("generation", daemon.status()["generation"], 1)
    # and back, written over the one in use
    shutil.copyfile(MAXMIND_ASN, files.asn)
    until("taken over", lambda: ask(daemon, GOOGLE, NETWORK) == "continue")
    judges(daemon)


@case
def whatever_becomes_of_the_file_the_last_good_one_stays(t):
    files = Files(t)
    daemon = guard(t, files)
    damaged = f"warning: {files.asn} is damaged: "
    for count, spoil in enumerate((
            lambda: os.truncate(files.asn, 5000),
            lambda: write(files.asn, "garbage " * 100),
            lambda: os.truncate(files.asn, 0),
            lambda: shutil.copyfile(MAXMIND_COUNTRY, files.asn)), 1):
        spoil()
        judges(daemon)
        wait_said(daemon, damaged, count)
        judges(daemon)
    os.unlink(files.asn)
    judges(daemon)
    equal("each told once", daemon.said().count(damaged), 4)
    holds("words", daemon.said(), "; keeping the one in use")
    shutil.copyfile(LITE, files.asn)
    until("taken over", lambda:
          ask(daemon, GOOGLE, NETWORK).startswith("550 "))


@case
def what_a_damaged_one_would_tell_is_not_known(t):
    files = Files(t)
    write(files.asn, "garbage")
    daemon = guard(t, files)
    holds("said", daemon.said(), "warning: geo.asn: ")
    for ip in (GOOGLE, TELSTRA):
        check(daemon, ip, NETWORK, "451 4.7.1 ")
    # what needs it not is judged as ever
    check(daemon, OFFICE, NETWORK, "continue")
    check(daemon, BRITISH, COUNTRY, "continue")
    check(daemon, AMERICAN, COUNTRY, "550 ")
    files.replace_asn(MAXMIND_ASN)
    until("taken over", lambda: ask(daemon, GOOGLE, NETWORK) == "continue")
    judges(daemon)


@case
def on_error_answers_for_it(t):
    files = Files(t)
    write(files.asn, "garbage")
    for answer, want in (("accept", "continue"), ("reject", "550 ")):
        with Posternd(t.folder, sources="", policies=POLICIES,
                      geo=geo(files.asn, files.country),
                      on_error=f'"{answer}"') as daemon:
            check(daemon, TELSTRA, NETWORK, want)


@case
def without_the_file_there_is_no_start(t):
    daemon = Posternd(t.folder, sources="", policies=POLICIES,
                      geo=geo(t.path("none.mmdb"), MAXMIND_COUNTRY))
    process = daemon.spawn()
    equal("exit", process.wait(20), 78)
    holds("words", daemon.said(), f"geo.asn: cannot read {t.path()}/none.mmdb"
                                  ": No such file or directory; put the "
                                  "database there, or correct geo")


@case
def a_reload_keeps_what_was_good(t):
    files = Files(t)
    daemon = guard(t, files)
    write(files.asn, "garbage")
    holds("words", daemon.reload(), "warning: geo.asn: ")
    equal("generation", daemon.status()["generation"], 2)
    judges(daemon)
    daemon.reload()
    judges(daemon)
    # gone is an error, and changes nothing
    os.unlink(files.asn)
    holds("words", daemon.reload(code=78), "geo.asn: cannot read ")
    equal("generation", daemon.status()["generation"], 3)
    judges(daemon)
    files.replace_asn(MAXMIND_ASN)
    daemon.reload()
    judges(daemon)


@case
def a_reload_takes_another_file(t):
    files = Files(t)
    daemon = guard(t, files)
    other = t.path("other.mmdb")
    write(other, "garbage")
    daemon.keys["geo"] = geo(other, files.country)
    daemon.write()
    daemon.reload()
    # what was good was another's
    check(daemon, GOOGLE, NETWORK, "451 4.7.1 ")
    shutil.copyfile(LITE, other)
    until("taken over", lambda:
          ask(daemon, GOOGLE, NETWORK).startswith("550 "))


@case
def check_says_the_same(t):
    files = Files(t)
    daemon = Posternd(t.folder, sources="", policies=POLICIES,
                      geo=geo(files.asn, files.country))
    os.truncate(files.asn, 5000)
    run = postern("check", daemon.conf)
    holds("warning", run.stderr, f"warning: geo.asn: {files.asn} is damaged")
    postern("check", "--strict", daemon.conf, code=1)
    os.unlink(files.asn)
    run = postern("check", daemon.conf, code=78)
    holds("error", run.stderr, f"geo.asn: cannot read {files.asn}")


main()
