/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/reader.h"
#include "answerfiles/types.h"
#include "common/http.h"
#include "common/password.h"

/* Looks at values together, after all of them have been read; settles what follows from others. */

static const char *const url_schemes[] = {"http", "https", "ftp", "file", NULL};
static const char *const script_schemes[] = {"http", "https", "ftp", "file", "nfs", NULL};

static bool is_chosen(const struct disk_choice *choice)
{
	return choice->text || choice->n_terms > 0;
}

/* The name without "/dev/", which means the same with and without. */
static const char *bare_name(const struct disk_choice *choice)
{
	if (choice->n_terms || !choice->text)
		return NULL;
	return str_starts(choice->text, "/dev/") ? choice->text + 5 : choice->text;
}

static void check_primary(const struct reader *reader)
{
	struct answers *answers = reader->answers;

	answers->has_primary = is_chosen(&answers->primary);
	if (answers->has_primary || answers->mode != MODE_FRESH)
		return;
	if (!answers->primary.origin.line)
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, "primary-disk",
						 node_origin(reader->root),
						 "<primary-disk> is missing"),
				 "name the disk to install to: <primary-disk>sda</primary-disk>");
	else if (!reader_has_complained(reader, "primary-disk", answers->primary.origin))
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, "primary-disk",
						 answers->primary.origin,
						 "<primary-disk> names no disk"),
				 "a name, a link, or match=\"size>=100G transport=nvme\"");
}

/* Disks are a set: one named twice counts once, and the primary disk may be named again. */
static bool is_repeated(struct answers *answers, size_t index)
{
	const char *name = bare_name(&answers->guests[index]);

	if (name && str_eq(name, bare_name(&answers->primary))) {
		answers->guest_storage = true;
		return true;
	}
	for (size_t i = 0; name && i < index; i++) {
		if (str_eq(name, bare_name(&answers->guests[i])))
			return true;
	}
	return false;
}

static void check_guests(const struct reader *reader)
{
	struct answers *answers = reader->answers;

	for (size_t i = 0; i < answers->n_guests;) {
		struct disk_choice *guest = &answers->guests[i];

		if (!is_chosen(guest)) {
			if (!reader_has_complained(reader, "guest-disk", guest->origin))
				reader_complain(reader, SEVERITY_ERROR, "guest-disk", guest->origin,
						"<guest-disk> names no disk");
		} else if (is_repeated(answers, i)) {
			reader_complain(reader, SEVERITY_NOTE, "guest-disk", guest->origin,
					"disk %s is named before; it counts once", guest->text);
			answers_drop_guest(answers, i);
			continue;
		}
		i++;
	}
}

static void check_sr(const struct reader *reader)
{
	const struct answers *answers = reader->answers;

	if (answers->mode != MODE_FRESH || (!answers->guest_storage && !answers->n_guests))
		return;
	if (field_origin(answers, field_find("installation@sr-type"))->kind == ORIGIN_DEFAULT &&
	    !reader_has_complained(reader, "installation@sr-type", node_origin(reader->root)))
		finding_set_hint(reader_complain(reader, SEVERITY_NOTE, "installation@sr-type",
						 node_origin(reader->root),
						 "without sr-type the local storage is lvm, as "
						 "with XenServer (XCP-ng: ext)"),
				 "say it: <installation sr-type=\"lvm\">");
}

static void complain_url(const struct reader *reader, const char *where,
			 struct answers_origin origin, const char *url, const char *fault)
{
	_cleanup_free_ char *masked = http_url_masked(url);

	finding_set_hint(reader_complain(reader, SEVERITY_ERROR, where, origin,
					 "%s cannot be \"%s\"", where, masked),
			 "%s", fault);
}

/* "server:/folder", as mount(8) wants it. */
static bool is_nfs_place(const char *text)
{
	const char *colon = text ? strstr(text, ":/") : NULL;

	return colon && colon > text && colon[2] != '/' && !strpbrk(text, " \t\r\n");
}

/* nfs://server/folder and nfs://server:/folder both mean server:/folder. */
static char *nfs_place(const char *url)
{
	const char *rest = url + strlen("nfs://");
	const char *slash = strchr(rest, '/');

	if (!slash || slash == rest)
		return NULL;
	if (slash[-1] == ':')
		return xstrdup(rest);
	return xasprintf("%.*s:%s", (int)(slash - rest), rest, slash);
}

static void check_source(const struct reader *reader, struct answers_source *source)
{
	const char *fault = NULL;

	if (reader_has_complained(reader, "source", source->origin))
		return;
	if (source->type == SOURCE_URL && str_starts(source->address, "nfs://")) {
		char *place = nfs_place(source->address);

		if (place) {
			free(source->address);
			source->address = place;
		}
		source->type = SOURCE_NFS;
	}
	switch (source->type) {
	case SOURCE_LOCAL:
		free(TAKE_PTR(source->address));
		return;
	case SOURCE_URL:
		fault = source->address ? url_fault(source->address, url_schemes)
					: "a URL such as http://192.0.2.1/xenhost/";
		break;
	case SOURCE_NFS:
		fault = is_nfs_place(source->address) ? NULL
						      : "server:/folder, as in 192.0.2.1:/xen";
		break;
	}
	if (fault)
		complain_url(reader, "source", source->origin,
			     source->address ? source->address : "", fault);
}

