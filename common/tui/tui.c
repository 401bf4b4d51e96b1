/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Building forms, and the forms that every program needs: questions, texts, logs. */
#include "common/tui/tui.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/wait.h>

#include "common/file.h"
#include "common/str.h"
#include "common/tui/form.h"
#include "common/tui/input.h"

/* As much of a log as somebody looks through; what is older is in the file. */
#define LOG_TAIL (64UL << 10)

int tui_open(const char *brand, struct error **err)
{
	int r = terminal_open(err);

	if (r < 0)
		return r;
	input_open();
	language_open();
	form_set_brand(brand);
	return 0;
}

void tui_close(void)
{
	language_close();
	terminal_close();
}

struct tui_row *tui_add(struct tui_form *form, enum tui_kind kind, const char *name,
			const char *label, const char *help)
{
	struct tui_row *row = ARRAY_APPEND(form->rows, form->n_rows);

	row->kind = kind;
	row->name = name;
	row->label = xstrdup(label);
	row->help = xstrdup(help);
	return row;
}

struct tui_option *tui_add_option(struct tui_row *row, const char *label)
{
	struct tui_option *option = ARRAY_APPEND(row->options, row->n_options);

	option->label = xstrdup(label);
	return option;
}

static void wipe(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}

void tui_row_clear_options(struct tui_row *row)
{
	for (size_t i = 0; i < row->n_options; i++) {
		free(row->options[i].label);
		free(row->options[i].details);
		free(row->options[i].refused);
		free(row->options[i].value);
	}
	free(row->options);
	row->options = NULL;
	row->n_options = 0;
}

void tui_row_clear(struct tui_row *row)
{
	tui_row_clear_options(row);
	wipe(row->text);
	free(row->label);
	free(row->help);
	free(row->problem);
	free(row->search);
	*row = (struct tui_row){0};
}

void tui_form_done(struct tui_form *form)
{
	for (size_t i = 0; i < form->n_rows; i++)
		tui_row_clear(&form->rows[i]);
	free(form->rows);
	free(form->intro);
	free(form->place);
	*form = (struct tui_form){0};
}

struct tui_row *tui_find(struct tui_form *form, const char *name)
{
	for (size_t i = 0; i < form->n_rows; i++)
		if (str_eq(form->rows[i].name, name))
			return &form->rows[i];
	return NULL;
}

struct tui_option *tui_chosen(const struct tui_row *row)
{
	for (size_t i = 0; i < row->n_options; i++)
		if (row->options[i].marks & 1U)
			return &row->options[i];
	return NULL;
}

void tui_complain(struct tui_row *row, const char *format, ...)
{
	va_list args;

	if (row->problem)
		return;
	va_start(args, format);
	row->problem = xvasprintf(i18n_text(format), args);
	va_end(args);
}

int tui_ask(const char *title, const char *text, const char *const *buttons)
{
	_cleanup_tui_form_ struct tui_form form = {.title = title, .buttons = buttons};
	struct tui_result result;

	form.intro = xstrdup(text);
	do
		result = tui_run(&form);
	while (result.end == TUI_KEY || result.end == TUI_TICK || result.end == TUI_FOLLOW);
	return result.end == TUI_BUTTON ? (int)result.number : -1;
}

void tui_view(const char *title, const char *text)
{
	static const char *const close[] = {N_("Close"), NULL};

	tui_ask(title, text, close);
}

static char *read_tail(const char *path)
{
	char *text;

	return file_read_tail(path, LOG_TAIL, &text) < 0 ? xasprintf(_("%s cannot be read."), path)
							 : text;
}

void tui_view_log(const char *title, const char *path)
{
	static const char *const close[] = {N_("Close"), NULL};
	_cleanup_tui_form_ struct tui_form form = {
		.title = title, .buttons = close, .wait_ms = 1000};
	struct tui_result result;

	form.at_end = true;
	do {
		free(form.intro);
		form.intro = read_tail(path);
		/* Drawing takes it back to the last page. */
		if (form.at_end)
			form.top = SIZE_MAX / 2;
		result = tui_run(&form);
	} while (result.end == TUI_TICK || result.end == TUI_KEY);
}

static void run_child(const char *const *argv)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGWINCH};
	char **arguments = (char **)(uintptr_t)argv;

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		signal(numbers[i], SIG_DFL);
	if (dup2(STDOUT_FILENO, STDERR_FILENO) >= 0)
		execvp(argv[0], arguments);
	_exit(127);
}

int tui_program(const char *const *argv, const char *message)
{
	int status = 0;
	pid_t pid;

	terminal_suspend();
	printf("\n%s\n", shown(message));
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		run_child(argv);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	terminal_resume();
	if (pid < 0)
		return -EAGAIN;
	return WIFEXITED(status) && WEXITSTATUS(status) == 127 ? -ENOENT : 0;
}
