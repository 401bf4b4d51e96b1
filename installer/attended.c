/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `xenhost-install` without a command: an operator is asked on screens. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kd.h>
#include <pthread.h>
#include <sys/ioctl.h>

#include "common/bootline.h"
#include "common/fetch.h"
#include "common/log.h"
#include "common/proc.h"
#include "common/str.h"
#include "hwdb/verdict.h"
#include "installer/fitness.h"
#include "installer/inputs.h"
#include "installer/install_id.h"
#include "installer/known.h"
#include "installer/last_call.h"
#include "installer/live.h"
#include "installer/network/network.h"
#include "installer/payload/payload.h"
#include "installer/remote.h"
#include "installer/result.h"
#include "installer/screens/screens.h"
#include "installer/telling.h"
#include "installer/unattended/unattended.h"
#include "installer/watched.h"

#define TAG "install"

/* What a machine must be to become a host, of the profiles that xenhost-hwinfo has. */
#define PROFILE "host"
#define BRAND   "xenhost " XENHOST_VERSION

/* What a recorded machine or a live one needs of this; the rest stays empty. */
struct attended {
	const struct install_options *options;
	struct host *host;
	struct findings hardware;
	char *report;
	struct screens_setup setup;
	struct screens_result result;
	struct known known;
	struct source *source; /* recorded */
	/* Live. */
	struct fsroot *root;
	char *command_line;
	struct payload *payload;
	bool network_up;
	struct telling telling;
	pthread_mutex_t network; /* held while links are brought up */
};

static void attended_done(struct attended *attended)
{
	telling_done(&attended->telling);
	screens_result_done(&attended->result);
	known_done(&attended->known);
	findings_done(&attended->hardware);
	free(attended->report);
	source_free(attended->source);
	payload_free(attended->payload);
	free(attended->command_line);
	host_free(attended->host);
	fsroot_free(attended->root);
}

static int open_recorded(const struct answers *answers, const struct source **ret, void *data,
			 struct error **err)
{
	struct attended *attended = data;
	struct source *source = NULL;
	int r = inputs_manifest(attended->setup.source, answers, &source, err);

	if (r < 0)
		return r;
	source_free(attended->source);
	attended->source = source;
	*ret = source;
	return 0;
}

static int judge(const struct host *host, struct findings *ret, struct error **err)
{
	_cleanup_profile_ struct profile *profile = NULL;
	_cleanup_verdicts_ struct verdicts verdicts = {0};
	int r = profile_load(PROFILE, &profile, err);

	if (r < 0)
		return r;
	verdicts_judge(profile, host, &verdicts);
	verdicts_to_findings(&verdicts, ret);
	return 0;
}

/* Not readable by others: it holds the password's hash. */
static int save(const char *path, const char *xml, struct error **err)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	size_t length = strlen(xml);

	if (fd < 0 || write(fd, xml, length) != (ssize_t)length) {
		error_set(err, ERROR_USAGE, "the answers cannot be written to %s: %s", path,
			  strerror(errno));
		return error_hint(err, "Give --save a path in a folder that you may write to.");
	}
	return 0;
}

static int show_recorded(const struct install_options *options, const struct screens_result *result,
			 struct error **err)
{
	_cleanup_free_ char *text = plan_to_text(result->plan);
	int r = options->save ? save(options->save, result->xml, err) : 0;

	if (r < 0)
		return r;
	if (options->save && result->secrets.pool_password)
		fprintf(stderr,
			"The pool's password is not in %s: fill it in before the file is used.\n",
			options->save);
	fputs(text, stdout);
	return 0;
}

/* Messages of what lies below would run across the screen. */
static int divert_errors(const char *path)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	int saved = dup(STDERR_FILENO);

	if (saved >= 0 && fd >= 0 && dup2(fd, STDERR_FILENO) < 0)
		return -1;
	return saved;
}

static void restore_errors(int saved)
{
	if (saved < 0)
		return;
	dup2(saved, STDERR_FILENO);
	close(saved);
}

