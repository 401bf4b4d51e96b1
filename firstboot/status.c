/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/status.h"

#include "common/bootline.h"
#include "common/i18n.h"
#include "common/proc.h"
#include "common/str.h"
#include "firstboot/join_command.h"
#include "firstboot/links.h"
#include "firstboot/pool/engine.h"
#include "firstboot/pool_wish.h"
#include "firstboot/settings.h"
#include "hwdb/verdict.h"

#define TAG     "status"
#define PROFILE "host"

/* Who the questions of the wizard call so has to be decided; tasks are open when they failed. */
static bool network_is_open(const struct wizard_values *values)
{
	const char *mode = wizard_get(values, "admin-interface@proto");

	return str_empty(wizard_get(values, "admin-interface@name")) || str_empty(mode) ||
	       (str_eq(mode, "none") &&
		str_eq(wizard_get(values, "admin-interface@protov6"), "none"));
}

/* Nobody gives a host with a fixed address a name. */
static bool name_is_open(const struct wizard_values *values)
{
	return str_empty(wizard_get(values, "hostname")) &&
	       !str_eq(wizard_get(values, "admin-interface@proto"), "dhcp");
}

static const struct task_result *result_of(const struct firstboot *firstboot, const char *name)
{
	for (size_t i = 0; i < firstboot->n_results; i++)
		if (str_eq(firstboot->results[i].name, name))
			return &firstboot->results[i];
	return NULL;
}

/* What nobody sees to but an operator. A script that failed is the fleet's matter, and a host
 * without a name works: both stand on the page, and call nobody. */
static const char *const tasks[] = {"local-storage", JOIN_TASK};

char **status_open(const struct firstboot *firstboot)
{
	_cleanup_wizard_values_ struct wizard_values values = {0};
	char **open = NULL;

	settings_read(firstboot->root, &values);
	if (!settings_network_owner(firstboot->root) && network_is_open(&values))
		strv_add(&open, "network");
	if (!settings_has_login(firstboot->root))
		strv_add(&open, "password");
	for (size_t i = 0; i < ARRAY_SIZE(tasks); i++) {
		const struct task_result *result = result_of(firstboot, tasks[i]);

		if (result && result->state == TASK_FAILED)
			strv_add(&open, tasks[i]);
	}
	return open;
}

bool status_wants_wizard(const struct firstboot *firstboot)
{
	_cleanup_strv_ char **open = status_open(firstboot);

	for (char **name = open; name && *name; name++)
		if (!strv_contains(firstboot->dismissed, *name))
			return true;
	return false;
}

static void add_network(const struct firstboot *firstboot, const struct wizard_values *values,
			struct wizard_status *ret)
{
	const struct fsroot *root = firstboot->root;
	struct status_line *line = wizard_status_add(ret, "network", N_("Network"), STATUS_GOOD);
	const char *nic = wizard_get(values, "admin-interface@name");
	const char *mode = wizard_get(values, "admin-interface@proto");
	_cleanup_free_ char *device = settings_device(root);
	_cleanup_free_ char *addresses = NULL;

	if (network_is_open(values)) {
		line->mark = STATUS_OPEN;
		line->text = xstrdup(_("no management network was chosen"));
		return;
	}
	if (!fsroot_is_live(root)) {
		line->text = xasprintf("%s, %s", nic,
				       _(wizard_word("admin-interface@proto", mode) ?: mode));
		return;
	}
	addresses = links_addresses(device ?: nic);
	line->text =
		xasprintf(_("%s on %s, %s"), str_empty(addresses) ? _("no address") : addresses,
			  nic, _(wizard_word("admin-interface@proto", mode) ?: mode));
	if (str_empty(addresses)) {
		line->mark = STATUS_BAD;
		line->reason = xasprintf(
			_("%s has no address. %s"), device ?: nic,
			links_why_down(root, nic)
				?: str_eq(mode, "dhcp")
				   ? _("The link is up, and no DHCP server has answered: is the "
				       "VLAN "
				       "right?")
				   : _("The link is up; systemctl status systemd-networkd tells "
				       "more."));
	}
}

static void add_name(const struct wizard_values *values, struct wizard_status *ret)
{
	const char *name = wizard_get(values, "hostname");
	struct status_line *line = wizard_status_add(ret, "name", N_("Name"), STATUS_GOOD);

	line->text = xstrdup(*name ? name : _("from the DHCP server"));
	if (!network_is_open(values) && name_is_open(values)) {
		line->mark = STATUS_OPEN;
		free(line->text);
		line->text = xstrdup(_("none, and no DHCP server gives one"));
	}
}

static void add_login(const struct firstboot *firstboot, struct wizard_status *ret)
{
	struct status_line *line;

	if (settings_has_login(firstboot->root))
		return;
	line = wizard_status_add(ret, "password", N_("Login"), STATUS_OPEN);
	line->text = xstrdup(_("root has no password and no ssh key"));
}

