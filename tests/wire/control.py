#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""control.py - who may ask the daemon, and what can he do to it?"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import contextlib  # noqa: E402
import grp  # noqa: E402
import json  # noqa: E402
import pwd  # noqa: E402
import signal  # noqa: E402
import socket  # noqa: E402
import stat  # noqa: E402
import subprocess  # noqa: E402
import time  # noqa: E402

import milter  # noqa: E402
from case import Skip, case, equal, holds, main, slow, true, \
    until  # noqa: E402
from posternd import (ALLOWED, PROTECTED, STRANGER, Posternd,
                      postern, user)  # noqa: E402
from proc import Ordinary, cpu_seconds, descriptors  # noqa: E402


def root():
    if os.geteuid() != 0:
        raise Skip("needs root")


def serves(daemon):
    for ip, want in ((ALLOWED, "continue"), (STRANGER, "550 5.7.1 ")):
        client = daemon.client()
        client.connect(ip)
        client.helo()
        client.mail()
        holds(ip, client.rcpt(PROTECTED), want)
        client.quit()


def ended(process):
    try:
        return process.wait(20 * slow())
    except subprocess.TimeoutExpired:
        process.kill()
        raise AssertionError("it did not end by itself") from None


# what another user does: path, request; prints the answer
ASK = """
import socket, sys
with socket.socket(socket.AF_UNIX) as sock:
    sock.settimeout(20)
    try:
        sock.connect(sys.argv[1])
    except PermissionError:
        sys.exit(13)
    sock.sendall(sys.argv[2].encode())
    sock.shutdown(socket.SHUT_WR)
    while part := sock.recv(65536):
        sys.stdout.buffer.write(part)
"""
OPEN = "open\nseconds 60\nreason because\n"
OTHER = 1  # daemon: there on every system, with nothing to its name


def ask_as(uid, gid, daemon, request):
    run = subprocess.run(
        ["/usr/bin/python3", "-c", ASK, daemon.control, request], user=uid,
        group=gid, extra_groups=[], capture_output=True, text=True,
        check=False, cwd="/")
    if run.returncode == 13:
        return None
    code, _, text = run.stdout.partition("\n")
    return int(code), text


@case(needs=[root])
def without_a_group_it_is_for_root_and_its_user(t):
    daemon = t.enter(Posternd(t.folder))
    entry = pwd.getpwnam(user())
    found = os.stat(daemon.control)
    equal("mode", oct(stat.S_IMODE(found.st_mode)), oct(0o600))
    equal("owner", found.st_uid, entry.pw_uid)
    equal("another", ask_as(OTHER, OTHER, daemon, "status\n"), None)
    for uid, gid in ((0, 0), (entry.pw_uid, entry.pw_gid)):
        equal("status", ask_as(uid, gid, daemon, "status\n")[0], 0)
        equal("open", ask_as(uid, gid, daemon, OPEN), (0, ""))
        equal("close", ask_as(uid, gid, daemon, "close\n"), (0, ""))
        code, text = ask_as(uid, gid, daemon, "close\n")
        equal("nothing open: " + text, code, 1)
    equal("who", [record["user"]["id"] for record in
                  daemon.records("opened", "closed")],
          ["0", "0", str(entry.pw_uid), str(entry.pw_uid)])


@case(needs=[root])
def a_group_may_ask_but_not_open(t):
    group = grp.getgrnam("mail").gr_gid
    daemon = t.enter(Posternd(t.folder, control_group='"mail"'))
    found = os.stat(daemon.control)
    equal("mode", oct(stat.S_IMODE(found.st_mode)), oct(0o660))
    equal("group", found.st_gid, group)
    equal("owner", found.st_uid, pwd.getpwnam(user()).pw_uid)
    code, text = ask_as(OTHER, group, daemon, "status\n")
    equal("status", code, 0)
    equal("sees all", json.loads(text)["generation"], 1)
    equal("metrics", ask_as(OTHER, group, daemon, "metrics\n")[0], 0)
    equal("reload", ask_as(OTHER, group, daemon, "reload\n"), (0, ""))
    equal("who", daemon.records("reloaded")[0]["user"]["id"], str(OTHER))
    for request in (OPEN, "close\n"):
        code, text = ask_as(OTHER, group, daemon, request)
        equal(request, code, 77)
        holds("words", text, "root")
    equal("open", daemon.status()["open"], None)
    equal("nothing recorded", daemon.records("opened", "closed"), [])
    equal("outside the group", ask_as(OTHER, OTHER, daemon, "status\n"), None)


