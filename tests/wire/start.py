#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""start.py - how does the daemon start, take its places, and end?"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "harness"))

import grp  # noqa: E402
import pwd  # noqa: E402
import re  # noqa: E402
import signal  # noqa: E402
import socket  # noqa: E402
import subprocess  # noqa: E402
import time  # noqa: E402

from case import Skip, case, equal, holds, main, program, true, \
    until  # noqa: E402
from postfix import free_port  # noqa: E402
from posternd import (ALLOWED, PROTECTED, STRANGER, Posternd, user,
                      verify)  # noqa: E402


def serves(daemon):
    for ip, want in ((ALLOWED, "continue"), (STRANGER, "550 5.7.1 ")):
        client = daemon.client()
        client.connect(ip)
        client.helo()
        client.mail()
        holds(ip, client.rcpt(PROTECTED), want)
        client.quit()


def root():
    if os.geteuid() != 0:
        raise Skip("needs root")


def ended(process, seconds=20):
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        raise AssertionError("it did not end by itself") from None


@case
def it_starts_over_a_stale_socket_of_its_own(t):
    daemon = Posternd(t.folder)
    daemon.start()
    daemon.kill()
    true("stale socket", os.path.exists(daemon.address))
    daemon.start()
    serves(daemon)
    equal("exit", daemon.stop(), 0)
    verify(daemon.log)


@case
def a_second_instance_is_turned_away(t):
    daemon = t.enter(Posternd(t.folder))
    second = daemon.spawn()
    equal("exit", ended(second), 75)
    true("words: " + daemon.said(), daemon.log in daemon.said() or
         daemon.address in daemon.said())
    serves(daemon)


@case
def a_socket_that_another_serves_is_not_stolen(t):
    daemon = t.enter(Posternd(t.folder))
    os.mkdir(t.path("other"))
    other = Posternd(t.path("other"), socket=f'"unix:{daemon.address}"')
    equal("exit", ended(other.spawn()), 75)
    holds("words", other.said(), daemon.address)
    serves(daemon)


@case
def a_log_that_another_writes_is_not_shared(t):
    daemon = t.enter(Posternd(t.folder))
    os.mkdir(t.path("other"))
    other = Posternd(t.path("other"), audit={"path": f'"{daemon.log}"'})
    equal("exit", ended(other.spawn()), 75)
    holds("words", other.said(), daemon.log)
    serves(daemon)


@case
def what_is_no_socket_is_not_removed(t):
    daemon = Posternd(t.folder)
    with open(daemon.address, "w", encoding="utf-8") as precious:
        precious.write("precious")
    true("exit", ended(daemon.spawn()) != 0)
    holds("words", daemon.said(), daemon.address)
    with open(daemon.address, encoding="utf-8") as precious:
        equal("left alone", precious.read(), "precious")


@case
def over_inet_and_inet6(t):
    for number, (form, host) in enumerate((("inet:%d@127.0.0.1",
                                            "127.0.0.1"),
                                           ("inet6:%d@[::1]", "::1"))):
        os.mkdir(t.path(str(number)))
        port = free_port(host)
        daemon = Posternd(t.path(str(number)), socket=f'"{form % port}"')
        daemon.address = (host, port)
        with daemon:
            serves(daemon)


@case
def a_port_that_is_taken_is_said(t):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        daemon = Posternd(t.folder, socket=f'"inet:{port}@127.0.0.1"')
        equal("exit", ended(daemon.spawn()), 75)
        holds("words", daemon.said(), str(port))


@case
def a_socket_that_nobody_asked_for(t):
    """Else an MTA that connects to systemd's socket would wait for ever."""
    daemon = Posternd(t.folder)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.join(t.folder, "activated.sock"))
        listener.listen(64)
        child = daemon.activated(listener)
        equal("exit", child.wait(20), 78)
    with open(daemon.errors, encoding="utf-8") as errors:
        true("says the cure", 'set socket = "systemd"' in errors.read())


@case
def systemd_hands_the_socket_over(t):
    daemon = Posternd(t.folder, socket='"systemd"')
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(daemon.address)
        os.chmod(daemon.address, 0o660)
        listener.listen(64)
        before = os.stat(daemon.address)
        daemon.process = daemon.activated(listener)
        until("answers", daemon.answers)
        serves(daemon)
        equal("exit", daemon.stop(), 0)
        after = os.stat(daemon.address)
        equal("the socket is left as it was", (before.st_ino, before.st_mode),
              (after.st_ino, after.st_mode))
    verify(daemon.log)


@case
def without_activation_systemd_is_said(t):
    daemon = Posternd(t.folder, socket='"systemd"')
    true("exit", ended(daemon.spawn()) != 0)
    holds("words", daemon.said(), "systemd")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(daemon.address)
        listener.listen(64)
        # meant for another process, or none at all
        true("another's", ended(daemon.activated(listener, "1")) != 0)
        true("none", ended(daemon.activated(listener, "", "0")) != 0)


