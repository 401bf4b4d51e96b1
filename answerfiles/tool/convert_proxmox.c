/* SPDX-License-Identifier: GPL-3.0-or-later */
/* answer.toml: keys of Proxmox's documentation "Automated Installation". */
#include "answerfiles/tool/convert.h"
#include "answerfiles/tool/toml.h"
#include "common/str.h"

/* Kept on the way: what several keys decide together. */
struct state {
	struct conversion *conversion;
	const struct toml *toml;
	const struct toml_value *value; /* the one being mapped */
};

static const char *text_of(const struct state *state, const char *key)
{
	for (size_t i = 0; i < state->toml->n_values; i++)
		if (str_eq(state->toml->values[i].key, key))
			return state->toml->values[i].text;
	return NULL;
}

static void lose(const struct state *state, const char *why)
{
	conversion_say(state->conversion, SEVERITY_WARNING, state->value->line, state->value->key,
		       "%s is not converted: %s", state->value->key, why);
}

static void map_disks(const struct state *state)
{
	char *const *list = state->value->list;

	if (!list)
		return;
	draft_set(&state->conversion->draft, "primary-disk", 0, list[0]);
	if (list[1])
		lose(state, "one disk bears the system here; the first is taken, the others are "
			    "left alone");
}

static void map_filesystem(const struct state *state)
{
	const char *text = state->value->text;

	if (str_starts(text, "zfs") || str_starts(text, "btrfs"))
		lose(state, "the system's own file systems are ext4; a mirror of the controller "
			    "looks like one disk");
}

static void map_network_source(const struct state *state)
{
	draft_set(&state->conversion->draft, "admin-interface@proto", 0,
		  str_eq(state->value->text, "from-answer") ? "static" : "dhcp");
}

static void map_cidr(const struct state *state)
{
	conversion_address(state->conversion, state->value->text);
}

/* "*52540012ab01" or with colons. */
static void map_nic_mac(const struct state *state)
{
	_cleanup_strbuf_ struct strbuf mac = {0};
	size_t digits = 0;

	for (const char *c = state->value->text; *c; c++) {
		if (*c == '*' || *c == ':' || (*c == 'e' && c[1] == 'n' && c[2] == 'x'))
			continue;
		if (!strchr("0123456789abcdefABCDEF", *c))
			continue;
		strbuf_addf(&mac, "%s%c", digits && digits % 2 == 0 ? ":" : "", *c);
		digits++;
	}
	if (digits == 12)
		draft_set(&state->conversion->draft, "admin-interface@hwaddr", 0, mac.text);
	else
		lose(state, "hwaddr wants a whole MAC address");
}

/* One filter is a term; several mean "any of them" over there unless filter-match says "all". */
static void map_disk_filter(const struct state *state)
{
	static const struct {
		const char *theirs, *ours;
	} properties[] = {
		{"ID_SERIAL_SHORT", "serial"}, {"ID_MODEL", "model"},
		{"ID_VENDOR", "vendor"},       {"ID_WWN", "wwn"},
		{"ID_PATH", "by-path"},        {"DEVNAME", "name"},
		{"ID_BUS", "transport"},
	};
	const char *property = strrchr(state->value->key, '.') + 1;
	size_t filters = 0;

	for (size_t i = 0; i < state->toml->n_values; i++)
		filters += str_starts(state->toml->values[i].key, "disk-setup.filter.");
	if (filters > 1 && !str_eq(text_of(state, "disk-setup.filter-match"), "all")) {
		lose(state, "any one of several filters may fit over there; write one match whose "
			    "terms all hold");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(properties); i++) {
		if (!str_eq(properties[i].theirs, property))
			continue;
		conversion_match(state->conversion, state->value->line, properties[i].ours,
				 state->value->text);
		return;
	}
	lose(state, str_eq(property, "ID_SERIAL")
			    ? "it is model and serial in one; write match=\"serial=...\""
			    : "no property of match has this meaning");
}

static void map_ssh_keys(const struct state *state)
{
	struct draft *draft = &state->conversion->draft;

	for (size_t i = 0; i < strv_length(state->value->list); i++)
		draft_set(draft, "ssh-key", draft_count(draft, "ssh-key"), state->value->list[i]);
}

/* One script, whatever the order of its keys. */
static void map_script_url(const struct state *state)
{
	draft_set(&state->conversion->draft, "firstboot-script", 0, state->value->text);
}

static void map_script_source(const struct state *state)
{
	if (!str_eq(state->value->text, "from-url"))
		lose(state, "give the script's place in <firstboot-script>: a URL, or "
			    "medium:///file on the medium");
}

static void map_script_ordering(const struct state *state)
{
	/* Without a URL there is no script whose moment it could be. */
	if (!text_of(state, "first-boot.url"))
		return;
	draft_set(&state->conversion->draft, "firstboot-script@when", 0,
		  str_eq(state->value->text, "before-network") ? "before-network" : "network-up");
	if (str_eq(state->value->text, "fully-up"))
		lose(state, "it runs when the network is up, not after all else");
}

