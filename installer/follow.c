/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>

#include "common/bootline.h"
#include "common/file.h"
#include "common/i18n.h"
#include "common/str.h"
#include "installer/board.h"
#include "installer/remote.h"
#include "installer/result.h"
#include "installer/screens/alone.h"
#include "installer/screens/screens.h"

#define BRAND   "xenhost " XENHOST_VERSION
#define LOOK_MS 200

/* One who watches. */
struct follow {
	const char *folder;  /* of board, ending, stays */
	const char *console; /* this is one of the machine's; NULL: whoever came by may leave */
	const char *name;    /* of whoever came by */
	char *brand;  /* at the top of its screens, for a console's with the password of ssh */
	int lines;    /* fd of the file that the lines are in */
	off_t shown;  /* bytes of it */
	pid_t child;  /* the installation, if it is this terminal's own; else 0 */
	bool screens; /* the terminal can show some */
	bool left;    /* whoever watched went away, or the terminal did */
	struct board_view *view;
};

static char *path_in(const struct follow *follow, const char *name)
{
	return xasprintf("%s/%s", follow->folder, strrchr(name, '/') + 1);
}

static bool is_there(const struct follow *follow, const char *name)
{
	_cleanup_free_ char *path = path_in(follow, name);

	return access(path, F_OK) == 0;
}

/* What came since the last time. */
static void show_lines(struct follow *follow)
{
	char bytes[4096];
	ssize_t n;

	while (!follow->left &&
	       (n = pread(follow->lines, bytes, sizeof(bytes), follow->shown)) > 0) {
		if (write(STDOUT_FILENO, bytes, (size_t)n) < 0 && errno != EINTR)
			follow->left = true;
		follow->shown += n;
	}
}

static bool is_called(void *data)
{
	const struct follow *follow = data;
	struct board_state state;

	board_state(follow->view, &state);
	return state.stage == BOARD_CALL;
}

static void refresh(struct screens_progress *progress, void *data)
{
	const struct follow *follow = data;
	struct board_state state;

	board_state(follow->view, &state);
	pthread_mutex_lock(&progress->lock);
	progress->step = progress->plan->n_steps ? progress->plan->steps[state.step].id : NULL;
	progress->permille = state.permille;
	progress->bytes = state.bytes;
	progress->total_bytes = state.total_bytes;
	progress->bytes_per_second = state.bytes_per_second;
	progress->seconds_left = state.seconds_left;
	progress->finished = state.stage == BOARD_OVER;
	free(progress->warning);
	progress->warning = *state.warning ? xstrdup(state.warning) : NULL;
	pthread_mutex_unlock(&progress->lock);
}

static void look_at_source(struct screens_supply *ret, void *data)
{
	const struct follow *follow = data;
	struct board_state state;

	board_state(follow->view, &state);
	*ret = state.supply;
}

/* Only on a terminal of its own, where there is one of them. */
static pid_t own_child;

static void stop_child(void)
{
	kill(own_child, SIGINT);
}

/* False when the terminal has gone, or nobody needs the progress any more. */
static bool call(struct follow *follow)
{
	struct board_state state;
	struct screens_call screen = {.title = _("The last call"),
				      .plan = board_text(follow->view),
				      .goes_on = is_called,
				      .data = follow};

	board_state(follow->view, &state);
	screen.end_ms = state.call_end_ms;
	switch (screens_call(&screen)) {
	case SCREENS_BEGINS:
		return true;
	case SCREENS_HALTED:
		board_halt(follow->view, follow->console ?: follow->name ?: "this terminal");
		return false;
	case SCREENS_CALL_GONE:
		follow->left = true;
	}
	return false;
}

static void watch(struct follow *follow)
{
	const struct screens_source source = {.look = look_at_source, .data = follow};
	_cleanup_free_ char *log = path_in(follow, RESULT_LOG);
	struct screens_progress progress = {.lock = PTHREAD_MUTEX_INITIALIZER,
					    .plan = board_plan(follow->view),
					    .source = &source,
					    .refresh = refresh,
					    .refresh_data = follow,
					    .may_leave = !follow->console && !follow->child};

	screens_watch(&progress, log, follow->child ? stop_child : NULL);
	follow->left |= !progress.finished;
	free(progress.warning);
}

/* Messages of what lies below would run across the screen. */
static int divert_errors(void)
{
	int saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	_cleanup_close_ int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (saved >= 0 && fd >= 0)
		(void)dup2(fd, STDERR_FILENO);
	return saved;
}

static bool open_screens(struct follow *follow, int *ret_errors)
{
	_cleanup_error_ struct error *error = NULL;

	fflush(stdout);
	if (screens_open(follow->brand ?: BRAND, &error) < 0) {
		follow->screens = false;
		return false;
	}
	*ret_errors = divert_errors();
	return true;
}

/* What was typed meanwhile was meant for a screen that is gone. */
static void close_screens(int errors)
{
	screens_close();
	tcflush(STDIN_FILENO, TCIFLUSH);
	if (errors >= 0) {
		(void)dup2(errors, STDERR_FILENO);
		close(errors);
	}
}

static void show_screens(struct follow *follow)
{
	_cleanup_free_ char *path = path_in(follow, RESULT_BOARD);
	struct board_state state;
	int errors;

	if (!follow->screens || board_look(path, &follow->view) < 0)
		return;
	board_state(follow->view, &state);
	if (state.stage != BOARD_OVER && open_screens(follow, &errors)) {
		if (call(follow))
			watch(follow);
		close_screens(errors);
	}
	board_leave(follow->view);
	follow->view = NULL;
}

