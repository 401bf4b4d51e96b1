/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/dns.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <resolv.h>

#include "common/str.h"

#define ANSWER_MAX 4096
/* For the installer only this is asked; a fleet must not wait long for what it does not use. */
#define TIMEOUT_S 3
#define TRIES     2

struct reader {
	const uint8_t *bytes;
	size_t length, at;
};

static bool take_u16(struct reader *reader, unsigned *ret)
{
	if (reader->length - reader->at < 2)
		return false;
	*ret = (unsigned)reader->bytes[reader->at] << 8 | reader->bytes[reader->at + 1];
	reader->at += 2;
	return true;
}

static bool skip(struct reader *reader, size_t count)
{
	if (reader->length - reader->at < count)
		return false;
	reader->at += count;
	return true;
}

/* Labels, or a pointer to others, which ends the name. */
static bool skip_name(struct reader *reader)
{
	while (reader->at < reader->length) {
		uint8_t first = reader->bytes[reader->at];

		if ((first & NS_CMPRSFLGS) == NS_CMPRSFLGS)
			return skip(reader, 2);
		if (!skip(reader, 1U + first))
			return false;
		if (!first)
			return true;
	}
	return false;
}

/* A record's data: parts of up to 255 bytes, each behind its length. */
static bool take_texts(struct reader *reader, unsigned length, char **ret)
{
	_cleanup_strbuf_ struct strbuf text = {0};
	size_t end = reader->at + length;

	while (reader->at < end) {
		unsigned part = reader->bytes[reader->at++];

		if (part > end - reader->at)
			return false;
		strbuf_add_bytes(&text, reader->bytes + reader->at, part);
		reader->at += part;
	}
	*ret = strbuf_take(&text);
	return true;
}

static bool take_record(struct reader *reader, char ***texts)
{
	unsigned type, class, length;

	if (!skip_name(reader) || !take_u16(reader, &type) || !take_u16(reader, &class) ||
	    !skip(reader, 4) || !take_u16(reader, &length) || reader->length - reader->at < length)
		return false;
	if (type == ns_t_txt && class == ns_c_in) {
		_cleanup_free_ char *text = NULL;

		if (!take_texts(reader, length, &text))
			return false;
		strv_add(texts, text);
		return true;
	}
	return skip(reader, length);
}

int dns_txt_parse(const uint8_t *bytes, size_t length, char ***ret)
{
	struct reader reader = {.bytes = bytes, .length = length};
	_cleanup_strv_ char **texts = NULL;
	unsigned questions, answers;

	if (!skip(&reader, 4) || !take_u16(&reader, &questions) || !take_u16(&reader, &answers) ||
	    !skip(&reader, 4))
		return -EBADMSG;
	for (unsigned i = 0; i < questions; i++)
		if (!skip_name(&reader) || !skip(&reader, 4))
			return -EBADMSG;
	for (unsigned i = 0; i < answers; i++)
		if (!take_record(&reader, &texts))
			return -EBADMSG;
	*ret = TAKE_PTR(texts);
	return 0;
}

static int start_resolver(struct __res_state *state, const struct dns_server *server,
			  struct error **err)
{
	if (res_ninit(state) < 0)
		return error_set(err, ERROR_INTERNAL, "the resolver does not start");
	state->retrans = TIMEOUT_S;
	state->retry = TRIES;
	if (!server)
		return 0;
	state->nscount = 1;
	state->nsaddr_list[0] = (struct sockaddr_in){.sin_family = AF_INET,
						     .sin_port = htons((uint16_t)server->port),
						     .sin_addr.s_addr = inet_addr(server->address)};
	return 0;
}

int dns_txt(const char *name, const struct dns_server *server, char ***ret, struct error **err)
{
	struct __res_state state = {0};
	uint8_t answer[ANSWER_MAX];
	int length, r = start_resolver(&state, server, err);

	if (r < 0)
		return r;
	length = res_nquery(&state, name, ns_c_in, ns_t_txt, answer, sizeof(answer));
	r = state.res_h_errno;
	res_nclose(&state);
	if (length < 0 && (r == HOST_NOT_FOUND || r == NO_DATA)) {
		*ret = NULL;
		return 0;
	}
	if (length < 0) {
		error_set(err, ERROR_NETWORK, "no name server answers for %s (%s)", name,
			  hstrerror(r));
		return error_hint(err, "Check the name servers that DHCP or network_config= "
				       "names.");
	}
	r = dns_txt_parse(answer, (size_t)length < sizeof(answer) ? (size_t)length : sizeof(answer),
			  ret);
	if (r == 0)
		return 0;
	error_set(err, ERROR_NETWORK, "the name server's answer for %s is damaged", name);
	return error_hint(err, "Keep the record short, or name the file with answerfile=.");
}
