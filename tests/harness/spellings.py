# SPDX-License-Identifier: ISC
"""spellings.py - in which ways can a recipient be written?

example.com, every domain below it, and the name "bücher.example" are guarded;
mx.test is the MTA's own name; all else is none of the guard's business.
"""

GUARD = "refused by the guard"
MTA = "refused by the MTA"
LONG = b"a" * 300


def is_ascii(argument):
    return all(byte < 0x80 for byte in argument)


def handed_over(argument):
    """What an MTA gives to a filter: all as it is, but for options and, in
    the record, the brackets."""
    for option in (b" NOTIFY=",):
        argument = argument.split(option)[0]
    text = argument.decode("utf-8", "replace").strip(" \t")
    text = text.removeprefix("<").removesuffix(">")
    return text.strip(" \t")


# what both MTAs would take and the guard must refuse: it leads to a guarded
# domain, or nobody can tell where it leads
BOTH = [
    b"<nobody\\(@elsewhere.example>", b"<ceo@mail>",
    b"<ceo@example.com>", b"<CEO@EXAMPLE.COM>", b"<ceo@example.com.>",
    b"<ceo@deep.sub.example.com>", b"ceo@example.com", b"< ceo@example.com >",
    b"<ceo @ example.com>", b"<<ceo@example.com>>",
    b"<@elsewhere.example:ceo@example.com>",
    b"<@elsewhere.example,@other.example:ceo@example.com>",
    b"<@elsewhere.example:ceo%example.com@elsewhere.example>",
    b"<@mx.test:ceo%example.com@mx.test>",
    b"<ceo%example.com@elsewhere.example>", b"<ceo%example.com@mx.test>",
    b"<ceo%example.com.@mx.test>", b"<ceo%EXAMPLE.com@[127.0.0.1]>",
    b"<ceo%example.com%mx.test@mx.test>", b"<ceo%example.com>",
    b"<example.com!ceo@elsewhere.example>", b"<example.com!ceo@mx.test>",
    b"<mx.test!example.com!ceo@mx.test>", b"<example.com!ceo>",
    b"<elsewhere.example!example.com!ceo>",
    b'<"ceo@example.com"@elsewhere.example>', b'<"ceo@example.com"@mx.test>',
    b'<"ceo%example.com"@mx.test>', b'<"example.com!ceo"@mx.test>',
    b'<"ceo"%example.com@mx.test>', b"<ceo\\@example.com@mx.test>",
    b"<ceo\\%example.com@mx.test>", b'<"ceo\\@example.com"@mx.test>',
    b'<"ceo@example.com">', b"<ceo@example.com@>", b"<ceo@[127.0.0.1]>",
    b"<ceo@[192.0.2.7]>", b"<ceo@[IPv6:::1]>", b'<"ceo"@example.com>',
    b'<"c e o"@example.com>', b'<""@example.com>',
    b'<"ceo@elsewhere.example"@example.com>', b"<ceo(note)@example.com>",
    b"<ceo@example.com(note)>", b"<ceo@example.com (@elsewhere.example)>",
    b"<(ceo@example.com)someone@elsewhere.example>", b"<ceo@exam\\ple.com>",
    b'<ceo@"example.com">', b"<all:ceo@example.com;>",
    b"<elsewhere.example:ceo@example.com>", b"<elsewhere::ceo@example.com>",
    b"<example.com::ceo@mx.test>", b"<ceo+tag@example.com>",
    b"<ceo@example.com> NOTIFY=NEVER ORCPT=rfc822;someone@elsewhere.example",
    b"<postmaster%example.com@elsewhere.example>", b"<postmaster@[127.0.0.1]>",
    b"<abuse>", b"<50%off@example.com>", b"<ceo@b\xc3\xbccher.example>",
    b"<ceo@xn--bcher-kva.example>", b"<ceo@XN--BCHER-KVA.EXAMPLE.>",
    b"<ceo%b\xc3\xbccher.example@mx.test>",
    b"<ceo%xn--bcher-kva.example@mx.test>", b"<ceo@exam\xc2\xadple.com>",
    b"<ceo\xef\xbc\xa0example.com>", b"<\xc3\xa7eo@example.com>",
    b"<ceo@example.com\t>", b"<ceo%ex\\ample.com@mx.test>",
    b'<ceo%"example.com"@mx.test>', b"<ceo%(x)example.com@mx.test>",
    b"<ceo(@%)%example.com@mx.test>", b"<example.com(y)!ceo@mx.test>",
    b"<ceo%example.com(y)@mx.test>", b"<ceo%example .com@mx.test>",
    b"<ceo%example. com@mx.test>", b'<"example.com"!ceo@mx.test>',
    b"<ceo%example.com\t@mx.test>", b"<ceo%example.com\r@mx.test>",
    b"<ceo%example\\.com@mx.test>", b"<ceo%example.com@mx.test.>",
    b"<ceo%example.com@MX.TEST>", b"<+ceo%example.com@mx.test>",
    b"<mx.test!ceo%example.com>", b"<example.com!@mx.test>",
    b"<!ceo%example.com@mx.test>", b"<ceo%example.com%[127.0.0.1]@mx.test>",
    b'<"(x)ceo@example.com"@mx.test>', b'<"ceo%example.com\r"@mx.test>',
    b'<"ceo%example .com"@mx.test>', b"<ceo%example.com(@mx.test)@mx.test>",
    b"<@elsewhere.example:nobody>", b"<(@elsewhere.example:)nobody>",
    b"<ceo%[example.com]@elsewhere.example>", b"<ceo%example.com@(x)mx.test>",
    b"<ceo%example.com@[127.0.0.1](x)>",
    b"<ceo%example.com" + b"%x" * 40 + b"@mx.test>",
]