static void check_sources(const struct reader *reader)
{
	struct answers *answers = reader->answers;

	for (size_t i = 0; i < answers->n_sources; i++)
		check_source(reader, &answers->sources[i]);
}

static void check_script(const struct reader *reader, struct answers_script *script)
{
	const char *fault;

	if (reader_has_complained(reader, "script", script->origin))
		return;
	if (!script->url) {
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, "script", script->origin,
						 "the script has no URL"),
				 "<script stage=\"...\" type=\"url\">http://...</script>");
		return;
	}
	if (str_eq(script->type, "nfs") && !str_starts(script->url, "nfs://"))
		fault = is_nfs_place(script->url) ? NULL : "server:/folder/file";
	else
		fault = url_fault(script->url, script_schemes);
	if (fault)
		complain_url(reader, "script", script->origin, script->url, fault);
}

static void check_scripts(const struct reader *reader)
{
	struct node_list failed = {0};

	for (size_t i = 0; i < reader->answers->n_scripts; i++)
		check_script(reader, &reader->answers->scripts[i]);
	nodes_collect(reader->root, "install-failed-script", &failed);
	if (failed.count)
		finding_set_hint(reader_complain(reader, SEVERITY_NOTE, "install-failed-script",
						 node_origin(failed.nodes[0]),
						 "it runs after a success too, with the "
						 "argument 0"),
				 "the script can look at its argument: 0 or 1");
	free(failed.nodes);
}

/* Text that is no hash at all is a mistake; a hash cut short or made up locks root, and is said. */
static void check_hash(const struct reader *reader, struct answers_origin origin)
{
	const char *hash = reader->secrets->root_password;
	const char *salt = *hash == '$' ? strchr(hash + 1, '$') : NULL;
	const char *last = salt ? strchr(salt + 1, '$') : NULL;
	struct finding *finding;

	if (password_hash_is_valid(hash))
		return;
	if (last && last[1] && !strpbrk(hash, " \t\r\n:"))
		finding = reader_complain(reader, SEVERITY_WARNING, "root-password", origin,
					  "no password fits this hash: nobody can log in as root");
	else
		finding = reader_complain(reader, SEVERITY_ERROR, "root-password", origin,
					  "the root password is not a crypt hash");
	finding_set_hint(finding, "it begins with $y$, $6$ or $5$; xenhost-answers hash-password "
				  "makes one");
}

static void check_password(const struct reader *reader)
{
	struct answers *answers = reader->answers;
	struct answers_origin origin = node_origin(reader->root);
	struct node_list list = {0};

	nodes_collect(reader->root, "root-password", &list);
	if (list.count)
		origin = node_origin(list.nodes[0]);
	free(list.nodes);
	if (!list.count) {
		answers->password_type = PASSWORD_NONE;
		if (answers->mode == MODE_FRESH)
			finding_set_hint(reader_complain(reader, SEVERITY_WARNING, "root-password",
							 origin,
							 "no root-password: root is locked "
							 "until first boot sets one"),
					 "xenhost-answers hash-password makes a hash");
		return;
	}
	if (answers->password_type == PASSWORD_NONE)
		answers->password_type = PASSWORD_PLAIN;
	if (reader_has_complained(reader, "root-password", origin))
		return;
	if (!reader->secrets->root_password)
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, "root-password", origin,
						 "the root password is empty"),
				 "type=\"hash\" with !! locks root; without the element first boot "
				 "asks");
	else if (answers->password_type == PASSWORD_PLAIN)
		finding_set_hint(
			reader_complain(reader, SEVERITY_WARNING, "root-password", origin,
					"the root password is plain text, there for all to read"),
			"type=\"hash\" with what xenhost-answers hash-password prints");
	else
		check_hash(reader, origin);
}

/* Where other installers do otherwise, the author is told. */
static void check_prompt(const struct reader *reader)
{
	struct answers_origin origin =
		*field_origin(reader->answers, field_find("ui-confirmation-prompt"));

	if (origin.kind == ORIGIN_FILE && !reader->answers->confirm)
		finding_set_hint(reader_complain(reader, SEVERITY_NOTE, "ui-confirmation-prompt",
						 origin,
						 "false means no prompt here; other "
						 "installers take any text for yes"),
				 "without the element none of them asks");
}

void checks_run(const struct reader *reader)
{
	check_primary(reader);
	check_guests(reader);
	check_sr(reader);
	check_sources(reader);
	check_scripts(reader);
	check_password(reader);
	check_prompt(reader);
	checks_network(reader);
}
