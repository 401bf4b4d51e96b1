/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/wizard.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sys/file.h>

#include "common/i18n.h"
#include "common/log.h"
#include "common/password.h"
#include "common/str.h"
#include "firstboot/apply.h"
#include "firstboot/disks.h"
#include "firstboot/join_command.h"
#include "firstboot/network_checks.h"
#include "firstboot/pool/engine.h"
#include "firstboot/settings.h"
#include "firstboot/status.h"

#define BRAND "xenhost " XENHOST_VERSION
#define LOCK  "/run/xenhost-wizard.lock"
#define LOG   "/var/log/xenhost-wizard.log"

struct wizard {
	const char *folder, *machine, *socket;
	bool console;
	struct firstboot firstboot;
	struct host *host;
	struct wizard_values values, former;
	char *title;
	struct network_checks *checks;
	struct disks disks;
};

static void wizard_done(struct wizard *wizard)
{
	firstboot_done(&wizard->firstboot);
	host_free(wizard->host);
	wizard_values_done(&wizard->values);
	wizard_values_done(&wizard->former);
	free(wizard->title);
	disks_done(&wizard->disks);
}

static int parse_options(int argc, char **argv, struct wizard *ret, struct error **err)
{
	static const struct option options[] = {
		{"console", no_argument, NULL, 'c'},
		{"root", required_argument, NULL, 'r'},
		{"machine", required_argument, NULL, 'm'},
		{"socket", required_argument, NULL, 's'},
		{0},
	};
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			ret->console = true;
			break;
		case 'r':
			ret->folder = optarg;
			break;
		case 'm':
			ret->machine = optarg;
			break;
		case 's':
			ret->socket = optarg;
			break;
		default:
			optind = argc + 1;
			break;
		}
	}
	if (optind != argc) {
		error_set(err, ERROR_USAGE, "the wizard does not understand its arguments");
		return error_hint(err, "See xenhost-firstboot(8).");
	}
	return 0;
}

static void fill_status(struct wizard_status *ret, void *data)
{
	struct wizard *wizard = data;

	if (state_reload(&wizard->firstboot, NULL) < 0)
		log_warning("wizard", FIRSTBOOT_STATE " cannot be read");
	status_describe(&wizard->firstboot, wizard->host, ret);
}

static bool is_over(void *data)
{
	struct wizard *wizard = data;

	return wizard->console && state_reload(&wizard->firstboot, NULL) == 0 &&
	       !status_wants_wizard(&wizard->firstboot);
}

static struct wizard_job *start_test(const struct wizard_values *values, void *data)
{
	struct wizard *wizard = data;

	wizard->checks = network_checks_start(wizard->firstboot.root, values);
	return network_checks_job(wizard->checks);
}

static void end_test(void *data)
{
	struct wizard *wizard = data;

	network_checks_release(wizard->checks);
	wizard->checks = NULL;
}

static bool check_password(const char *password, void *data)
{
	struct wizard *wizard = data;
	_cleanup_free_ char *hash = settings_root_hash(wizard->firstboot.root);

	return hash && password_fits(password, hash);
}

static int look(struct wizard *wizard, struct error **err)
{
	const struct host_options options = {0};

	host_free(TAKE_PTR(wizard->host));
	return wizard->machine ? host_load(wizard->machine, &wizard->host, err)
			       : host_detect(wizard->firstboot.root, &options, &wizard->host, err);
}

static int load(struct wizard *wizard, struct error **err)
{
	int r = fsroot_open(wizard->folder ?: "/", &wizard->firstboot.root);

	if (r < 0)
		return error_errno(err, ERROR_USAGE, r, "cannot open %s", wizard->folder ?: "/");
	r = state_load(&wizard->firstboot, err);
	if (r == 0)
		r = look(wizard, err);
	if (r < 0)
		return r;
	wizard->title = xasprintf("%s %s%s%s", wizard->host->firmware.system_vendor ?: "",
				  wizard->host->firmware.product_name ?: "unknown machine",
				  wizard->host->firmware.product_serial ? ", serial " : "",
				  wizard->host->firmware.product_serial ?: "");
	return 0;
}

/* What is open now shall not call the wizard any more. */
static int dismiss(struct wizard *wizard, struct error **err)
{
	int r = state_reload(&wizard->firstboot, err);

	if (r < 0)
		return r;
	strv_free(wizard->firstboot.dismissed);
	wizard->firstboot.dismissed = status_open(&wizard->firstboot);
	return state_save(&wizard->firstboot, err);
}

