/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counters of errors, temperatures and the kernel's log, before, during and after. */
#include <errno.h>
#include <fcntl.h>

#include "common/str.h"
#include "hwdb/burnin.h"

#define LOG_PATH     "/dev/kmsg"
#define LOG_MAX      8192 /* of one record: the kernel's own limit */
#define LOG_RECORDS  100000
#define NAMED_MAX    4 /* of what grew; the others are counted */
#define HWMON        "/sys/class/hwmon"
#define LEVEL_ERROR  3 /* of the kernel's log: it and smaller ones are errors */
#define LEVEL_MASK   7
#define SENSORS_MAX  64
#define MILLICELSIUS 1000

/* Files with a number, below each folder of `folder` that fits `entry`; growing is bad. Where a
 * file has lines, the last word of the last one is the total. */
static const struct kind {
	const char *name, *title, *folder, *entry, *file;
	enum verdict_result result; /* of growth */
	const char *hint;
} kinds[] = {
	{"memory-corrected", "Memory errors, corrected", "/sys/devices/system/edac/mc", "mc[0-9]*",
	 "ce_count", VERDICT_WARN, "Reseat or replace the module if the count keeps growing"},
	{"memory-uncorrected", "Memory errors, not corrected", "/sys/devices/system/edac/mc",
	 "mc[0-9]*", "ue_count", VERDICT_FAIL, "Replace the module"},
	{"throttled", "Processors slowed down by heat", "/sys/devices/system/cpu", "cpu[0-9]*",
	 "thermal_throttle/core_throttle_count", VERDICT_WARN,
	 "Check fans, heat sinks and the temperature of the air"},
	{"throttled-package", "Whole processors slowed down by heat", "/sys/devices/system/cpu",
	 "cpu[0-9]*", "thermal_throttle/package_throttle_count", VERDICT_WARN,
	 "Check fans, heat sinks and the temperature of the air"},
	{"network-received", "Network errors, received", "/sys/class/net", "*",
	 "statistics/rx_errors", VERDICT_WARN, "Check cables, modules and the switch's port"},
	{"network-sent", "Network errors, sent", "/sys/class/net", "*", "statistics/tx_errors",
	 VERDICT_WARN, "Check cables, modules and the switch's port"},
	{"disk-errors", "Disk requests that failed", "/sys/block", "*", "device/ioerr_cnt",
	 VERDICT_FAIL, "Check cables and backplane; replace the disk"},
	{"pcie-corrected", "PCI Express errors, corrected", "/sys/bus/pci/devices", "*",
	 "aer_dev_correctable", VERDICT_WARN, "Reseat the card; check risers and cables"},
	{"pcie-nonfatal", "PCI Express errors, not corrected", "/sys/bus/pci/devices", "*",
	 "aer_dev_nonfatal", VERDICT_FAIL, "Reseat the card, or replace it"},
	{"pcie-fatal", "PCI Express errors, fatal", "/sys/bus/pci/devices", "*", "aer_dev_fatal",
	 VERDICT_FAIL, "Reseat the card, or replace it"},
};

struct counter {
	const struct kind *kind;
	char *where;
	uint64_t before;
};

struct sensor {
	char *label, *path;      /* of its input */
	unsigned highest, limit; /* millidegrees; limit 0: the sensor tells none */
};

struct burnin_watch {
	const struct fsroot *root;
	struct counter *counters;
	size_t n_counters;
	struct sensor *sensors;
	size_t n_sensors;
	int log; /* -1: it may not be read */
};

/* Decimal, or hexadecimal with 0x, as the SCSI layer counts. */
static bool read_count(const struct fsroot *root, const struct kind *kind, const char *where,
		       uint64_t *ret)
{
	_cleanup_free_ char *text = NULL;
	const char *word;

	if (fsroot_read_textf(root, &text, "%s/%s/%s", kind->folder, where, kind->file) < 0)
		return false;
	word = strrchr(text, ' ');
	word = word ? word + 1 : text;
	return str_starts(word, "0x") ? str_to_u64(word + 2, 16, ret) == 0
				      : str_to_u64(word, 10, ret) == 0;
}

