/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/proc_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "common/str.h"

/* What went wrong in the child before its exec, sent through a pipe that closes on success. */
struct failure {
	enum { STAGE_STDIO, STAGE_CHROOT, STAGE_DIRECTORY, STAGE_EXEC } stage;
	int errnum;
};

/* The ends of all pipes: [0] is read from, [1] written to. */
struct pipes {
	int in[2], out[2], err[2], failure[2];
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(TAKE_FD(*fd));
}

static void pipes_done(struct pipes *pipes)
{
	int *all[] = {pipes->in, pipes->out, pipes->err, pipes->failure};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		close_fd(&all[i][0]);
		close_fd(&all[i][1]);
	}
}

void proc_child_done(struct proc_child *child)
{
	close_fd(&child->pidfd);
	close_fd(&child->in);
	close_fd(&child->out);
	close_fd(&child->err);
}

static int make_pipe(int ret[2])
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	for (int i = 0; i < 2; i++) {
		/* Above 2, so that dup2() in the child overwrites none of them. */
		ret[i] = fcntl(ends[i], F_DUPFD_CLOEXEC, 3);
		close(ends[i]);
	}
	return ret[0] < 0 || ret[1] < 0 ? -EMFILE : 0;
}

static int make_pipes(const struct proc *proc, struct pipes *ret)
{
	int r;

	if (proc->input) {
		r = make_pipe(ret->in);
		if (r < 0)
			return r;
	}
	r = make_pipe(ret->out);
	if (r >= 0)
		r = make_pipe(ret->err);
	if (r >= 0)
		r = make_pipe(ret->failure);
	return r;
}

static char **make_environment(const struct proc *proc)
{
	char **env = NULL;

	strv_addf(&env, "PATH=%s", proc_get_path());
	strv_add(&env, "LC_ALL=C");
	for (const char *const *extra = proc->env; extra && *extra; extra++)
		strv_add(&env, *extra);
	return env;
}

static _noreturn_ void child_fail(int fd, struct failure failure)
{
	failure.errnum = errno;
	if (write(fd, &failure, sizeof(failure)) < 0)
		_exit(126);
	_exit(127);
}

static void reset_signals(void)
{
	struct sigaction standard = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		(void)sigaction(i, &standard, NULL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Runs between fork() and exec(): only what is safe after a signal. */
static _noreturn_ void child_run(const struct proc *proc, const char *path, char *const *argv,
				 char *const *env, const struct pipes *pipes, pid_t parent)
{
	int failure = pipes->failure[1];
	int in = pipes->in[0];

	/* A session of its own: a process group, and no terminal to ask questions on. */
	(void)setsid();
	reset_signals();
	/* The parent may have died before the request took effect. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(126);
	if (in < 0)
		in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (in < 0 || dup2(in, 0) < 0 || dup2(pipes->out[1], 1) < 0 || dup2(pipes->err[1], 2) < 0)
		child_fail(failure, (struct failure){.stage = STAGE_STDIO});
	/* open() gave the very descriptor wanted: dup2() did nothing, the flag is still set. */
	if (in == 0)
		(void)fcntl(0, F_SETFD, 0);
	(void)close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
	if (proc->chroot && (chroot(proc->chroot) < 0 || chdir("/") < 0))
		child_fail(failure, (struct failure){.stage = STAGE_CHROOT});
	if (chdir(proc->directory ? proc->directory : "/") < 0)
		child_fail(failure, (struct failure){.stage = STAGE_DIRECTORY});
	execve(path, argv, env);
	child_fail(failure, (struct failure){.stage = STAGE_EXEC});
}

static int explain(const struct proc *proc, const char *path, const struct failure *failure,
		   struct error **err)
{
	switch (failure->stage) {
	case STAGE_STDIO:
		break;
	case STAGE_CHROOT:
		return error_errno(err, ERROR_INTERNAL, failure->errnum,
				   "%s cannot be started below %s", path, proc->chroot);
	case STAGE_DIRECTORY:
		return error_errno(err, ERROR_INTERNAL, failure->errnum,
				   "%s cannot be started in %s", path, proc->directory);
	case STAGE_EXEC:
		return error_errno(err, ERROR_INTERNAL, failure->errnum, "%s cannot be started",
				   path);
	}
	return error_errno(err, ERROR_INTERNAL, failure->errnum, "no pipes for %s", path);
}

/* Waits until the child has become the program; 0, or -errno with the child reaped. */
static int await_exec(const struct proc *proc, const char *path, pid_t pid, struct pipes *pipes,
		      struct error **err)
{
	struct failure failure;
	ssize_t n;

	close_fd(&pipes->failure[1]);
	do {
		n = read(pipes->failure[0], &failure, sizeof(failure));
	} while (n < 0 && errno == EINTR);
	if (n != sizeof(failure))
		return 0;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return explain(proc, path, &failure, err);
}

static void set_nonblocking(int fd)
{
	if (fd >= 0)
		(void)fcntl(fd, F_SETFL, O_NONBLOCK);
}

int proc_spawn(const struct proc *proc, const char *path, struct proc_child *ret,
	       struct error **err)
{
	_cleanup_(pipes_done) struct pipes pipes = {{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
	_cleanup_strv_ char **env = make_environment(proc), **argv = NULL;
	pid_t pid, parent = getpid();
	int r;

	/* A copy, since execve() wants its strings without const. */
	for (const char *const *arg = proc->argv; *arg; arg++)
		strv_add(&argv, *arg);
	r = make_pipes(proc, &pipes);
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "no pipes for %s", path);
	pid = fork();
	if (pid < 0)
		return error_errno(err, ERROR_INTERNAL, errno, "no process for %s", path);
	if (pid == 0)
		child_run(proc, path, argv, env, &pipes, parent);

	r = await_exec(proc, path, pid, &pipes, err);
	if (r < 0)
		return r;
	*ret = (struct proc_child){
		.pid = pid,
		.pidfd = pidfd_open(pid, 0),
		.in = TAKE_FD(pipes.in[1]),
		.out = TAKE_FD(pipes.out[0]),
		.err = TAKE_FD(pipes.err[0]),
	};
	if (ret->pidfd < 0) {
		r = error_errno(err, ERROR_INTERNAL, errno, "%s cannot be watched", path);
		(void)kill(-pid, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
		proc_child_done(ret);
		return r;
	}
	set_nonblocking(ret->in);
	set_nonblocking(ret->out);
	set_nonblocking(ret->err);
	return 0;
}