@case
def what_is_no_request(t):
    daemon = t.enter(Posternd(t.folder))
    for request in (b"", b"\n", b"nonsense\n", b"status", b"status\nx y\n",
                    b"open\n", b"open\nseconds 0\nreason x\n", b"\0" * 100,
                    b"status\n\0", b"\xff\xfe\n", b"reload\n" * 100):
        code, text = daemon.ask(request)
        true(f"{request!r}: {code} {text}", code in (0, 64))
        true("words", text)
    for size in (4097, 1 << 20):
        try:
            code, _ = daemon.ask(b"x" * size)
            equal(f"{size} bytes", code, 64)
        except (BrokenPipeError, ConnectionResetError):
            pass  # what came too much was not read
    equal("open", daemon.status()["open"], None)
    serves(daemon)


@case
def who_is_slow_or_leaves_holds_nobody_up(t):
    daemon = t.enter(Posternd(t.folder))
    silent = [milter.open_socket(daemon.control) for _ in range(2)]
    for sock in silent:
        t.at_end(sock.close)
    for _ in range(20):
        with milter.open_socket(daemon.control) as gone:
            gone.sendall(b"status\n")
    serves(daemon)
    daemon.process.send_signal(signal.SIGHUP)
    until("a signal gets through", lambda: daemon.records("reloaded"))
    equal("answers", daemon.ask(b"status\n")[0], 0)
    for sock in silent:
        code = sock.recv(100).partition(b"\n")[0]
        equal("told", code, b"64")


@case
def a_crowd_that_says_nothing_holds_nobody_up(t):
    """Each of them, waited for, would take its 2 s: minutes in all."""
    daemon = t.enter(Posternd(t.folder))
    for sent in (b"", b"stat", b"status\n"):
        crowd = [milter.open_socket(daemon.control) for _ in range(150)]
        for sock in crowd:
            t.at_end(sock.close)
            with contextlib.suppress(BrokenPipeError):
                sock.sendall(sent)  # others came meanwhile: too many
        for request in (b"status\n", OPEN.encode(), b"close\n"):
            equal(f"{sent}: {request}", daemon.ask(request), (
                0, daemon.ask(request)[1] if request == b"status\n" else ""))
        for sock in crowd:
            with contextlib.suppress(ConnectionResetError):
                answer = b"".join(iter(lambda sock=sock: sock.recv(100), b""))
                holds("told", answer.decode(), "64\n")
        serves(daemon)


@case
def who_sends_slowly_is_heard(t):
    daemon = t.enter(Posternd(t.folder))
    with milter.open_socket(daemon.control) as sock:
        for byte in b"status\n":
            sock.sendall(bytes([byte]))
            equal("others meanwhile", daemon.ask(b"close\n")[0], 1)
        sock.shutdown(socket.SHUT_WR)
        equal("answered", sock.recv(2), b"0\n")


@case
def without_a_descriptor_it_waits_for_one(t):
    daemon = t.enter(Ordinary(t.folder))
    pid = daemon.process.pid
    equal("answers", daemon.ask(b"status\n")[0], 0)
    daemon.limit("nofile", descriptors(pid))
    with milter.open_socket(daemon.control) as sock:
        sock.sendall(b"status\n")
        sock.shutdown(socket.SHUT_WR)
        until("said", lambda: "cannot take a request" in daemon.said())
        begun = cpu_seconds(pid)
        time.sleep(3)
        # a loop without a pause takes all of them
        true("no spin", cpu_seconds(pid) - begun < 1)
        daemon.limit("nofile")
        equal("answered", sock.recv(2), b"0\n")
    equal("said once", daemon.said().count("cannot take a request"), 1)


def own_folder(t):
    """A folder that the daemon's user may write to."""
    path = t.path("run")
    os.mkdir(path)
    if os.geteuid() == 0:
        entry = pwd.getpwnam(user())
        os.chown(path, entry.pw_uid, entry.pw_gid)
    return path


def with_own_folder(t):
    path = os.path.join(own_folder(t), "c.sock")
    daemon = Posternd(t.folder, control=f'"{path}"')
    daemon.control = path
    return daemon


