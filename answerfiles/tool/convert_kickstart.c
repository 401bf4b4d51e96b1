/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kickstart: commands and options of the documentation of pykickstart. */
#include "answerfiles/tool/convert.h"
#include "common/str.h"

#define LENGTH_MAX MIB
#define LINES_MAX  10000

#define PARTITIONS "partitions have the sizes of the layout"
#define PACKAGES   "the system is an image; a filesystem-populated script can change it"
#define SOURCE     "an xenhost source is no package repository: see <xenhost-source>"
#define NEEDLESS   "it is always so here"

struct line {
	struct conversion *conversion;
	unsigned number;
	char **words; /* the command first */
};

static void lose(const struct line *line, const char *what, const char *why)
{
	conversion_say(line->conversion, SEVERITY_WARNING, line->number, line->words[0],
		       "%s is not converted: %s", what, why);
}

/* The value of "--name=value" or "--name value"; NULL when it is not there. */
static const char *option(const struct line *line, const char *name)
{
	for (size_t i = 1; line->words[i]; i++) {
		const char *word = line->words[i];

		if (!str_starts(word, name))
			continue;
		if (word[strlen(name)] == '=')
			return word + strlen(name) + 1;
		if (word[strlen(name)] == '\0' && line->words[i + 1] &&
		    !str_starts(line->words[i + 1], "--"))
			return line->words[i + 1];
	}
	return NULL;
}

static bool has_flag(const struct line *line, const char *name)
{
	return strv_contains(line->words, name);
}

/* The last word that is no option; NULL when there is none. */
static const char *argument(const struct line *line)
{
	size_t n = strv_length(line->words);

	return n > 1 && !str_starts(line->words[n - 1], "--") ? line->words[n - 1] : NULL;
}

static void set(const struct line *line, const char *name, const char *value)
{
	if (!str_empty(value))
		draft_set(&line->conversion->draft, name, 0, value);
}

static void add_list(const struct line *line, const char *name, const char *separator,
		     const char *list)
{
	_cleanup_strv_ char **parts = strv_split(list ?: "", separator);

	for (size_t i = 0; i < strv_length(parts); i++)
		draft_set(&line->conversion->draft, name,
			  draft_count(&line->conversion->draft, name), parts[i]);
}

/* A list of disks that all would be used: one becomes the system's. */
static void take_disk(const struct line *line, const char *list)
{
	_cleanup_strv_ char **disks = strv_split(list ?: "", ",");

	if (!disks)
		return;
	if (!draft_get(&line->conversion->draft, "primary-disk"))
		set(line, "primary-disk", disks[0]);
	else if (!str_eq(draft_get(&line->conversion->draft, "primary-disk"), disks[0]))
		lose(line, disks[0], "another line named the disk before");
	if (disks[1])
		lose(line, disks[1],
		     "one disk bears the system here; the first is taken, the "
		     "others are left alone");
}

static void map_ignoredisk(const struct line *line)
{
	take_disk(line, option(line, "--only-use"));
	if (option(line, "--drives"))
		lose(line, "--drives", "a disk is chosen by what it is, not by what it is not");
}

static void map_clearpart(const struct line *line)
{
	take_disk(line, option(line, "--drives"));
}

/* Those that say where the system is, or to whom it talks, were true of another one. */
static void add_arguments(const struct line *line, const char *append)
{
	static const char *const own[] = {"root=", "rd.", "resume=", "console=", "crashkernel="};
	_cleanup_strv_ char **words = strv_split(append ?: "", " ");

	for (size_t i = 0; i < strv_length(words); i++) {
		size_t j = 0;

		while (j < ARRAY_SIZE(own) && !str_starts(words[i], own[j]))
			j++;
		if (j < ARRAY_SIZE(own))
			lose(line, words[i], "the installation gives a host its own");
		else
			add_list(line, "kernel-argument", " ", words[i]);
	}
}

static void map_bootloader(const struct line *line)
{
	const char *location = option(line, "--location");

	if (str_eq(location, "mbr") || str_eq(location, "partition"))
		set(line, "bootloader@location", location);
	else if (location)
		lose(line, "--location", "a host always gets a boot loader");
	take_disk(line, option(line, "--boot-drive"));
	add_arguments(line, option(line, "--append"));
}

static void map_sshkey(const struct line *line)
{
	const char *user = option(line, "--username");

	if (user && !str_eq(user, "root"))
		lose(line, user, "root is the one that logs in");
	else if (argument(line))
		add_list(line, "ssh-key", "\n", argument(line));
}

static void map_url(const struct line *line)
{
	lose(line, line->words[0], SOURCE);
	set(line, "proxy", option(line, "--proxy"));
}

