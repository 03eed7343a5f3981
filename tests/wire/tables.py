#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""tables.py - is each row of a provider's table judged as it is written?

The rows are read again here, by a parser of three lines, and what must come
of a client is worked out from them alone.
"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import ipaddress  # noqa: E402
import json  # noqa: E402
import random  # noqa: E402

from case import case, equal, holds, main, true  # noqa: E402
from posternd import Posternd, postern  # noqa: E402

ROWS, SOURCES, SAMPLES = 100_000, 300, 400
TENANT = "c33c9f88-1eb7-4099-9700-%012x"
SEED = random.randrange(2**32)


def network(number):
    return ipaddress.ip_network(f"10.{number // 250}.{number % 250}.0/24")


def address_in(number, rng):
    return str(network(number)[rng.randrange(256)])


def row(number, rng):
    """A row in one of the forms that it may have."""
    names = [f"s{rng.randrange(SOURCES)}" for _ in range(rng.randint(1, 3))]
    tenants = [TENANT % rng.randrange(1000)
               for _ in range(rng.choice((0, 0, 1, 2)))]
    domain = f"customer{number}.example"
    if number % 7 == 3:
        domain = "." + domain
    if number % 5 == 2:
        domain = domain.upper() + "."
        tenants = [tenant.upper() for tenant in tenants]
    blank = rng.choice((" ", "\t", "   ", " \t"))
    line = blank.join((domain, ",".join(names), ",".join(tenants) or "-"))
    return line + rng.choice(("", "", " ", " # a note", "# x", "\r"))


def write_table(path, count, rng):
    with open(path, "w", encoding="ascii", newline="") as table:
        table.write("# domain sources tenants\n\n")
        for number in range(count):
            table.write(row(number, rng) + "\n")


def read_table(path):
    """domain -> its sources and its tenants, read anew."""
    found = {}
    with open(path, encoding="ascii", newline="\n") as table:
        for line in table:
            fields = line.split("#")[0].lower().split()
            if fields:
                domain, sources, tenants = fields
                found[domain.rstrip(".")] = (
                    sources.split(","),
                    [] if tenants == "-" else tenants.split(","))
    return found


def want(sources, tenants, number, stamp):
    """The verdict and, where only one thing is missing, its reason."""
    if f"s{number}" not in sources:
        return "reject source-not-allowed"
    if not tenants or stamp in tenants:
        return "accept"
    return "reject tenant-mismatch" if stamp else "defer tenant-missing"


def sample(domain, sources, tenants, rng):
    """A case of it: a client of it or another, a tenant of it or another."""
    number = int(rng.choice(sources)[1:]) if rng.random() < 0.7 \
        else rng.randrange(SOURCES)
    stamp = rng.choice(tenants) if tenants and rng.random() < 0.6 \
        else rng.choice((None, TENANT % 5000))
    verdict = want(sources, tenants, number, stamp)
    if len(sources) > 1 and verdict.startswith("reject "):
        # which of its entries came nearest is the business of others
        verdict = verdict.split()[0]
    rcpt = "x" + domain if domain.startswith(".") else domain
    lines = [f"case {domain}", f"client {address_in(number, rng)}",
             f"rcpt someone@{rcpt}", f"want {verdict}", "policy customers"]
    if stamp:
        lines.append(f"header X-MS-Exchange-CrossTenant-Id: {stamp}")
    return "\n".join(lines) + "\n"


def configuration(folder, table):
    path = os.path.join(folder, "big.conf")
    with open(path, "w", encoding="ascii") as conf:
        conf.write('unlisted = "accept";\nsources: {\n')
        for number in range(SOURCES):
            conf.write(f's{number}: {{ networks = "{network(number)}"; }};\n')
        conf.write(f'}};\npolicies = ( {{ name = "customers"; '
                   f'table = "{table}"; }} );\n')
    return path


@case(seconds=300)
def a_hundred_thousand_rows(t):
    print("# seed", SEED)
    rng = random.Random(SEED)
    write_table(t.path("customers.table"), ROWS, rng)
    rows = read_table(t.path("customers.table"))
    equal("rows", len(rows), ROWS)
    # beside the configuration, as its relative path says
    conf = configuration(t.folder, "customers.table")
    cases = "".join(
        sample(domain, *rows[domain], rng)
        for domain in rng.sample(sorted(rows), SAMPLES))
    run = postern("check", "--cases", "-", conf, input=cases, code=None)
    equal("judged: " + run.stdout[-2000:] + run.stderr, run.returncode, 0)
    holds("judged", run.stdout, f"{SAMPLES} passed, 0 failed")


