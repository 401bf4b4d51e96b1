/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every kind of row on a few forms, for the tests of the toolkit. Prints what came out. */
#include "common/str.h"
#include "common/tui/tui.h"

static const struct tui_key keys[] = {{2, 'O', "Log"}, {10, 'X', "Shell"}, {0}};

static void check(struct tui_form *form, void *data _unused_)
{
	struct tui_row *mode = tui_find(form, "mode"), *ip = tui_find(form, "ip");
	struct tui_row *password = tui_find(form, "password");
	bool is_static = str_eq(tui_chosen(mode)->label, "fixed address");

	ip->hidden = !is_static;
	if (is_static && str_empty(ip->text))
		tui_complain(ip, "An address is needed, such as 192.0.2.10");
	if (strlen(password->text ?: "") < 6)
		tui_complain(password, "The password needs six characters or more");
}

static void fill(struct tui_form *form)
{
	struct tui_row *row;

	tui_add(form, TUI_SECTION, NULL, "Who", NULL);
	tui_add(form, TUI_ENTRY, "name", "Host name", "May hold a domain.")->text = xstrdup("xen1");
	tui_add(form, TUI_PASSWORD, "password", "Root password", "Six characters or more.");
	tui_add(form, TUI_SECTION, NULL, "Where", NULL);
	row = tui_add(form, TUI_CHOICE, "mode", "Address", "How it gets its address.");
	tui_add_option(row, "from the network (DHCP)")->marks = 1;
	tui_add_option(row, "fixed address");
	tui_add(form, TUI_ADDRESS, "ip", "IPv4 address", "Four numbers with dots.");
	tui_add(form, TUI_NUMBER, "vlan", "VLAN", NULL);
	row = tui_add(form, TUI_TABLE, "disks", "",
		      "Space marks, Left and Right change the column.");
	row->columns[0] = (struct tui_column){"System", true};
	row->columns[1] = (struct tui_column){"Virtual machines", false};
	tui_add_option(row, "sda  20.0 GiB  QEMU")->marks = 3;
	row->options[0].details = xstrdup("empty");
	tui_add_option(row, "sdb  40.0 GiB  K\xc3\xb6ln \xff\x1b[2J");
	tui_add_option(row, "sdc  1.0 GiB   stick")->refused = xstrdup("too small");
}

static void list(struct tui_form *form)
{
	struct tui_row *row = tui_add(form, TUI_LIST, "zone", "Time zone", "Type to search.");

	for (int i = 0; i < 60; i++) {
		_cleanup_free_ char *name = xasprintf("Region/City_%02d", i);

		tui_add_option(row, name)->marks = i == 40;
	}
}

static void print_form(const struct tui_form *form)
{
	for (size_t i = 0; i < form->n_rows; i++) {
		const struct tui_row *row = &form->rows[i];

		if (row->name && row->text)
			printf("%s=%s\n", row->name, row->text);
		for (size_t j = 0; j < row->n_options; j++)
			if (row->options[j].marks)
				printf("%s: %zu %u\n", row->name, j, row->options[j].marks);
	}
}

static struct tui_result run(struct tui_form *form, const char *log)
{
	static const char *const shell[] = {"sh", NULL};
	struct tui_result result;

	for (;;) {
		result = tui_run(form);
		if (result.end != TUI_KEY)
			return result;
		if (result.number == 2)
			tui_view_log("Log", log);
		else if (tui_program(shell, "Type exit to return.") < 0)
			tui_view("Shell", "There is no shell.");
	}
}

int main(int argc, char **argv)
{
	_cleanup_tui_form_ struct tui_form first = {.title = "Everything", .keys = keys};
	_cleanup_tui_form_ struct tui_form second = {.title = "A long list", .keys = keys};
	_cleanup_error_ struct error *error = NULL;
	const char *log = argc > 1 ? argv[1] : "/dev/null";
	struct tui_result result;

	if (tui_open("gallery", &error) < 0)
		return 1;
	first.check = check;
	first.intro = xstrdup("All kinds of rows, one below the other.");
	first.place = xstrdup("1 of 2");
	fill(&first);
	list(&second);
	do
		result = run(&first, log);
	while (result.end == TUI_BUTTON && (result = run(&second, log)).end == TUI_BACK);
	tui_close();
	printf("end %u\n", (unsigned)result.end);
	print_form(&first);
	print_form(&second);
	return 0;
}
