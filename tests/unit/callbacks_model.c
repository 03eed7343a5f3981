/* SPDX-License-Identifier: ISC */
/* callbacks_model.c - what may a filter answer, and what must it write down? */
#include "config.h"

#include "callbacks_model.h"

/* The same as in the configurations, by hand. */
static const struct {
	bool monitor, q, m, always, all, strict;
	sfsistat on_error;
} rules[RULES_COUNT] = {
	[RULES_PLAIN] = { .always = true, .on_error = SMFIS_TEMPFAIL },
	[RULES_CERTIFICATE] = { .q = true,
	    .always = true,
	    .on_error = SMFIS_REJECT },
	[RULES_MONITOR] = { .monitor = true,
	    .q = true,
	    .m = true,
	    .always = true,
	    .on_error = SMFIS_REJECT },
	[RULES_ALL] = { .q = true,
	    .m = true,
	    .always = true,
	    .all = true,
	    .on_error = SMFIS_TEMPFAIL },
	[RULES_STRICT] = { .strict = true, .on_error = SMFIS_CONTINUE },
};

/* Bits: of several policies each leaves a record of its own. */
enum model_policy {
	POLICY_NONE = 0,
	POLICY_P = 1,
	POLICY_Q = 2,
	POLICY_M = 4,
	POLICY_EVERY = 8 /* no single one */
};

/* What becomes of a recipient, the mildest first. */
enum fate {
	FATE_NOT_JUDGED, /* exempt, or unlisted */
	FATE_LET_IN,
	FATE_WATCHED_DEFERRED,
	FATE_WATCHED_REFUSED,
	FATE_DEFERRED,
	FATE_REFUSED
};

static const struct model_answer go_on = { .answer = SMFIS_CONTINUE };

struct model
model_begin(enum model_rules number, bool negotiated, bool tells_refused)
{
	return (struct model){ .rules = number,
		.negotiated = negotiated,
		.tells_refused = tells_refused,
		.begun = true };
}

bool
model_only_watches(enum model_rules number, enum model_glass glass)
{
	return rules[number].monitor || glass == GLASS_IS_OPEN;
}

static bool
is_exempt(const struct model *model)
{
	return model->client == CLIENT_OWN ||
	    (model->login && !rules[model->rules].strict);
}

static bool
is_hopeless(const struct model *model)
{
	return !is_exempt(model) && model->client != CLIENT_FILTER &&
	    model->client != CLIENT_OFFICE;
}

/* What concerns this policy is only written down. */
static bool
is_watched(
    const struct model *model, enum model_policy policy, enum model_glass glass)
{
	return model_only_watches(model->rules, glass) || policy == POLICY_M ||
	    (policy == POLICY_P && glass == GLASS_IS_OPEN_TO_P);
}

static enum fate
watched(enum fate fate, bool watches)
{
	if (!watches || fate < FATE_DEFERRED)
		return fate;

	return fate == FATE_DEFERRED ? FATE_WATCHED_DEFERRED
				     : FATE_WATCHED_REFUSED;
}

static enum fate
fate_by_p(const struct model *model, enum model_glass glass)
{
	enum fate fate = is_hopeless(model) ? FATE_REFUSED : FATE_LET_IN;

	return watched(fate, is_watched(model, POLICY_P, glass));
}

static enum fate
fate_by_q(const struct model *model, enum model_glass glass)
{
	enum fate fate = FATE_REFUSED;

	if (model->client == CLIENT_FILTER)
		switch (model->certificate) {
		case CERTIFICATE_RIGHT:
			return FATE_LET_IN;
		case CERTIFICATE_NONE: /* a near miss */
			fate = FATE_DEFERRED;
			break;
		case CERTIFICATE_WRONG:
			break;
		}

	return watched(fate, is_watched(model, POLICY_Q, glass));
}

static enum fate
fate_by_m(const struct model *model)
{
	return model->client == CLIENT_FILTER ? FATE_LET_IN
					      : FATE_WATCHED_REFUSED;
}

static enum fate
worse(enum fate one, enum fate other)
{
	return one > other ? one : other;
}

