/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/reader.h"
#include "answerfiles/types.h"
#include "common/fetch.h"
#include "common/http.h"
#include "common/password.h"
#include "common/url.h"

/* Looks at values together, after all of them have been read; settles what follows from others. */

static void complain_url(const struct reader *reader, const char *where,
			 struct answers_origin origin, const char *url, const char *fault)
{
	_cleanup_free_ char *masked = url_masked(url);

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

/* Settles type and address of a source of the system or of drivers. */
static void check_source(const struct reader *reader, const char *where,
			 struct answers_origin origin, enum source_type *type, char **address)
{
	_cleanup_free_ char *fault = NULL;

	if (reader_has_complained(reader, where, origin))
		return;
	if (*type == SOURCE_URL && str_starts(*address, "nfs://")) {
		char *place = nfs_place(*address);

		if (place) {
			free(*address);
			*address = place;
		}
		*type = SOURCE_NFS;
	}
	switch (*type) {
	case SOURCE_LOCAL:
		free(TAKE_PTR(*address));
		return;
	case SOURCE_URL:
		fault = *address ? url_fault(*address, source_schemes)
				 : xstrdup("a URL such as http://192.0.2.1/xenhost/");
		break;
	case SOURCE_NFS:
		fault = xstrdup(is_nfs_place(*address) ? NULL
						       : "server:/folder, as in 192.0.2.1:/xen");
		break;
	}
	if (fault)
		complain_url(reader, where, origin, *address ? *address : "", fault);
}

static void check_sources(const struct reader *reader)
{
	struct answers *answers = reader->answers;

	for (size_t i = 0; i < answers->n_sources; i++) {
		struct answers_source *source = &answers->sources[i];

		check_source(reader, "source", source->origin, &source->type, &source->address);
	}
	for (size_t i = 0; i < answers->n_driver_sources; i++) {
		struct answers_driver_source *source = &answers->driver_sources[i];

		check_source(reader, "driver-source", source->origin, &source->type,
			     &source->address);
	}
}

static void check_script(const struct reader *reader, const char *where,
			 struct answers_script *script)
{
	_cleanup_free_ char *fault = NULL;

	if (reader_has_complained(reader, where, script->origin))
		return;
	if (!script->url) {
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, where, script->origin,
						 "the script has no URL"),
				 "%s",
				 str_eq(where, "script")
					 ? "<script stage=\"...\" type=\"url\">http://...</script>"
					 : "<firstboot-script>http://...</firstboot-script>");
		return;
	}
	if (str_eq(script->type, "nfs") && !str_starts(script->url, "nfs://"))
		fault = xstrdup(is_nfs_place(script->url) ? NULL : "server:/folder/file");
	else
		fault = url_fault(script->url, fetch_schemes());
	if (fault)
		complain_url(reader, where, script->origin, script->url, fault);
}

static void check_stop(const struct reader *reader, struct answers_script *script)
{
	if (script->on_failure == FAILURE_STOPS && script->stage == STAGE_INSTALLATION_COMPLETE) {
		finding_set_hint(reader_complain(reader, SEVERITY_WARNING, "script@on-failure",
						 script->origin,
						 "on-failure=\"stop\" has no effect at stage "
						 "installation-complete"),
				 "all is done when it runs; filesystem-populated is the last "
				 "stage that can stop");
		script->on_failure = FAILURE_IS_A_WARNING;
	}
}

static void check_moment(const struct reader *reader, const struct answers_script *script)
{
	if (script->moment == MOMENT_JOINED && !reader->answers->pool.origin.line)
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, "firstboot-script@when",
						 script->origin,
						 "the host joins no pool, so the script would "
						 "never run"),
				 "when=\"network-up\", or name the pool with <pool>");
}

static void check_scripts(const struct reader *reader)
{
	struct answers *answers = reader->answers;
	struct node_list failed = {0};

	for (size_t i = 0; i < answers->n_scripts; i++) {
		check_script(reader, "script", &answers->scripts[i]);
		check_stop(reader, &answers->scripts[i]);
	}
	for (size_t i = 0; i < answers->n_firstboot_scripts; i++) {
		check_script(reader, "firstboot-script", &answers->firstboot_scripts[i]);
		check_moment(reader, &answers->firstboot_scripts[i]);
	}
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
	if (list.count && !mode_erases(answers->mode))
		return; /* without effect, which is said */
	if (!list.count) {
		answers->password_type = PASSWORD_NONE;
		if (mode_erases(answers->mode))
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
	checks_disks(reader);
	check_sources(reader);
	check_scripts(reader);
	check_password(reader);
	check_prompt(reader);
	checks_network(reader);
	checks_rest(reader);
	checks_pool(reader);
}
