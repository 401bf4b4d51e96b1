/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of what the two sides run on: versions, updates, storage drivers, processors. */
#include "common/str.h"
#include "firstboot/pool/checks.h"

static const char *version(const struct side *side, const char *key)
{
	return api_map(side->host, "software_version", key);
}

static const char *brand(const struct side *side)
{
	const char *name = version(side, "product_brand");

	return *name ? name : version(side, "platform_name");
}

static char *platform(const struct side *side)
{
	return xasprintf("%s, platform %s", brand(side), version(side, "platform_version"));
}

void check_platform(struct sides *sides)
{
	_cleanup_free_ char *here = platform(sides->joining);
	_cleanup_free_ char *there = platform(sides->pool);

	if (!str_eq(here, there))
		found(sides, here, there,
		      "the pool runs another product, or another version of it");
}

/* What must be equal; the build number may differ. */
static char *software(const struct side *side)
{
	const struct json *versions = json_get_object(side->host, "software_version");

	return xasprintf("%s, xapi %s, git %s%s", brand(side), version(side, "xapi"),
			 version(side, "git_id"),
			 json_get(versions, "xs:linux") ? ", Linux pack" : "");
}

void check_software(struct sides *sides)
{
	_cleanup_free_ char *here = software(sides->joining);
	_cleanup_free_ char *there = software(sides->pool);
	struct obstacle *obstacle;

	if (str_eq(here, there))
		return;
	obstacle = found(sides, here, there, "the pool runs another build of the software");
	strv_add(&obstacle->params, "Software version differs");
}

void check_cpu_vendor(struct sides *sides)
{
	const char *here = api_map(sides->joining->host, "cpu_info", "vendor");
	const char *there = api_map(sides->pool->pool, "cpu_info", "vendor");
	struct obstacle *obstacle;

	if (str_eq(here, there))
		return;
	obstacle = found(sides, here, there, "the processors are of different makers");
	strv_add(&obstacle->params, "CPUs differ");
}

/*
 * Equal everywhere, or the host's must be the lowest of the pool's: which one that is only the
 * licence daemon knows, so that a mixed pool is no more than a warning.
 */
void check_edition(struct sides *sides)
{
	const char *edition = api_string(sides->joining->host, "edition");
	_cleanup_strv_ char **others = NULL;
	_cleanup_free_ char *there = NULL;
	struct obstacle *obstacle;
	bool some_equal = false;

	for (struct json_member at = {0}; json_next(sides->pool->records[CLASS_HOST], &at);) {
		const char *other = api_string(at.value, "edition");

		some_equal = some_equal || str_eq(other, edition);
		if (!strv_contains(others, other))
			strv_add(&others, other);
	}
	if (some_equal && strv_length(others) == 1)
		return;
	strv_sort(others);
	there = strv_join(others, ", ");
	obstacle = found(sides, edition, there, "the pool has another edition of the licence");
	if (some_equal)
		obstacle->verdict = JOIN_WARNING;
}

static char *api_version(const struct side *side)
{
	return xasprintf("%lld.%lld", (long long)api_number(side->host, "API_version_major", 0),
			 (long long)api_number(side->host, "API_version_minor", 0));
}

void check_api_version(struct sides *sides)
{
	_cleanup_free_ char *here = api_version(sides->joining);
	_cleanup_free_ char *there = api_version(sides->pool);
	struct obstacle *obstacle;

	if (str_eq(here, there))
		return;
	obstacle = found(sides, here, there, "the pool speaks another version of the API");
	strv_add(&obstacle->params, here);
	strv_add(&obstacle->params, there);
}

void check_db_schema(struct sides *sides)
{
	const char *here = version(sides->joining, "db_schema");
	const char *there = version(sides->pool, "db_schema");
	struct obstacle *obstacle;

	if (*here && str_eq(here, there))
		return;
	obstacle = found(sides, *here ? here : "none", *there ? there : "none",
			 "the pool's database has another layout");
	strv_add(&obstacle->params, here);
	strv_add(&obstacle->params, there);
}

/* The uuids of the host's updates that all hosts of a pool must have. */
static char **updates(const struct side *side)
{
	const struct json *list = json_get_array(side->host, "updates");
	char **uuids = NULL;

	for (size_t i = 0; i < json_length(list); i++) {
		const struct json *update = side_find(side, CLASS_UPDATE, json_at_string(list, i));

		if (api_bool(update, "enforce_homogeneity"))
			strv_add(&uuids, api_string(update, "uuid"));
	}
	strv_sort(uuids);
	return uuids;
}

