/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/proc.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "common/clock.h"
#include "common/fsroot.h"
#include "common/log.h"
#include "common/proc_spawn.h"
#include "common/proc_stream.h"
#include "common/str.h"

#define STANDARD_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define TIMEOUT_S     600
#define GRACE_S       5   /* from SIGTERM to SIGKILL */
#define GIVE_UP_S     10  /* from SIGKILL to leaving a process that the kernel cannot end */
#define POLL_MS       250 /* a cancellation is noticed within this time */
#define OUTPUT_MAX    (16 * MIB)
#define ERRORS_MAX    65536
#define QUOTED_LINES  5

static volatile sig_atomic_t cancelled;
static char *other_path;

void proc_cancel(void)
{
	cancelled = 1;
}

bool proc_cancelled(void)
{
	return cancelled;
}

void proc_set_path(const char *path)
{
	free(other_path);
	other_path = xstrdup(path);
}

const char *proc_get_path(void)
{
	return other_path ? other_path : STANDARD_PATH;
}

void proc_result_done(struct proc_result *result)
{
	free(result->output);
	free(result->errors);
	*result = (struct proc_result){0};
}

struct run {
	const struct proc *proc;
	struct proc_child child;
	struct proc_stream out, err;
	const char *input;
	size_t input_left;
	bool exited;
	enum { END_ITSELF, END_TIMEOUT, END_CANCELLED } end;
	bool killed;     /* SIGKILL was sent */
	int signal;      /* that ended it, or 0 */
	double deadline; /* clock_seconds() */
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(TAKE_FD(*fd));
}

