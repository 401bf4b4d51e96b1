/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The process that sends: one thread takes what the watched program hands over, one talks to the
 * receiver of notices, one to the syslog server. Ends when all was sent or its time is over; after
 * a failure it says so again and again, until the machine restarts.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>

#include "common/clock.h"
#include "common/file.h"
#include "common/log.h"
#include "common/notice_queue.h"
#include "common/notice_send.h"
#include "common/notifier.h"
#include "common/notifier_wire.h"
#include "common/str.h"
#include "common/syslog_send.h"

#define TAG             "events"
#define PROCESS_NAME    "xenhost-notify" /* 15 characters at most */
#define CONFIG_MAX      (4 * MIB)
#define TAIL_LINES      40
#define TAIL_LINE_BYTES 500
#define LINES_MAX       1000
/* Seconds between tries: the first, the longest, the longest once nothing more will come. */
#define PAUSE_FIRST    1
#define PAUSE_LAST     30
#define PAUSE_END      5
#define REPEAT_SLOWEST 10 /* times repeat_s */

struct process {
	pthread_mutex_t lock; /* of all that follows but for the configuration */
	pthread_cond_t changed;
	struct notice_queue queue;
	struct json *last_end; /* the notice that said how it ended, or NULL */
	enum notice_kind last_kind;
	char *tail[TAIL_LINES];
	size_t tail_next;
	char **lines; /* to the syslog server */
	size_t n_lines;
	bool ended; /* the program is gone */
	double ended_at;
	bool missing; /* something was refused, or came too late */

	const struct json *config;
	struct notice_target target;
	uint64_t sequence;
	bool ends_only, no_events;
	unsigned linger_s, repeat_s;
	struct syslog_peer syslog;
	bool to_syslog;
	char *said; /* the last failure that was logged */
};

static void lock(struct process *process)
{
	(void)pthread_mutex_lock(&process->lock);
}

static void unlock(struct process *process)
{
	(void)pthread_mutex_unlock(&process->lock);
}

/* With the lock: until something changes, at most so long; negative is for ever. */
static void wait_change(struct process *process, double seconds)
{
	struct timespec until;

	if (seconds < 0) {
		(void)pthread_cond_wait(&process->changed, &process->lock);
		return;
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	seconds += (double)until.tv_nsec / 1e9;
	until.tv_sec += (time_t)seconds;
	until.tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9);
	(void)pthread_cond_timedwait(&process->changed, &process->lock, &until);
}

/* With the lock. */
static bool time_is_over(const struct process *process)
{
	return process->ended && clock_seconds() - process->ended_at > process->linger_s;
}

/* With the lock: a failure is told until somebody hears of it. */
static bool is_patient(const struct process *process)
{
	return process->repeat_s && process->last_end && process->last_kind == NOTICE_FAILED;
}

static void add_tail(const struct process *process, struct json *notice)
{
	struct json *list = json_set_array(notice, "log_tail");

	for (size_t i = 0; i < TAIL_LINES; i++) {
		const char *line = process->tail[(process->tail_next + i) % TAIL_LINES];

		if (line)
			json_append_string(list, line);
	}
}

static bool is_end(enum notice_kind kind)
{
	return kind == NOTICE_FAILED || kind == NOTICE_DONE || kind == NOTICE_JOINED;
}

/* With the lock. */
static void take_notice(struct process *process, struct json *notice)
{
	enum notice_kind kind;

	if (notice_kind_from_string(json_get_string(notice, "event"), &kind) < 0 ||
	    !process->target.url || (process->ends_only && !is_end(kind) && kind != NOTICE_START)) {
		json_free(notice);
		return;
	}
	if (kind == NOTICE_FAILED)
		add_tail(process, notice);
	if (is_end(kind)) {
		json_free(process->last_end);
		process->last_end = json_share(notice);
		process->last_kind = kind;
	}
	notice_queue_push(&process->queue, (struct notice_item){.kind = kind, .json = notice});
}

/* With the lock. */
static void take_document(struct process *process, struct json *document)
{
	const char *run = json_get_string(process->config, "run");
	const char *key = json_get_string(json_get_object(process->config, "machine"), "key");

	if (!process->target.url) {
		json_free(document);
		return;
	}
	json_set_stringf(document, "id", "%s/%s/report", key, run);
	json_set_string(document, "run", run);
	notice_queue_push(&process->queue,
			  (struct notice_item){.is_document = true, .json = document});
}