/* The strict rules refuse what no policy names, in no policy's words. */
static enum fate
fate_unlisted(const struct model *model, enum model_glass glass)
{
	if (!rules[model->rules].strict)
		return FATE_NOT_JUDGED;

	return watched(FATE_REFUSED, model_only_watches(model->rules, glass));
}

static enum fate
fate_everywhere(const struct model *model, enum model_glass glass)
{
	enum fate fate = fate_by_p(model, glass);

	if (rules[model->rules].q)
		fate = worse(fate, fate_by_q(model, glass));
	if (rules[model->rules].m)
		fate = worse(fate, fate_by_m(model));

	return fate;
}

static enum fate
fate_of(const struct model *model, enum model_rcpt rcpt, enum model_glass glass)
{
	if (is_exempt(model))
		return FATE_NOT_JUDGED;
	switch (rcpt) {
	case RCPT_ALWAYS:
	case RCPT_POSTMASTER:
		if (rules[model->rules].always)
			return FATE_LET_IN;
		return fate_by_p(model, glass);
	case RCPT_PLAIN:
		return fate_by_p(model, glass);
	case RCPT_CERTIFICATE:
		return rules[model->rules].q ? fate_by_q(model, glass)
					     : fate_unlisted(model, glass);
	case RCPT_WATCHED:
		return rules[model->rules].m ? fate_by_m(model)
					     : fate_unlisted(model, glass);
	case RCPT_UNLISTED:
		return fate_unlisted(model, glass);
	case RCPT_EVERYWHERE:
		break;
	}

	return fate_everywhere(model, glass);
}

/* Whose the recipient is. */
static enum model_policy
policy_of(const struct model *model, enum model_rcpt rcpt)
{
	switch (rcpt) {
	case RCPT_PLAIN:
	case RCPT_ALWAYS:
		return POLICY_P;
	case RCPT_CERTIFICATE:
		return rules[model->rules].q ? POLICY_Q : POLICY_NONE;
	case RCPT_WATCHED:
		return rules[model->rules].m ? POLICY_M : POLICY_NONE;
	case RCPT_UNLISTED:
		return POLICY_NONE;
	case RCPT_POSTMASTER:
	case RCPT_EVERYWHERE:
		break;
	}

	return POLICY_EVERY;
}

/* Can nothing change a verdict any more, or leave a record? */
static bool
is_free(const struct model *model)
{
	if (is_exempt(model))
		return true;
	if (rules[model->rules].strict || rules[model->rules].all)
		return false;
	/* The glass does not make them so: what it lets in leaves a record. */
	for (enum model_rcpt rcpt = RCPT_PLAIN; rcpt <= RCPT_EVERYWHERE; rcpt++)
		if (fate_of(model, rcpt, GLASS_IS_CLOSED) > FATE_LET_IN)
			return false;

	return true;
}

static struct model_answer
recorded(sfsistat answer, enum record_action action)
{
	return (struct model_answer){ answer, 1, action };
}

/*
 * The step before it has not come.  Where the message is let in all the same
 * its first fault is enough to know, and those with a recipient.
 */
static struct model_answer
out_of_order(struct model *model, enum model_policy policy, bool has_recipient,
    enum model_glass glass)
{
	sfsistat answer = rules[model->rules].on_error;
	bool again = model->failed && !has_recipient;

	model->failed = true;
	if (is_watched(model, policy, glass) || answer == SMFIS_CONTINUE)
		return again ? go_on
			     : recorded(SMFIS_CONTINUE, ACTION_BYPASS_OBSERVED);

	return recorded(answer,
	    answer == SMFIS_TEMPFAIL ? ACTION_BYPASS_DEFERRED
				     : ACTION_BYPASS_REJECTED);
}

static struct model_answer
at_connect(
    struct model *model, const struct model_step *step, enum model_glass glass)
{
	*model =
	    model_begin(model->rules, model->negotiated, model->tells_refused);
	model->client = step->client;
	if (is_free(model))
		return (struct model_answer){ .answer = SMFIS_ACCEPT };
	/* To a health check a refusal would be a server that is down. */
	if (rules[model->rules].strict && is_hopeless(model) &&
	    model->client != CLIENT_PROBE && glass == GLASS_IS_CLOSED) {
		model->answered = true;
		return recorded(SMFIS_REJECT, ACTION_BYPASS_REJECTED);
	}

