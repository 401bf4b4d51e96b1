/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>

#include "answerfiles/types.h"
#include "common/i18n.h"

/* Value types of our own elements about the installed host: ssh keys, arguments, digests. */

/* The longest that OpenSSH reads as one line of authorized_keys (SSH_MAX_PUBKEY_BYTES). */
#define KEY_MAX_BYTES 16384

/* Key types of sshd(8), AUTHORIZED_KEYS FILE FORMAT; DSA is gone from Debian 13's OpenSSH. */
static const char *const key_types[] = {
	"ssh-ed25519",
	"ssh-rsa",
	"ecdsa-sha2-nistp256",
	"ecdsa-sha2-nistp384",
	"ecdsa-sha2-nistp521",
	"sk-ssh-ed25519@openssh.com",
	"sk-ecdsa-sha2-nistp256@openssh.com",
};

/* The first blank outside double quotes, in which options of a key may hold some. */
static const char *skip_word(const char *text)
{
	bool quoted = false;

	for (; *text && (quoted || !isspace((unsigned char)*text)); text++) {
		if (*text == '\\' && text[1] == '"')
			text++;
		else if (*text == '"')
			quoted = !quoted;
	}
	return text;
}

/* Whether `text` begins with the name of a key type and a blank. */
static const char *key_type_of(const char *text)
{
	size_t length = (size_t)(skip_word(text) - text);

	for (size_t i = 0; i < ARRAY_SIZE(key_types); i++) {
		if (strlen(key_types[i]) == length && strncmp(text, key_types[i], length) == 0)
			return key_types[i];
	}
	return NULL;
}

/* Newly allocated bytes of base64 with its padding, or NULL. */
static unsigned char *decode_base64(const char *text, size_t length, size_t *ret_length)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	_cleanup_free_ unsigned char *bytes = xcalloc(length + 1, 1);
	size_t data = length;

	while (data && length - data < 2 && text[data - 1] == '=')
		data--;
	if (!data || length % 4)
		return NULL;
	for (size_t i = 0; i < data; i++) {
		const char *digit = memchr(digits, text[i], sizeof(digits) - 1);
		unsigned value;

		if (!digit)
			return NULL;
		value = (unsigned)(digit - digits) << (10 - i * 6 % 8);
		bytes[i * 6 / 8] |= (unsigned char)(value >> 8);
		bytes[i * 6 / 8 + 1] |= (unsigned char)value;
	}
	*ret_length = data * 3 / 4;
	return TAKE_PTR(bytes);
}

/* A key is strings, each behind its length; the first is the type (RFC 4253, 6.6; RFC 4251, 5). */
static bool is_key(const unsigned char *bytes, size_t length, const char *type)
{
	size_t type_length = strlen(type), place = 0, strings = 0;

	if (length < 4 + type_length || memcmp(bytes + 4, type, type_length) != 0)
		return false;
	while (length - place >= 4) {
		size_t next = (size_t)bytes[place] << 24 | (size_t)bytes[place + 1] << 16 |
			      (size_t)bytes[place + 2] << 8 | bytes[place + 3];

		place += 4;
		if (next > length - place || (strings == 0 && next != type_length))
			return false;
		place += next;
		strings++;
	}
	return place == length && strings > 1;
}

static bool key_fits_type(const char *key, size_t length, const char *type)
{
	size_t n_bytes = 0;
	_cleanup_free_ unsigned char *bytes = decode_base64(key, length, &n_bytes);

	return bytes && is_key(bytes, n_bytes, type);
}

/* Why it is no line of authorized_keys, or NULL. */
static const char *ssh_key_fault(const char *text)
{
	const char *type = key_type_of(text), *key, *end;

	if (strstr(text, "PRIVATE KEY"))
		return N_(
			"that is the private key, which nobody else may see; write the line of the "
			"file that ends in .pub");
	if (strlen(text) > KEY_MAX_BYTES)
		return N_("a line of at most 16384 bytes");
	if (strpbrk(text, "\r\n"))
		return N_("one key in one line; repeat the element for more");
	if (!type) {
		text = skip_word(text);
		text += strspn(text, " \t");
		type = key_type_of(text);
	}
	if (!type)
		return N_("the line of a file such as id_ed25519.pub: ssh-ed25519 AAAA... name");
	key = text + strlen(type);
	key += strspn(key, " \t");
	end = skip_word(key);
	return key_fits_type(key, (size_t)(end - key), type)
		       ? NULL
		       : N_("what follows the type is not such a key; is it cut short?");
}

static bool parse_ssh_key(const struct field *field _unused_, const char *text, void *member,
			  const struct reading *reading)
{
	const char *fault = ssh_key_fault(text);

	/* Never the text: a private key may stand there. */
	if (fault)
		finding_set_hint(reading_complain(reading, SEVERITY_ERROR,
						  "%s is not an ssh public key", reading->where),
				 "%s", fault);
	return !fault && value_add_text(member, text, reading);
}

/* One word of a command line that GRUB and the shell both leave as it is. */
static bool parse_argument(const struct field *field _unused_, const char *text, void *member,
			   const struct reading *reading)
{
	if (strpbrk(text, " \t\r\n"))
		return value_refuse(reading, text, "one argument; repeat the element for more");
	for (const char *c = text; *c; c++) {
		if (!isalnum((unsigned char)*c) && !strchr("_.,:=/@%+()-", *c))
			return value_refuse(
				reading, text,
				"letters, digits, percent and _ . , : = / @ + ( ) - only");
	}
	if (strlen(text) > 256)
		return value_refuse(reading, text, "at most 256 characters");
	return value_add_text(member, text, reading);
}

static bool parse_sha256(const struct field *field _unused_, const char *text, void *member,
			 const struct reading *reading)
{
	_cleanup_free_ char *lower = str_lower(text);

	if (strlen(lower) != 64 || strspn(lower, "0123456789abcdef") != 64)
		return value_refuse(reading, text, "64 hex digits, as sha256sum prints them");
	return value_set_text(member, lower);
}

const struct value_type type_ssh_key = {"ssh public key", parse_ssh_key, value_format_list, NULL};
const struct value_type type_argument = {"argument", parse_argument, value_format_list,
					 "[A-Za-z0-9_.,:=/@%+()\\-]{1,256}"};
const struct value_type type_sha256 = {"SHA-256", parse_sha256, value_format_text,
				       "[0-9A-Fa-f]{64}"};
