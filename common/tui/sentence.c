/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Errors and findings are data, and so in English: logs and reports hold the very same sentence.
 * A screen shows it in the operator's language by looking for the format that it was made of.
 */
#include <ctype.h>

#include "common/str.h"
#include "common/tui/catalogue.h"
#include "common/tui/pieces.h"

/* Fewer letters than these are in any text. */
#define LETTERS_MIN 6
/* Of "sentence: cause: cause"; what is beyond belongs to the last. */
#define PARTS_MAX 10
/* A sentence within a sentence, and one in that. */
#define DEPTH_MAX 2

struct span {
	const char *start;
	size_t length;
};

struct reading {
	const struct catalogue *from;
	const char *original; /* the best so far, or NULL */
	size_t score;         /* bytes of its words */
};

static const char *find_words(const char *text, const char *end, const struct piece *words)
{
	return memmem(text, (size_t)(end - text), words->start, words->length);
}

static bool is_number(struct span value)
{
	for (size_t i = 0; i < value.length; i++)
		if (!isxdigit((unsigned char)value.start[i]) && !(i == 0 && value.start[i] == '-'))
			return false;
	return value.length > 0;
}

/* Where each piece stands in the text, as early as it can; false when it is of another format. */
static bool match(const struct pieces *pieces, const char *text, struct span *spans)
{
	const char *end = text + strlen(text);

	for (size_t i = 0; i < pieces->n; i++) {
		const struct piece *piece = &pieces->list[i];
		const struct piece *next = i + 1 < pieces->n ? piece + 1 : NULL;
		const char *stop;

		if (piece->kind == PIECE_WORDS) {
			if ((size_t)(end - text) < piece->length ||
			    memcmp(text, piece->start, piece->length) != 0)
				return false;
			stop = text + piece->length;
		} else if (!next) {
			stop = end;
		} else if (next->kind != PIECE_WORDS) {
			return false;
		} else if (i + 2 == pieces->n) {
			if (next->length > (size_t)(end - text))
				return false;
			stop = end - next->length;
		} else {
			stop = find_words(text, end, next);
			if (!stop)
				return false;
		}
		spans[i] = (struct span){text, (size_t)(stop - text)};
		if (piece->kind == PIECE_VALUE && piece->number && !is_number(spans[i]))
			return false;
		text = stop;
	}
	return text == end;
}

/* How much of a sentence is the format's own; 0 when that says nothing. */
static size_t weigh(const struct pieces *pieces)
{
	size_t weight = 0, letters = 0;

	for (size_t i = 0; i < pieces->n; i++) {
		const struct piece *piece = &pieces->list[i];

		if (piece->kind != PIECE_WORDS)
			continue;
		weight += piece->length;
		for (size_t c = 0; c < piece->length; c++)
			letters += isalpha((unsigned char)piece->start[c]) != 0;
	}
	return letters < LETTERS_MIN ? 0 : weight;
}

static void read_as(struct reading *reading, const char *original, const char *text)
{
	struct span spans[PIECES_MAX];
	struct pieces pieces;
	size_t weight;

	/* Nearly all are of another beginning, or have nothing to fill in. */
	if (*original != *text && *original != '%' && *original != '{')
		return;
	if (!strpbrk(original, "%{") || !pieces_parse(original, &pieces) || pieces.stars)
		return;
	weight = weigh(&pieces);
	if (weight <= reading->score || !match(&pieces, text, spans) ||
	    !catalogue_text(reading->from, original))
		return;
	reading->original = original;
	reading->score = weight;
}

static struct reading read_sentence(const struct catalogue *from, const char *text)
{
	struct reading reading = {.from = from};

	/* One word is a name. */
	if (!strchr(text, ' '))
		return reading;
	if (catalogue_text(from, text))
		return (struct reading){from, text, strlen(text)};
	for (size_t i = 0; i < from->count; i++)
		read_as(&reading, catalogue_original(from, i), text);
	return reading;
}

static char *translate(const struct catalogue *from, const char *text, unsigned depth);

/* What it was filled with may be a sentence; a name of one word never is. */
static void add_value(struct strbuf *buf, const struct catalogue *from, struct span value,
		      unsigned depth)
{
	_cleanup_free_ char *text = xstrndup(value.start, value.length);
	_cleanup_free_ char *words = depth < DEPTH_MAX ? translate(from, text, depth + 1) : NULL;

	strbuf_add(buf, words ?: text);
}

static bool fills(const struct piece *place, const struct piece *piece)
{
	if (piece->kind != place->kind || piece->kind == PIECE_WORDS)
		return false;
	if (piece->kind == PIECE_VALUE)
		return piece->argument == place->argument;
	return piece->length == place->length &&
	       memcmp(piece->start, place->start, piece->length) == 0;
}

