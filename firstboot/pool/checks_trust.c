/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of who believes whom: directories, certificates, and the clocks that these depend on. */
#include "common/str.h"
#include "firstboot/pool/checks.h"

/* What the agents raise an alarm about (their max_clock_skew), and what NTP keeps well below. */
#define CLOCK_SKEW_ALARM_S 300
#define CLOCK_SKEW_NOTED_S 30

static char *directory(const struct json *host)
{
	const char *type = api_string(host, "external_auth_type");
	const char *name = api_string(host, "external_auth_service_name");

	return *type || *name ? xasprintf("%s %s", type, name) : xstrdup("none");
}

void check_auth(struct sides *sides)
{
	_cleanup_free_ char *here = directory(sides->joining->host);
	_cleanup_free_ char *there = directory(sides->pool->host);
	const struct json *host = sides->joining->host;
	const struct json *other = sides->pool->host;

	if (!str_eq(api_string(host, "external_auth_type"),
		    api_string(other, "external_auth_type")) ||
	    !str_eq_nocase(api_string(host, "external_auth_service_name"),
			   api_string(other, "external_auth_service_name")))
		found(sides, here, there, "users are looked up in different directories");
}

void check_tls_verification(struct sides *sides)
{
	bool here = api_bool(sides->joining->pool, "tls_verification_enabled");
	bool there = api_bool(sides->pool->pool, "tls_verification_enabled");

	if (here == there)
		return;
	obstacle_fix(found(sides, here ? "on" : "off", there ? "on" : "off",
			   "%s verifies certificates, %s does not", here ? "this host" : "the pool",
			   here ? "the pool" : "this host"),
		     "xe pool-enable-tls-verification %s",
		     here ? "on the pool's coordinator" : "on this host");
}

static const char *fingerprint(const struct json *certificate)
{
	const char *sha256 = api_string(certificate, "fingerprint_sha256");

	return *sha256 ? sha256 : api_string(certificate, "fingerprint");
}

static bool is_named_ca(const struct json *certificate)
{
	return str_eq(api_string(certificate, "type"), "ca") && *api_string(certificate, "name");
}

/* The pool's certificate of the same name that is another one, or NULL. */
static const struct json *namesake(const struct side *pool, const struct json *own)
{
	for (struct json_member at = {0}; json_next(pool->records[CLASS_CERTIFICATE], &at);) {
		if (is_named_ca(at.value) &&
		    str_eq(api_string(at.value, "name"), api_string(own, "name")) &&
		    !str_eq(fingerprint(at.value), fingerprint(own)))
			return at.value;
	}
	return NULL;
}

/* One answer of the agent's names all of them. */
void check_ca_names(struct sides *sides)
{
	const struct json *certificates = sides->joining->records[CLASS_CERTIFICATE];
	_cleanup_strv_ char **names = NULL;
	_cleanup_strv_ char **here = NULL;
	_cleanup_strv_ char **there = NULL;
	_cleanup_free_ char *here_text = NULL;
	_cleanup_free_ char *there_text = NULL;
	_cleanup_free_ char *names_text = NULL;
	struct obstacle *obstacle;

	for (struct json_member at = {0}; json_next(certificates, &at);) {
		const struct json *other =
			is_named_ca(at.value) ? namesake(sides->pool, at.value) : NULL;

		if (!other)
			continue;
		strv_add(&names, api_string(at.value, "name"));
		strv_add(&here, fingerprint(at.value));
		strv_add(&there, fingerprint(other));
	}
	if (!names)
		return;
	here_text = strv_join(here, ", ");
	there_text = strv_join(there, ", ");
	names_text = strv_join(names, ", ");
	obstacle = found(sides, here_text, there_text,
			 "CA certificates of one name are not the same: %s", names_text);
	obstacle_fix(obstacle, "on this host, for each of them: xe pool-uninstall-ca-certificate "
			       "name=NAME");
	obstacle->params = TAKE_PTR(names);
}

static bool is_nameless_trust(const struct json *certificate)
{
	const char *type = api_string(certificate, "type");

	return (str_eq(type, "ca") || str_eq(type, "pinned")) && !*api_string(certificate, "name");
}

static char **purposes(const struct json *certificate)
{
	const struct json *list = json_get_array(certificate, "purpose");
	char **words = NULL;

	for (size_t i = 0; i < json_length(list); i++)
		strv_add(&words, json_at_string(list, i));
	strv_sort(words);
	return words;
}

