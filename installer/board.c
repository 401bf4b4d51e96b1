/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/board.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/str.h"

#define MAGIC     "xenhost board 1"
#define SUPPLY_MS 500
/* A writer that was stopped in the middle of a change must not stop who reads. */
#define TRIES 1000

struct board_step {
	enum step_kind kind;
	char id[80], title[160];
};

/* As it lies in the file. Both sides are the same program, so that layouts are the same. */
struct board_file {
	char magic[sizeof(MAGIC)];
	size_t size, n_steps;
	pid_t pid;
	atomic_uint turn; /* odd while the state changes */
	struct board_state state;
	atomic_bool halting, halted; /* somebody writes who; it stands */
	char halted_by[64];
	struct board_step steps[]; /* then the plan's text */
};

struct board {
	struct board_file *file;
	pthread_mutex_t lock; /* over the state, among who writes it */
	const struct plan *plan;
	const struct payload *payload;
	pthread_t thread;
	bool has_thread;
	atomic_bool closing;
};

struct board_view {
	struct board_file *file;
	struct plan plan;
};

static void copy(char *to, size_t size, const char *text)
{
	(void)snprintf(to, size, "%s", text ? text : "");
}

static void begin(struct board *board)
{
	pthread_mutex_lock(&board->lock);
	atomic_fetch_add(&board->file->turn, 1);
}

static void end(struct board *board)
{
	atomic_fetch_add(&board->file->turn, 1);
	pthread_mutex_unlock(&board->lock);
}

/* A source that sends nothing makes no event either. */
static void *look_at_source(void *data)
{
	const struct timespec moment = {.tv_nsec = SUPPLY_MS * 1000000L};
	struct board *board = data;

	while (!atomic_load(&board->closing)) {
		struct payload_flow flow;

		payload_flow(board->payload, &flow);
		begin(board);
		board->file->state.supply = (struct screens_supply){
			.reading = flow.reading,
			.remote = flow.remote,
			.bytes = flow.bytes,
			.held_seconds = flow.held_seconds,
		};
		end(board);
		nanosleep(&moment, NULL);
	}
	return NULL;
}

static void fill(struct board_file *file, const struct plan *plan, const char *text, int wait_ms)
{
	memcpy(file->magic, MAGIC, sizeof(MAGIC));
	file->n_steps = plan->n_steps;
	file->pid = getpid();
	file->state.call_end_ms = clock_ms() + wait_ms;
	for (size_t i = 0; i < plan->n_steps; i++) {
		struct board_step *step = &file->steps[i];

		step->kind = plan->steps[i].kind;
		copy(step->id, sizeof(step->id), plan->steps[i].id);
		copy(step->title, sizeof(step->title), plan->steps[i].title);
	}
	/* make() left room for it. */
	memcpy(&file->steps[plan->n_steps], text, strlen(text) + 1);
}