/* For the screens: from here on the machine is what it is now. `host` is taken. */
static int take_host(struct attended *attended, struct host *host, struct error **err)
{
	struct screens_setup *setup = &attended->setup;
	_cleanup_findings_ struct findings findings = {0};
	int r = judge(host, &findings, err);

	if (r < 0) {
		host_free(host);
		return r;
	}
	findings_done(&attended->hardware);
	attended->hardware = findings;
	findings = (struct findings){0};
	host_free(attended->host);
	attended->host = host;
	free(attended->report);
	attended->report = host_to_text(host);
	setup->host = host;
	setup->hardware = &attended->hardware;
	setup->report = attended->report;
	return 0;
}

static int rescan_recorded(void *data, struct error **err)
{
	struct attended *attended = data;
	struct host *host = NULL;
	int r = host_load(attended->options->machine, &host, err);

	return r < 0 ? r : take_host(attended, host, err);
}

static int rescan_live(void *data, struct error **err)
{
	struct attended *attended = data;
	_cleanup_host_ struct host *host = NULL;
	int r = host_detect(attended->root, NULL, &host, err);

	if (r == 0)
		r = network_rename(host, err);
	if (r < 0)
		return r;
	network_look(attended->root, host);
	return take_host(attended, TAKE_PTR(host), err);
}

static int prepare(struct attended *attended, struct error **err)
{
	struct screens_setup *setup = &attended->setup;
	int r = take_host(attended, TAKE_PTR(attended->host), err);

	setup->data = attended;
	return r < 0 ? r : inputs_seed(attended->options, setup->seed, &setup->time, err);
}

/* What an answer file says before anybody is asked. */
static int look_up(struct attended *attended, const char *command_line, struct error **err)
{
	struct screens_setup *setup = &attended->setup;
	unsigned seconds;
	int r = last_call_seconds(attended->options->last_call, command_line, &seconds, err);

	if (r == 0)
		r = known_load(attended->options, attended->root, attended->host, command_line,
			       &attended->known, err);
	if (r == 0 && attended->known.answers)
		r = fitness_check(attended->host, attended->known.answers, err);
	if (r < 0)
		return r;
	setup->last_call_ms = (int)seconds * 1000;
	known_give(&attended->known, setup);
	return 0;
}

static int recorded(struct attended *attended, struct error **err)
{
	int saved, r = host_load(attended->options->machine, &attended->host, err);

	attended->setup.source = attended->options->source;
	if (r == 0)
		r = look_up(attended, attended->host->command_line, err);
	if (r == 0)
		r = prepare(attended, err);
	if (r == 0)
		r = screens_open(BRAND, err);
	if (r < 0)
		return r;
	attended->setup.recorded = true;
	attended->setup.open_source = open_recorded;
	attended->setup.rescan = rescan_recorded;
	saved = divert_errors("/dev/null");
	r = screens_ask(&attended->setup, &attended->result, err);
	screens_close();
	restore_errors(saved);
	return r < 0 ? r : show_recorded(attended->options, &attended->result, err);
}

/* The link that the answers call the management network's: the host's, or the installer's own. */
static void take_link(const struct answers *answers, bool bond, struct network_config *config)
{
	const struct answers_interface *admin = &answers->admin;
	struct in_addr mask;

	config->device = xstrdup(admin->name ?: admin->hwaddr ?: "");
	config->is_static = admin->mode == ADDRESS_STATIC;
	config->ip = admin->ip ? xstrdup(admin->ip) : NULL;
	config->gateway = admin->gateway ? xstrdup(admin->gateway) : NULL;
	for (char **server = answers->name_servers; server && *server; server++)
		strv_add(&config->dns, *server);
	config->vlan = admin->vlan;
	if (config->is_static && inet_pton(AF_INET, admin->netmask ?: "", &mask) == 1)
		config->prefix = (unsigned)__builtin_popcount(mask.s_addr);
	if (!bond || answers->n_bond_ports == 0)
		return;
	strv_add(&config->bond, config->device);
	for (size_t i = 0; i < answers->n_bond_ports; i++) {
		const struct answers_bond_port *port = &answers->bond_ports[i];

		if (port->name || port->hwaddr)
			strv_add(&config->bond, port->name ?: port->hwaddr);
	}
	/* The kernel's own bonds have no balance-slb: one cable of it does for now. */
	config->bond_mode = network_bond_mode(bond_mode_to_string(answers->bond_mode))
				    ?: network_bond_mode("active-backup");
}

