/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whom the new host talks to beyond its network: a proxy, a syslog server, CAs of the house. */
#include "installer/plan/build.h"

#include "common/str.h"

static void add_proxy(struct build *build)
{
	const char *proxy = build->plan->proxy;

	if (proxy)
		build_file(build, "/etc/apt/apt.conf.d/90xenhost-proxy",
			   xasprintf("Acquire::http::Proxy \"%s\";\n"
				     "Acquire::https::Proxy \"%s\";\n",
				     proxy, proxy));
}

/* update-ca-certificates(8) takes what stands here; the step after the files runs it. */
static void add_certificates(struct build *build)
{
	char *const *certificates = build->answers->ca_certificates;

	for (size_t i = 0; i < strv_length(certificates); i++) {
		_cleanup_free_ char *path =
			xasprintf("/usr/local/share/ca-certificates/xenhost-%zu.crt", i + 1);

		build_file(build, path, xasprintf("%s\n", certificates[i]));
	}
}

/*
 * rsyslog hands everything on and keeps no files of its own, which the journal does. Its queue
 * holds what comes while the server is away; nothing that logs ever waits for it.
 */
static void add_syslog(struct build *build)
{
	const struct plan *plan = build->plan;
	const char *server = plan->syslog_server, *port;
	_cleanup_free_ char *host = NULL;

	if (!server)
		return;
	if (*server == '[') {
		size_t length = strcspn(server, "]");

		host = xstrndup(server + 1, length - 1);
		port = strchr(server + length, ':');
	} else {
		port = strchr(server, ':');
		host = xstrndup(server, port ? (size_t)(port - server) : strlen(server));
	}
	build_file(build, "/etc/rsyslog.d/10-xenhost.conf",
		   xasprintf("# The answers' syslog server.\n"
			     "*.* action(type=\"omfwd\" target=\"%s\" port=\"%s\" protocol=\"%s\"\n"
			     "  action.resumeRetryCount=\"-1\" queue.type=\"LinkedList\" "
			     "queue.size=\"20000\")\n"
			     "& stop\n",
			     host, port ? port + 1 : "514",
			     syslog_protocol_to_string(plan->syslog_protocol)));
	build_file(build, "/etc/systemd/journald.conf.d/xenhost-syslog.conf",
		   xstrdup("[Journal]\nForwardToSyslog=yes\n"));
	build_link(build, "/etc/systemd/system/multi-user.target.wants/rsyslog.service",
		   "/usr/lib/systemd/system/rsyslog.service");
	build_link(build, "/etc/systemd/system/syslog.service",
		   "/usr/lib/systemd/system/rsyslog.service");
}

void build_files_peers(struct build *build)
{
	add_proxy(build);
	add_certificates(build);
	add_syslog(build);
}