static void judge_purposes(struct sides *sides, const struct json_member *own,
			   const struct json_member *other)
{
	_cleanup_strv_ char **here = purposes(own->value);
	_cleanup_strv_ char **there = purposes(other->value);
	_cleanup_free_ char *here_text = strv_join(here, ", ");
	_cleanup_free_ char *there_text = strv_join(there, ", ");
	struct obstacle *obstacle;
	bool common = false;

	for (size_t i = 0; i < strv_length(here); i++)
		common = common || strv_contains(there, here[i]);
	if (!common || str_eq(here_text, there_text))
		return;
	obstacle = found(sides, here_text, there_text,
			 "the certificate %s is trusted for different purposes",
			 fingerprint(own->value));
	strv_add(&obstacle->params, other->key);
	strv_add(&obstacle->params, own->key);
}

void check_pinned_purposes(struct sides *sides)
{
	const struct json *own = sides->joining->records[CLASS_CERTIFICATE];
	const struct json *others = sides->pool->records[CLASS_CERTIFICATE];

	for (struct json_member at = {0}; json_next(own, &at);) {
		if (!is_nameless_trust(at.value))
			continue;
		for (struct json_member other = {0}; json_next(others, &other);) {
			if (is_nameless_trust(other.value) &&
			    str_eq(fingerprint(other.value), fingerprint(at.value)))
				judge_purposes(sides, &at, &other);
		}
	}
}

void check_clock(struct sides *sides)
{
	int64_t apart = sides->pool->clock_ahead - sides->joining->clock_ahead;
	int64_t size = apart < 0 ? -apart : apart;
	_cleanup_free_ char *here = NULL;
	_cleanup_free_ char *there = NULL;
	struct obstacle *obstacle;

	if (!sides->joining->has_clock || !sides->pool->has_clock || size <= CLOCK_SKEW_NOTED_S)
		return;
	/* Of one moment, although the two were read one after the other. */
	here = side_time_text(sides->joining->time);
	there = side_time_text(sides->joining->time + apart);
	obstacle = found(sides, here, there, "the clock of this host is %lld s %s the pool's",
			 (long long)size, apart < 0 ? "ahead of" : "behind");
	if (size <= CLOCK_SKEW_ALARM_S)
		obstacle->verdict = JOIN_WARNING;
}

/* Outside its validity at `now`: what the other value of the finding says; NULL within it. */
static char *outside(const struct json *certificate, int64_t now)
{
	const char *first = api_string(certificate, "not_before");
	const char *last = api_string(certificate, "not_after");
	int64_t time;

	if (side_time(last, &time) == 0 && time < now)
		return xasprintf("valid until %s", last);
	if (side_time(first, &time) == 0 && time > now)
		return xasprintf("valid from %s", first);
	return NULL;
}

/* The joining host verifies it with its own clock, when verification is on. */
void check_coordinator_certificate(struct sides *sides)
{
	const struct side *pool = sides->pool;
	const struct side *joining = sides->joining;
	_cleanup_free_ char *here = side_time_text(joining->time);

	if (!joining->has_clock)
		return;
	for (struct json_member at = {0}; json_next(pool->records[CLASS_CERTIFICATE], &at);) {
		_cleanup_free_ char *there = outside(at.value, joining->time);
		const char *type = api_string(at.value, "type");
		struct obstacle *obstacle;

		if (!there || !str_starts(type, "host") ||
		    !str_eq(api_string(at.value, "host"), pool->coordinator_ref))
			continue;
		obstacle = found(sides, here, there,
				 "the coordinator's certificate%s is not valid now",
				 str_eq(type, "host_internal") ? " for its pool" : "");
		if (!str_eq(type, "host_internal") ||
		    !api_bool(pool->pool, "tls_verification_enabled"))
			obstacle->verdict = JOIN_WARNING;
	}
}

void check_ca_validity(struct sides *sides)
{
	const struct side *joining = sides->joining;
	_cleanup_free_ char *here = side_time_text(joining->time);

	if (!joining->has_clock)
		return;
	for (struct json_member at = {0};
	     json_next(sides->pool->records[CLASS_CERTIFICATE], &at);) {
		_cleanup_free_ char *there = outside(at.value, joining->time);

		if (there && str_eq(api_string(at.value, "type"), "ca"))
			found(sides, here, there,
			      "the pool's CA certificate \"%s\" is not valid now",
			      api_string(at.value, "name"));
	}
}
