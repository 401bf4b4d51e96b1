/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "hwdb/burnin.h"
#include "hwdb/commands.h"
#include "hwdb/database.h"
#include "hwdb/report.h"

#define BURNIN_MAX (1 * MIB)

struct loaded {
	struct host **hosts;
	struct verdicts *verdicts;
	struct burnin *burnins;
	size_t n, n_burnins;
};

static void loaded_done(struct loaded *loaded)
{
	for (size_t i = 0; i < loaded->n; i++) {
		host_free(loaded->hosts[i]);
		verdicts_done(&loaded->verdicts[i]);
	}
	for (size_t i = 0; i < loaded->n_burnins; i++)
		burnin_done(&loaded->burnins[i]);
	free(loaded->hosts);
	free(loaded->verdicts);
	free(loaded->burnins);
}

static int read_burnin(const char *path, struct burnin *ret, struct error **err)
{
	_cleanup_free_ char *here = realpath(".", NULL);
	_cleanup_free_ char *full =
		*path == '/' ? xstrdup(path) : xasprintf("%s/%s", here ?: "", path);
	_cleanup_fsroot_ struct fsroot *root = NULL;
	_cleanup_json_ struct json *json = NULL;
	_cleanup_free_ char *text = NULL;
	size_t length;
	int r = fsroot_open("/", &root);

	if (r == 0)
		r = fsroot_read(root, full, BURNIN_MAX, &text, &length);
	if (r < 0) {
		error_errno(err, ERROR_USAGE, r, "Cannot read %s", path);
		return error_hint(err, "Name what \"xenhost-hwinfo burn-in --json\" printed");
	}
	r = json_parse(text, length, path, &json, err);
	if (r == 0)
		r = burnin_from_json(json, ret, err);
	if (r < 0 && err && *err)
		(*err)->kind = ERROR_USAGE;
	return r;
}

/* By what the firmware calls the machine; a result alone with one machine may be of a masked one.
 */
static bool is_of(const struct burnin *burnin, const struct host *host, const struct loaded *loaded)
{
	const struct host_firmware *firmware = &host->firmware;

	if (burnin->uuid && firmware->product_uuid)
		return str_eq(burnin->uuid, firmware->product_uuid);
	if (burnin->serial && firmware->product_serial)
		return str_eq(burnin->serial, firmware->product_serial);
	return loaded->n == 1 && loaded->n_burnins == 1;
}

static int give_burnins(const struct loaded *loaded, char *const *names,
			struct report_machine *machines, struct error **err)
{
	for (size_t i = 0; i < loaded->n_burnins; i++) {
		bool given = false;

		for (size_t j = 0; j < loaded->n; j++)
			if (is_of(&loaded->burnins[i], loaded->hosts[j], loaded)) {
				machines[j].burnin = &loaded->burnins[i];
				given = true;
			}
		if (given)
			continue;
		error_set(err, ERROR_USAGE, "%s is the burn-in of another machine: %s", names[i],
			  loaded->burnins[i].serial ?: loaded->burnins[i].uuid ?: "one without name");
		return error_hint(err, "Name the machine that it was made on");
	}
	return 0;
}

static int write_page(const char *path, const char *page, struct error **err)
{
	FILE *file = fopen(path, "wex");
	int r = 0;

	if (!file) {
		r = -errno;
		error_errno(err, ERROR_USAGE, r, "Cannot write %s", path);
		return error_hint(err, "Name a file that does not exist yet");
	}
	if (fputs(page, file) < 0)
		r = -errno;
	if (fclose(file) != 0 && r == 0)
		r = -errno;
	if (r == 0)
		return 0;
	/* Half a page would look like a whole one. */
	(void)unlink(path);
	error_errno(err, ERROR_USAGE, r, "Cannot write %s", path);
	return error_hint(err, "See whether there is room for it");
}

int command_report(const char *path, char *const *names, size_t n, char *const *burnins,
		   const struct profile *profile, const struct host_options *detect,
		   struct error **err)
{
	_cleanup_(loaded_done) struct loaded loaded = {
		.hosts = xcalloc(n, sizeof(*loaded.hosts)),
		.verdicts = xcalloc(n, sizeof(*loaded.verdicts)),
		.burnins = xcalloc(strv_length(burnins) + 1, sizeof(*loaded.burnins)),
		.n = n,
	};
	_cleanup_free_ struct report_machine *machines = xcalloc(n, sizeof(*machines));
	_cleanup_free_ char *page = NULL;
	char made[32];
	time_t now = time(NULL);
	struct tm tm;
	int r = 0;

	for (; r == 0 && burnins && burnins[loaded.n_burnins]; loaded.n_burnins += r == 0)
		r = read_burnin(burnins[loaded.n_burnins], &loaded.burnins[loaded.n_burnins], err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		r = host_load_with(names[i], detect, &loaded.hosts[i], err);
		if (r < 0)
			return r;
		database_annotate(loaded.hosts[i]);
		verdicts_judge(profile, loaded.hosts[i], &loaded.verdicts[i]);
		machines[i] = (struct report_machine){
			.name = names[i], .host = loaded.hosts[i], .verdicts = &loaded.verdicts[i]};
	}
	r = give_burnins(&loaded, burnins, machines, err);
	if (r < 0)
		return r;
	strftime(made, sizeof(made), "%Y-%m-%d %H:%M UTC", gmtime_r(&now, &tm));
	page = report_html(machines, n, made);
	return write_page(path, page, err);
}