static void map_device(const struct line *line)
{
	const char *device = option(line, "--device");

	if (!device || str_eq(device, "link") || str_eq(device, "bootif"))
		return;
	if (strchr(device, ':'))
		set(line, "admin-interface@hwaddr", device);
	else if (str_starts(device, "eth"))
		set(line, "admin-interface@name", device);
	else
		lose(line, device,
		     "interfaces are named eth0 and on here; eth0 was taken, see "
		     "xenhost-hwinfo");
}

static void map_ipv6(const struct line *line)
{
	const char *ipv6 = option(line, "--ipv6");

	if (str_eq(ipv6, "auto") || str_eq(ipv6, "dhcp")) {
		set(line, "admin-interface@protov6", *ipv6 == 'a' ? "autoconf" : "dhcp");
	} else if (ipv6) {
		set(line, "admin-interface@protov6", "static");
		set(line, "admin-interface/ipv6", ipv6);
		set(line, "admin-interface/gatewayv6", option(line, "--ipv6gateway"));
	}
}

static void map_network(const struct line *line)
{
	static const char *const lost[] = {"--teamslaves", "--bridgeslaves", "--ipv4-dns-search",
					   "--mtu", "--essid"};
	const char *proto = option(line, "--bootproto");
	struct draft *draft = &line->conversion->draft;

	set(line, "hostname", option(line, "--hostname"));
	for (size_t i = 0; i < ARRAY_SIZE(lost); i++)
		if (option(line, lost[i]))
			lose(line, lost[i], "there is no element with this meaning");
	if (option(line, "--bondslaves"))
		lose(line, "--bondslaves", "<bond> and <bond-port> name interfaces as eth0 and on");
	if (!proto && !option(line, "--device"))
		return;
	if (draft_get(draft, "admin-interface@proto")) {
		lose(line, "a second interface", "the host's own is the management interface");
		return;
	}
	if (has_flag(line, "--noipv4"))
		proto = "none";
	else if (!proto || str_eq(proto, "dhcp"))
		proto = "dhcp";
	else if (!str_eq(proto, "static"))
		lose(line, proto, "addresses come from DHCP or the file");
	set(line, "admin-interface@proto",
	    str_eq(proto, "static") || str_eq(proto, "none") ? proto : "dhcp");
	map_device(line);
	if (str_eq(proto, "static")) {
		set(line, "admin-interface/ip", option(line, "--ip"));
		set(line, "admin-interface/subnet-mask", option(line, "--netmask"));
		set(line, "admin-interface/gateway", option(line, "--gateway"));
	}
	map_ipv6(line);
	set(line, "admin-interface@vlan", option(line, "--vlanid"));
	add_list(line, "name-server", ",", option(line, "--nameserver"));
}

static void map_rootpw(const struct line *line)
{
	if (has_flag(line, "--lock") || !argument(line))
		return;
	set(line, "root-password", argument(line));
	set(line, "root-password@type", has_flag(line, "--iscrypted") ? "hash" : "plaintext");
}

static void map_timezone(const struct line *line)
{
	for (size_t i = 1; line->words[i]; i++) {
		if (!str_starts(line->words[i], "--")) {
			set(line, "timezone", line->words[i]);
			break;
		}
		if (str_eq(line->words[i], "--ntpservers") && line->words[i + 1])
			i++;
	}
	add_list(line, "ntp-server", ",", option(line, "--ntpservers"));
	if (has_flag(line, "--nontp"))
		set(line, "ntp@source", "none");
}

static void map_timesource(const struct line *line)
{
	add_list(line, "ntp-server", ",", option(line, "--ntp-server"));
	add_list(line, "ntp-server", ",", option(line, "--ntp-pool"));
	if (has_flag(line, "--ntp-disable"))
		set(line, "ntp@source", "none");
}

static void map_keyboard(const struct line *line)
{
	_cleanup_strv_ char **layouts = strv_split(option(line, "--xlayouts") ?: "", ",");
	const char *keymap = option(line, "--vckeymap") ?: argument(line);

	set(line, "keymap", keymap ?: layouts ? keymap ?: layouts[0] : NULL);
}

