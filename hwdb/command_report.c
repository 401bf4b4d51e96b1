/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <time.h>

#include "hwdb/commands.h"
#include "hwdb/database.h"
#include "hwdb/report.h"

struct loaded {
	struct host **hosts;
	struct verdicts *verdicts;
	size_t n;
};

static void loaded_done(struct loaded *loaded)
{
	for (size_t i = 0; i < loaded->n; i++) {
		host_free(loaded->hosts[i]);
		verdicts_done(&loaded->verdicts[i]);
	}
	free(loaded->hosts);
	free(loaded->verdicts);
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
		r = -EIO;
	if (fclose(file) != 0)
		r = -errno;
	if (r < 0)
		error_errno(err, ERROR_USAGE, r, "Cannot write %s", path);
	return r;
}

int command_report(const char *path, char *const *names, size_t n, const struct profile *profile,
		   const struct host_options *detect, struct error **err)
{
	_cleanup_(loaded_done) struct loaded loaded = {
		.hosts = xcalloc(n, sizeof(*loaded.hosts)),
		.verdicts = xcalloc(n, sizeof(*loaded.verdicts)),
		.n = n,
	};
	_cleanup_free_ struct report_machine *machines = xcalloc(n, sizeof(*machines));
	_cleanup_free_ char *page = NULL;
	char made[32];
	time_t now = time(NULL);
	struct tm tm;

	for (size_t i = 0; i < n; i++) {
		int r = host_load_with(names[i], detect, &loaded.hosts[i], err);

		if (r < 0)
			return r;
		database_annotate(loaded.hosts[i]);
		verdicts_judge(profile, loaded.hosts[i], &loaded.verdicts[i]);
		machines[i] = (struct report_machine){
			.name = names[i], .host = loaded.hosts[i], .verdicts = &loaded.verdicts[i]};
	}
	strftime(made, sizeof(made), "%Y-%m-%d %H:%M UTC", gmtime_r(&now, &tm));
	page = report_html(machines, n, made);
	return write_page(path, page, err);
}
