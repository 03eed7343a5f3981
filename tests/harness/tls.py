# SPDX-License-Identifier: ISC
"""tls.py - which certificates does a client show, and how?

Authorities and certificates made with openssl(1) for one test; STARTTLS on a
session of smtp.py with Python's own TLS.
"""

import os
import shutil
import ssl
import subprocess

import case

NAME = "mail.protection.outlook.com"

# signed by hand, not by `x509 -req`: only `ca` takes a date that is past
CONFIGURATION = """\
[ req ]
distinguished_name = none
prompt = no
[ none ]
[ ca ]
default_ca = here
[ here ]
new_certs_dir = {folder}
database = {folder}/{name}.index
rand_serial = yes
certificate = {folder}/{name}.pem
private_key = {folder}/{name}.key
default_md = sha256
policy = any
unique_subject = no
[ any ]
organizationName = optional
commonName = optional
[ authority ]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[ client ]
basicConstraints = CA:FALSE
extendedKeyUsage = clientAuth
[ server ]
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth
[ both ]
basicConstraints = CA:FALSE
extendedKeyUsage = clientAuth,serverAuth
[ named ]
basicConstraints = CA:FALSE
extendedKeyUsage = clientAuth
subjectAltName = DNS:{san}
"""


def needed():
    if shutil.which("openssl") is None:
        raise case.Skip("openssl is not installed")


def openssl(*arguments):
    made = subprocess.run(["openssl", *arguments], capture_output=True,
                          text=True, check=False, timeout=60,
                          stdin=subprocess.DEVNULL)
    if made.returncode != 0:
        raise AssertionError(f"openssl {' '.join(arguments)}: {made.stderr}")


class Authority:
    """A certificate authority called title; its files are folder/name.*"""

    def __init__(self, folder, name, title):
        os.makedirs(folder, exist_ok=True)
        self.folder, self.name = folder, name
        self.conf = self.path(f"{name}.cnf")
        with open(self.conf, "w", encoding="ascii") as conf:
            conf.write(CONFIGURATION.format(folder=folder, name=name,
                                            san=NAME))
        with open(self.path(f"{name}.index"), "w", encoding="ascii"):
            pass
        name_of_ca = "/CN=" + title.replace("+", "\\+")
        self.certificate = self.self_signed(name, name_of_ca,
                                            "authority")[0]

    def path(self, name):
        return os.path.join(self.folder, name)

    def new_key(self, *request):
        openssl("req", "-config", self.conf, "-utf8", "-nodes", "-newkey",
                "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", *request)

    def self_signed(self, name, subject, kind):
        """(certificate, key) that nobody else vouches for."""
        pem, key = self.path(name + ".pem"), self.path(name + ".key")
        self.new_key("-x509", "-days", "2", "-subj", subject, "-extensions",
                     kind, "-keyout", key, "-out", pem)
        return pem, key

    def sign(self, name, subject, kind="client", end=None):
        """(certificate, key) signed by this authority; end: YYMMDDHHMMSSZ."""
        pem, key = self.path(name + ".pem"), self.path(name + ".key")
        request = self.path(name + ".csr")
        self.new_key("-subj", subject, "-keyout", key, "-out", request)
        dates = ["-startdate", "200101000000Z", "-enddate", end] if end \
            else ["-days", "2"]
        openssl("ca", "-batch", "-notext", "-config", self.conf,
                "-extensions", kind, *dates, "-in", request, "-out", pem)
        return pem, key


def join(path, *parts):
    """One file with the text of all parts."""
    with open(path, "w", encoding="ascii") as out:
        for part in parts:
            with open(part, encoding="ascii") as text:
                out.write(text.read())
    return path


def context(pair=None):
    """How a client meets any server, showing (certificate, key)."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    if pair is not None:
        made.load_cert_chain(*pair)
    return made


def starttls(session, pair=None, helo="client.test"):
    """Goes over to TLS and says EHLO again."""
    case.equal("STARTTLS", session.command("STARTTLS").code, 220)
    session.file.close()
    session.sock = context(pair).wrap_socket(session.sock)
    session.file = session.sock.makefile("rb")
    case.equal("EHLO again", session.ehlo(helo).code, 250)
