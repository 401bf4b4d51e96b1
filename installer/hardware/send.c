/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/hardware/send.h"

#include <time.h>

#include "common/digest.h"
#include "common/http.h"
#include "common/proc.h"
#include "common/str.h"

#define TRIES 4

/* A digest of the documents stands in none of them. */
static char *boundary_of(const struct documents *documents)
{
	struct digest *digest = digest_new();
	uint8_t bytes[SHA256_BYTES];
	char hex[SHA256_HEX];

	for (size_t i = 0; i < DOCUMENTS; i++)
		digest_add(digest, documents->list[i].text, strlen(documents->list[i].text));
	digest_finish(digest, bytes);
	digest_to_hex(bytes, sizeof(bytes), hex);
	return xasprintf("xenhost-%.32s", hex);
}

char *send_body(const struct documents *documents, char **ret_boundary)
{
	char *boundary = boundary_of(documents);
	struct strbuf body = {0};

	for (size_t i = 0; i < DOCUMENTS; i++) {
		const struct document *document = &documents->list[i];

		strbuf_addf(&body,
			    "--%s\r\nContent-Disposition: form-data; name=\"%s\"; "
			    "filename=\"%s%s\"\r\nContent-Type: %s\r\n\r\n",
			    boundary, document->field, documents->name, document->suffix,
			    document->content_type);
		strbuf_add(&body, document->text);
		strbuf_add(&body, "\r\n");
	}
	strbuf_addf(&body, "--%s--\r\n", boundary);
	*ret_boundary = boundary;
	return strbuf_take(&body);
}

static void say_again(const struct receiver *receiver, const struct error *error, unsigned pause_s)
{
	_cleanup_free_ char *text = error_text(error);
	_cleanup_free_ char *line = xasprintf("%s; again in %u s", text, pause_s);

	if (receiver->say)
		receiver->say(line, receiver->data);
}

int send_documents(const struct receiver *receiver, const struct documents *documents,
		   struct error **err)
{
	_cleanup_free_ char *boundary = NULL;
	_cleanup_free_ char *body = send_body(documents, &boundary);
	_cleanup_free_ char *type = xasprintf("multipart/form-data; boundary=%s", boundary);
	const struct http_request request = {
		.url = receiver->url,
		.certificate_sha256 = receiver->certificate_sha256,
		.body = body,
		.body_length = strlen(body),
		.content_type = type,
	};
	unsigned pause_s = receiver->pause_s;

	for (unsigned tries = 1;; tries++) {
		_cleanup_error_ struct error *error = NULL;
		_cleanup_free_ char *answer = NULL;
		int r = http_get(&request, &answer, NULL, &error);

		if (r == 0)
			return 0;
		if (tries == TRIES || !http_error_is_transient(error) || proc_cancelled()) {
			if (err)
				*err = TAKE_PTR(error);
			return r;
		}
		say_again(receiver, error, pause_s);
		nanosleep(&(struct timespec){.tv_sec = pause_s}, NULL);
		pause_s *= 2;
	}
}
