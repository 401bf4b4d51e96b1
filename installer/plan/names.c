/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything random of a plan: drawn from the seed, so that a seed repeats it. */
#include "installer/plan/build.h"

#include "common/digest.h"
#include "common/str.h"

#define SUFFIX_LETTERS 6

/* SHA-256 over domain, seed, purpose and counter: independent draws for independent purposes. */
static void draw(const uint8_t *seed, const char *purpose, uint32_t counter,
		 uint8_t ret[SHA256_BYTES])
{
	static const char domain[] = "xenhost.plan/1";
	const uint8_t number[4] = {(uint8_t)(counter >> 24), (uint8_t)(counter >> 16),
				   (uint8_t)(counter >> 8), (uint8_t)counter};
	struct digest *digest = digest_new();

	digest_add(digest, domain, sizeof(domain));
	digest_add(digest, seed, PLAN_SEED_BYTES);
	digest_add(digest, purpose, strlen(purpose) + 1);
	digest_add(digest, number, sizeof(number));
	digest_finish(digest, ret);
}

char *names_uuid(const uint8_t *seed, const char *purpose)
{
	uint8_t b[SHA256_BYTES];

	draw(seed, purpose, 0, b);
	b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
	return xasprintf("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
			 b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11],
			 b[12], b[13], b[14], b[15]);
}

char *names_vfat_id(const uint8_t *seed, const char *purpose)
{
	uint8_t b[SHA256_BYTES];

	draw(seed, purpose, 0, b);
	return xasprintf("%02X%02X-%02X%02X", b[0], b[1], b[2], b[3]);
}

static void draw_suffix(const uint8_t *seed, uint32_t attempt, char ret[SUFFIX_LETTERS + 1])
{
	uint8_t b[SHA256_BYTES];
	size_t count = 0;

	draw(seed, "suffix", attempt, b);
	/* Bytes of 234 and above are passed over: 234 is 9 * 26, so no letter is favoured. */
	for (size_t i = 0; i < sizeof(b) && count < SUFFIX_LETTERS; i++)
		if (b[i] < 234)
			ret[count++] = (char)('a' + b[i] % 26);
	while (count < SUFFIX_LETTERS)
		ret[count++] = 'a';
	ret[count] = '\0';
}

/* Two systems with one root label on one machine would boot each other's root. */
static bool suffix_is_taken(const struct host *host, const char *suffix)
{
	for (size_t d = 0; d < host->n_disks; d++)
		for (size_t c = 0; c < host->disks[d].n_contents; c++) {
			const struct host_content *content = &host->disks[d].contents[c];
			_cleanup_free_ char *label = str_lower(content->label ?: "");
			_cleanup_free_ char *name = str_lower(content->partition_name ?: "");

			if (str_ends(label, suffix) || str_ends(name, suffix))
				return true;
		}
	return false;
}

void build_names(struct build *build)
{
	struct plan *plan = build->plan;
	char suffix[SUFFIX_LETTERS + 1];
	uint32_t attempt = 0;

	do
		draw_suffix(build->seed, attempt++, suffix);
	while (suffix_is_taken(build->host, suffix));
	plan->suffix = xstrdup(suffix);
	plan->installation_uuid = names_uuid(build->seed, "installation");
	plan->control_domain_uuid = names_uuid(build->seed, "control-domain");
}