static void add_counters(struct burnin_watch *watch, const struct kind *kind)
{
	_cleanup_strv_ char **names = NULL;
	uint64_t value;

	if (fsroot_list(watch->root, kind->folder, &names) < 0)
		return;
	for (char **name = names; name && *name; name++) {
		struct counter *counter;

		if (str_eq(*name, "lo") || !str_glob(kind->entry, *name) ||
		    !read_count(watch->root, kind, *name, &value))
			continue;
		counter = ARRAY_APPEND(watch->counters, watch->n_counters);
		*counter = (struct counter){kind, xstrdup(*name), value};
	}
}

static unsigned read_millidegrees(const struct fsroot *root, const char *path)
{
	uint64_t value = 0;

	/* Below zero, and what no silicon survives, is a sensor that nobody connected. */
	if (fsroot_read_u64f(root, 10, &value, "%s", path) < 0 || value > 200 * MILLICELSIUS)
		return 0;
	return (unsigned)value;
}

/* "temp1_input" of one chip, with its name, label and limit. */
static void add_sensor(struct burnin_watch *watch, const char *chip, const char *file)
{
	_cleanup_free_ char *stem = xstrndup(file, strlen(file) - strlen("_input"));
	_cleanup_free_ char *name = NULL, *label = NULL;
	_cleanup_free_ char *critical = xasprintf(HWMON "/%s/%s_crit", chip, stem);
	_cleanup_free_ char *maximum = xasprintf(HWMON "/%s/%s_max", chip, stem);
	struct sensor *sensor;

	if (watch->n_sensors == SENSORS_MAX)
		return;
	if (fsroot_read_textf(watch->root, &name, HWMON "/%s/name", chip) < 0)
		name = xstrdup(chip);
	if (fsroot_read_textf(watch->root, &label, HWMON "/%s/%s_label", chip, stem) < 0)
		label = xstrdup(stem);
	sensor = ARRAY_APPEND(watch->sensors, watch->n_sensors);
	sensor->label = xasprintf("%s %s", name, label);
	sensor->path = xasprintf(HWMON "/%s/%s", chip, file);
	sensor->limit =
		read_millidegrees(watch->root, critical) ?: read_millidegrees(watch->root, maximum);
}

static void add_sensors(struct burnin_watch *watch)
{
	_cleanup_strv_ char **chips = NULL;

	if (fsroot_list(watch->root, HWMON, &chips) < 0)
		return;
	for (char **chip = chips; chip && *chip; chip++) {
		_cleanup_free_ char *folder = xasprintf(HWMON "/%s", *chip);
		_cleanup_strv_ char **files = NULL;

		if (fsroot_list(watch->root, folder, &files) < 0)
			continue;
		for (char **file = files; file && *file; file++)
			if (str_starts(*file, "temp") && str_ends(*file, "_input"))
				add_sensor(watch, *chip, *file);
	}
}

struct burnin_watch *burnin_watch_start(const struct fsroot *root)
{
	struct burnin_watch *watch = xcalloc(1, sizeof(*watch));

	watch->root = root;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		add_counters(watch, &kinds[i]);
	add_sensors(watch);
	/* What was logged before is not of this run. */
	watch->log = fsroot_open_fd(root, LOG_PATH, O_RDONLY | O_NONBLOCK);
	if (watch->log >= 0)
		(void)lseek(watch->log, 0, SEEK_END);
	(void)burnin_watch_tick(watch);
	return watch;
}

unsigned burnin_watch_tick(struct burnin_watch *watch)
{
	unsigned hottest = 0;

	for (size_t i = 0; i < watch->n_sensors; i++) {
		struct sensor *sensor = &watch->sensors[i];
		unsigned now = read_millidegrees(watch->root, sensor->path);

		sensor->highest = now > sensor->highest ? now : sensor->highest;
		hottest = now > hottest ? now : hottest;
	}
	return hottest / MILLICELSIUS;
}

static void judge_kind(const struct burnin_watch *watch, const struct kind *kind,
		       struct burnin *burnin)
{
	_cleanup_strbuf_ struct strbuf grown = {0};
	size_t n = 0, n_grown = 0;

	for (size_t i = 0; i < watch->n_counters; i++) {
		const struct counter *counter = &watch->counters[i];
		uint64_t after;

		if (counter->kind != kind || !read_count(watch->root, kind, counter->where, &after))
			continue;
		n++;
		if (after <= counter->before)
			continue;
		if (n_grown++ < NAMED_MAX)
			strbuf_addf(&grown, "%s%s %ju -> %ju", grown.length ? ", " : "",
				    counter->where, (uintmax_t)counter->before, (uintmax_t)after);
	}
	if (n_grown > NAMED_MAX)
		strbuf_addf(&grown, " and %zu more", n_grown - NAMED_MAX);
	if (n_grown)
		burnin_add(burnin, kind->name, kind->title, kind->result, kind->hint, "%s",
			   grown.text);
	else if (n)
		burnin_add(burnin, kind->name, kind->title, VERDICT_PASS, NULL,
			   "%zu counter%s, none grew", n, n == 1 ? "" : "s");
	else
		burnin_add(burnin, kind->name, kind->title, VERDICT_UNKNOWN, NULL,
			   "nothing counts them here");
}

