/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/notifier.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "common/clock.h"
#include "common/digest.h"
#include "common/http.h"
#include "common/log.h"
#include "common/notifier_wire.h"
#include "common/str.h"

/* What says how it ended is worth a moment when the process has not read for long. */
#define HAND_OVER_MS 500
#define RUN_BYTES    8

struct notifier {
	int fd;
	pid_t pid;
	struct json *config;
	char *trouble; /* why nothing is taken, as the process said last, or NULL */
	double started;
};

char *notifier_draw_run(void)
{
	uint8_t bytes[RUN_BYTES] = {0};
	char hex[2 * RUN_BYTES + 1];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		abort();
	digest_to_hex(bytes, sizeof(bytes), hex);
	return xstrdup(hex);
}

/* Never waits, and never fails anybody: what has no room is lost. */
static bool hand_over(const struct notifier *notifier, char what, const char *text)
{
	struct iovec parts[] = {{&what, 1}, {NULL, strlen(text)}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
	_cleanup_free_ char *copy = xstrdup(text);

	parts[1].iov_base = copy;
	return sendmsg(notifier->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

static void on_log(enum log_level level, const char *line, void *data)
{
	(void)level;
	(void)hand_over(data, WIRE_LOG, line);
}

static void hand_over_json(const struct notifier *notifier, char what, const struct json *json)
{
	_cleanup_free_ char *text = json_to_line(json);
	struct pollfd room = {.fd = notifier->fd, .events = POLLOUT};

	if (hand_over(notifier, what, text) || errno != EAGAIN)
		return;
	(void)poll(&room, 1, HAND_OVER_MS);
	(void)hand_over(notifier, what, text);
}

/* Not over the command line, where everybody could read the token. */
static int config_file(const struct json *config)
{
	_cleanup_free_ char *text = json_to_line(config);
	_cleanup_close_ int fd = memfd_create("notifier", MFD_CLOEXEC);
	size_t length = strlen(text);
	bool written = fd >= 0 && write(fd, text, length) == (ssize_t)length &&
		       lseek(fd, 0, SEEK_SET) == 0;

	explicit_bzero(text, length);
	return written ? TAKE_FD(fd) : -1;
}

/* Of its own session, so that neither Ctrl-C nor a closed terminal ends it with the program. */
_noreturn_ static void become_process(int config, int wire)
{
	char name[] = "xenhost-notifier", command[] = NOTIFIER_COMMAND;
	char *argv[] = {name, command, NULL}, *env[] = {NULL};
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	(void)setsid();
	/* Both are above 3 then, so that neither is closed before its turn. */
	wire = fcntl(wire, F_DUPFD, WIRE_FD + 1);
	if (null < 0 || dup2(config, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
	    dup2(null, STDERR_FILENO) < 0 || dup2(wire, WIRE_FD) < 0)
		_exit(1);
	closefrom(WIRE_FD + 1);
	execve("/proc/self/exe", argv, env);
	_exit(1);
}

static void add_configuration(struct json *config)
{
	char *const *authorities = http_configured_authorities();
	_cleanup_free_ char *proxy = http_get_proxy();

	if (proxy)
		json_set_string(config, "proxy", proxy);
	if (authorities)
		json_set_strv(config, "ca_certificates", authorities);
}

int notifier_start(const struct json *config, struct notifier **ret, struct error **err)
{
	_cleanup_json_ struct json *whole = json_new_object();
	_cleanup_close_ int file = -1, ours = -1, theirs = -1;
	int pair[2], size = WIRE_MAX * 4;
	pid_t pid;

	json_set_members(whole, config);
	add_configuration(whole);
	file = config_file(whole);
	if (file < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return error_errno(err, ERROR_INTERNAL, errno, "no process for reports");
	ours = pair[0];
	theirs = pair[1];
	/* Root may have more than others; as much as there is will do. */
	if (setsockopt(ours, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) < 0)
		(void)setsockopt(ours, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	pid = fork();
	if (pid < 0)
		return error_errno(err, ERROR_INTERNAL, errno, "no process for reports");
	if (pid == 0)
		become_process(file, theirs);
	*ret = xcalloc(1, sizeof(**ret));
	**ret = (struct notifier){.fd = TAKE_FD(ours),
				  .pid = pid,
				  .config = TAKE_PTR(whole),
				  .started = clock_seconds()};
	log_add_sink(LOG_INFO, on_log, *ret);
	return 0;
}

static void set_time(struct json *json)
{
	time_t now = time(NULL);
	char text[32] = "";
	struct tm tm;

	if (gmtime_r(&now, &tm))
		(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	json_set_string(json, "time", text);
}

/* Before they are written as JSON, whose escapes would hide a secret from the mask. */
static void set_masked(struct json *json, const struct json *members)
{
	for (struct json_member at = {0}; json_next(members, &at);) {
		_cleanup_free_ char *masked = NULL;

		if (json_kind(at.value) != JSON_STRING) {
			json_set(json, at.key, json_share(at.value));
			continue;
		}
		masked = log_mask(json_get_string(members, at.key));
		json_set_string(json, at.key, masked);
	}
}

void notifier_tell(struct notifier *notifier, enum notice_kind kind, struct json *members)
{
	_cleanup_json_ struct json *owned = members, *json = NULL;

	if (!notifier)
		return;
	json = json_new_object();
	json_set_string(json, "schema", NOTICE_SCHEMA);
	json_set_string(json, "event", notice_kind_to_string(kind));
	json_set(json, "machine", json_share(json_get_object(notifier->config, "machine")));
	json_set_string(json, "run", json_get_string(notifier->config, "run"));
	set_time(json);
	json_set_double(json, "elapsed_seconds", notifier_elapsed(notifier));
	set_masked(json, owned);
	hand_over_json(notifier, WIRE_NOTICE, json);
}

void notifier_document(struct notifier *notifier, const struct json *document)
{
	if (notifier)
		hand_over_json(notifier, WIRE_DOCUMENT, document);
}

double notifier_elapsed(const struct notifier *notifier)
{
	return notifier ? clock_seconds() - notifier->started : 0;
}

/* One answer of the process: -EAGAIN when there is none, -EINPROGRESS when it was one on the way,
 * else how it ended. */
static int take_answer(struct notifier *notifier)
{
	char answer[WIRE_WHY_MAX + 1];
	ssize_t length = recv(notifier->fd, answer, WIRE_WHY_MAX, MSG_DONTWAIT);

	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return -EAGAIN;
	if (length <= 0 || (*answer != WIRE_WAITING && *answer != WIRE_TAKEN))
		return length > 0 && *answer == WIRE_ARRIVED ? 0 : -EIO;
	answer[length] = '\0';
	free(notifier->trouble);
	notifier->trouble = *answer == WIRE_WAITING ? xstrdup(answer + 1) : NULL;
	return -EINPROGRESS;
}

char *notifier_trouble(struct notifier *notifier)
{
	while (notifier && take_answer(notifier) == -EINPROGRESS)
		;
	return notifier && notifier->trouble ? xstrdup(notifier->trouble) : NULL;
}

static int wait_for_end(struct notifier *notifier, unsigned wait_s)
{
	struct pollfd answer = {.fd = notifier->fd, .events = POLLIN};
	double until = clock_seconds() + wait_s, left = wait_s;
	int r;

	do {
		r = poll(&answer, 1, (int)(left * 1000));
		if (r == 0 || (r < 0 && errno != EINTR))
			return -ETIMEDOUT;
		r = take_answer(notifier);
		left = until - clock_seconds();
	} while ((r == -EAGAIN || r == -EINPROGRESS) && left > 0);
	return r == -EAGAIN || r == -EINPROGRESS ? -ETIMEDOUT : r;
}

int notifier_finish(struct notifier *notifier, unsigned wait_s)
{
	int r;

	if (!notifier)
		return -ENOENT;
	log_remove_sink(on_log, notifier);
	(void)shutdown(notifier->fd, SHUT_WR);
	r = wait_for_end(notifier, wait_s);
	/* It lives on for a while, or until the machine restarts; init reaps it then. */
	(void)waitpid(notifier->pid, NULL, WNOHANG);
	close(notifier->fd);
	json_free(notifier->config);
	free(notifier->trouble);
	free(notifier);
	return r;
}
