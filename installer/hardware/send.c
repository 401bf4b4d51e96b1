/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/hardware/send.h"

#include "common/digest.h"
#include "common/http.h"
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
	const struct http_patience patience = {.tries = TRIES,
					       .pause_s = receiver->pause_s,
					       .say = receiver->say,
					       .data = receiver->data};
	_cleanup_free_ char *answer = NULL;

	return http_get_patiently(&request, &patience, &answer, NULL, err);
}
