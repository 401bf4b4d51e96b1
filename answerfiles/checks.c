/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/reader.h"
#include "answerfiles/types.h"
#include "common/http.h"
#include "common/password.h"

/* Looks at values together, after all of them have been read; settles what follows from others. */

static const char *const url_schemes[] = {"http", "https", "ftp", "file", NULL};
static const char *const script_schemes[] = {"http", "https", "ftp", "file", "nfs", NULL};

static struct answers_origin origin_of(const struct reader *reader, const char *name)
{
	struct answers_origin origin = *field_origin(reader->answers, field_find(name));

	return origin.line ? origin : node_origin(reader->root);
}

static void complain_missing(const struct reader *reader, const char *element, const char *hint)
{
	finding_set_hint(reader_complain(reader, SEVERITY_ERROR, element,
					 node_origin(reader->root), "<%s> is missing", element),
			 "%s", hint);
}

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
		complain_missing(reader, "primary-disk",
				 "name the disk to install to: <primary-disk>sda</primary-disk>");
	else
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

		if (!is_chosen(guest))
			reader_complain(reader, SEVERITY_ERROR, "guest-disk", guest->origin,
					"<guest-disk> names no disk");
		else if (is_repeated(answers, i)) {
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

	if (!answers->guest_storage && !answers->n_guests)
		return;
	if (field_origin(answers, field_find("installation@sr-type"))->kind == ORIGIN_DEFAULT)
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
		fault = is_nfs_place(source->address) ? NULL : "server:/folder";
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
	if (!answers->n_sources && !answers->xenhost_source && answers->mode != MODE_RESTORE)
		complain_missing(reader, "source",
				 "for the medium itself: <source type=\"local\"/>");
}

static void check_script(const struct reader *reader, struct answers_script *script)
{
	const char *fault;

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

static void check_password(const struct reader *reader)
{
	struct answers *answers = reader->answers;
	struct answers_origin origin = origin_of(reader, "root-password");
	struct node_list list = {0};
	bool present;

	nodes_collect(reader->root, "root-password", &list);
	present = list.count > 0;
	if (present)
		origin = node_origin(list.nodes[0]);
	free(list.nodes);
	if (!present) {
		answers->password_type = PASSWORD_NONE;
		if (answers->mode == MODE_FRESH)
			finding_set_hint(reader_complain(reader, SEVERITY_WARNING, "root-password",
							 origin, "no root-password: root is locked "
							 "until first boot sets one"),
					 "xenhost-answers hash-password makes a hash");
		return;
	}
	if (answers->password_type == PASSWORD_NONE)
		answers->password_type = PASSWORD_PLAIN;
	if (!reader->secrets->root_password)
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, "root-password", origin,
						 "the root password is empty"),
				 "type=\"hash\" with !! locks root; without the element first boot "
				 "asks");
	else if (answers->password_type == PASSWORD_PLAIN)
		finding_set_hint(reader_complain(reader, SEVERITY_WARNING, "root-password", origin,
						 "the root password is there for all to read"),
				 "type=\"hash\" with what xenhost-answers hash-password prints");
	else if (!password_hash_is_valid(reader->secrets->root_password))
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, "root-password", origin,
						 "the root password is not a crypt hash"),
				 "it begins with $y$, $6$ or $5$; xenhost-answers hash-password "
				 "makes one");
}

void checks_run(const struct reader *reader)
{
	check_primary(reader);
	check_guests(reader);
	check_sr(reader);
	check_sources(reader);
	check_scripts(reader);
	check_password(reader);
	checks_network(reader);
}