static void feed_input(struct run *run)
{
	while (run->child.in >= 0 && run->input_left > 0) {
		ssize_t n = write(run->child.in, run->input, run->input_left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		/* A program may end without reading all: its exit status tells. */
		if (n < 0)
			break;
		run->input += n;
		run->input_left -= (size_t)n;
	}
	close_fd(&run->child.in);
}

static void signal_group(const struct run *run, int number)
{
	(void)kill(-run->child.pid, number);
}

/* Ends the program in steps when its time is over; false when the kernel cannot end it. */
static bool check_deadline(struct run *run)
{
	double now = clock_seconds();

	if (run->end == END_ITSELF && cancelled && !run->proc->despite_cancel) {
		run->end = END_CANCELLED;
	} else if (now < run->deadline) {
		return true;
	} else if (run->end == END_ITSELF) {
		run->end = END_TIMEOUT;
	} else if (!run->killed) {
		run->killed = true;
		run->deadline = now + GIVE_UP_S;
		signal_group(run, SIGKILL);
		return true;
	} else {
		return false;
	}
	run->deadline = now + GRACE_S;
	signal_group(run, SIGTERM);
	return true;
}

/* Moves data until the program has ended. False when it cannot be ended. */
static bool pump(struct run *run)
{
	while (!run->exited) {
		struct pollfd fds[] = {
			{.fd = run->child.pidfd, .events = POLLIN},
			{.fd = run->child.out, .events = POLLIN},
			{.fd = run->child.err, .events = POLLIN},
			{.fd = run->child.in, .events = POLLOUT},
		};

		if (poll(fds, ARRAY_SIZE(fds), POLL_MS) > 0) {
			run->exited = fds[0].revents != 0;
			if (fds[3].revents)
				feed_input(run);
			if (fds[1].revents)
				proc_stream_read(&run->out);
			if (fds[2].revents)
				proc_stream_read(&run->err);
		}
		if (!run->exited && !check_deadline(run))
			return false;
	}
	/* Not yet reaped, so the group's number cannot belong to anyone else by now. A daemon
	 * leaves the group a moment after the program that it came from has ended. */
	if (!run->proc->leaves_daemon || run->end != END_ITSELF)
		signal_group(run, SIGKILL);
	/* Until now and not until the end: a daemon it left behind may hold the pipes for ever. */
	proc_stream_read(&run->out);
	proc_stream_read(&run->err);
	return true;
}

static int reap(struct run *run)
{
	siginfo_t info = {0};

	while (waitid(P_PID, (id_t)run->child.pid, &info, WEXITED) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	if (info.si_code == CLD_EXITED)
		return info.si_status;
	run->signal = info.si_status;
	return 128 + info.si_status;
}

/* The last lines that say something, joined to one. */
static char *last_lines(const struct run *run)
{
	const struct strbuf *from = &run->err.kept;
	_cleanup_strv_ char **lines = NULL;
	struct strbuf joined = {0};
	size_t n, first;

	/* Output of a quiet program is data, which may be secret. */
	if (from->length == 0 && !run->proc->quiet)
		from = &run->out.kept;
	lines = strv_split(from->text, "\r\n");
	n = strv_length(lines);
	first = n > QUOTED_LINES ? n - QUOTED_LINES : 0;
	for (size_t i = first; i < n; i++)
		strbuf_addf(&joined, "%s%s", i > first ? "; " : "", str_trim(lines[i]));
	return strbuf_take(&joined);
}

static int fail(const struct run *run, int status, struct error **err)
{
	_cleanup_free_ char *raw = last_lines(run), *quote = log_mask(raw);
	const char *name = run->proc->argv[0], *colon = *quote ? ": " : "";

	if (run->end == END_CANCELLED) {
		error_set(err, ERROR_CANCELLED, "%s was cancelled", name);
		return error_code(err, ECANCELED);
	}
	if (run->end == END_TIMEOUT) {
		error_set(err, ERROR_INTERNAL, "%s did not end within %u seconds%s%s", name,
			  run->proc->timeout_s ? run->proc->timeout_s : TIMEOUT_S, colon, quote);
		error_hint(err, "See in the log what it was doing; a disk that does not answer "
				"is the usual reason.");
		return error_code(err, ETIMEDOUT);
	}
	if (run->signal)
		error_set(err, ERROR_INTERNAL, "%s was ended by signal %d%s%s", name, run->signal,
			  colon, quote);
	else
		error_set(err, ERROR_INTERNAL, "%s ended with status %d%s%s", name, status, colon,
			  quote);
	error_hint(err, "The log holds the whole command and all that it said.");
	return error_code(err, EIO);
}

/* Path of the program as it is seen below `chroot`; NULL when there is none. */
static char *find_program(const char *program, const char *chroot)
{
	_cleanup_fsroot_ struct fsroot *root = NULL;
	_cleanup_strv_ char **folders = NULL;

	if (fsroot_open(chroot ? chroot : "/", &root) < 0)
		return NULL;
	if (strchr(program, '/'))
		strv_add(&folders, "");
	else
		folders = strv_split(proc_get_path(), ":");
	for (char **folder = folders; folder && *folder; folder++) {
		_cleanup_free_ char *path =
			xasprintf("%s%s%s", *folder, **folder ? "/" : "", program);
		mode_t mode;

		if (fsroot_stat_mode(root, path, &mode) == 0 && S_ISREG(mode) && (mode & 0111))
			return TAKE_PTR(path);
	}
	return NULL;
}

bool proc_exists(const char *program, const char *chroot)
{
	_cleanup_free_ char *path = find_program(program, chroot);

	return path != NULL;
}

static void log_command(const struct proc *proc, const char *tag)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (const char *const *arg = proc->argv; *arg; arg++)
		strbuf_addf(&buf, strpbrk(*arg, " \t\n'\"") || !**arg ? " '%s'" : " %s", *arg);
	log_debug(tag, "runs%s%s:%s", proc->chroot ? " below " : "",
		  proc->chroot ? proc->chroot : "", buf.text);
}

static void run_done(struct run *run)
{
	proc_child_done(&run->child);
	proc_stream_done(&run->out);
	proc_stream_done(&run->err);
}

/* From the start of the child to its end; gives the exit status. */
static int run_child(struct run *run, struct error **err)
{
	const struct proc *proc = run->proc;
	bool ended;
	int status;

	run->input = proc->input;
	if (proc->input)
		run->input_left = proc->input_length ? proc->input_length : strlen(proc->input);
	run->deadline = clock_seconds() + (proc->timeout_s ? proc->timeout_s : TIMEOUT_S);
	ended = pump(run);
	proc_stream_end_line(&run->out);
	proc_stream_end_line(&run->err);
	if (!ended) {
		error_set(err, ERROR_INTERNAL, "%s hangs in the kernel and cannot be ended",
			  proc->argv[0]);
		error_hint(err, "A device does not answer: look at the kernel's messages (dmesg).");
		return error_code(err, ETIMEDOUT);
	}
	status = reap(run);
	if (status < 0)
		return error_errno(err, ERROR_INTERNAL, status, "%s cannot be waited for",
				   proc->argv[0]);
	log_debug(run->out.tag, "%s ended with status %d", proc->argv[0], status);
	if (run->end != END_ITSELF || (status != 0 && !proc->any_status))
		return fail(run, status, err);
	return status;
}

static int run_program(const struct proc *proc, const char *path, struct proc_result *ret,
		       struct error **err)
{
	const char *tag = proc->tag ? proc->tag : proc->argv[0];
	_cleanup_(run_done) struct run run = {
		.proc = proc,
		.child = {.pidfd = -1, .in = -1, .out = -1, .err = -1},
		.out = {.proc = proc, .tag = tag, .max = OUTPUT_MAX, .fd = &run.child.out},
		.err = {.proc = proc,
			.tag = tag,
			.max = ERRORS_MAX,
			.fd = &run.child.err,
			.keep_end = true},
	};
	int status;

	log_command(proc, tag);
	status = proc_spawn(proc, path, &run.child, err);
	if (status >= 0)
		status = run_child(&run, err);
	if (status < 0)
		return status;
	if (ret) {
		ret->status = status;
		ret->output_length = run.out.kept.length;
		ret->output = strbuf_take(&run.out.kept);
		ret->errors = strbuf_take(&run.err.kept);
	}
	return 0;
}

int proc_run(const struct proc *proc, struct proc_result *ret, struct error **err)
{
	const struct timespec at_once = {0};
	_cleanup_free_ char *path = NULL;
	sigset_t pipe_signal, before;
	int r;

	if (!proc->argv[0])
		return error_set(err, ERROR_INTERNAL, "no program was named");
	if (cancelled && !proc->despite_cancel) {
		error_set(err, ERROR_CANCELLED, "%s was not started: cancelled", proc->argv[0]);
		return error_code(err, ECANCELED);
	}
	path = find_program(proc->argv[0], proc->chroot);
	if (!path) {
		error_set(err, ERROR_INTERNAL, "the program %s is missing%s%s", proc->argv[0],
			  proc->chroot ? " below " : "", proc->chroot ? proc->chroot : "");
		error_hint(err, "Install the package that holds it, or repair this medium.");
		return error_code(err, ENOENT);
	}
	/* A program that closes its input early must not end this one. */
	sigemptyset(&pipe_signal);
	sigaddset(&pipe_signal, SIGPIPE);
	(void)sigprocmask(SIG_BLOCK, &pipe_signal, &before);
	r = run_program(proc, path, ret, err);
	if (!sigismember(&before, SIGPIPE)) {
		while (sigtimedwait(&pipe_signal, NULL, &at_once) < 0 && errno == EINTR)
			;
	}
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}

int proc_runl(struct error **err, const char *tag, const char *program, ...)
{
	_cleanup_free_ const char **argv = NULL;
	struct proc proc = {.tag = tag};
	size_t n = 0;
	va_list args;

	va_start(args, program);
	for (const char *arg = program; arg; arg = va_arg(args, const char *))
		*ARRAY_APPEND(argv, n) = arg;
	va_end(args);
	*ARRAY_APPEND(argv, n) = NULL;
	proc.argv = argv;
	return proc_run(&proc, NULL, err);
}
