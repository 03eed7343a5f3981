/* SPDX-License-Identifier: ISC */
/*
 * needs.h - what must the MTA tell, and when, for rules to be judged by?
 *
 * Of what can change a verdict or a record nothing is left out; each step
 * that the MTA waits for costs as much as all of the judging.
 */
#ifndef POSTERN_POLICY_NEEDS_H
#define POSTERN_POLICY_NEEDS_H

#include <stdbool.h>

struct rules;

struct needs {
	/*
	 * A message may be let in whole at MAIL, and none of its client at
	 * connect: an answer at MAIL saves those that follow.
	 */
	bool answer_at_mail;
	bool end_of_headers; /* something is judged or recorded there */
	bool headers;        /* each of them */
	bool quarantine;     /* a policy does that at the end of a message */
	bool mark;           /* a policy does that there */
	bool login;
	/* what a condition of some entry looks at */
	bool names; /* of clients, looked up */
	bool daemon_name;
	bool daemon_port;
	bool certificates;
};

struct needs needs_of(const struct rules *rules);

#endif
