/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <arpa/inet.h>
#include <ctype.h>

#include "answerfiles/types.h"
#include "common/digest.h"
#include "common/url.h"

/* Value types of our own elements about whom installer and host talk to: servers, proxies, CAs. */

/* Larger ones are no single certificate. */
#define PEM_MAX_BYTES 16384
#define PEM_BEGIN     "-----BEGIN CERTIFICATE-----"
#define PEM_END       "-----END CERTIFICATE-----"

/* Why it is not "host", "host:port", "address", "[address]" or "[address]:port", or NULL. */
static const char *server_fault(const char *text)
{
	const char *port = strchr(text, ':');
	_cleanup_free_ char *host = NULL;
	struct in6_addr address6;
	unsigned number;

	if (*text == '[') {
		size_t length = strcspn(text, "]");

		host = xstrndup(text + 1, length - 1);
		if (!text[length] || inet_pton(AF_INET6, host, &address6) != 1)
			return "an IPv6 address between [ and ]";
		port = text + length + 1;
		if (*port && *port != ':')
			return "after ] a port: [2001:db8::1]:514";
	} else if (inet_pton(AF_INET6, text, &address6) == 1) {
		return "an IPv6 address stands between [ and ]";
	} else {
		const char *fault;

		host = xstrndup(text, port ? (size_t)(port - text) : strlen(text));
		fault = hostname_fault(host);
		if (fault)
			return fault;
	}
	if (port && *port && str_to_uint(port + 1, 1, 65535, &number) < 0)
		return "after : a port from 1 to 65535";
	return NULL;
}

static bool parse_server(const struct field *field _unused_, const char *text, void *member,
			 const struct reading *reading)
{
	const char *fault = server_fault(text);

	return fault ? value_refuse(reading, text, fault) : value_set_text(member, text);
}

/* "user:password@" before the server's name. */
static bool has_credentials(const char *url)
{
	const char *host = strstr(url, "://");

	return host && memchr(host, '@', strcspn(host + 3, "/?#") + 3);
}

/* Its credentials would stand in files of the host that all may read. */
static bool parse_proxy(const struct field *field _unused_, const char *text, void *member,
			const struct reading *reading)
{
	static const char *const schemes[] = {"http", "https", NULL};
	_cleanup_free_ char *wrong = url_fault(text, schemes);
	const char *fault = wrong ? "a URL such as http://proxy.example.org:3128" : NULL;

	if (!fault && has_credentials(text)) {
		finding_set_hint(reading_complain(reading, SEVERITY_ERROR,
						  "%s holds a password, which all users of the "
						  "host could read",
						  reading->where),
				 "let the proxy know the host by its address");
		return false;
	}
	if (!fault && strpbrk(text, "\"'\\;"))
		fault = "no quotes, backslashes or semicolons may stand in it";
	if (!fault)
		return value_set_text(member, text);
	_cleanup_free_ char *shown = url_masked(text);
	return value_refuse(reading, shown, fault);
}

/* Every line without the blanks of the XML around it. */
static char *trim_lines(const char *text)
{
	_cleanup_strv_ char **lines = strv_split(text, "\r\n");
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (size_t i = 0; i < strv_length(lines); i++) {
		const char *line = str_trim(lines[i]);

		if (*line)
			strbuf_addf(&buf, "%s%s", buf.length ? "\n" : "", line);
	}
	return strbuf_take(&buf);
}

/*
 * Why it is not one certificate in PEM (RFC 7468), or NULL. What the certificate says is for TLS to
 * judge; here it only must be whole: one DER sequence, which begins with "MI" in base64.
 */
static const char *certificate_fault(const char *pem)
{
	size_t length = strlen(pem), letters = 0, begin = strlen(PEM_BEGIN), end = strlen(PEM_END);
	const char *body = pem + begin;

	if (strstr(pem, "PRIVATE KEY"))
		return "that is a private key, which nobody else may see; only the certificate "
		       "belongs here";
	if (length > PEM_MAX_BYTES)
		return "one certificate; repeat the element for more";
	if (!str_starts(pem, PEM_BEGIN "\n") || !str_ends(pem, "\n" PEM_END))
		return "it begins with " PEM_BEGIN " and ends with " PEM_END;
	for (const char *c = body; c < pem + length - end; c++) {
		if (*c == '-')
			return "one certificate; repeat the element for more";
		if (*c != '\n' && !isalnum((unsigned char)*c) && !strchr("+/=", *c))
			return "between its first and last line stand letters, digits, + / = only";
		letters += *c != '\n';
	}
	if (letters < 64 || letters % 4 || !str_starts(body, "\nMI"))
		return "what stands between its first and last line is no certificate; is it cut "
		       "short?";
	return NULL;
}