/* `anew`: nothing is fetched over any link now, so that bonds can be made and taken apart. */
static int bring_up(struct attended *attended, const struct answers *answers, const char *where,
		    bool anew, struct error **err)
{
	_cleanup_network_config_ struct network_config *config = NULL;
	_cleanup_free_ char *time = bootline_get(attended->command_line, "xenhost.time");
	int r = 0;

	if (answers->has_admin) {
		config = xcalloc(1, sizeof(*config));
		take_link(answers, anew, config);
	} else {
		/* Nobody chose a link: as an installation without questions finds it. */
		r = network_config_parse(attended->command_line, &config, err);
	}
	pthread_mutex_lock(&attended->network);
	if (r == 0) {
		config->anew = answers->has_admin && anew;
		r = network_up_to(attended->root, attended->host, config, where, err);
	}
	if (r == 0 && !attended->network_up)
		network_set_clock(attended->root, time);
	attended->network_up = attended->network_up || r == 0;
	pthread_mutex_unlock(&attended->network);
	return r;
}

static int open_live(const struct answers *answers, const struct source **ret, void *data,
		     struct error **err)
{
	struct attended *attended = data;
	_cleanup_free_ char *where = NULL;
	struct payload *payload = NULL;
	int r = inputs_source(attended->setup.source, answers, attended->root, &where, err);

	if (r == 0 && fetch_is_remote(where))
		r = bring_up(attended, answers, where, true, err);
	if (r == 0)
		r = payload_open(where, attended->root, &payload, err);
	if (r < 0)
		return r;
	payload_free(attended->payload);
	attended->payload = payload;
	*ret = payload_source(payload);
	return 0;
}

/* Where the kernel turns keys into characters; over a line the terminal at its other end does. */
static bool on_virtual_terminal(void)
{
	char type;

	return ioctl(STDIN_FILENO, KDGKBTYPE, &type) == 0;
}

static int link_up_live(const struct answers *answers, void *data, struct error **err)
{
	return bring_up(data, answers, NULL, true, err);
}

static int set_keymap(const char *name, void *data _unused_)
{
	_cleanup_error_ struct error *error = NULL;

	int r = proc_runl(&error, "loadkeys", "loadkeys", "-q", name, NULL);

	if (r < 0)
		log_warning(TAG, "the console keeps its keymap: loadkeys %s failed", name);
	return r;
}

/* What the operator wants next, for init, which reads it with the outcome. */
static void leave_word(const struct fsroot *root, enum screens_choice choice)
{
	static const char *const words[] = {"reboot", "poweroff", "stay"};
	int r = fsroot_write_text(root, RESULT_NEXT, words[choice], 0644);

	if (r < 0)
		log_warning(TAG, "cannot write " RESULT_NEXT ": %s", strerror(-r));
}

static int reach(const char *where, void *data, struct error **err)
{
	struct attended *attended = data;

	bool streams = attended->payload && fetch_is_remote(payload_where(attended->payload));

	return bring_up(attended, attended->result.answers, where, !streams, err);
}

static void on_event(const struct event *event, void *data)
{
	struct attended *attended = data;

	deliver_event(&attended->telling.deliver, event);
}

static char *last_warning(void *data)
{
	return deliver_trouble(&((struct attended *)data)->telling.deliver);
}

static int install(struct attended *attended, struct report **ret, struct error **err)
{
	const struct watched watched = {.root = attended->root,
					.host = attended->host,
					.plan = attended->result.plan,
					.secrets = &attended->result.secrets,
					.xml = attended->result.xml,
					.payload = attended->payload,
					.medium = attended->setup.medium,
					.reach = reach,
					.on_event = on_event,
					.last_warning = last_warning,
					.data = attended};
	_cleanup_error_ struct error *error = NULL;
	int r;

	result_save_inputs(attended->root, attended->host, attended->result.plan);
	if (save(RESULT_ANSWERS, attended->result.xml, NULL) < 0)
		log_warning(TAG, "the answers could not be kept in " RESULT_ANSWERS);
	attended->telling.reach = reach;
	attended->telling.data = attended;
	telling_start(&attended->telling, attended->host, attended->result.answers,
		      &attended->result.secrets, attended->command_line, attended->network_up,
		      RESULT_FOLDER);
	r = watched_run(&watched, ret, &error);
	if (*ret)
		deliver_tell_end(&attended->telling.deliver, attended->host,
				 attended->result.answers, attended->result.plan, *ret, error);
	if (*ret)
		leave_word(attended->root, watched_end(&watched, *ret));
	telling_stop(&attended->telling);
	if (err)
		*err = TAKE_PTR(error);
	return r;
}

