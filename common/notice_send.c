/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/notice_send.h"

#include <errno.h>
#include <sys/random.h>

#include "common/digest.h"
#include "common/str.h"

/* The answer does not matter, but a server may think that somebody reads it. */
#define ANSWER_MAX        (1024 * 1024)
#define CONNECT_TIMEOUT_S 10
#define ANSWER_TIMEOUT_S  20

char *notice_signature(const char *token, const void *body, size_t length)
{
	uint8_t hash[SHA256_BYTES];
	char hex[SHA256_HEX];

	digest_hmac_sha256(token, strlen(token), body, length, hash);
	digest_to_hex(hash, sizeof(hash), hex);
	return xasprintf("sha256=%s", hex);
}

static char *proof_of(const struct notice_target *target, const char *body)
{
	_cleanup_free_ char *signature = NULL;

	if (!target->token)
		return NULL;
	if (!target->sign)
		return xasprintf("Authorization: Bearer %s", target->token);
	signature = notice_signature(target->token, body, strlen(body));
	return xasprintf(NOTICE_SIGNATURE ": %s", signature);
}

static int drop(const void *bytes _unused_, size_t length _unused_, void *data _unused_)
{
	return 0;
}

int notice_send(const struct notice_target *target, const struct json *document, struct error **err)
{
	const char *id = json_get_string(document, "id");
	_cleanup_free_ char *body = json_to_line(document);
	_cleanup_free_ char *key = id ? xasprintf("Idempotency-Key: \"%s\"", id) : NULL;
	_cleanup_free_ char *proof = proof_of(target, body);
	char *headers[] = {proof ?: key, proof ? key : NULL, NULL};
	const struct http_request request = {
		.url = target->url,
		.certificate_sha256 = target->certificate_sha256,
		.body = body,
		.body_length = strlen(body),
		.content_type = "application/json",
		.headers = headers,
		.connection = target->connection,
		.connect_timeout_s = CONNECT_TIMEOUT_S,
		.stall_timeout_s = ANSWER_TIMEOUT_S,
		.max_bytes = ANSWER_MAX,
		.on_data = drop,
	};
	int r = http_fetch(&request, err);

	if (proof)
		explicit_bzero(proof, strlen(proof));
	return r;
}

/* A status of 4xx that is none of those with a meaning of their own: 400, 413, 422 ... */
bool notice_is_refused(const struct error *error)
{
	return error && error->kind == ERROR_NETWORK && error->errnum == EREMOTEIO;
}

double notice_jitter(double pause)
{
	uint32_t drawn = 0;

	if (getrandom(&drawn, sizeof(drawn), 0) != (ssize_t)sizeof(drawn))
		drawn = UINT32_MAX / 2;
	return pause * (0.5 + 0.5 * ((double)drawn / UINT32_MAX));
}