# Sendmail takes these for no address
AT_POSTFIX = [
    b"ceo@example.com>", b"<@elsewhere.example:@example.com>",
    b"<ceo@example.com@mx.test>", b"<ceo@example.com@elsewhere.example>",
    b"<ceo@elsewhere.example@example.com>", b"<ceo@example.com@[127.0.0.1]>",
    b"<ceo@example.com:someone@elsewhere.example>", b"<@example.com>",
    b"<ceo@B\xc3\x9cCHER.example>", b"<ceo@bu\xcc\x88cher.example>",
    b"<ceo@b\xc3\xbccher\xe3\x80\x82example>", b"<ceo@example\xe3\x80\x82com>",
    "<ceo@ｅｘａｍｐｌｅ.com>".encode(),
    b"<ceo%%example.com@mx.test>",
    "<ceo%ｅｘａｍｐｌｅ.com@mx.test>".encode(),
    b"<ceo@exam\xe2\x80\x8dple.com>", b"<nobody(@elsewhere.example>",
    b"<nobody(\\)@elsewhere.example>", b"<ceo@example.com(@elsewhere.example>",
    b"<ceo@example.com(\\)x@elsewhere.example>",
    b"<ceo@example.com(x)@elsewhere.example>",
    b"<ceo%example.com(@elsewhere.example>",
    b"<ceo@example.com\r@elsewhere.example>", b'<"nobody"(@elsewhere.example>',
    b"<nobody@elsewhere.example:@x>", b'<"a)"%example.com(x@mx.test>',
    b"<" + LONG + b"%example.com@mx.test>",
]

# Postfix takes these for no address; of 8-bit ones it wants to see UTF-8
AT_SENDMAIL = [
    b"<ceo@example.com..>", b"<ceo@127.0.0.1>", b"<ceo@[example.com]>",
    b"<ceo@#2130706433>", b"<ceo@b\xfccher.example>", b"<ceo@example.com\x0b>",
    b"<ceo\xc0example.com>", b"<ceo@\xe5xample.com>", b"<ceo@example\xaecom>",
    b'<ceo%ex"amp"le.com@mx.test>', b"<ceo%example.com;@mx.test>",
    b"<a:ceo%example.com;@mx.test>", b"<ceo%example.com..@mx.test>",
    b"<ceo%[example.com]@mx.test>", b"<example.com..!ceo@mx.test>",
    b"<ceo%example.com\x0b@mx.test>", b"<ceo%example.com!@mx.test>",
    b"<<nobody>@elsewhere.example>", b"<nobody>@elsewhere.example",
    b"<nobody;@elsewhere.example>", b"<x:nobody;@elsewhere.example>",
    b'<"ceo%example.com(y)"@mx.test>', b"<nobody@[elsewhere.example]>",
]

