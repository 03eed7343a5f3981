#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""header.py - does explain see what stands in a message's header?

The messages are written here or lie in tests/data/headers; what must come of
them is section 3 of the contract.
"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import glob  # noqa: E402
import json  # noqa: E402
import resource  # noqa: E402
import subprocess  # noqa: E402

from case import (SOURCE, case, equal, holds, main, program, sanitized,
                  true)  # noqa: E402
from posternd import postern  # noqa: E402

OWN = "c33c9f88-1eb7-4099-9700-16013fd9e8aa"
OTHER = "0de226ae-1679-4242-ade6-4184cb2fa602"
TENANT = "X-MS-Exchange-CrossTenant-Id"
ENTITY = "X-MS-Exchange-CrossTenant-FromEntityHeader"
CONNECTING = "X-MS-Exchange-CrossTenant-OriginalAttributedTenantConnectingIp"
ORIGINATOR = "X-OriginatorOrg"
CLIENT = "192.0.2.1"

# an entry for each condition on the header, in a policy of its own
CONF = f"""
unlisted = "accept";
sources: {{ exchange: {{ networks = "192.0.2.0/24"; shared = true; }}; }};
policies = (
  {{ name = "tenant"; domains = "tenant.example";
    allow = ( {{ source = "exchange"; tenant = "{OWN}"; }} ); }},
  {{ name = "entity"; domains = "entity.example"; action = "quarantine";
    allow = ( {{ source = "exchange"; entity = "Hosted"; }} ); }},
  {{ name = "connecting"; domains = "connecting.example"; action = "defer";
    reply = {{ code = 450; status = "4.3.2"; }};
    allow = ( {{ source = "exchange"; connecting = "198.51.100.25"; }} ); }},
  {{ name = "originator"; domains = "originator.example"; action = "mark";
    allow = ( {{ source = "exchange"; originator = "contoso.example"; }} ); }},
  {{ name = "headers"; domains = "headers.example";
    allow = ( {{ networks = "192.0.2.0/24"; headers = (
        {{ name = "X-Secret"; value = "s3cret"; }},
        {{ name = "X-Other"; value = "a b"; }} ); }} ); }}
);
"""


def explain(t, *arguments, code=None, **options):
    conf = t.path("postern.conf")
    if not os.path.exists(conf):
        with open(conf, "w", encoding="ascii") as file:
            file.write(CONF)
    return postern("explain", CLIENT, "-c", conf, *arguments, code=code,
                   **options)


def judge(t, policy, *arguments, **options):
    """Verdict, reason, and the one condition on the header: match, got."""
    run = explain(t, "--json", "--rcpt", f"a@{policy}.example", *arguments,
                  **options)
    one = json.loads(run.stdout)["recipients"][0]
    found = {condition["condition"]: condition
             for condition in one["entries"][0]["conditions"]}[policy]
    return one["verdict"], one["reason"], found["match"], found["got"]


