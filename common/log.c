/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/uio.h>
#include <time.h>

#include "common/str.h"

#define SECRET_MIN 4
#define MASK       "********"

struct sink {
	enum log_level level;
	log_sink_fn write;
	void *data;
};

/* Guards all below. Recursive, since a sink may want log_mask(). */
static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static struct sink *sinks;
static size_t n_sinks;
static char **secrets;

void log_add_sink(enum log_level level, log_sink_fn sink, void *data)
{
	(void)pthread_mutex_lock(&lock);
	*ARRAY_APPEND(sinks, n_sinks) = (struct sink){level, sink, data};
	(void)pthread_mutex_unlock(&lock);
}

void log_remove_sink(log_sink_fn sink, void *data)
{
	size_t kept = 0;

	(void)pthread_mutex_lock(&lock);
	for (size_t i = 0; i < n_sinks; i++) {
		if (sinks[i].write != sink || sinks[i].data != data)
			sinks[kept++] = sinks[i];
	}
	n_sinks = kept;
	if (kept == 0) {
		free(sinks);
		sinks = NULL;
	}
	(void)pthread_mutex_unlock(&lock);
}

static void write_line(int fd, const char *line)
{
	char newline[] = "\n";
	_cleanup_free_ char *copy = xstrdup(line);
	struct iovec parts[] = {{copy, strlen(copy)}, {newline, 1}};

	/* One call for one line, so that lines of several programs do not mix. */
	while (writev(fd, parts, ARRAY_SIZE(parts)) < 0 && errno == EINTR)
		;
}

static void sink_stderr(enum log_level level, const char *line, void *data)
{
	(void)level;
	(void)data;
	write_line(STDERR_FILENO, line);
}

static void sink_file(enum log_level level, const char *line, void *data)
{
	(void)level;
	write_line((int)(intptr_t)data, line);
}

void log_to_stderr(enum log_level level)
{
	log_add_sink(level, sink_stderr, NULL);
}

int log_to_file(enum log_level level, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);

	if (fd < 0)
		return -errno;
	log_add_sink(level, sink_file, (void *)(intptr_t)fd);
	return 0;
}

void log_hide(const char *secret)
{
	(void)pthread_mutex_lock(&lock);
	if (secret && strlen(secret) >= SECRET_MIN && !strv_contains(secrets, secret))
		strv_add(&secrets, secret);
	(void)pthread_mutex_unlock(&lock);
}

char *log_mask(const char *text)
{
	size_t length = strlen(text);
	_cleanup_free_ bool *hidden = xcalloc(length + 1, sizeof(*hidden));
	struct strbuf buf = {0};

	/* Marked first and replaced after, since secrets may overlap or hold one another. */
	(void)pthread_mutex_lock(&lock);
	for (char **secret = secrets; secret && *secret; secret++) {
		const char *at = text;

		for (; (at = strstr(at, *secret)); at++)
			memset(hidden + (at - text), true, strlen(*secret));
	}
	(void)pthread_mutex_unlock(&lock);
	for (size_t i = 0; i < length; i++) {
		if (!hidden[i])
			strbuf_add_bytes(&buf, &text[i], 1);
		else if (i == 0 || !hidden[i - 1])
			strbuf_add(&buf, MASK);
	}
	return strbuf_take(&buf);
}

static const char *level_name(enum log_level level)
{
	switch (level) {
	case LOG_DEBUG:
		return "debug";
	case LOG_INFO:
		return "info";
	case LOG_WARNING:
		return "warning";
	case LOG_ERROR:
		return "error";
	}
	return "?";
}

static void write_entry(enum log_level level, const char *tag, char *text)
{
	_cleanup_free_ char *line = NULL;
	struct timespec now;
	char stamp[32] = "";
	struct tm tm;

	/* Tools print escape sequences and carriage returns that would play with the terminal. */
	for (char *c = text; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = *c == '\t' ? ' ' : '?';
	}
	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (gmtime_r(&now.tv_sec, &tm))
		(void)strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &tm);
	line = xasprintf("%s.%03ldZ %s %s: %s", stamp, now.tv_nsec / 1000000, level_name(level),
			 tag, text);
	for (size_t i = 0; i < n_sinks; i++) {
		if (level >= sinks[i].level)
			sinks[i].write(level, line, sinks[i].data);
	}
}

void log_write(enum log_level level, const char *tag, const char *format, ...)
{
	_cleanup_free_ char *text = NULL, *masked = NULL;
	char *rest, *line;
	va_list args;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	masked = log_mask(text);
	(void)pthread_mutex_lock(&lock);
	for (rest = masked; (line = strsep(&rest, "\n"));) {
		if (*line || line == masked)
			write_entry(level, tag, line);
	}
	(void)pthread_mutex_unlock(&lock);
}