void check_updates(struct sides *sides)
{
	_cleanup_strv_ char **here = updates(sides->joining);
	_cleanup_strv_ char **there = updates(sides->pool);
	_cleanup_free_ char *here_text = strv_join(here, ", ");
	_cleanup_free_ char *there_text = strv_join(there, ", ");
	struct obstacle *obstacle;

	if (str_eq(here_text, there_text))
		return;
	obstacle = found(sides, *here_text ? here_text : "none", *there_text ? there_text : "none",
			 "other updates are applied in the pool");
	strv_addf(&obstacle->params, "Updates on local host %s and pool host %s differ",
		  api_string(sides->joining->host, "name_label"),
		  api_string(sides->pool->host, "name_label"));
}

/* The driver's features that `driver` has in a lower version or not at all, or NULL. */
static char *lacking(const struct json *driver, const struct json *wanted)
{
	const struct json *features = json_get(driver, "features");
	_cleanup_strv_ char **list = NULL;

	for (struct json_member at = {0}; json_next(json_get(wanted, "features"), &at);) {
		int64_t most = api_number(json_get(wanted, "features"), at.key, 0);

		if (api_number(features, at.key, -1) < most)
			strv_addf(&list, "%s %lld", at.key, (long long)most);
	}
	return list ? strv_join(list, ", ") : NULL;
}

static void judge_driver(struct sides *sides, const char *ref, const struct json *wanted)
{
	const char *type = api_string(wanted, "type");
	const struct json *driver = NULL;
	const char *driver_ref = "";
	_cleanup_free_ char *features = NULL;
	_cleanup_free_ char *there = NULL;
	struct obstacle *obstacle;
	unsigned count = 0;

	for (struct json_member at = {0}; json_next(sides->joining->records[CLASS_SM], &at);) {
		if (!str_eq(api_string(at.value, "type"), type))
			continue;
		count++;
		driver = at.value;
		driver_ref = at.key;
	}
	features = count == 1 ? lacking(driver, wanted) : NULL;
	if (count == 1 && !features)
		return;
	there = features ? xasprintf("%s with %s", type, features) : xstrdup(type);
	obstacle = found(sides,
			 count == 0  ? "no such driver"
			 : count > 1 ? "several"
				     : "older",
			 there, "the storage driver \"%s\" does not do what the pool's does", type);
	strv_add(&obstacle->params, ref);
	strv_add(&obstacle->params, count == 1 ? driver_ref : "");
}

void check_storage_drivers(struct sides *sides)
{
	for (struct json_member at = {0}; json_next(sides->pool->records[CLASS_SM], &at);)
		judge_driver(sides, at.key, at.value);
}

/* Bits of the pool's feature words that the host lacks: groups of hexadecimal digits with dashes.
 */
static unsigned lacking_bits(const char *host, const char *pool)
{
	unsigned bits = 0;

	while (*pool) {
		char *host_end = NULL;
		char *pool_end = NULL;
		unsigned long has = strtoul(host, &host_end, 16);
		unsigned long wants = strtoul(pool, &pool_end, 16);

		if (pool_end == pool)
			break;
		bits += (unsigned)__builtin_popcountl(wants & ~has);
		host = host_end + (*host_end == '-');
		pool = pool_end + (*pool_end == '-');
	}
	return bits;
}

void check_cpu_pool_levels(struct sides *sides)
{
	static const char *const words[] = {"features_hvm", "features_pv"};
	const struct json *host = sides->joining->host;
	const struct json *pool = sides->pool->pool;
	unsigned most = 0;

	if (!str_eq(api_map(host, "cpu_info", "vendor"), api_map(pool, "cpu_info", "vendor")))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		const char *has = api_map(host, "cpu_info", words[i]);
		unsigned bits = *has ? lacking_bits(has, api_map(pool, "cpu_info", words[i])) : 0;

		most = bits > most ? bits : most;
	}
	if (most)
		found(sides, api_map(host, "cpu_info", "modelname"),
		      api_map(pool, "cpu_info", "modelname"),
		      "the pool's guests lose %u CPU features that this host lacks", most);
}

void check_newer_agent(struct sides *sides)
{
	const char *here = version(sides->joining, "xapi_build");
	const char *there = version(sides->pool, "xapi_build");
	struct obstacle *obstacle;

	if (!*here || !*there || strverscmp(here, there) <= 0)
		return;
	obstacle = found(sides, here, there,
			 "this host's agent is newer than the coordinator's and would not start "
			 "after the join");
	strv_add(&obstacle->params, here);
}

/* What the update service last gave each side; only a client's word, the agents do not compare. */
void check_update_level(struct sides *sides)
{
	const char *here = api_string(sides->joining->host, "last_update_hash");
	const char *there = api_string(sides->pool->host, "last_update_hash");

	if (*here && *there && !str_eq(here, there))
		found(sides, here, there, "the two were updated to different states");
}