/* Complete before anybody sees it. */
static int make(const char *path, const struct plan *plan, int wait_ms, struct board_file **ret)
{
	_cleanup_free_ char *text = plan_to_text(plan), *new = xasprintf("%s.new", path);
	size_t size = sizeof(**ret) + plan->n_steps * sizeof(struct board_step) + strlen(text) + 1;
	_cleanup_close_ int fd = open(new, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct board_file *file;
	int r = fd < 0 ? errno : posix_fallocate(fd, 0, (off_t)size);

	if (r != 0)
		return -r;
	file = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (file == MAP_FAILED)
		return -errno;
	fill(file, plan, text, wait_ms);
	file->size = size;
	if (rename(new, path) < 0) {
		munmap(file, size);
		return -errno;
	}
	*ret = file;
	return 0;
}

int board_open(const char *path, const struct plan *plan, const struct payload *payload,
	       int wait_ms, struct board **ret, struct error **err)
{
	struct board_file *file = NULL;
	struct board *board;
	int r = make(path, plan, wait_ms, &file);

	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot make %s", path);
	board = xcalloc(1, sizeof(*board));
	board->file = file;
	board->plan = plan;
	board->payload = payload;
	pthread_mutex_init(&board->lock, NULL);
	board->has_thread =
		payload && pthread_create(&board->thread, NULL, look_at_source, board) == 0;
	*ret = board;
	return 0;
}

char *board_halted(const struct board *board)
{
	return board && atomic_load(&board->file->halted) ? xstrdup(board->file->halted_by) : NULL;
}

void board_run(struct board *board)
{
	begin(board);
	board->file->state.stage = BOARD_RUNNING;
	end(board);
}

static size_t number_of(const struct plan *plan, const struct plan_step *step)
{
	size_t i = 0;

	while (i < plan->n_steps && !str_eq(plan->steps[i].id, step->id))
		i++;
	return i;
}

void board_event(struct board *board, const struct event *event)
{
	struct board_state *state = &board->file->state;
	_cleanup_free_ char *masked = log_mask(event->text ?: "");

	begin(board);
	if (event->step)
		state->step = number_of(board->plan, event->step);
	state->permille = event->permille;
	state->bytes = event->bytes;
	state->total_bytes = event->total_bytes;
	state->bytes_per_second = event->bytes_per_second;
	state->seconds_left = event->seconds_left;
	if (event->kind == EVENT_WARNING)
		copy(state->warning, sizeof(state->warning), masked);
	end(board);
}

void board_close(struct board *board)
{
	if (!board)
		return;
	atomic_store(&board->closing, true);
	if (board->has_thread)
		pthread_join(board->thread, NULL);
	begin(board);
	board->file->state.stage = BOARD_OVER;
	end(board);
	pthread_mutex_destroy(&board->lock);
	munmap(board->file, board->file->size);
	free(board);
}

/* Whether what somebody left there is one, so that nothing beyond it is read. */
static bool is_board(const struct board_file *file, size_t size)
{
	const char *text;
	size_t most = (size - sizeof(*file)) / sizeof(file->steps[0]);

	if (memcmp(file->magic, MAGIC, sizeof(MAGIC)) != 0 || file->size != size ||
	    file->n_steps > most)
		return false;
	text = (const char *)&file->steps[file->n_steps];
	return text < (const char *)file + size && !((const char *)file)[size - 1];
}

static void take_steps(struct board_view *view)
{
	struct plan *plan = &view->plan;

	plan->n_steps = view->file->n_steps;
	plan->steps = xcalloc(plan->n_steps ?: 1, sizeof(*plan->steps));
	for (size_t i = 0; i < plan->n_steps; i++) {
		struct board_step *step = &view->file->steps[i];

		step->id[sizeof(step->id) - 1] = step->title[sizeof(step->title) - 1] = '\0';
		plan->steps[i].kind = step->kind;
		plan->steps[i].id = step->id;
		plan->steps[i].title = step->title;
	}
}

int board_look(const char *path, struct board_view **ret)
{
	_cleanup_close_ int fd = open(path, O_RDWR | O_CLOEXEC);
	struct board_file *file;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if ((size_t)st.st_size <= sizeof(*file))
		return -EINVAL;
	file = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (file == MAP_FAILED)
		return -errno;
	if (!is_board(file, (size_t)st.st_size)) {
		munmap(file, (size_t)st.st_size);
		return -EINVAL;
	}
	*ret = xcalloc(1, sizeof(**ret));
	(*ret)->file = file;
	take_steps(*ret);
	return 0;
}

void board_state(const struct board_view *view, struct board_state *ret)
{
	const struct board_file *file = view->file;
	unsigned turn;

	for (int i = 0; i < TRIES; i++) {
		turn = atomic_load(&file->turn);
		*ret = file->state;
		atomic_thread_fence(memory_order_acquire);
		if (turn % 2 == 0 && turn == atomic_load(&file->turn))
			break;
	}
	ret->warning[sizeof(ret->warning) - 1] = '\0';
	if (ret->step >= view->plan.n_steps)
		ret->step = 0;
	/* It may have been killed. */
	if (kill(file->pid, 0) < 0 && errno == ESRCH)
		ret->stage = BOARD_OVER;
}

const struct plan *board_plan(const struct board_view *view)
{
	return &view->plan;
}

const char *board_text(const struct board_view *view)
{
	return (const char *)&view->file->steps[view->file->n_steps];
}

void board_halt(const struct board_view *view, const char *who)
{
	if (atomic_exchange(&view->file->halting, true))
		return;
	copy(view->file->halted_by, sizeof(view->file->halted_by), who);
	atomic_store(&view->file->halted, true);
}

void board_stop(const struct board_view *view)
{
	kill(view->file->pid, SIGINT);
}

void board_leave(struct board_view *view)
{
	if (!view)
		return;
	munmap(view->file, view->file->size);
	free(view->plan.steps);
	free(view);
}