/* `text` was made of `original`, whose translation is filled with the same. */
static void add_translated(struct strbuf *buf, const struct catalogue *from, const char *original,
			   const char *text, unsigned depth)
{
	const char *translation = catalogue_text(from, original);
	struct span spans[PIECES_MAX];
	struct pieces made, wanted;

	if (original == text) {
		strbuf_add(buf, translation);
		return;
	}
	if (!pieces_parse(original, &made) || !match(&made, text, spans) ||
	    !pieces_parse(translation, &wanted)) {
		strbuf_add(buf, text);
		return;
	}
	for (size_t i = 0; i < wanted.n; i++) {
		const struct piece *place = &wanted.list[i];

		if (place->kind == PIECE_WORDS)
			strbuf_addf(buf, "%.*s", (int)place->length, place->start);
		for (size_t j = 0; j < made.n; j++)
			if (fills(place, &made.list[j])) {
				add_value(buf, from, spans[j], depth);
				break;
			}
	}
}

/* Where " (detail)" or " [code]" begins that ends the text, as behind a server's refusal; 0 when
 * none does. */
static size_t find_detail(const char *text)
{
	size_t length = strlen(text);
	char end = length ? text[length - 1] : '\0';
	const char *found = NULL;

	if (end == ')')
		found = strstr(text, " (");
	else if (end == ']')
		found = strstr(text, " [");
	return found ? (size_t)(found - text) : 0;
}

static size_t score_part(const struct catalogue *from, const char *text)
{
	size_t score = read_sentence(from, text).score, behind = find_detail(text);
	_cleanup_free_ char *head = xstrndup(text, behind);

	return score ?: read_sentence(from, head).score;
}

static bool add_known(struct strbuf *buf, const struct catalogue *from, const char *text,
		      unsigned depth)
{
	struct reading reading = read_sentence(from, text);

	if (reading.original)
		add_translated(buf, from, reading.original, text, depth);
	return reading.original != NULL;
}

static void add_detail(struct strbuf *buf, const struct catalogue *from, const char *detail,
		       unsigned depth)
{
	struct span inner = {detail + strlen(" ("), strlen(detail) - strlen(" ()")};

	/* A code is what can be searched for. */
	if (detail[1] == '[') {
		strbuf_add(buf, detail);
		return;
	}
	strbuf_add(buf, " (");
	add_value(buf, from, inner, depth);
	strbuf_add(buf, ")");
}

static void add_part(struct strbuf *buf, const struct catalogue *from, const char *text,
		     unsigned depth)
{
	size_t behind = find_detail(text);
	_cleanup_free_ char *head = xstrndup(text, behind);
	/* No sentence has one of its own, though what it was filled with takes in all. */
	bool has_code = behind && text[behind + 1] == '[';

	if (!has_code && add_known(buf, from, text, depth))
		return;
	if (behind && add_known(buf, from, head, depth))
		add_detail(buf, from, text + behind, depth);
	else if (!has_code || !add_known(buf, from, text, depth))
		strbuf_add(buf, text);
}

/* The places behind each ": " of the text, and that behind its end. */
static size_t find_parts(const char *text, const char *starts[PARTS_MAX + 1])
{
	size_t n = 0;

	starts[n++] = text;
	for (const char *at = text; n < PARTS_MAX && (at = strstr(at, ": ")); at += 2)
		starts[n++] = at + 2;
	starts[n] = text + strlen(text) + strlen(": ");
	return n;
}

static char *part_text(const char *const *starts, size_t first, size_t behind)
{
	return xstrndup(starts[first], (size_t)(starts[behind] - starts[first]) - strlen(": "));
}

/*
 * A cause is a sentence of its own behind ": ", which sentences have within them too: of all ways
 * to take the text apart the one that leaves the least unknown.
 */
static char *translate(const struct catalogue *from, const char *text, unsigned depth)
{
	const char *starts[PARTS_MAX + 1];
	size_t n = find_parts(text, starts);
	size_t best[PARTS_MAX + 1] = {0}, next[PARTS_MAX + 1] = {0};
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (size_t i = n; i-- > 0;) {
		for (size_t j = i + 1; j <= n; j++) {
			_cleanup_free_ char *part = part_text(starts, i, j);
			size_t score = score_part(from, part) + best[j];

			if (!next[i] || score > best[i]) {
				best[i] = score;
				next[i] = j;
			}
		}
	}
	if (!best[0])
		return NULL;
	for (size_t i = 0; i < n; i = next[i]) {
		_cleanup_free_ char *part = part_text(starts, i, next[i]);

		strbuf_add(&buf, i ? ": " : "");
		add_part(&buf, from, part, depth);
	}
	return strbuf_take(&buf);
}

char *catalogue_sentence(const struct catalogue *from, const char *text)
{
	return *text ? translate(from, text, 0) : NULL;
}