@case
def it_tells_systemd_when_it_is_ready(t):
    path = t.path("notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.bind(path)
        os.chmod(path, 0o666)
        notify.settimeout(20)
        daemon = Posternd(t.folder)
        daemon.process = daemon.spawn({"NOTIFY_SOCKET": path})
        holds("notification", notify.recv(4096).decode(), "READY=1")
        # ready means that it answers at once
        true("answers", daemon.answers())
        serves(daemon)
        equal("exit", daemon.stop(), 0)


@case
def an_abstract_notify_socket_works(t):
    name = f"postern-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.bind("\0" + name)
        notify.settimeout(20)
        daemon = Posternd(t.folder)
        daemon.process = daemon.spawn({"NOTIFY_SOCKET": "@" + name})
        holds("notification", notify.recv(4096).decode(), "READY=1")
        equal("exit", daemon.stop(), 0)


@case(needs=[root])
def it_becomes_its_user_and_gives_the_group_the_socket(t):
    group = grp.getgrnam("mail")
    daemon = t.enter(Posternd(t.folder, socket_mode='"0620"',
                              socket_group='"mail"'))
    entry = pwd.getpwnam(user())
    with open(f"/proc/{daemon.process.pid}/status", encoding="ascii") as text:
        status = dict(line.rstrip("\n").split(":\t", 1)
                      for line in text if ":\t" in line)
    equal("user", set(status["Uid"].split()), {str(entry.pw_uid)})
    equal("group", set(status["Gid"].split()), {str(entry.pw_gid)})
    equal("no more groups", status["Groups"].split(),
          [] if not status["Groups"].strip() else [str(entry.pw_gid)])
    found = os.stat(daemon.address)
    equal("mode", oct(found.st_mode & 0o7777), oct(0o620))
    equal("socket's group", found.st_gid, group.gr_gid)
    log = os.stat(daemon.log)
    equal("log's owner", log.st_uid, entry.pw_uid)
    equal("log's mode", oct(log.st_mode & 0o7777), oct(0o640))


@case(needs=[root])
def a_user_or_group_that_is_none_is_said(t):
    for key in ("user", "socket_group"):
        os.mkdir(t.path(key))
        daemon = Posternd(t.path(key), **{key: '"no-such-one"'})
        true("exit", ended(daemon.spawn()) != 0)
        holds("words", daemon.said(), "no-such-one")


@case
def start_and_stop_are_on_the_record(t):
    for how in (signal.SIGTERM, signal.SIGINT):
        folder = t.path(str(int(how)))
        os.mkdir(folder)
        daemon = Posternd(folder)
        daemon.start()
        equal("exit", daemon.stop(how), 0)
        records = daemon.records()
        equal("actions", [record["event"]["action"] for record in records],
              ["started", "stopped"])
        equal("sequence", [record["event"]["sequence"]
                           for record in records], [1, 2])
        equal("first", records[0]["postern"]["prev"], "0" * 64)
        for record in records:
            true("who", record["user"]["id"] and record["user"]["name"])
            equal("version", len(record["rule"]["version"]), 64)
            equal("category", record["event"]["category"], ["process"])
        true("socket is gone", not os.path.exists(daemon.address) or
             os.geteuid() == 0)
        verify(daemon.log)


@case
def a_stop_does_not_wait_long_for_idle_sessions(t):
    daemon = Posternd(t.folder)
    daemon.start()
    client = daemon.client()
    client.connect(STRANGER)
    begun = time.monotonic()
    equal("exit", daemon.stop(), 0)
    true("time", time.monotonic() - begun < 15)
    client.close()
    verify(daemon.log)


@case
def hang_ups_do_not_end_it(t):
    daemon = t.enter(Posternd(t.folder))
    for _ in range(200):
        daemon.process.send_signal(signal.SIGHUP)
        time.sleep(0.001)
    # libmilter looks at its own stop sign every 5 s
    time.sleep(6)
    serves(daemon)


@case
def many_sessions_at_once(t):
    daemon = t.enter(Posternd(t.folder))
    clients = []
    for number in range(120):
        client = daemon.client()
        client.connect(STRANGER if number % 2 else ALLOWED)
        client.helo()
        client.mail()
        clients.append(client)
    for number, client in enumerate(clients):
        holds("answer", client.rcpt(PROTECTED),
              "550 5.7.1 " if number % 2 else "continue")
    for client in clients:
        client.quit()
    equal("attempts", len(daemon.wait_attempts(60)), 60)


def run(*arguments):
    return subprocess.run([program("posternd"), *arguments],
                          capture_output=True, text=True, check=False,
                          timeout=30)


@case
def its_options(t):
    version = run("-V")
    equal("-V", version.returncode, 0)
    true("its version", re.search(r"posternd.* \d+\.\d+", version.stdout))
    equal("unknown option", run("-Z").returncode, 64)
    equal("argument too many", run("-t", "x", "y").returncode, 64)
    daemon = Posternd(t.folder)
    good = run("-t", "-c", daemon.conf)
    equal("-t: " + good.stderr, good.returncode, 0)
    true("nothing was started", not os.path.exists(daemon.address) and
         not os.path.exists(daemon.log))
    missing = run("-c", t.path("nowhere.conf"))
    true("missing", missing.returncode in (66, 78))
    holds("words", missing.stderr, t.path("nowhere.conf"))


@case
def it_does_not_start_with_an_error(t):
    daemon = Posternd(t.folder, mode='"enforcing"')
    equal("exit", ended(daemon.spawn()), 78)
    holds("words", daemon.said(), f"{daemon.conf}:")
    true("no socket", not os.path.exists(daemon.address))


main()
