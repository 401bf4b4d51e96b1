/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/probe/nic_order.h"

#include <errno.h>

#include "common/str.h"

#define NO_NUMBER UINT32_MAX
#define ETH_MAX   4095

static int compare_numbers(unsigned a, unsigned b)
{
	return a < b ? -1 : a > b;
}

static int compare(const void *left, const void *right)
{
	const struct nic_candidate *a = left, *b = right;
	int c;

	/* What is not on PCI (USB, platform devices) comes and goes: it is last. */
	if (!a->nic.pci_address != !b->nic.pci_address)
		return a->nic.pci_address ? -1 : 1;
	c = compare_numbers(a->place, b->place);
	if (c == 0)
		c = compare_numbers(a->number, b->number);
	if (c == 0)
		c = pci_address_compare(a->nic.pci_address, b->nic.pci_address);
	if (c == 0)
		c = compare_numbers(a->port, b->port);
	if (c == 0)
		c = strcmp(a->nic.mac, b->nic.mac);
	return c ? c : natural_compare(a->nic.kernel_name ?: "", b->nic.kernel_name ?: "");
}

struct rule {
	unsigned number;
	char *value;
};

/* What stands between number and value: how long it lasts on the boot line, what it is in files. */
static const char *skip_kind(const char *text)
{
	static const char *const kinds[] = {"s:", "d:", "mac=", "pci=", "label="};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (str_starts(text, kinds[i]))
			return text + strlen(kinds[i]);
	return text;
}

/* "eth1:s:VALUE", "1:s:VALUE", "eth1:VALUE", "1:VALUE", '1:mac="VALUE"'. */
static int parse_rule(const char *text, struct rule *ret)
{
	const char *start = str_starts(text, "eth") ? text + 3 : text;
	const char *colon = strchr(start, ':');
	_cleanup_free_ char *digits = NULL, *value = NULL;
	size_t length;
	int r;

	if (!colon)
		return -EINVAL;
	digits = xstrndup(start, (size_t)(colon - start));
	r = str_to_uint(digits, 0, ETH_MAX, &ret->number);
	if (r < 0)
		return r;
	value = str_lower(skip_kind(colon + 1));
	length = strlen(value);
	if (length >= 2 && value[0] == '"' && value[length - 1] == '"') {
		value[length - 1] = '\0';
		memmove(value, value + 1, length - 1);
	}
	if (!*value)
		return -EINVAL;
	ret->value = TAKE_PTR(value);
	return 0;
}

/* "[0000:]02:00.0[1]" against the NIC's address and port. */
static bool fits_pci(const struct nic_candidate *candidate, const char *value)
{
	size_t length = strcspn(value, "[");
	_cleanup_free_ char *plain = xstrndup(value, length);
	_cleanup_free_ char *full = xasprintf("%s%s", strlen(plain) == 7 ? "0000:" : "", plain);

	if (!is_pci_address(full) || !str_eq(full, candidate->nic.pci_address))
		return false;
	return !value[length] || strtoul(value + length + 1, NULL, 10) == candidate->port;
}

/* biosdevname's physical names: "em1" is onboard 1, "pci3p2" or "p3p2" the second port in slot 3.
 */
static bool fits_physical_name(const struct nic_candidate *candidate, unsigned port,
			       const char *value)
{
	unsigned a, b;
	char tail;

	if (sscanf(value, "em%u%c", &a, &tail) == 1)
		return candidate->place == PLACE_ONBOARD && candidate->number == a;
	if (sscanf(value, "pci%up%u%c", &a, &b, &tail) == 2 ||
	    sscanf(value, "p%up%u%c", &a, &b, &tail) == 2)
		return candidate->place == PLACE_SLOT && candidate->number == a && port == b;
	return false;
}

/* Which of the ports in its slot a sorted candidate is, from 1. */
static unsigned port_in_slot(const struct nic_candidate *candidates, size_t index)
{
	unsigned port = 1;

	for (size_t i = 0; i < index; i++)
		if (candidates[i].place == candidates[index].place &&
		    candidates[i].number == candidates[index].number)
			port++;
	return port;
}