def message(t, text, name="message.eml"):
    with open(t.path(name), "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    return t.path(name)


def fields(*pairs):
    return [word for name, value in pairs
            for word in ("--header", f"{name}: {value}")]


VALUE = f"TenantId={OWN};Ip=[%s];Helo=[mail.example]"
HEADERS = [
    # policy, headers, verdict, reason, match, got
    ("tenant", [], "defer", "tenant-missing", "absent", "no " + TENANT),
    ("tenant", [(TENANT, OWN)], "accept", None, "yes", OWN),
    ("tenant", [(TENANT.lower(), OWN.upper())], "accept", None, "yes",
     OWN.upper()),
    ("tenant", [(TENANT, OTHER)], "reject", "tenant-mismatch", "no", OTHER),
    ("tenant", [(TENANT, OWN), (TENANT, OWN)], "accept", None, "yes",
     f"{OWN}, {OWN}"),
    ("tenant", [(TENANT, OWN), (TENANT, OTHER)], "reject", "tenant-conflict",
     "no", f"{OWN}, {OTHER}"),
    ("tenant", [(TENANT, OWN), (CONNECTING, VALUE % "192.0.2.9")], "accept",
     None, "yes", f"{OWN}; " + VALUE % "192.0.2.9"),
    ("tenant", [(TENANT, "")], "reject", "tenant-mismatch", "no", "(empty)"),
    ("entity", [], "reject", "entity-mismatch", "absent", "no " + ENTITY),
    ("entity", [(ENTITY, "hosted")], "accept", None, "yes", "hosted"),
    ("entity", [(ENTITY, "Internet")], "reject", "entity-mismatch", "no",
     "Internet"),
    ("connecting", [], "defer", "relayed-through-tenant", "absent",
     "no " + CONNECTING),
    ("connecting", [(CONNECTING, VALUE % "198.51.100.25")], "accept", None,
     "yes", VALUE % "198.51.100.25"),
    ("connecting", [(CONNECTING, VALUE % "198.51.100.26")], "defer",
     "relayed-through-tenant", "no", VALUE % "198.51.100.26"),
    ("originator", [(ORIGINATOR, "Contoso.Example")], "accept", None, "yes",
     "Contoso.Example"),
    ("originator", [(ORIGINATOR, "fabrikam.example")], "reject",
     "originator-mismatch", "no", "fabrikam.example"),
    ("headers", [], "defer", "header-mismatch", "absent",
     "no X-Secret; no X-Other"),
    ("headers", [("x-secret", "s3cret")], "defer", "header-mismatch",
     "absent", "X-Secret: s3cret; no X-Other"),
    ("headers", [("X-Other", "a b"), ("X-Secret", "s3cret")], "accept", None,
     "yes", "X-Secret: s3cret; X-Other: a b"),
    ("headers", [("X-Other", "a b"), ("X-Secret", "s3cret"),
                 ("X-Secret", "s3cret")], "reject", "header-mismatch", "no",
     "X-Secret: s3cret, s3cret; X-Other: a b"),
    ("headers", [("X-Other", "a b"), ("X-Secret", "S3cret")], "reject",
     "header-mismatch", "no", "X-Secret: S3cret; X-Other: a b"),
]


@case(seconds=120)
def as_options_and_as_a_message(t):
    """The same headers, told either way or half and half, are the same."""
    for policy, pairs, *want in HEADERS:
        block = "".join(f"{name}: {value}\n" for name, value in pairs)
        half = len(pairs) // 2
        first = "".join(f"{name}: {value}\n" for name, value in pairs[:half])
        for how, arguments in (
                ("options", fields(*pairs)),
                ("message", ["--eml", message(t, block + "\nbody\n")]),
                ("both", ["--eml", message(t, first + "\n", "half.eml"),
                          *fields(*pairs[half:])])):
            equal(f"{policy} {pairs} {how}",
                  list(judge(t, policy, *arguments)), want)


@case
def what_is_made_of_it_stands_beside_it(t):
    found = json.loads(explain(t, "--json", code=1).stdout)
    equal("verdict", found["verdict"], "reject")
    default = "Direct delivery is refused; use the MX of %{domain} (ref ...)"
    equal("without recipient", [
        (one["policy"], one["verdict"], one["action"], one["reply"])
        for one in found["recipients"]], [
            ("tenant", "defer", "reject", "451 4.7.1 " + default),
            ("entity", "reject", "quarantine", None),
            ("connecting", "defer", "defer", "450 4.3.2 " + default),
            ("originator", "reject", "mark", None),
            ("headers", "defer", "reject", "451 4.7.1 " + default)])
    text = explain(t, code=1).stdout
    for words in ("reject, policy entity, action quarantine: it is taken and "
                  "held", "reject, policy originator, action mark: it is let "
                  "in with a mark", "defer, policy connecting\n",
                  "wants X-Secret: s3cret, X-Other: a b"):
        holds("text", text, words)
    true("no list of copies without a message", ": none" not in text)


@case
def a_person_sees_each_copy(t):
    run = explain(t, "--rcpt", "a@tenant.example", *fields(
        (TENANT, OWN), (TENANT, OTHER), ("x-secret", "\x1b[2J" + "v" * 999)))
    holds("copies", run.stdout, f"\n{TENANT}: 2 copies\n  {OWN}\n  {OTHER}\n"
          f"{ENTITY}: none\n{CONNECTING}: none\n{ORIGINATOR}: none\n"
          "X-Secret: 1 copy\n  \\u001b[2J" + "v" * 252 + "...\n"
          "X-Other: none\n\n")
    holds("why", run.stdout, "tenant-conflict: exchange came nearest, but "
          "fails by tenant")
    many = explain(t, "--rcpt", "a@tenant.example",
                   *fields((TENANT, OWN)) * 70)
    holds("many", many.stdout, f"{TENANT}: 70 copies\n" + f"  {OWN}\n" * 64 +
          "  and 6 more\n")
    holds("many: json", judge(t, "tenant", *fields((TENANT, OWN)) * 70)[3],
          f"{OWN} and 6 more")
    empty = explain(t, "--eml", message(t, "Subject: x\n\n"))
    holds("a message with none of them", empty.stdout, f"{TENANT}: none\n")


@case
def the_header_ends_where_the_body_begins(t):
    good = f"{TENANT}: {OWN}\n"
    bad = f"{TENANT}: {OTHER}\n"
    yes, absent = ("accept", None), ("defer", "tenant-missing")
    no, conflict = ("reject", "tenant-mismatch"), ("reject", "tenant-conflict")
    for name, text, want in (
            ("an empty line", good + "\n" + bad, yes),
            ("CRLF", (good + "\n" + bad).replace("\n", "\r\n"), yes),
            ("CRLF, all header", (good + bad).replace("\n", "\r\n"), conflict),
            ("LF and CRLF", good + "X: y\r\n" + bad, conflict),
            ("no end of line", good + bad[:-1], conflict),
            ("no empty line", good + "no field\n" + bad, yes),
            ("a name with blanks", good + "no field: x\n" + bad, yes),
            ("a name in UTF-8", good + "X-\u00fc: x\n" + bad, yes),
            ("a control character", good + "X\x1b: x\n" + bad, yes),
            ("no name", good + ": x\n" + bad, yes),
            ("a fold of blanks", good + " \t\n" + bad, conflict),
            ("empty line first", "\n" + good, absent),
            ("a mailbox", "From a@b  Tue Nov 24 2026\n" + good, yes),
            ("a mailbox, CRLF", "From a@b  Tue Nov 24 2026\r\n" + good, yes),
            ("a header From", "From: a@b\n" + bad, no),
            ("a mailbox further on", bad + "From a@b Tue\n" + good, no)):
        got = judge(t, "tenant", "--eml", message(t, text))[:2]
        equal(name, got, want)
    for name, text in (("nothing", ""), ("a fold in front", " \n" + good),
                       ("no message", "\0\1\2\n" + good),
                       ("UTF-16", good.encode("utf-16").decode("latin-1"))):
        run = explain(t, "--eml", message(t, text), code=65)
        holds(name, run.stderr, "does not begin with a header field")


@case
def values_are_unfolded_as_the_mta_has_them(t):
    yes, no = "yes", "no"
    for name, value, want in (
            ("folded in front", f"\n {OWN}", yes),
            ("folded, CRLF", f"\r\n\t{OWN}\r\n \r\n", yes),
            ("blanks around", f" \t {OWN} \t ", yes),
            ("no blank", OWN, yes),
            ("folded inside", f"{OWN[:9]}\n {OWN[9:]}", no),
            ("a bare CR inside", f"{OWN[:9]}\r{OWN[9:]}", no),
            ("a bare CR behind", f"{OWN}\r", yes),
            ("a NUL behind", f"{OWN}\0", no),
            ("a NUL in front", f"\0{OWN}", no),
            ("a comment", f"{OWN} (own)", no),
            ("many blanks", " " * 5000 + "\n" + " " * 5000 + OWN +
             " " * 5000, yes),
            ("behind the bound", OWN + " " * 1000 + "x", no),
            ("a name with a blank", None, no)):
        field = f"{TENANT} : {OWN}\n" if value is None \
            else f"{TENANT}:{value}\n"
        got = judge(t, "tenant", "--eml", message(t, field + "\n"))[2]
        equal(name, got, want)
    # on the command line, where a NUL cannot be
    for value in (f"\n {OWN}", f"\r\n\t{OWN}", f" {OWN} "):
        equal(repr(value), judge(t, "tenant", "--header",
                                 f"{TENANT}:{value}")[2], yes)


@case
def the_bound_of_a_value(t):
    for size, match in ((1024, "yes"), (1025, "no")):
        value = VALUE % "198.51.100.25"
        value = value[:-1] + "x" * (size - len(value)) + "]"
        equal("size", len(value), size)
        equal(f"{size} bytes", judge(t, "connecting", "--eml", message(
            t, f"{CONNECTING}: {value}\n"))[2], match)


@case
def real_messages(t):
    """What stands in tests/data/headers, read from standard input too."""
    want = {
        "10": ("a86dc674-e6a2-4c25-b4ba-e36c31382530", "HybridOnPrem",
               "cardinalhealth.onmicrosoft.com"),
        "11": ("6a84b1de-1f34-4ef7-833c-a5017802acbb", "Internet", None),
        "12": (OWN, "Hosted", "synopsys.com"),
        "13": ("75e027c9-20d5-47d5-b82f-77d7cd041e8f", "HybridOnPrem",
               "foss.st.com"),
    }
    paths = sorted(glob.glob(os.path.join(SOURCE, "tests/data/headers/*.hdr")))
    equal("messages", len(paths), len(want))
    for path in paths:
        tenant, entity, originator = want[os.path.basename(path)[:2]]
        for arguments, options in (
                (["--eml", path], {}),
                (["--eml", "-"], {"stdin": open(path, "rb")})):
            run = explain(t, "--json", *arguments, **options)
            got = {one["policy"]: one["entries"][0]["conditions"][1]["got"]
                   for one in json.loads(run.stdout)["recipients"]}
            equal(path, got["tenant"].split(";")[0], tenant)
            equal(path, got["entity"], entity)
            equal(path, got["originator"],
                  originator or f"no {ORIGINATOR}")
            if options:
                options["stdin"].close()


@case(seconds=120)
def a_message_of_any_size_in_bounded_memory(t):
    if "address" in sanitized() or "thread" in sanitized():
        return  # their shadow is larger than any bound
    with open(t.path("huge.eml"), "wb") as file:
        file.write(f"{TENANT}: {OWN}\n".encode())
        file.write(b"X-Long: " + b"v" * (64 << 20) + b"\n")
        file.write(b"N" * (16 << 20) + b": v\n")
        file.write(b"X-Folded:" + b"\n v" * (4 << 20) + b"\n")
        for _ in range(16):
            file.write(f"{TENANT}: {OWN}\n".encode() * (1 << 14))
        file.write(f"{ENTITY}: Hosted\n\n".encode())
        file.write(b"body" * (1 << 20))
    explain(t)  # writes the configuration
    run = subprocess.run(
        [program("postern"), "explain", CLIENT, "--json", "-c",
         t.path("postern.conf"), "--eml", t.path("huge.eml")],
        capture_output=True, text=True, check=False, timeout=100,
        preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_AS, (64 << 20, 64 << 20)))
    found = json.loads(run.stdout)["recipients"]
    equal("tenant", (found[0]["verdict"], found[1]["verdict"]),
          ("accept", "accept"))
    holds("counted", found[0]["entries"][0]["conditions"][1]["got"],
          f" and {(16 << 14) + 1 - 64} more")