@case(seconds=120)
def every_bad_row_is_named(t):
    """One in a hundred of 50,000 is bad: each is an error with its line."""
    rng = random.Random(SEED)
    bad = set()
    kinds = ("customer{0}.example s1", "customer{0}.example s1 - -",
             "customer{0}..example s1 -", "customer{0}.example s1 tenant",
             "customer{0}.example nobody -", "customer1.example s1 -")
    with open(t.path("customers.table"), "w", encoding="ascii") as table:
        for number in range(1, 50_001):
            if number % 100 == 50:
                bad.add(number)
                table.write(rng.choice(kinds).format(number) + "\n")
            else:
                table.write(f"customer{number}.example s1 -\n")
    conf = configuration(t.folder, t.path("customers.table"))
    run = postern("check", "--json", conf, code=78)
    errors = json.loads(run.stdout)["errors"]
    equal("files", {error["file"] for error in errors},
          {t.path("customers.table")})
    equal("lines", sorted(error["line"] for error in errors), sorted(bad))


@case(seconds=60)
def a_table_of_nothing_but_errors_ends(t):
    with open(t.path("customers.table"), "w", encoding="ascii") as table:
        for number in range(200_000):
            table.write(f"customer{number}.example nobody -\n")
    conf = configuration(t.folder, t.path("customers.table"))
    run = postern("check", conf, code=78)
    true("bounded", 1000 <= len(run.stderr.splitlines()) <= 1010)
    holds("where", run.stderr, "behind line 1000 is not read")


def judged(daemon, client, domain):
    mta = daemon.client()
    mta.connect(client)
    mta.helo()
    mta.mail()
    answer = mta.rcpt(f"<someone@{domain}>")
    mta.quit()
    return answer


def put(path, text):
    with open(path + ".new", "w", encoding="ascii") as table:
        table.write(text)
    os.rename(path + ".new", path)


@case(seconds=90)
def a_reload_takes_all_of_a_table_or_nothing(t):
    """Client in left; each table lets it into one of two domains."""
    table = t.path("customers.table")
    sources = """
sources: { left: { networks = [ "192.0.2.0/24" ]; };
           right: { networks = [ "198.51.100.0/24" ]; }; };
"""
    policies = f'policies = ( {{ name = "customers"; table = "{table}"; }} );'
    one = "one.example left -\ntwo.example right -\n"
    two = "two.example left -\none.example right -\n"
    put(table, one)
    daemon = t.enter(Posternd(t.folder, sources, policies))

    def check(lets_in, keeps_out):
        equal(lets_in, judged(daemon, "192.0.2.10", lets_in), "continue")
        holds(keeps_out, judged(daemon, "192.0.2.10", keeps_out), "550 5.7.1")

    check("one.example", "two.example")
    version = daemon.status()["version"]
    put(table, two + "three.example nobody -\n")
    holds("refused", daemon.reload(code=78), f"{table}:3: ")
    check("one.example", "two.example")
    put(table, "")
    holds("emptied", daemon.reload(code=78), "has no row")
    check("one.example", "two.example")
    os.unlink(table)
    holds("gone", daemon.reload(code=78), "cannot be read")
    check("one.example", "two.example")
    equal("version", daemon.status()["version"], version)
    put(table, two)
    daemon.reload()
    check("two.example", "one.example")
    true("another version", daemon.status()["version"] != version)
    record = daemon.wait_attempts(5)[-1]
    equal("rule.name", record["rule"]["name"], "customers")


@case(seconds=60)
def a_recipient_that_the_mta_refused(t):
    """Of the first row, and of the last."""
    rows = "".join(f"row{number}.example left -\n" for number in range(5))
    put(t.path("customers.table"), rows)
    daemon = t.enter(Posternd(
        t.folder, "sources: { left: { networks = [ \"192.0.2.0/24\" ]; }; };",
        f'policies = ( {{ name = "customers"; '
        f'table = "{t.path("customers.table")}"; }} );'))
    for domain in ("row0.example", "row4.example"):
        mta = daemon.client()
        mta.connect("203.0.113.9")
        mta.helo()
        mta.mail()
        mta.rcpt_refused(f"<nobody@{domain}>")
        mta.quit()
    # made as the connections end, which are judged side by side
    equal("records", sorted((record["event"]["action"], record["rule"]["name"],
                             record["event"]["reason"],
                             record["email"]["to"]["address"])
                            for record in daemon.wait_attempts(2)),
          [("bypass-abandoned", "customers", "source-not-allowed", [f"nobody@{domain}"])
           for domain in ("row0.example", "row4.example")])


if __name__ == "__main__":
    main()
