/* SPDX-License-Identifier: ISC */
/* help.h - what do the commands say of themselves? */
#ifndef POSTERN_POSTERN_HELP_H
#define POSTERN_POSTERN_HELP_H

#define OVERVIEW_HELP                                              \
	"\n"                                                       \
	"postern COMMAND --help tells more; so does postern(1).\n" \
	"postern --version prints the version.\n"

#define CHECK_USAGE                                        \
	"[-c FILE] [--strict] [--json | --print] [FILE]\n" \
	"--cases FILE [--cases FILE]... [-c FILE] [--strict] [--json] [FILE]"
#define CHECK_HELP                                                                 \
	"Names every error and warning of a configuration, with the lists that\n"  \
	"it uses.  FILE is " DEFAULT_CONF " if none is given;\n"                   \
	"- is standard input.\n"                                                   \
	"\n"                                                                       \
	"  -c FILE    the same as FILE\n"                                          \
	"  --strict   warnings count: exit code 1\n"                               \
	"  --json     print them as JSON, to standard output\n"                    \
	"  --print    print the whole configuration, defaults too, if it has no\n" \
	"             errors\n"                                                    \
	"  --cases FILE   judge the cases of this file too; may come again;\n"     \
	"             postern(1) says how they are written\n"                      \
	"\n"                                                                       \
	"Exit codes: 0 fine, 1 warnings with --strict or a case that fails,\n"     \
	"64 wrong arguments, 65 errors in cases, 66 no such file, 78 errors.\n"

#define EXPLAIN_USAGE                                                        \
	"IP [--rcpt ADDRESS]... [--from ADDRESS] [--host NAME]\n"            \
	"        [--helo NAME] [--cert CN] [--issuer CN] [--tls] [--auth]\n" \
	"        [--daemon NAME] [--at DAY] [--header 'NAME: VALUE']...\n"   \
	"        [--eml FILE] [--json] [-c FILE]"
#define EXPLAIN_HELP                                                                  \
	"Says what would become of mail from this address, and for each allow\n"      \
	"entry what each of its conditions had and wants.  What is not told\n"        \
	"counts as not there.\n"                                                      \
	"\n"                                                                          \
	"  --rcpt ADDRESS   to this recipient; may come again.  Without it: for\n"    \
	"                   each policy what it says of the client\n"                 \
	"  --from ADDRESS   the envelope sender; <> is the null sender\n"             \
	"  --host NAME      the client's name, as verified by the MTA\n"              \
	"  --helo NAME      what it says at HELO\n"                                   \
	"  --cert CN        the name in its verified certificate; with TLS\n"         \
	"  --issuer CN      the name of who issued that; with TLS\n"                  \
	"  --tls            the session is encrypted\n"                               \
	"  --auth           the client has logged in\n"                               \
	"  --daemon NAME    it came in by the MTA's listener of this name or, if\n"   \
	"                   it is a number, port; may come again for both\n"          \
	"  --at DAY         on that day, YYYY-MM-DD (UTC), not today\n"               \
	"  --header FIELD   the message has this header, \"Name: value\"; may come\n" \
	"                   again\n"                                                  \
	"  --eml FILE       the message is this one; - is standard input.  Its\n"     \
	"                   header counts, before that of --header\n"                 \
	"  --json           print it as JSON\n"                                       \
	"  -c FILE          the configuration (" DEFAULT_CONF ")\n"                   \
	"\n"                                                                          \
	"Exit codes: 0 accepted, 1 not accepted, 64 wrong arguments, 66 no such\n"    \
	"configuration or message, 78 errors in the configuration.\n"

#define SOURCES_USAGE "[NAME] [--json] [-c FILE]"
#define SOURCES_HELP                                                              \
	"Lists every source that the configuration may name: its own and those\n" \
	"in the directories of rules.  With NAME one of them in full, with its\n" \
	"networks.\n"                                                             \
	"\n"                                                                      \
	"  --json     print it as JSON\n"                                         \
	"  -c FILE    the configuration (" DEFAULT_CONF ")\n"                     \
	"\n"                                                                      \
	"Exit codes: 0 fine, 64 wrong arguments, 66 no such source or\n"          \
	"configuration, 78 it has errors.\n"

#define LOG_USAGE                                                        \
	"verify [FILE]... [--key KEY] [--head SEQUENCE:HASH] [--json]\n" \
	"        [-c FILE]\n"                                            \
	"show ID [FILE] [--json] [-c FILE]\n"                            \
	"tail [FILE] [--json] [-c FILE]\n"                               \
	"key [--json] [-c FILE]"