static void map_webhook(const struct state *state)
{
	draft_set(&state->conversion->draft, "report", 0, state->value->text);
	conversion_say(state->conversion, SEVERITY_NOTE, state->value->line, state->value->key,
		       "%s gets other documents than over there: docs/EVENTS.md has them",
		       state->value->key);
}

static void map_fqdn_source(const struct state *state)
{
	conversion_say(state->conversion, SEVERITY_NOTE, state->value->line, state->value->key,
		       "without a host name DHCP names the host");
}

/* The first row whose key is the value's, or its beginning where that ends with a dot. */
static const struct row {
	const char *key;
	const char *name;                       /* of the draft's value: the same text */
	void (*map)(const struct state *state); /* or this */
	const char *lost;                       /* or why there is nothing */
	const char *idle;                       /* or why nothing is needed */
	bool list;                              /* the value is a list, not a text */
} rows[] = {
	{.key = "global.keyboard", .name = "keymap"},
	{.key = "global.timezone", .name = "timezone"},
	{.key = "global.fqdn", .name = "hostname"},
	{.key = "global.fqdn.source", .map = map_fqdn_source},
	{.key = "global.fqdn.", .lost = "DHCP names a host without a host name, domain included"},
	{.key = "global.country", .idle = "nothing here depends on the country"},
	{.key = "global.mailto", .lost = "an installed host sends no mail"},
	{.key = "global.root-password", .name = "root-password"},
	{.key = "global.root_password", .name = "root-password"},
	{.key = "global.root-password-hashed", .name = "root-password"},
	{.key = "global.root_password_hashed", .name = "root-password"},
	{.key = "global.root-ssh-keys", .map = map_ssh_keys, .list = true},
	{.key = "global.root_ssh_keys", .map = map_ssh_keys, .list = true},
	{.key = "global.reboot", .idle = "a machine that failed stays as it is, to be looked at"},
	{.key = "global.reboot-", .idle = "a machine restarts after success alone"},
	{.key = "network.source", .map = map_network_source},
	{.key = "network.cidr", .map = map_cidr},
	{.key = "network.gateway", .name = "admin-interface/gateway"},
	{.key = "network.dns", .name = "name-server"},
	{.key = "network.filter.ID_NET_NAME_MAC", .map = map_nic_mac},
	{.key = "network.filter.",
	 .lost = "interfaces are named eth0 and on here; eth0 was taken, see xenhost-hwinfo"},
	{.key = "network.interface-name-pinning.", .idle = "names are always pinned"},
	{.key = "disk-setup.disk-list", .map = map_disks, .list = true},
	{.key = "disk-setup.disk_list", .map = map_disks, .list = true},
	{.key = "disk-setup.filesystem", .map = map_filesystem},
	{.key = "disk-setup.filter-match", .idle = "all terms of match must hold"},
	{.key = "disk-setup.filter.", .map = map_disk_filter},
	{.key = "disk-setup.", .lost = "partitions have the sizes of the layout"},
	{.key = "post-installation-webhook.url", .map = map_webhook},
	{.key = "post-installation-webhook.cert-fingerprint", .name = "report@certificate-sha256"},
	{.key = "first-boot.source", .map = map_script_source},
	{.key = "first-boot.url", .map = map_script_url},
	{.key = "first-boot.ordering", .map = map_script_ordering},
	{.key = "first-boot.cert-fingerprint",
	 .lost = "its sha256 attribute names the script's own bytes"},
};

static const struct row *find_row(const char *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool beginning = str_ends(rows[i].key, ".") || str_ends(rows[i].key, "-");

		if (beginning ? str_starts(key, rows[i].key) : str_eq(key, rows[i].key))
			return &rows[i];
	}
	return NULL;
}

static void map_value(const struct state *state)
{
	const struct toml_value *value = state->value;
	const struct row *row = find_row(value->key);

	if (!row) {
		lose(state, "the key is not known");
		return;
	}
	if ((row->name || row->map) && value->is_list != row->list) {
		lose(state, value->is_list ? "one text was expected" : "a list was expected");
		return;
	}
	if (row->idle)
		conversion_say(state->conversion, SEVERITY_NOTE, value->line, value->key,
			       "%s needs no place: %s", value->key, row->idle);
	else if (row->lost)
		lose(state, row->lost);
	else if (row->map)
		row->map(state);
	else
		draft_set(&state->conversion->draft, row->name, 0, value->text);
	if (row->name && str_eq(row->name, "root-password"))
		draft_set(&state->conversion->draft, "root-password@type", 0,
			  strstr(row->key, "hashed") ? "hash" : "plaintext");
}

int convert_proxmox(struct conversion *conversion, const char *text, size_t length,
		    struct error **err)
{
	_cleanup_toml_ struct toml toml = {0};
	struct state state = {.conversion = conversion, .toml = &toml};
	int r = toml_parse(text, length, conversion->file, &toml, err);

	for (size_t i = 0; r == 0 && i < toml.n_values; i++) {
		state.value = &toml.values[i];
		map_value(&state);
	}
	return r;
}