static void add_hardware(const struct host *host, struct wizard_status *ret)
{
	struct status_line *line = wizard_status_add(ret, NULL, N_("Hardware"), STATUS_GOOD);
	_cleanup_profile_ struct profile *profile = NULL;
	_cleanup_verdicts_ struct verdicts verdicts = {0};
	_cleanup_findings_ struct findings findings = {0};
	size_t warnings = 0;

	/* Xen hides processor and memory from here, and proves them by running. */
	if (host->has_hypervisor && host->hypervisor.dom0) {
		line->text = xasprintf(_("Xen %s runs on it"), host->hypervisor.version ?: "");
		return;
	}
	if (profile_load(PROFILE, &profile, NULL) < 0) {
		line->text = xstrdup(_("see xenhost-hwinfo check"));
		return;
	}
	verdicts_judge(profile, host, &verdicts);
	verdicts_to_findings(&verdicts, &findings);
	for (size_t i = 0; i < findings.count; i++) {
		warnings += findings.list[i].severity == SEVERITY_WARNING;
		if (findings.list[i].severity != SEVERITY_ERROR || line->reason)
			continue;
		line->mark = STATUS_BAD;
		line->reason = xstrdup(findings.list[i].message);
	}
	if (line->mark == STATUS_BAD)
		line->text = xstrdup(_("not fit to be a Xen host"));
	else
		line->text = warnings
				     ? xasprintf(P_("fit; %zu thing to know: xenhost-hwinfo check",
						    "fit; %zu things to know: xenhost-hwinfo check",
						    warnings),
						 warnings)
				     : xstrdup(_("fit to be a Xen host"));
}

static void add_result(const struct task_result *result, struct status_line *line)
{
	_cleanup_free_ char *message =
		i18n_sentence(result->message ?: task_state_to_string(result->state));
	_cleanup_free_ char *hint = i18n_sentence(result->hint);

	if (result->state != TASK_FAILED) {
		line->text = TAKE_PTR(message);
		return;
	}
	line->mark = STATUS_BAD;
	line->text = xstrdup(_("went wrong"));
	line->reason = xasprintf("%s.%s%s", message, hint ? " " : "", hint ?: "");
}

static void add_storage(const struct firstboot *firstboot, struct wizard_status *ret)
{
	const struct task_result *result = result_of(firstboot, "local-storage");
	struct status_line *line = wizard_status_add(ret, "storage", N_("Storage"), STATUS_GOOD);

	if (result)
		add_result(result, line);
	else
		line->text = xstrdup(_("the first boot has not come to it yet"));
}

static void add_pool(const struct firstboot *firstboot, struct wizard_status *ret)
{
	const struct task_result *result = result_of(firstboot, JOIN_TASK);
	struct status_line *line = wizard_status_add(ret, "pool", N_("Pool"), STATUS_GOOD);
	_cleanup_free_ char *wished = data_get(firstboot->root, POOL_WISH, "COORDINATOR");

	if (result)
		add_result(result, line);
	else if (wished)
		line->text = xasprintf(_("joins the pool of %s; not done yet"), wished);
	else
		line->text =
			xstrdup(join_engine_find("xapi")->is_carried(firstboot->root)
					? _("alone")
					: _("alone; this host has no toolstack for pools (XAPI)"));
}

/* What is left of the tasks: scripts, names of network cards. Only failures are worth a line. */
static void add_failures(const struct firstboot *firstboot, struct wizard_status *ret)
{
	for (size_t i = 0; i < firstboot->n_results; i++) {
		const struct task_result *result = &firstboot->results[i];

		if (result->state == TASK_FAILED && !str_eq(result->name, "local-storage") &&
		    !str_eq(result->name, JOIN_TASK))
			add_result(result,
				   wizard_status_add(ret, NULL, N_("First boot"), STATUS_BAD));
	}
}

static void add_xen(const struct firstboot *firstboot, struct wizard_status *ret)
{
	_cleanup_free_ char *command_line = NULL, *fallback = NULL;
	struct status_line *line;

	if (fsroot_read_text(firstboot->root, "/proc/cmdline", &command_line) == 0)
		fallback = bootline_get(command_line, "xenhost.fallback");
	if (!fallback)
		return;
	line = wizard_status_add(ret, NULL, N_("Xen"), STATUS_BAD);
	line->text = xstrdup(_("does not run: this is plain Linux"));
	line->reason =
		xasprintf(_("Xen did not come up (%s); see xenhost-boot-confirm(8)."), fallback);
}

/* Units that failed, by name. */
static void add_services(const struct firstboot *firstboot, struct wizard_status *ret)
{
	const char *argv[] = {"systemctl", "--failed", "--plain", "--no-legend", NULL};
	const struct proc proc = {.argv = argv, .tag = TAG, .timeout_s = 5, .quiet = true};
	_cleanup_proc_result_ struct proc_result result = {0};
	_cleanup_strbuf_ struct strbuf buf = {0};
	_cleanup_strv_ char **lines = NULL;
	struct status_line *line;

	if (!fsroot_is_live(firstboot->root) || proc_run(&proc, &result, NULL) < 0)
		return;
	lines = strv_split(result.output, "\n");
	for (char **at = lines; at && *at; at++)
		strbuf_addf(&buf, "%s%.*s", buf.length ? ", " : "", (int)strcspn(*at, " "), *at);
	line = wizard_status_add(ret, NULL, N_("Services"), buf.length ? STATUS_BAD : STATUS_GOOD);
	line->text = xstrdup(buf.length ? _("some failed") : _("all that should run do"));
	if (buf.length)
		line->reason = xasprintf(_("%s; systemctl status NAME tells why."), buf.text);
}

void status_describe(const struct firstboot *firstboot, const struct host *host,
		     struct wizard_status *ret)
{
	_cleanup_wizard_values_ struct wizard_values values = {0};

	settings_read(firstboot->root, &values);
	add_network(firstboot, &values, ret);
	add_name(&values, ret);
	add_login(firstboot, ret);
	add_hardware(host, ret);
	add_xen(firstboot, ret);
	add_storage(firstboot, ret);
	add_pool(firstboot, ret);
	add_services(firstboot, ret);
	add_failures(firstboot, ret);
}