static int converse(struct attended *attended, struct report **ret, struct error **err)
{
	int r = screens_ask(&attended->setup, &attended->result, err);

	if (r < 0)
		return r;
	log_hide(attended->result.secrets.root_password);
	if (attended->result.secrets.pool_password)
		log_hide(attended->result.secrets.pool_password);
	return install(attended, ret, err);
}

/* Authorities, proxy and client certificate of the boot line, for whatever is fetched or sent. */
static int trust(const struct attended *attended, struct error **err)
{
	const struct unattended trust = {
		.root = attended->root,
		.host = attended->host,
		.command_line = attended->command_line,
		.medium = INSTALL_MEDIUM,
	};

	return unattended_trust(&trust, err);
}

/* The language of the boot line, if there is one. */
static void speak(const char *command_line)
{
	_cleanup_free_ char *wanted = bootline_get(command_line, "xenhost.lang");

	if (wanted && !screens_speak(wanted))
		log_warning(TAG, "the screens do not speak xenhost.lang=%s", wanted);
}

/* Whom the answers name, as soon as there is a network; init lets in whom the boot line does. */
static void let_in(const struct attended *attended)
{
	_cleanup_(remote_done) struct remote remote = {0};
	_cleanup_error_ struct error *problem = NULL;
	_cleanup_free_ char *text = NULL;
	int r = remote_start(&remote, attended->root, attended->command_line,
			     attended->known.answers, &problem);

	if (r < 0)
		log_warning(TAG, "nobody can log in by ssh: %s", problem->message);
	text = remote_text(&remote);
	if (text)
		log_info(TAG, "%s", text);
}

static int live(struct attended *attended, struct error **err)
{
	_cleanup_report_ struct report *report = NULL;
	_cleanup_error_ struct error *error = NULL;
	struct screens_setup *setup = &attended->setup;
	_cleanup_free_ char *named = NULL;
	int saved, r = live_start(&attended->root, &attended->command_line, &attended->host, err);

	if (r == 0) {
		named = bootline_get(attended->command_line, "xenhost.source");
		setup->source = attended->options->source ?: named;
		r = look_up(attended, attended->command_line, err);
	}
	/* Looking for answers trusts whom the boot line names by itself. */
	if (r == 0 && !attended->known.answers)
		r = trust(attended, err);
	if (r == 0 && !attended->known.answers)
		r = inputs_hold_source(attended->command_line, err);
	if (r == 0 && attended->known.answers)
		report = install_id_done_before(attended->root, attended->host,
						attended->known.answers, attended->command_line);
	if (report) {
		result_publish(attended->root, report, false);
		return 0;
	}
	if (r == 0 && attended->known.answers)
		let_in(attended);
	if (r == 0) {
		network_look(attended->root, attended->host);
		r = prepare(attended, err);
	}
	if (r == 0)
		r = screens_open(BRAND, err);
	if (r < 0)
		return r;
	speak(attended->command_line);
	setup->log = RESULT_LOG;
	setup->medium = fsroot_exists(attended->root, INSTALL_MEDIUM_SOURCE "/manifest.json");
	setup->open_source = open_live;
	setup->rescan = rescan_live;
	setup->link_up = link_up_live;
	if (on_virtual_terminal())
		setup->keymap = set_keymap;
	saved = divert_errors(RESULT_LOG);
	r = converse(attended, &report, &error);
	screens_close();
	restore_errors(saved);
	if (r < 0 && !report)
		report = result_of_refusal(error, setup->seed, setup->time);
	result_publish(attended->root, report, false);
	if (err)
		*err = TAKE_PTR(error);
	return r;
}

int install_screens(const struct install_options *options, struct error **err)
{
	_cleanup_(attended_done) struct attended attended = {.options = options,
							     .network = PTHREAD_MUTEX_INITIALIZER};

	if (options->machine && !str_eq(options->machine, "live"))
		return recorded(&attended, err);
	if (options->save) {
		error_set(err, ERROR_USAGE, "--save belongs to a recorded machine");
		return error_hint(err, "Of this machine the answers are kept in %s.",
				  RESULT_ANSWERS);
	}
	return live(&attended, err);
}
