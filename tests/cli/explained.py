#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""explained.py - what does explain say of databases and of tables?"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import json  # noqa: E402

from case import SOURCE, case, equal, holds, main, true  # noqa: E402
from posternd import postern  # noqa: E402

DATA = os.path.join(SOURCE, "tests/data/mmdb")
OWN = "c33c9f88-1eb7-4099-9700-16013fd9e8aa"
TENANT = "X-MS-Exchange-CrossTenant-Id"
# as GeoLite2-ASN-Test.source.json and GeoLite2-Country-Test.source.json say
AUSTRALIA, BRITAIN, NOWHERE = "1.128.0.0", "2.125.160.216", "192.0.2.1"


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    return path


def places(t, country=None, on_error="defer", action="reject"):
    return write(t.path("postern.conf"), f"""
unlisted = "accept";
on_error = "{on_error}";
geo: {{ asn = "{DATA}/GeoLite2-ASN-Test.mmdb";
       country = "{country or DATA + '/GeoLite2-Country-Test.mmdb'}"; }};
policies = ( {{ name = "p"; domains = "p.example"; action = "{action}";
  allow = ( {{ asn = ( 1221, "AS237" ); }},
            {{ networks = "0.0.0.0/0"; country = [ "gb", "FR" ]; }} ); }} );
""")


def explain(conf, client, *arguments):
    run = postern("explain", client, "-c", conf, "--json", *arguments,
                  code=None)
    found = json.loads(run.stdout)
    true("exit code", (run.returncode == 0) == (found["verdict"] == "accept"))
    return found["recipients"][0]


def conditions(one):
    return {condition["condition"]: (condition["match"], condition["got"])
            for entry in one["entries"] for condition in entry["conditions"]}


@case
def what_databases_say(t):
    conf = places(t)
    for client, verdict, reason, asn, country in (
            (AUSTRALIA, "accept", None, ("yes", "AS1221 (Telstra Pty Ltd)"),
             ("no", "no record of its country")),
            (BRITAIN, "accept", None, ("no", "no record of its network"),
             ("yes", "GB")),
            (NOWHERE, "reject", "source-not-allowed",
             ("no", "no record of its network"),
             ("no", "no record of its country"))):
        one = explain(conf, client)
        equal(client, (one["verdict"], one["reason"]), (verdict, reason))
        got = conditions(one)
        equal(client, (got["asn"], got["country"]), (asn, country))
    text = postern("explain", AUSTRALIA, "-c", conf, code=0).stdout
    holds("text", text, f"{AUSTRALIA} is in no source, in AS1221 (Telstra Pty "
          "Ltd)\n")
    holds("text", text, "wants 1221, AS237")


@case
def a_damaged_database_is_unknown(t):
    with open(DATA + "/GeoLite2-Country-Test.mmdb", "rb") as good:
        half = good.read(3000)
    with open(t.path("half.mmdb"), "wb") as file:
        file.write(half)
    default = "Direct delivery is refused; use the MX of p.example (ref ...)"
    for on_error, action, reply in (
            ("accept", "reject", None), ("accept", "mark", None),
            ("defer", "reject", "451 4.7.1 " + default),
            ("defer", "quarantine", "451 4.7.1 " + default),
            ("reject", "reject", "550 5.7.1 " + default),
            ("reject", "mark", "550 5.7.1 " + default)):
        conf = places(t, t.path("half.mmdb"), on_error, action)
        one = explain(conf, BRITAIN, "--rcpt", "a@p.example")
        equal(on_error, (one["verdict"], one["reason"], one["action"],
                         one["reply"]),
              (on_error, "undecidable", action, reply))
        equal(on_error, [entry["match"] for entry in one["entries"]],
              ["no", "unknown"])
        equal(on_error, conditions(one)["country"],
              ("unknown", "a damaged database"))
        # what needs it not is decided all the same
        equal("the other entry", explain(conf, AUSTRALIA)["verdict"], "accept")
        text = postern("explain", BRITAIN, "-c", conf, code=None).stdout
        holds("text", text, "undecidable: what is asked for cannot be told, "
              "so on_error answers")
    run = postern("check", "--cases", "-", conf, input=f"case a\nclient "
                  f"{BRITAIN}\nrcpt a@p.example\nwant reject undecidable\n"
                  "entry allow[1] unknown\n")
    holds("cases", run.stdout, "1 passed, 0 failed")


@case
def a_table_without_a_recipient(t):
    """The row that is nearest to letting the client in speaks for it."""
    write(t.path("customers.table"), f"""# three customers
one.example   filter           -
two.example   exchange,office  {OWN},{OWN[:-1]}b
three.example office           -
""")
    conf = write(t.path("postern.conf"), """
unlisted = "accept";
sources: { filter: { networks = "192.0.2.0/24"; };
  exchange: { networks = "198.51.100.0/24"; shared = true; };
  office: { networks = "203.0.113.0/24"; }; };
policies = ( { name = "customers"; table = "customers.table"; } );
""")
    header = ["--header", f"{TENANT}: {OWN}"]
    other = ["--header", f"{TENANT}: 0de226ae-1679-4242-ade6-4184cb2fa602"]
    for client, told, verdict, reason, entries in (
            ("192.0.2.1", [], "accept", None, ["filter"]),
            ("198.51.100.1", header, "accept", None, ["exchange", "office"]),
            ("198.51.100.1", [], "defer", "tenant-missing",
             ["exchange", "office"]),
            ("198.51.100.1", other, "reject", "tenant-mismatch",
             ["exchange", "office"]),
            ("203.0.113.1", other, "accept", None, ["office"]),
            ("192.0.3.1", [], "reject", "source-not-allowed", ["filter"])):
        one = explain(conf, client, *told)
        equal(client, (one["policy"], one["verdict"], one["reason"],
                       [entry["entry"] for entry in one["entries"]]),
              ("customers", verdict, reason, entries))
    equal("trusted", explain(conf, "127.0.0.1")["reason"], "trusted")
    text = postern("explain", "198.51.100.1", "-c", conf, "--rcpt",
                   "a@TWO.example", *header, code=0).stdout
    holds("text", text, "a@TWO.example: accept, policy customers\n")
    holds("text", text, "wants in exchange\n")
    holds("text", text, f"wants {OWN}, {OWN[:-1]}b\n")


main()