static void show_end(struct follow *follow)
{
	int errors;

	if (!follow->screens || !open_screens(follow, &errors))
		return;
	(void)follow_end(follow->folder);
	close_screens(errors);
}

/* True when the installation that belongs to this terminal is over. */
static bool child_ended(const struct follow *follow, int *ret_code)
{
	int status;

	if (waitpid(follow->child, &status, WNOHANG) != follow->child)
		return false;
	*ret_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return true;
}

static int follow_on(struct follow *follow)
{
	const struct timespec moment = {.tv_nsec = LOOK_MS * 1000000L};
	int code = 0;

	while (!follow->left) {
		show_lines(follow);
		show_screens(follow);
		if (follow->child && child_ended(follow, &code))
			break;
		/* What comes next on a console of the machine is the screens that ask. */
		if (!follow->child && is_there(follow, RESULT_ASK))
			break;
		if (!follow->child && is_there(follow, RESULT_STAYS)) {
			show_lines(follow);
			show_end(follow);
			break;
		}
		nanosleep(&moment, NULL);
	}
	show_lines(follow);
	return code;
}

static bool can_show_screens(void)
{
	const char *term = getenv("TERM");

	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && isatty(STDERR_FILENO) &&
	       !str_empty(term) && !str_eq(term, "dumb");
}

/* That of this boot, for who stands before the machine: a line among lines scrolls away. */
static void show_password(struct follow *follow)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", follow->folder, REMOTE_PASSWORD);
	_cleanup_free_ char *password = NULL;
	size_t length;

	if (file_read(path, 256, &password, &length) < 0)
		return;
	follow->brand = xasprintf("%s   ssh: root, %s", BRAND, password);
}

int follow_command(int count, char **arguments)
{
	static const struct option long_options[] = {{"console", required_argument, NULL, 'c'},
						     {"folder", required_argument, NULL, 'f'},
						     {"name", required_argument, NULL, 'n'},
						     {0}};
	struct follow follow = {.folder = RESULT_FOLDER, .screens = can_show_screens()};
	_cleanup_free_ char *lines = NULL;
	int option;

	opterr = 0;
	while ((option = getopt_long(count, arguments, "", long_options, NULL)) != -1) {
		if (option == 'c')
			follow.console = optarg;
		else if (option == 'f')
			follow.folder = optarg;
		else if (option == 'n')
			follow.name = optarg;
		else
			return -EINVAL;
	}
	if (optind < count)
		return -EINVAL;
	lines = path_in(&follow, RESULT_LINES);
	follow.lines = open(lines, O_RDONLY | O_CLOEXEC);
	if (follow.lines < 0)
		return -errno;
	/* Nothing that comes over a line ends it there. */
	if (follow.console) {
		(void)signal(SIGINT, SIG_IGN);
		(void)signal(SIGQUIT, SIG_IGN);
		(void)signal(SIGTSTP, SIG_IGN);
		show_password(&follow);
	}
	(void)follow_on(&follow);
	close(follow.lines);
	free(follow.brand);
	return 0;
}

static bool lines_are_wanted(const struct install_options *options)
{
	_cleanup_free_ char *command_line = NULL, *word = NULL;
	size_t length;

	if (options->events || options->consoles || !can_show_screens())
		return true;
	if (file_read("/proc/cmdline", 1 << 16, &command_line, &length) < 0)
		return false;
	word = bootline_get(command_line, FOLLOW_TOKEN);
	return str_eq(word, FOLLOW_LINES);
}

/* The installation itself has no terminal: what it says is in the file. */
static void become_installer(int lines)
{
	_cleanup_close_ int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	/* Who watches may be killed; then it ends as with a terminal that goes away. */
	prctl(PR_SET_PDEATHSIG, SIGHUP);
	if (nothing >= 0)
		(void)dup2(nothing, STDIN_FILENO);
	(void)dup2(lines, STDOUT_FILENO);
	(void)dup2(lines, STDERR_FILENO);
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
}

enum follow_role follow_fork(struct install_options *options, int *ret_code)
{
	_cleanup_fclose_ FILE *file = lines_are_wanted(options) ? NULL : tmpfile();
	struct follow follow = {.folder = RESULT_FOLDER, .screens = true};

	if (!file)
		return FOLLOW_INSTALL;
	(void)unlink(RESULT_ASK);
	(void)unlink(RESULT_BOARD);
	(void)fcntl(fileno(file), F_SETFL, O_APPEND);
	follow.lines = fileno(file);
	follow.child = fork();
	if (follow.child < 0)
		return FOLLOW_INSTALL;
	if (follow.child == 0) {
		become_installer(fileno(file));
		options->watched = true;
		return FOLLOW_INSTALL;
	}
	own_child = follow.child;
	/* A Ctrl-C before there is a screen reaches the installation, which ends in good order. */
	(void)signal(SIGINT, SIG_IGN);
	*ret_code = follow_on(&follow);
	/* The terminal is gone; the installation is not. */
	if (follow.left)
		(void)waitpid(follow.child, NULL, 0);
	(void)signal(SIGINT, SIG_DFL);
	if (!is_there(&follow, RESULT_ASK))
		return FOLLOW_ENDED;
	(void)unlink(RESULT_ASK);
	return FOLLOW_ASK;
}
