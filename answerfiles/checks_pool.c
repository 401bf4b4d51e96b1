/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/reader.h"
#include "answerfiles/types.h"

/* The pool and who gets the report: who is spoken to, by what it is known, and with what secret. */

static struct answers_origin origin_of(const struct reader *reader, const char *name)
{
	return *field_origin(reader->answers, field_find(name));
}

/* A secret stands in the file, or elsewhere. */
static bool has_secret(const struct reader *reader, const char *name, const char *secret,
		       const char *from)
{
	if (secret && from)
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, name,
						 origin_of(reader, name),
						 "%s is in the file and elsewhere too", name),
				 "keep the text or from, not both");
	else if (secret)
		finding_set_hint(reader_complain(reader, SEVERITY_WARNING, name,
						 origin_of(reader, name),
						 "%s is plain text, there for all to read", name),
				 "from=\"https://...\" names where it can be fetched");
	return secret || from;
}

/* What was refused before is there, only wrong. */
static bool is_refused(const struct reader *reader, const char *name)
{
	for (size_t i = 0; i < reader->findings->count; i++) {
		const struct finding *finding = &reader->findings->list[i];

		if (finding->severity == SEVERITY_ERROR && str_starts(finding->where, name))
			return true;
	}
	return false;
}

static bool engine_takes_token(enum pool_engine engine)
{
	switch (engine) {
	case ENGINE_XAPI:
		/* pool.join() has a user's name and password, and nothing else, to log in with. */
		return false;
	}
	return false;
}

/* A plan holds no secret and needs none; who carries it out does (installer/inputs.c). */
static void complain_of_none(const struct reader *reader)
{
	struct finding *finding =
		reader_complain(reader, SEVERITY_ERROR, "pool", reader->answers->pool.origin,
				"to join a pool takes a password");

	finding_set_hint(finding, "inside <pool>: <password from=\"https://...\"/>");
	finding->fatal = false;
}

static void check_secrets(const struct reader *reader)
{
	const struct answers_pool *pool = &reader->answers->pool;
	bool password = has_secret(reader, "pool/password", reader->secrets->pool_password,
				   pool->password_from);
	bool token =
		has_secret(reader, "pool/token", reader->secrets->pool_token, pool->token_from);

	if (password && token)
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, "pool", pool->origin,
						 "<pool> has a password and a token"),
				 "keep one of them");
	if (token && !engine_takes_token(pool->engine))
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, "pool/token",
						 origin_of(reader, pool->token_from ? "token@from"
										    : "pool/token"),
						 "a pool of %s takes no token: a host joins with "
						 "a user's name and password",
						 pool_engine_to_string(pool->engine)),
				 "<password from=\"https://...\"/>, of a user who may let hosts "
				 "join");
	if (pool->coordinator && !password && !token && !is_refused(reader, "password@") &&
	    !is_refused(reader, "token@"))
		complain_of_none(reader);
}

static void check_pool(const struct reader *reader)
{
	struct answers *answers = reader->answers;
	const struct answers_pool *pool = &answers->pool;

	answers->has_pool = pool->origin.line > 0;
	if (!answers->has_pool)
		return;
	check_secrets(reader);
	if (pool->coordinator && pool->name)
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, "pool@name", pool->origin,
						 "a pool that is joined has its name"),
				 "remove name, or coordinator to begin a pool");
	if (!pool->coordinator && pool->force)
		finding_set_hint(reader_complain(reader, SEVERITY_WARNING, "pool@force",
						 pool->origin,
						 "force has no effect without coordinator"),
				 "remove it");
	if (pool->coordinator && !pool->certificate)
		finding_set_hint(reader_complain(reader, SEVERITY_WARNING,
						 "pool@certificate-sha256", pool->origin,
						 "whoever answers as the coordinator gets the "
						 "secret"),
				 "certificate-sha256 names the certificate it must have");
	if (answers->network_backend == BACKEND_BRIDGE)
		finding_set_hint(reader_complain(reader, SEVERITY_WARNING, "network-backend",
						 origin_of(reader, "network-backend"),
						 "a pool on Open vSwitch, as most are, refuses a "
						 "host with a Linux bridge"),
				 "leave <network-backend> out, or make sure of the pool's");
}

static void check_report(const struct reader *reader)
{
	const struct answers *answers = reader->answers;
	bool in_clear = answers->report_url && str_starts(answers->report_url, "http://");

	if (answers->report_proof == REPORT_SIGNATURE && answers->report_url &&
	    !reader->secrets->report_token)
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, "report@proof",
						 origin_of(reader, "report@proof"),
						 "there is no token to sign with"),
				 "token=\"...\" beside proof=\"signature\"");
	if (in_clear && reader->secrets->report_token && answers->report_proof == REPORT_TOKEN)
		finding_set_hint(reader_complain(reader, SEVERITY_WARNING, "report@token",
						 origin_of(reader, "report@token"),
						 "the token would be sent for all to read"),
				 "https:// instead of http://, or proof=\"signature\"");
	for (const char *c = reader->secrets->report_token; c && *c; c++) {
		if (*c > ' ' && *c < 0x7f)
			continue;
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, "report@token",
						 origin_of(reader, "report@token"),
						 "the token cannot be sent: it holds blanks or "
						 "characters beyond ASCII"),
				 "letters, digits and signs without blanks");
		break;
	}
	if (in_clear && answers->report_certificate)
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR,
						 "report@certificate-sha256",
						 origin_of(reader, "report@certificate-sha256"),
						 "http:// has no certificate"),
				 "https:// instead of http://");
}

void checks_pool(const struct reader *reader)
{
	check_pool(reader);
	check_report(reader);
}