static bool fits(const struct nic_candidate *candidates, size_t index, const char *value)
{
	const struct nic_candidate *candidate = &candidates[index];
	_cleanup_free_ char *label = candidate->nic.slot ? str_lower(candidate->nic.slot) : NULL;

	return str_eq(candidate->nic.mac, value) || fits_pci(candidate, value) ||
	       str_eq(label, value) ||
	       fits_physical_name(candidate, port_in_slot(candidates, index), value);
}

/* Which numbers are given away, and to whom. */
struct numbers {
	unsigned *of; /* parallel to the candidates; NO_NUMBER where none is yet */
	size_t n;
	unsigned *kept; /* by pins, whose NICs need not be there */
	size_t n_kept;
};

static void numbers_done(struct numbers *numbers)
{
	free(numbers->of);
	free(numbers->kept);
}

static bool is_taken(const struct numbers *numbers, unsigned number)
{
	for (size_t i = 0; i < numbers->n; i++)
		if (numbers->of[i] == number)
			return true;
	for (size_t i = 0; i < numbers->n_kept; i++)
		if (numbers->kept[i] == number)
			return true;
	return false;
}

/* Gives the number to the first NIC that the rule fits. */
static bool give(const struct rule *rule, struct nic_candidate *candidates, struct numbers *numbers,
		 bool pin)
{
	for (size_t i = 0; i < numbers->n; i++)
		if (numbers->of[i] == NO_NUMBER && fits(candidates, i, rule->value)) {
			numbers->of[i] = rule->number;
			candidates[i].pinned = pin;
			return true;
		}
	return false;
}

static void apply_pin(const char *text, struct nic_candidate *candidates, struct numbers *numbers,
		      char ***notes)
{
	struct rule rule = {0};

	if (parse_rule(text, &rule) < 0) {
		strv_addf(notes,
			  "the network interface rule %s is not understood and has no "
			  "effect; its form is NUMBER:mac=\"ADDRESS\"",
			  text);
		return;
	}
	if (!is_taken(numbers, rule.number)) {
		give(&rule, candidates, numbers, true);
		*ARRAY_APPEND(numbers->kept, numbers->n_kept) = rule.number;
	}
	free(rule.value);
}

static void apply_rule(const char *text, struct nic_candidate *candidates, struct numbers *numbers,
		       char ***notes)
{
	struct rule rule = {0};

	if (parse_rule(text, &rule) < 0) {
		strv_addf(notes,
			  "map_netdev=%s is not understood and has no effect; "
			  "its form is ethN:s:MAC, ethN:s:PCI-ADDRESS or ethN:s:LABEL",
			  text);
		return;
	}
	if (!is_taken(numbers, rule.number) && !give(&rule, candidates, numbers, false))
		strv_addf(notes, "map_netdev=%s names no network interface of this machine", text);
	free(rule.value);
}

static int compare_names(const void *left, const void *right)
{
	const struct nic_candidate *a = left, *b = right;

	return natural_compare(a->nic.name, b->nic.name);
}

size_t nic_order(struct nic_candidate *candidates, size_t n, char *const *pins, char *const *rules,
		 char ***notes)
{
	_cleanup_(numbers_done) struct numbers numbers = {.n = n};
	unsigned next = 0;
	size_t absent;

	if (n)
		qsort(candidates, n, sizeof(*candidates), compare);
	numbers.of = xcalloc(n + 1, sizeof(*numbers.of));
	for (size_t i = 0; i < n; i++)
		numbers.of[i] = NO_NUMBER;
	for (; pins && *pins; pins++)
		apply_pin(*pins, candidates, &numbers, notes);
	absent = numbers.n_kept;
	for (size_t i = 0; i < n; i++)
		absent -= candidates[i].pinned;
	for (; rules && *rules; rules++)
		apply_rule(*rules, candidates, &numbers, notes);
	for (size_t i = 0; i < n; i++) {
		if (numbers.of[i] == NO_NUMBER) {
			while (is_taken(&numbers, next))
				next++;
			numbers.of[i] = next++;
		}
		free(candidates[i].nic.name);
		candidates[i].nic.name = xasprintf("eth%u", numbers.of[i]);
	}
	if (n)
		qsort(candidates, n, sizeof(*candidates), compare_names);
	return absent;
}
