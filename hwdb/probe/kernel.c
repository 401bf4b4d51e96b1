/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/probe/kernel.h"

#include "common/str.h"
#include "hwdb/probe/probe.h"

#define MASK "********"

static bool is_secret_key(const char *key, size_t length)
{
	static const char *const words[] = {"password", "passwd", "passphrase",
					    "secret",   "token",  "credential"};
	_cleanup_free_ char *copy = xstrndup(key, length);
	_cleanup_free_ char *lower = str_lower(copy);

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(lower, words[i]))
			return true;
	return false;
}

/* "?user=a&token=b": each value whose key is secret is replaced. */
static void add_query(struct strbuf *buf, const char *query)
{
	while (*query) {
		size_t length = strcspn(query + 1, "&#") + 1;
		size_t key = strcspn(query, "=");

		if (key < length && is_secret_key(query, key)) {
			strbuf_add_bytes(buf, query, key + 1);
			strbuf_add(buf, MASK);
		} else {
			strbuf_add_bytes(buf, query, length);
		}
		query += length;
	}
}

/* "https://user:password@host/path?token=x" */
static void add_value(struct strbuf *buf, const char *value)
{
	const char *host = strstr(value, "://");
	size_t authority, query;

	if (host) {
		const char *at, *colon;

		host += 3;
		authority = strcspn(host, "/?#");
		at = memrchr(host, '@', authority);
		colon = at ? memchr(host, ':', (size_t)(at - host)) : NULL;
		if (colon) {
			strbuf_add_bytes(buf, value, (size_t)(colon - value) + 1);
			strbuf_add(buf, MASK);
			value = at;
		}
	}
	query = strcspn(value, "?");
	strbuf_add_bytes(buf, value, query);
	add_query(buf, value + query);
}

static void add_argument(struct strbuf *buf, const char *argument)
{
	const char *equals = strchr(argument, '=');
	size_t key = equals ? (size_t)(equals - argument) : 0;

	strbuf_add_bytes(buf, argument, key + (equals ? 1 : 0));
	if (equals && is_secret_key(argument, key))
		strbuf_add(buf, MASK);
	else
		add_value(buf, equals ? equals + 1 : argument);
}

/* Where the argument at `text` ends; a quoted one may hold blanks. */
static size_t argument_length(const char *text)
{
	char quote = '\0';
	size_t n;

	for (n = 0; text[n]; n++) {
		if (quote ? text[n] == quote : strchr("\"'", text[n]) != NULL)
			quote = quote ? '\0' : text[n];
		else if (!quote && strchr(" \t\n", text[n]))
			break;
	}
	return n;
}

char *command_line_mask(const char *line)
{
	struct strbuf buf = {0};

	while (*line) {
		size_t blanks = strspn(line, " \t\n");
		size_t length = argument_length(line + blanks);
		_cleanup_free_ char *argument = xstrndup(line + blanks, length);

		strbuf_add_bytes(&buf, line, blanks);
		add_argument(&buf, argument);
		line += blanks + length;
	}
	return strbuf_take(&buf);
}

void probe_kernel(struct probe *probe)
{
	_cleanup_free_ char *line = probe_text(probe, "/proc/cmdline");

	probe->host->kernel_release = probe_text(probe, "/proc/sys/kernel/osrelease");
	if (line)
		probe->host->command_line = command_line_mask(line);
}