/* One at a time: consoles and logins may have a wizard each. */
static int lock(const struct wizard *wizard, int *ret, struct error **err)
{
	_cleanup_close_ int fd =
		wizard->folder ? -1 : open(LOCK, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (!wizard->folder && (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)) {
		error_set(err, ERROR_USER, "another wizard is at work on this host");
		return error_hint(err, "Wait until it has ended on the other console.");
	}
	*ret = TAKE_FD(fd);
	return 0;
}

/* For the screen of the pool; all but the password. Whose certificate it is and whether to use
 * force is asked anew, too. */
static void remember_pool(struct wizard *wizard, const struct wizard_values *values)
{
	static const char *const names[] = {"pool", "pool@name", "pool@coordinator", "pool@user"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		wizard_set(&wizard->former, wizard_name(names[i]), wizard_get(values, names[i]));
}

/* That of the installation, which named a coordinator. */
static void remember_failed_join(struct wizard *wizard)
{
	_cleanup_wizard_values_ struct wizard_values values = {0};

	settings_read(wizard->firstboot.root, &values);
	if (state_result(&wizard->firstboot, JOIN_TASK)->state != TASK_FAILED ||
	    str_empty(wizard_get(&values, "pool@coordinator")))
		return;
	wizard_set(&values, wizard_name("pool"), "join");
	remember_pool(wizard, &values);
}

/* True in *ret_again when the operator wants to see how the host stands now. */
static int carry_out(struct wizard *wizard, const struct wizard_values *values, const char *log,
		     bool *ret_again, struct error **err)
{
	_cleanup_close_ int fd = -1;
	_cleanup_(apply_done) struct apply apply = {.firstboot = &wizard->firstboot,
						    .host = wizard->host,
						    .before = &wizard->values,
						    .after = values,
						    .socket = wizard->socket};
	pthread_t thread;
	int r = apply_prepare(&apply, err);

	if (r == 0)
		r = lock(wizard, &fd, err);
	if (r < 0)
		return r;
	r = pthread_create(&thread, NULL, apply_run, &apply);
	if (r != 0)
		return error_errno(err, ERROR_INTERNAL, r, "no thread can be started");
	*ret_again = wizard_watch(&apply.job, log);
	pthread_join(thread, NULL);
	wizard_values_done(&wizard->former);
	if (apply_pool_failed(&apply))
		remember_pool(wizard, values);
	return 0;
}

/* A toolstack that is named by hand is there. */
static bool can_join(const struct wizard *wizard)
{
	return wizard->socket || join_engine_find("xapi")->is_carried(wizard->firstboot.root);
}

static bool is_member(struct wizard *wizard)
{
	return state_result(&wizard->firstboot, JOIN_TASK)->state == TASK_DONE;
}

static struct wizard_setup setup_of(struct wizard *wizard, const char *log)
{
	const struct fsroot *root = wizard->firstboot.root;
	_cleanup_free_ char *hash = settings_root_hash(root);

	return (struct wizard_setup){
		.host = wizard->host,
		.values = &wizard->values,
		.former = &wizard->former,
		.title = wizard->title,
		.network_elsewhere = settings_network_owner(root),
		.disks = wizard->disks.list,
		.n_disks = wizard->disks.count,
		.can_join = can_join(wizard),
		.member = is_member(wizard),
		.socket = wizard->socket,
		.console = wizard->console,
		.ask_password = !settings_has_login(root),
		.log = log,
		.status = fill_status,
		.test = start_test,
		.end_test = end_test,
		.is_over = is_over,
		.check_password = hash ? check_password : NULL,
		.data = wizard,
	};
}

static void show_error(const struct error *error)
{
	static const char *const buttons[] = {N_("Back"), NULL};
	_cleanup_free_ char *words = error_words(error);

	tui_ask(_("That cannot be done"), words, buttons);
}

/* Until everything is done, or the operator leaves. */
static int ask(struct wizard *wizard, const char *log, struct error **err)
{
	remember_failed_join(wizard);
	for (bool again = true; again;) {
		_cleanup_wizard_values_ struct wizard_values values = {0};
		_cleanup_error_ struct error *error = NULL;
		struct wizard_setup setup;
		enum wizard_end end;

		wizard_values_done(&wizard->values);
		settings_read(wizard->firstboot.root, &wizard->values);
		disks_done(&wizard->disks);
		disks_list(&wizard->firstboot, wizard->host, &wizard->disks);
		setup = setup_of(wizard, log);
		end = wizard_ask(&setup, &values);
		if (end == WIZARD_LEAVE)
			return 0;
		if (end == WIZARD_DISMISS)
			return dismiss(wizard, err);
		if (carry_out(wizard, &values, log, &again, &error) < 0) {
			show_error(error);
			remember_pool(wizard, &values);
		} else if (!again) {
			return dismiss(wizard, err);
		}
		/* What was carried out may have changed the disks. */
		int r = look(wizard, err);

		if (r < 0)
			return r;
	}
	return 0;
}

int wizard_command(int argc, char **argv, struct error **err)
{
	_cleanup_(wizard_done) struct wizard wizard = {0};
	const char *log = NULL;
	int r = parse_options(argc, argv, &wizard, err);

	if (r < 0)
		return r;
	if (!wizard.folder && geteuid() != 0)
		return error_set(err, ERROR_USAGE, "only root can set up this host");
	if (!wizard.folder && log_to_file(LOG_INFO, LOG) == 0)
		log = LOG;
	r = load(&wizard, err);
	if (r == 0)
		r = wizard_open(BRAND, err);
	if (r < 0)
		return r;
	r = ask(&wizard, log, err);
	wizard_close();
	return r;
}