@case
def one_that_was_removed_is_made_again(t):
    daemon = t.enter(with_own_folder(t))
    before = os.stat(daemon.control)
    begun = time.monotonic()
    os.unlink(daemon.control)
    until("made again", lambda: os.path.exists(daemon.control), seconds=15)
    print(f"# after {time.monotonic() - begun:.1f} s")
    after = os.stat(daemon.control)
    equal("mode and owner", (after.st_mode, after.st_uid),
          (before.st_mode, before.st_uid))
    until("answers", lambda: daemon.ask(b"status\n")[0] == 0)
    holds("said", daemon.said(), "made again")


@case
def what_is_put_in_its_place_is_left_alone(t):
    daemon = t.enter(with_own_folder(t))
    os.rename(daemon.control, daemon.control + ".old")
    with open(daemon.control, "w", encoding="utf-8") as precious:
        precious.write("precious")
    until("said", lambda: "is no socket" in daemon.said(), seconds=15)
    with open(daemon.control, encoding="utf-8") as precious:
        equal("left alone", precious.read(), "precious")
    serves(daemon)
    os.unlink(daemon.control)
    until("made again", lambda: os.path.exists(daemon.control), seconds=15)
    until("answers", lambda: daemon.ask(b"status\n")[0] == 0)
    equal("said once", daemon.said().count("is no socket"), 1)


@case(needs=[root])
def where_it_cannot_be_made_again_that_is_said(t):
    """The folder is root's, whom the daemon is no longer."""
    daemon = t.enter(Posternd(t.folder))
    os.unlink(daemon.control)
    until("said", lambda: "error: control: " in daemon.said(), seconds=15)
    time.sleep(5)  # and not again the next time
    equal("once", daemon.said().count("error: control: "), 1)
    serves(daemon)
    daemon.process.send_signal(signal.SIGHUP)
    until("signals work", lambda: daemon.records("reloaded"))


@case
def one_that_another_serves_is_not_stolen(t):
    daemon = t.enter(Posternd(t.folder))
    os.mkdir(t.path("other"))
    other = Posternd(t.path("other"), control=f'"{daemon.control}"')
    equal("exit", ended(other.spawn()), 75)
    holds("words", other.said(), f"control: {daemon.control}")
    true("its milter socket is gone", not os.path.exists(other.address))
    serves(daemon)
    equal("answers", daemon.ask(b"status\n")[0], 0)


@case
def a_stale_one_is_no_hindrance(t):
    daemon = Posternd(t.folder)
    daemon.start()
    daemon.kill()
    true("stale", os.path.exists(daemon.control))
    daemon.start()
    equal("answers", daemon.ask(b"status\n")[0], 0)
    equal("exit", daemon.stop(), 0)
    true("removed at the end", os.geteuid() == 0 or
         not os.path.exists(daemon.control))


@case
def one_that_was_asked_for_and_cannot_be_is_an_error(t):
    for number, (key, value, words) in enumerate((
            ("control", t.path("nowhere", "c.sock"), "control: "),
            ("control", t.path("x" * 120), "control: "),
            ("control_group", "no-such-group", "control_group: "))):
        os.mkdir(t.path(str(number)))
        daemon = Posternd(t.path(str(number)), **{key: f'"{value}"'})
        true("exit", ended(daemon.spawn()) in (73, 74, 77, 78))
        holds("words", daemon.said(), words)
        true("no socket stays", not os.path.exists(daemon.address))


@case
def the_default_one_is_no_condition(t):
    """The daemon serves where nobody has made its directory."""
    daemon = Posternd(t.folder, control=None)
    printed = postern("check", "--print", daemon.conf).stdout
    default = [line.split('"')[1] for line in printed.splitlines()
               if line.startswith("control ")][0]
    if os.path.isdir(os.path.dirname(default)):
        raise Skip(f"{os.path.dirname(default)} is there")
    t.enter(daemon)
    holds("said", daemon.said(), f"warning: control: {default}")
    serves(daemon)
    daemon.process.send_signal(signal.SIGHUP)
    until("signals work", lambda: daemon.records("reloaded"))
    run = daemon.command("status", code=None)
    equal("the command", run.returncode, 69)


@case
def beside_a_socket_of_systemds(t):
    with socket.socket(socket.AF_UNIX) as listener:
        daemon = Posternd(t.folder, socket='"systemd"')
        listener.bind(daemon.address)
        os.chmod(daemon.address, 0o666)
        listener.listen(64)
        daemon.process = daemon.activated(listener)
        t.at_end(daemon.stop)
        until("answers", lambda: os.path.exists(daemon.control) and
              daemon.answers())
        equal("status", daemon.status()["generation"], 1)
        daemon.reload()
        serves(daemon)


main()