static bool parse_certificate(const struct field *field _unused_, const char *text, void *member,
			      const struct reading *reading)
{
	_cleanup_free_ char *pem = trim_lines(text);
	const char *fault = certificate_fault(pem);

	if (!fault)
		return value_add_text(member, pem, reading);
	finding_set_hint(reading_complain(reading, SEVERITY_ERROR, "%s is not a certificate in PEM",
					  reading->where),
			 "%s", fault);
	return false;
}

/* As openssl x509 -fingerprint -sha256 prints it, or without the colons. */
static bool parse_fingerprint(const struct field *field _unused_, const char *text, void *member,
			      const struct reading *reading)
{
	char hex[SHA256_HEX];

	if (digest_parse_sha256(text, hex) < 0)
		return value_refuse(reading, text,
				    "64 hex digits, as openssl x509 -fingerprint -sha256 prints "
				    "them");
	return value_set_text(member, hex);
}

static bool parse_report_url(const struct field *field _unused_, const char *text, void *member,
			     const struct reading *reading)
{
	static const char *const schemes[] = {"http", "https", NULL};
	_cleanup_free_ char *fault = url_fault(text, schemes);

	if (fault)
		return value_refuse(reading, text,
				    "a URL such as https://fleet.example.org/report");
	return value_set_text(member, text);
}

/* The files of first boot have no way to write a quote or a line's end in a value. */
static bool parse_quoteless(const struct field *field _unused_, const char *text, void *member,
			    const struct reading *reading)
{
	for (const char *c = text; *c; c++) {
		if (*c == '\'' || *c == '"' || (unsigned char)*c < ' ' || *c == 0x7f)
			return value_refuse(reading, text,
					    "text without quotes and control characters");
	}
	return value_set_text(member, text);
}

static bool parse_place(const char *text, const char *const *schemes, const char *expected,
			void *member, const struct reading *reading)
{
	_cleanup_free_ char *fault = *text == '/' ? NULL : url_fault(text, schemes);

	if (fault || strpbrk(text, " \t\r\n'"))
		return value_refuse(reading, text, expected);
	if (*text != '/' && has_credentials(text)) {
		finding_set_hint(reading_complain(reading, SEVERITY_ERROR,
						  "%s holds a password, which the plan and its "
						  "report would show",
						  reading->where),
				 "serve it without one");
		return false;
	}
	return value_set_text(member, text);
}

/* Where the new host finds a secret when it first boots: whoever listens on the way would read it
 * from anything but https. */
static bool parse_secret_place(const struct field *field _unused_, const char *text, void *member,
			       const struct reading *reading)
{
	static const char *const schemes[] = {"https", NULL};

	return parse_place(text, schemes, "an https: URL, or a file of the new host (/root/...)",
			   member, reading);
}

/* Where the installer finds what proves that it is this machine; not where others could listen. */
static bool parse_own_place(const struct field *field _unused_, const char *text, void *member,
			    const struct reading *reading)
{
	static const char *const schemes[] = {"medium", "label", "file", "https", NULL};

	return parse_place(text, schemes,
			   "medium:///, label://STICK/ or file:/// and a path, or an https: URL",
			   member, reading);
}

const struct value_type type_own_place = {"place", parse_own_place, value_format_text,
					  "/[^\\s']*|(medium|label|file|https)://[^\\s@']+"};
const struct value_type type_secret_place = {"file or https URL", parse_secret_place,
					     value_format_text, "/[^\\s']*|https://[^\\s@']+"};
const struct value_type type_quoteless = {"text without quotes", parse_quoteless, value_format_text,
					  "[^'\"\\p{Cc}]+"};
const struct value_type type_fingerprint = {"SHA-256 fingerprint", parse_fingerprint,
					    value_format_text, "([0-9A-Fa-f]:?){63}[0-9A-Fa-f]"};
const struct value_type type_report_url = {"URL", parse_report_url, value_format_text,
					   "https?://\\S+"};
const struct value_type type_server = {
	"host or host:port", parse_server, value_format_text,
	"[A-Za-z0-9.\\-]+(:[0-9]{1,5})?|\\[[0-9A-Fa-f:.]+\\](:[0-9]{1,5})?"};
const struct value_type type_proxy = {"URL", parse_proxy, value_format_text, "https?://[^\\s@]+"};
const struct value_type type_certificate = {"certificate in PEM", parse_certificate,
					    value_format_list, NULL};