	return go_on;
}

static void
end_message(struct model *model)
{
	model->mail = model->rcpt = model->failed = false;
	model->let_in = 0;
}

static struct model_answer
at_mail(
    struct model *model, const struct model_step *step, enum model_glass glass)
{
	end_message(model);
	model->mail = true;
	model->said_mail = true;
	model->login = step->login;
	model->certificate = step->certificate;
	if (model->client == CLIENT_NONE)
		return out_of_order(model, POLICY_NONE, false, glass);
	/* An "accept" that is not heard would leave the next step unanswered.
	 */
	if (model->negotiated && is_free(model))
		return (struct model_answer){ .answer = SMFIS_ACCEPT };

	return go_on;
}

static struct model_answer
at_rcpt(
    struct model *model, const struct model_step *step, enum model_glass glass)
{
	bool in_order = model->mail && model->client != CLIENT_NONE;
	enum model_policy policy = policy_of(model, step->rcpt);

	model->rcpt = true;
	model->answered = true;
	if (!in_order)
		return out_of_order(model, policy, true, glass);
	if (step->refused) {
		if (policy != POLICY_NONE)
			model->lost = true;
		return go_on;
	}

	switch (fate_of(model, step->rcpt, glass)) {
	case FATE_LET_IN:
		model->let_in |= policy == POLICY_EVERY ? POLICY_P : policy;
		break;
	case FATE_NOT_JUDGED:
		break;
	case FATE_WATCHED_DEFERRED:
	case FATE_WATCHED_REFUSED:
		return recorded(SMFIS_CONTINUE, ACTION_BYPASS_OBSERVED);
	case FATE_DEFERRED:
		return recorded(SMFIS_TEMPFAIL, ACTION_BYPASS_DEFERRED);
	case FATE_REFUSED:
		return recorded(SMFIS_REJECT, ACTION_BYPASS_REJECTED);
	}

	return go_on;
}

static struct model_answer
in_message(struct model *model, enum model_glass glass)
{
	return model->rcpt ? go_on
			   : out_of_order(model, POLICY_NONE, false, glass);
}

static struct model_answer
at_end_of_headers(struct model *model, enum model_glass glass)
{
	struct model_answer answer = in_message(model, glass);

	if (!model->rcpt || !rules[model->rules].all)
		return answer;
	answer.action = ACTION_ACCEPTED;
	answer.records = (unsigned)__builtin_popcount(model->let_in);
	model->let_in = 0;

	return answer;
}

static struct model_answer
at_close(struct model *model)
{
	struct model was = *model;

	*model = (struct model){ .begun = false };
	if (!was.begun || was.client == CLIENT_NONE || !is_hopeless(&was))
		return go_on;
	if (was.lost || (!was.answered && was.said_mail))
		return recorded(SMFIS_CONTINUE, ACTION_BYPASS_ABANDONED);
	if (was.answered || was.client == CLIENT_PROBE)
		return go_on;

	return recorded(SMFIS_CONTINUE, ACTION_PROBE_SEEN);
}

struct model_answer
model_answer(
    struct model *model, const struct model_step *step, enum model_glass glass)
{
	struct model_answer answer = go_on;

	switch (step->step) {
	case FAKE_CONNECT:
		return at_connect(model, step, glass);
	case FAKE_MAIL:
		return at_mail(model, step, glass);
	case FAKE_RCPT:
		return at_rcpt(model, step, glass);
	case FAKE_HEADER:
		return in_message(model, glass);
	case FAKE_EOH:
		return at_end_of_headers(model, glass);
	case FAKE_EOM:
		/* Of a message whose headers never ended, at its end. */
		answer = at_end_of_headers(model, glass);
		end_message(model);
		break;
	case FAKE_ABORT:
		end_message(model);
		break;
	case FAKE_CLOSE:
		return at_close(model);
	case FAKE_HELO:
	case FAKE_DATA:
	case FAKE_BODY:
	case FAKE_STEPS:
	case FAKE_NEGOTIATE:
	case FAKE_NONE:
		break;
	}

	return answer;
}