#define LOG_HELP                                                                       \
	"verify proves that the log is whole: nothing was changed, removed, put\n"     \
	"in, reordered or cut off, and every seal holds.  Else it names the first\n"   \
	"line that is not as it was written.  show finds the records that a reply\n"   \
	"referred to (ref ID).  tail prints the last ten records, then each new\n"     \
	"one as it comes, until it is interrupted.  key prints the first public\n"     \
	"key, to be kept elsewhere.  FILE is a log, packed (gz, xz, zst) or not, -\n"  \
	"standard input; without it the log of the configuration with all its\n"       \
	"rotated files.\n"                                                             \
	"\n"                                                                           \
	"  --key KEY    the seals must begin with this public key; without it, with\n" \
	"               the one that is kept beside the log\n"                         \
	"  --head SEQUENCE:HASH   this record must be in the log, or be gone with\n"   \
	"               what retention deleted\n"                                      \
	"  --json       print it as JSON; of show and tail the lines as they were\n"   \
	"               recorded\n"                                                    \
	"  -c FILE      the configuration (" DEFAULT_CONF ")\n"                        \
	"\n"                                                                           \
	"Exit codes: 0 fine, 1 no such record, or the log is not whole, 64 wrong\n"    \
	"arguments, 65 no key in the file that must have it, 66 no such log or\n"      \
	"configuration, 74 it cannot be read, 75 try again, 78 errors in the\n"        \
	"configuration.\n"

#define STATUS_USAGE "[--json | --prometheus] [-c FILE]"
#define STATUS_HELP                                                                 \
	"Says how the running daemon is: is its gate open, what is in force, how\n" \
	"many clients are connected, which lists are stale, how many records it\n"  \
	"has made since it started.  It asks at the control socket that the\n"      \
	"configuration names.\n"                                                    \
	"\n"                                                                        \
	"  --json         print it as JSON\n"                                       \
	"  --prometheus   print it as Prometheus reads it\n"                        \
	"  -c FILE        the configuration (" DEFAULT_CONF ")\n"                   \
	"\n"                                                                        \
	"Exit codes: 0 fine, 64 wrong arguments, 66 no such configuration, 69 no\n" \
	"daemon answers, 77 not allowed to ask, 78 where it listens cannot be\n"    \
	"read.\n"

#define RELOAD_USAGE "[-c FILE]"
#define RELOAD_HELP                                                                 \
	"Lets the running daemon read its configuration and lists again.  A\n"      \
	"client that is connected is judged by what was in force when it came.\n"   \
	"If there is an error nothing changes, and it is printed.\n"                \
	"\n"                                                                        \
	"  -c FILE   the configuration (" DEFAULT_CONF "), for the\n"               \
	"            place of the control socket; the daemon reads the file that\n" \
	"            it was started with\n"                                         \
	"\n"                                                                        \
	"Exit codes: 0 reloaded, 64 wrong arguments, 66 no such configuration,\n"   \
	"69 no daemon answers, 77 not allowed to ask, 78 errors: nothing has\n"     \
	"changed.\n"

#define OPEN_USAGE "--for DURATION --reason TEXT [--policy NAME] [-c FILE]"
#define OPEN_HELP                                                                    \
	"Breaks glass: from now on and for a time nothing is refused, but judged\n"  \
	"and recorded as in monitor mode; a restart does not end it.  It is on\n"    \
	"the record, with who asked and why.  For root and the daemon's user.\n"     \
	"A second one takes the place of the first.\n"                               \
	"\n"                                                                         \
	"  --for DURATION   a number and s, m, h, d or w, as in 2h; at most 365d\n"  \
	"  --reason TEXT    why, at most 512 bytes\n"                                \
	"  --policy NAME    of this policy only\n"                                   \
	"  -c FILE          the configuration (" DEFAULT_CONF ")\n"                  \
	"\n"                                                                         \
	"Exit codes: 0 open, 64 wrong arguments, 66 no such policy or\n"             \
	"configuration, 69 no daemon answers, 74 it could not be recorded, and is\n" \
	"not open, 77 not allowed, 78 where the daemon listens cannot be read.\n"

#define CLOSE_USAGE "[-c FILE]"
#define CLOSE_HELP                                                                   \
	"Ends what postern open began, on the record.  For root and the daemon's\n"  \
	"user.\n"                                                                    \
	"\n"                                                                         \
	"  -c FILE   the configuration (" DEFAULT_CONF ")\n"                         \
	"\n"                                                                         \
	"Exit codes: 0 closed, 1 nothing was open, 64 wrong arguments, 66 no such\n" \
	"configuration, 69 no daemon answers, 74 closed, but that is not on the\n"   \
	"record, 77 not allowed, 78 where the daemon listens cannot be read.\n"

#endif