static const struct row {
	const char *command;
	void (*map)(const struct line *line);
	const char *lost, *idle;
} rows[] = {
	{"ignoredisk", map_ignoredisk, NULL, NULL},
	{"clearpart", map_clearpart, NULL, NULL},
	{"bootloader", map_bootloader, NULL, NULL},
	{"network", map_network, NULL, NULL},
	{"rootpw", map_rootpw, NULL, NULL},
	{"timezone", map_timezone, NULL, NULL},
	{"timesource", map_timesource, NULL, NULL},
	{"keyboard", map_keyboard, NULL, NULL},
	{"part", NULL, PARTITIONS, NULL},
	{"partition", NULL, PARTITIONS, NULL},
	{"volgroup", NULL, PARTITIONS, NULL},
	{"logvol", NULL, PARTITIONS, NULL},
	{"btrfs", NULL, PARTITIONS, NULL},
	{"raid", NULL, "a mirror of the controller looks like one disk", NULL},
	{"autopart", NULL, NULL, "the layout is always made"},
	{"reqpart", NULL, NULL, "the layout is always made"},
	{"zerombr", NULL, NULL, "the chosen disk is always made anew"},
	{"url", map_url, NULL, NULL},
	{"sshkey", map_sshkey, NULL, NULL},
	{"services", NULL, "<service> names those that the host has", NULL},
	{"nfs", NULL, SOURCE, NULL},
	{"harddrive", NULL, SOURCE, NULL},
	{"liveimg", NULL, SOURCE, NULL},
	{"repo", NULL, PACKAGES, NULL},
	{"module", NULL, PACKAGES, NULL},
	{"cdrom", NULL, NULL, "the medium itself is the source"},
	{"install", NULL, NULL, NEEDLESS},
	{"text", NULL, NULL, NEEDLESS},
	{"graphical", NULL, NULL, "the installer draws on a text screen"},
	{"cmdline", NULL, NULL, NEEDLESS},
	{"skipx", NULL, NULL, NEEDLESS},
	{"eula", NULL, NULL, "nothing asks"},
	{"firstboot", NULL, NULL, "nothing asks"},
	{"reboot", NULL, NULL, "a machine restarts after success"},
	{"lang", NULL, NULL, "the host speaks English"},
};

static const char *const unended[] = {"%include", "%ksappend"};

static void map_line(const struct line *line)
{
	const char *command = line->words[0];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!str_eq(rows[i].command, command))
			continue;
		if (rows[i].map)
			rows[i].map(line);
		else if (rows[i].lost)
			lose(line, command, rows[i].lost);
		else
			conversion_say(line->conversion, SEVERITY_NOTE, line->number, command,
				       "%s needs no place: %s", command, rows[i].idle);
		return;
	}
	lose(line, command, *command == '%' ? PACKAGES : "nothing here has this meaning");
}

/* Words as a shell would cut them; a # begins a comment. False when a quote is not closed. */
static bool split_words(const char *text, char ***ret)
{
	char **words = NULL;

	while (*(text += strspn(text, " \t\r")) && *text != '#') {
		_cleanup_strbuf_ struct strbuf word = {0};
		char quote = '\0';

		for (; *text && (quote || !strchr(" \t\r", *text)); text++) {
			if (quote ? *text == quote : *text == '\'' || *text == '"') {
				quote = quote ? '\0' : *text;
				continue;
			}
			if (*text == '\\' && quote != '\'' && text[1])
				text++;
			strbuf_add_bytes(&word, text, 1);
		}
		if (quote) {
			strv_free(words);
			return false;
		}
		strv_add(&words, word.text ?: "");
	}
	*ret = words;
	return true;
}

static bool opens_section(const char *command)
{
	for (size_t i = 0; i < ARRAY_SIZE(unended); i++)
		if (str_eq(unended[i], command))
			return false;
	return *command == '%' && !str_eq(command, "%end");
}

static int read_line(struct conversion *conversion, const char *text, unsigned number,
		     bool *in_section, struct error **err)
{
	struct line line = {.conversion = conversion, .number = number};
	_cleanup_strv_ char **words = NULL;

	if (*in_section) {
		*in_section = !str_starts(text + strspn(text, " \t"), "%end");
		return 0;
	}
	if (!split_words(text, &words)) {
		error_set(err, ERROR_USER, "%s:%u: a quote is not closed", conversion->file,
			  number);
		return error_hint(err, "Close it on the same line");
	}
	if (!words)
		return 0;
	line.words = words;
	*in_section = opens_section(words[0]);
	map_line(&line);
	return 0;
}

int convert_kickstart(struct conversion *conversion, const char *text, size_t length,
		      struct error **err)
{
	_cleanup_free_ char *copy = NULL;
	bool in_section = false;
	unsigned number = 0;
	int r = 0;

	if (length > LENGTH_MAX || memchr(text, '\0', length)) {
		error_set(err, ERROR_USER, "%s is no kickstart file", conversion->file);
		return error_hint(err, "Name a text of at most 1 MiB");
	}
	copy = xstrndup(text, length);
	for (char *at = copy; r == 0 && at && *at;) {
		char *end = strchr(at, '\n');

		if (end)
			*end = '\0';
		if (++number > LINES_MAX) {
			error_set(err, ERROR_USER, "%s has too many lines", conversion->file);
			return error_hint(err, "Kickstart files of up to 10,000 lines are read");
		}
		r = read_line(conversion, at, number, &in_section, err);
		at = end ? end + 1 : NULL;
	}
	return r;
}