static void judge_temperature(const struct burnin_watch *watch, struct burnin *burnin)
{
	static const char title[] = "Highest temperature",
			  hint[] = "Check fans, heat sinks and the temperature of the air";
	const struct sensor *worst = NULL, *hottest = NULL;

	for (size_t i = 0; i < watch->n_sensors; i++) {
		const struct sensor *sensor = &watch->sensors[i];

		if (sensor->limit && sensor->highest >= sensor->limit)
			worst = sensor;
		if (sensor->highest && (!hottest || sensor->highest > hottest->highest))
			hottest = sensor;
	}
	if (!hottest)
		burnin_add(burnin, "temperature", title, VERDICT_UNKNOWN,
			   "Load the sensors' drivers, coretemp or k10temp among them",
			   "no sensor can be read");
	else if (worst)
		burnin_add(burnin, "temperature", title, VERDICT_FAIL, hint,
			   "%s %u °C, its limit is %u °C", worst->label,
			   worst->highest / MILLICELSIUS, worst->limit / MILLICELSIUS);
	else if (hottest->limit)
		burnin_add(burnin, "temperature", title, VERDICT_PASS, NULL,
			   "%s %u °C, its limit is %u °C", hottest->label,
			   hottest->highest / MILLICELSIUS, hottest->limit / MILLICELSIUS);
	else
		burnin_add(burnin, "temperature", title, VERDICT_PASS, NULL, "%s %u °C",
			   hottest->label, hottest->highest / MILLICELSIUS);
}

/* "3,1234,98765,-;text" with further lines of properties; NULL for what is no error. */
static char *logged_error(char *record)
{
	unsigned priority = 0;
	char *comma = strchr(record, ','), *text = strchr(record, ';');

	if (!comma || !text)
		return NULL;
	*comma = '\0';
	if (str_to_uint(record, 0, UINT32_MAX, &priority) < 0 ||
	    (priority & LEVEL_MASK) > LEVEL_ERROR)
		return NULL;
	text++;
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static void judge_log(const struct burnin_watch *watch, struct burnin *burnin)
{
	static const char title[] = "Errors in the kernel's log";
	_cleanup_free_ char *first = NULL;
	char record[LOG_MAX + 1];
	size_t n = 0;

	if (watch->log < 0) {
		burnin_add(burnin, "kernel-log", title, VERDICT_UNKNOWN, "Run as root",
			   "it may not be read");
		return;
	}
	for (unsigned i = 0; i < LOG_RECORDS; i++) {
		ssize_t length = read(watch->log, record, LOG_MAX);
		const char *text;

		if (length < 0 && (errno == EPIPE || errno == EINTR))
			continue; /* records were overwritten before they could be read */
		if (length <= 0)
			break;
		record[length] = '\0';
		text = logged_error(record);
		if (text && n++ == 0)
			first = xstrdup(text);
	}
	if (n)
		burnin_add(burnin, "kernel-log", title, VERDICT_FAIL,
			   "Read them: dmesg --level err", "%zu, the first: %s", n, first);
	else
		burnin_add(burnin, "kernel-log", title, VERDICT_PASS, NULL, "none");
}

void burnin_watch_finish(struct burnin_watch *watch, struct burnin *burnin)
{
	(void)burnin_watch_tick(watch);
	judge_temperature(watch, burnin);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		judge_kind(watch, &kinds[i], burnin);
	judge_log(watch, burnin);
}

void burnin_watch_free(struct burnin_watch *watch)
{
	if (!watch)
		return;
	for (size_t i = 0; i < watch->n_counters; i++)
		free(watch->counters[i].where);
	for (size_t i = 0; i < watch->n_sensors; i++) {
		free(watch->sensors[i].label);
		free(watch->sensors[i].path);
	}
	if (watch->log >= 0)
		close(watch->log);
	free(watch->counters);
	free(watch->sensors);
	free(watch);
}