/* With the lock. */
static void take_line(struct process *process, const char *line)
{
	char **place = &process->tail[process->tail_next++ % TAIL_LINES];

	free(*place);
	*place = xstrndup(line, strnlen(line, TAIL_LINE_BYTES));
	if (!process->to_syslog)
		return;
	if (process->n_lines == LINES_MAX) {
		free(process->lines[0]);
		process->n_lines--;
		memmove(process->lines, process->lines + 1,
			process->n_lines * sizeof(*process->lines));
	}
	*ARRAY_APPEND(process->lines, process->n_lines) = xstrdup(line);
}

static void take_message(struct process *process, const char *message, size_t length)
{
	struct json *json = NULL;

	if (*message != WIRE_LOG && json_parse(message + 1, length - 1, "message", &json, NULL) < 0)
		return;
	lock(process);
	if (*message == WIRE_LOG)
		take_line(process, message + 1);
	else if (*message == WIRE_DOCUMENT)
		take_document(process, json);
	else
		take_notice(process, json);
	(void)pthread_cond_broadcast(&process->changed);
	unlock(process);
}

/* With the lock: a program that was killed says nothing, which is a word too. */
static void speak_for_the_dead(struct process *process)
{
	struct json *notice;
	const struct json *machine = json_get_object(process->config, "machine");
	char text[32] = "";
	time_t now = time(NULL);
	struct tm tm;

	if (process->last_end || !process->target.url)
		return;
	if (gmtime_r(&now, &tm))
		(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	notice = json_new_object();
	json_set_string(notice, "schema", NOTICE_SCHEMA);
	json_set_string(notice, "event", notice_kind_to_string(NOTICE_FAILED));
	json_set(notice, "machine", json_share(machine));
	json_set_string(notice, "run", json_get_string(process->config, "run"));
	json_set_string(notice, "time", text);
	json_set_string(notice, "text", "it ended without a word: killed, or out of memory");
	json_set_string(notice, "hint", "See the machine's console and /run/xenhost/install.log.");
	take_notice(process, notice);
}

static void listen_to_program(struct process *process)
{
	_cleanup_free_ char *message = xmalloc(WIRE_MAX + 1);
	ssize_t length;

	while ((length = recv(WIRE_FD, message, WIRE_MAX, 0)) > 0 ||
	       (length < 0 && errno == EINTR)) {
		if (length <= 1)
			continue;
		message[length] = '\0';
		take_message(process, message, (size_t)length);
	}
	lock(process);
	process->ended = true;
	process->ended_at = clock_seconds();
	speak_for_the_dead(process);
	(void)pthread_cond_broadcast(&process->changed);
	unlock(process);
}

/* On the way: the program may look at it, or never. */
static void answer_so_far(char word, const char *why)
{
	_cleanup_free_ char *text = xasprintf("%c%.*s", word, WIRE_WHY_MAX - 1, why);

	(void)send(WIRE_FD, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* A failure is logged when it is another one than before. */
static void say_failure(struct process *process, const struct error *error, bool given_up)
{
	_cleanup_free_ char *text = error_text(error);

	if (!given_up && str_eq(text, process->said))
		return;
	free(process->said);
	process->said = xstrdup(text);
	answer_so_far(WIRE_WAITING, text);
	log_warning(TAG, "%s: %s",
		    given_up ? "a report is given up" : "reports wait, and are tried again", text);
}

static void number(struct process *process, const struct notice_item *item)
{
	const char *key = json_get_string(json_get_object(process->config, "machine"), "key");
	_cleanup_free_ char *id = NULL;

	if (item->is_document)
		return;
	id = notice_id(key, json_get_string(process->config, "run"), ++process->sequence);
	json_set_string(item->json, "id", id);
	json_set_u64(item->json, "sequence", process->sequence);
	if (process->queue.lost)
		json_set_u64(item->json, "lost", process->queue.lost);
}

/* Until it is taken, refused, or the time is over. */
static bool deliver(struct process *process, const struct json *json)
{
	double pause = PAUSE_FIRST;
	bool over = false;

	for (;;) {
		_cleanup_error_ struct error *error = NULL;
		bool refused;

		if (notice_send(&process->target, json, &error) == 0) {
			if (process->said)
				answer_so_far(WIRE_TAKEN, "");
			free(TAKE_PTR(process->said));
			return true;
		}
		refused = notice_is_refused(error);
		lock(process);
		if (process->ended && pause > PAUSE_END)
			pause = PAUSE_END;
		over = time_is_over(process) && !is_patient(process);
		if (!refused && !over) {
			double until = clock_seconds() + notice_jitter(pause), now;
			bool ended = process->ended;

			/* What else happens meanwhile does not make the receiver better. */
			while ((now = clock_seconds()) < until && process->ended == ended)
				wait_change(process, until - now);
		}
		unlock(process);
		say_failure(process, error, refused || over);
		if (refused || over)
			return false;
		pause = pause * 2 < PAUSE_LAST ? pause * 2 : PAUSE_LAST;
	}
}

/* With the lock: the next thing to send; false when nothing will come any more. */
static bool next_item(struct process *process, struct notice_item *ret)
{
	while (!notice_queue_pop(&process->queue, clock_seconds(), ret)) {
		if (process->ended)
			return false;
		wait_change(process, notice_queue_wait(&process->queue, clock_seconds()));
	}
	return true;
}

static void send_all(struct process *process)
{
	struct notice_item item;
	bool more, over;

	do {
		bool arrived;

		lock(process);
		more = next_item(process, &item);
		if (more)
			number(process, &item);
		unlock(process);
		if (!more)
			return;
		arrived = deliver(process, item.json);
		/* Counters of owners are not made for two threads. */
		lock(process);
		notice_item_done(&item);
		process->missing |= !arrived || process->queue.lost;
		/* What is left would only be tried once more each. */
		over = !arrived && time_is_over(process) && !is_patient(process);
		unlock(process);
	} while (!over);
}

/* Less and less often: a rack that failed as one must not become a load of its own. */
static void repeat_failure(struct process *process)
{
	double pause = process->repeat_s;

	for (uint64_t repeated = 1;; repeated++) {
		struct notice_item item = {.kind = NOTICE_FAILED};
		double until = clock_seconds() + notice_jitter(pause), now;

		lock(process);
		while ((now = clock_seconds()) < until)
			wait_change(process, until - now);
		json_set_u64(process->last_end, "repeated", repeated);
		item.json = json_share(process->last_end);
		number(process, &item);
		unlock(process);
		(void)deliver(process, item.json);
		notice_item_done(&item); /* the other thread is done by now */
		if (pause < (double)process->repeat_s * REPEAT_SLOWEST)
			pause *= 1.5;
	}
}

static void *send_lines(void *data)
{
	struct process *process = data;
	double pause = PAUSE_FIRST;

	lock(process);
	for (;;) {
		_cleanup_free_ char *line = NULL;
		int r;

		while (process->n_lines == 0 && !process->ended)
			wait_change(process, -1);
		if (process->n_lines == 0 || time_is_over(process))
			break;
		line = process->lines[0];
		process->n_lines--;
		memmove(process->lines, process->lines + 1,
			process->n_lines * sizeof(*process->lines));
		unlock(process);
		while ((r = syslog_send(&process->syslog, line)) < 0) {
			bool over;

			lock(process);
			over = time_is_over(process);
			unlock(process);
			if (over)
				break;
			(void)usleep((useconds_t)(notice_jitter(pause) * 1e6));
			pause = pause * 2 < PAUSE_LAST ? pause * 2 : PAUSE_LAST;
		}
		if (r == 0)
			pause = PAUSE_FIRST;
		lock(process);
	}
	unlock(process);
	return NULL;
}

static unsigned seconds_of(const struct json *config, const char *key)
{
	uint64_t seconds = 0;

	return json_get_u64(config, key, &seconds) && seconds <= 86400 ? (unsigned)seconds : 0;
}

static void configure_fetching(const struct json *config)
{
	const struct json *list = json_get_array(config, "ca_certificates");
	_cleanup_error_ struct error *error = NULL;
	_cleanup_strv_ char **authorities = NULL;
	_cleanup_free_ char *why = NULL;

	for (size_t i = 0; i < json_length(list); i++) {
		const char *text = json_at_string(list, i);

		if (text)
			strv_add(&authorities, text);
	}
	http_configure(json_get_string(config, "proxy"), authorities);
	if (http_present(json_get_string(config, "client_certificate"),
			 json_get_string(config, "client_key"), &error) < 0) {
		why = error_text(error);
		log_warning(TAG, "%s", why);
	}
}

/* An installation that is started again is the one that counts. */
static void replace_former(const char *pid_file)
{
	_cleanup_free_ char *text = NULL, *path = NULL, *comm = NULL, *own = NULL;
	unsigned pid;

	if (!pid_file)
		return;
	own = xasprintf("%d\n", getpid());
	if (file_read(pid_file, 64, &text, NULL) == 0 &&
	    str_to_uint(str_trim(text), 2, INT32_MAX, &pid) == 0) {
		path = xasprintf("/proc/%u/comm", pid);
		if (file_read(path, 64, &comm, NULL) == 0 && str_eq(str_trim(comm), PROCESS_NAME) &&
		    pid != (unsigned)getpid())
			(void)kill((pid_t)pid, SIGTERM);
	}
	if (file_write_private(pid_file, own) < 0)
		log_warning(TAG, "cannot write %s", pid_file);
}

static bool set_up(struct process *process, const struct json *config)
{
	const char *server = json_get_string(config, "syslog_server");
	const char *log_file = json_get_string(config, "log_file");
	bool tcp = false;

	process->config = config;
	process->target = (struct notice_target){
		.url = json_get_string(config, "url"),
		.token = json_get_string(config, "token"),
		.certificate_sha256 = json_get_string(config, "certificate_sha256"),
		.connection = http_connection_new(),
	};
	(void)json_get_bool(config, "sign", &process->target.sign);
	(void)json_get_bool(config, "ends_only", &process->ends_only);
	(void)json_get_bool(config, "no_events", &process->no_events);
	(void)json_get_bool(config, "syslog_tcp", &tcp);
	(void)json_get_u64(config, "sequence", &process->sequence);
	process->linger_s = seconds_of(config, "linger_s");
	process->repeat_s = seconds_of(config, "repeat_s");
	process->to_syslog = server && syslog_open(server, tcp, json_get_string(config, "hostname"),
						   &process->syslog) == 0;
	log_hide(process->target.token);
	if (log_file && log_to_file(LOG_INFO, log_file) < 0)
		return false;
	configure_fetching(config);
	replace_former(json_get_string(config, "pid_file"));
	return json_get_string(config, "run") &&
	       json_get_string(json_get_object(config, "machine"), "key");
}

static void answer(struct process *process)
{
	char word = process->missing ? WIRE_MISSING : WIRE_ARRIVED;

	(void)send(WIRE_FD, &word, 1, MSG_NOSIGNAL);
}

static void *send_notices(void *data)
{
	struct process *process = data;

	send_all(process);
	answer(process);
	if (is_patient(process))
		repeat_failure(process);
	return NULL;
}

static void init(struct process *process)
{
	pthread_condattr_t attributes;

	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_mutex_init(&process->lock, NULL);
	(void)pthread_cond_init(&process->changed, &attributes);
	(void)pthread_condattr_destroy(&attributes);
	(void)prctl(PR_SET_NAME, PROCESS_NAME);
	(void)signal(SIGPIPE, SIG_IGN);
}

int notifier_main(void)
{
	static struct process process;
	_cleanup_json_ struct json *config = NULL;
	_cleanup_free_ char *text = NULL;
	pthread_t notices, lines;
	size_t length;

	init(&process);
	if (file_read("-", CONFIG_MAX, &text, &length) < 0 ||
	    json_parse(text, length, "configuration", &config, NULL) < 0 ||
	    !set_up(&process, config))
		return 1;
	explicit_bzero(text, length);
	if (pthread_create(&notices, NULL, send_notices, &process) != 0)
		return 1;
	if (process.to_syslog && pthread_create(&lines, NULL, send_lines, &process) != 0)
		process.to_syslog = false;
	listen_to_program(&process);
	if (process.to_syslog)
		(void)pthread_join(lines, NULL);
	(void)pthread_join(notices, NULL);
	return 0;
}