@case
def a_message_that_cannot_be_read(t):
    for path, words in ((t.path("no.eml"), "No such file"),
                        (t.folder, "Is a directory")):
        run = explain(t, "--eml", path, code=66)
        equal("output", run.stdout, "")
        holds("words", run.stderr, f"postern: {path}: {words}")
    cases = message(t, "config postern.conf\ncase a\nclient 192.0.2.1\n"
                    "rcpt a@tenant.example\nwant accept\neml no.eml\n",
                    "mail.case")
    run = postern("check", "--cases", cases, code=66)
    holds("cases", run.stderr, f"{cases}:2: eml: {t.path('no.eml')}: No such")


@case
def cases_have_headers_and_actions(t):
    message(t, f"{TENANT}: {OWN}\n\n")
    explain(t)
    cases = message(t, f"""config postern.conf
case by a message beside the cases
client {CLIENT}
rcpt a@tenant.example
eml message.eml
want accept
action reject
case by headers, two of them
client {CLIENT}
rcpt a@headers.example
header X-Secret: s3cret
header X-Other:  a b   # a comment
want accept
case contradicted
client {CLIENT}
rcpt a@tenant.example
eml message.eml
header {TENANT}: {OTHER}
want reject tenant-conflict
case held
client {CLIENT}
rcpt a@entity.example
want reject entity-mismatch
action quarantine
case nobody acts
client {CLIENT}
rcpt a@elsewhere.example
want accept unlisted
action -
case wrong
client {CLIENT}
rcpt a@originator.example
want reject originator-mismatch
action quarantine
""", "mail.case")
    run = postern("check", "--cases", cases, code=1)
    equal("cases", run.stdout, f"{cases}:34: wrong: got action mark, want "
          "action quarantine\n5 passed, 1 failed\n")


main()