# neither takes them
NOWHERE = [
    b"<ceo@.example.com>", b"<ceo@example.com", b"Ceo <ceo@example.com>",
    b"<someone@elsewhere.example> <ceo@example.com>",
    b"<ceo@example.com> someone@elsewhere.example", b"<ceo@example.com\\>",
    b"<ceo@example.com,someone@elsewhere.example>", b"<>", b"<@example.com:>",
    b"<ceo@>", b"<ceo@example.com\x80>", b"<ceo%\x96example.com@mx.test>",
    b"<ceo%.example.com@mx.test>", b"<ceo%exa\x01mple.com@mx.test>",
    b'<"ceo%example.com@mx.test>', b"<ceo%example.com%.@mx.test>",
    b"<nobody,x@elsewhere.example>", b"<ceo%example..com@mx.test>",
    b"<nobody@(elsewhere.example)>",
]

# what is let through, and the recipient to which it is then passed on
THROUGH = [
    (b"<ceo@notexample.com>", "ceo@notexample.com", "ceo@notexample.com"),
    (b"<ceo@example.com.elsewhere.example>",
     "ceo@example.com.elsewhere.example", "ceo@example.com.elsewhere.example"),
    (b"<@example.com:someone@elsewhere.example>",
     "someone@elsewhere.example", "someone@elsewhere.example"),
    (b"<postmaster>", "postmaster@mx.test", "postmaster@[127.0.0.1]"),
    (b'<"postmaster">', "postmaster@mx.test", "postmaster@[127.0.0.1]"),
    (b"postmaster", "postmaster@mx.test", "postmaster@[127.0.0.1]"),
    (b"<postmaster@example.com>",
     "postmaster@example.com", "postmaster@example.com"),
    (b"<50%off@elsewhere.example>",
     "50%off@elsewhere.example", "50%off@elsewhere.example"),
    (b"<a!b@elsewhere.example>",
     "a!b@elsewhere.example", "a!b@elsewhere.example"),
    (b"<someone@elsewhere.example>",
     "someone@elsewhere.example", "someone@elsewhere.example"),
    (b'<"some one"@elsewhere.example>',
     '"some one"@elsewhere.example', '"some one"@elsewhere.example'),
    (b"<ceo%\xe5xample.com@mx.test>", MTA, "ceo@\\xe5xample.com"),
    (b"<ceo\xc0example.com@mx.test>", MTA, "ceo\\xc0example.com@[127.0.0.1]"),
    (b"<ceo%example\xaecom@mx.test>", MTA, "ceo@example\\xaecom"),
    (b"<ceo%#example.com@mx.test>", MTA, "ceo@#example.com"),
    (b"<ceo%example.com/@mx.test>", MTA, "ceo@example.com/"),
    (b"<ceo=example.com@mx.test>",
     "ceo=example.com@mx.test", "ceo=example.com@[127.0.0.1]"),
    (b"<ceo%b\xfccher.example@mx.test>", MTA, "ceo@b\\xfccher.example"),
    (b"<ceo\xef\xbc\x85example.com@mx.test>", "ceo％example.com@mx.test", MTA),
    (b"<ceo@fa\xc3\x9f.example>", "ceo@faß.example", MTA),
    (b"<nobody\r@elsewhere.example>",
     "nobody@elsewhere.example", "nobody@elsewhere.example"),
    (b"<nobody\x0b@elsewhere.example>",
     '"nobody\v"@elsewhere.example', "nobody@elsewhere.example"),
]

# the argument of RCPT TO:, what comes of it at Postfix, at Sendmail
ROWS = [*((argument, GUARD, GUARD) for argument in BOTH),
        *((argument, GUARD, MTA) for argument in AT_POSTFIX),
        *((argument, MTA, GUARD) for argument in AT_SENDMAIL),
        *((argument, MTA, MTA) for argument in NOWHERE), *THROUGH]
