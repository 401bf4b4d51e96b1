/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/network_checks.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <time.h>

#include "common/clock.h"
#include "common/i18n.h"
#include "common/proc.h"
#include "common/str.h"
#include "firstboot/links.h"
#include "firstboot/pool/xapi.h"
#include "firstboot/settings.h"

#define TAG       "network-test"
#define ANSWER_S  3
#define NTP_BYTES 48
/* Seconds from 1900, where NTP begins to count, to 1970. */
#define NTP_EPOCH 2208988800.0
/* What a pool finds fault with: docs/POOL.md, clock. */
#define CLOCK_S 30

enum check_kind { CHECK_LINK, CHECK_ADDRESS, CHECK_GATEWAY, CHECK_NAMES, CHECK_TIME, CHECK_POOL };

struct network_checks {
	struct wizard_job job;
	unsigned holders; /* under the job's lock */
	const struct fsroot *root;
	struct fsroot *own_root;
	enum check_kind kinds[6];
	char *nic, *device, *gateway, *coordinator;
	char **name_servers, **time_servers;
	bool fixed_gateway;
};

struct verdict_words {
	bool good;
	char *words, *hint;
};

static void checks_free(struct network_checks *checks)
{
	wizard_job_done(&checks->job);
	fsroot_free(checks->own_root);
	free(checks->nic);
	free(checks->device);
	free(checks->gateway);
	free(checks->coordinator);
	strv_free(checks->name_servers);
	strv_free(checks->time_servers);
	free(checks);
}

void network_checks_release(struct network_checks *checks)
{
	bool last;

	pthread_mutex_lock(&checks->job.lock);
	checks->job.stop = true;
	last = --checks->holders == 0;
	pthread_mutex_unlock(&checks->job.lock);
	if (last)
		checks_free(checks);
}

struct wizard_job *network_checks_job(struct network_checks *checks)
{
	return &checks->job;
}

static void check_link(const struct network_checks *checks, struct verdict_words *ret)
{
	const char *reason = links_why_down(checks->root, checks->nic);

	ret->good = !reason;
	ret->words = reason ? xasprintf(_("%s has no link"), checks->nic)
			    : xasprintf(_("%s has a link"), checks->nic);
	ret->hint = xstrdup(reason);
}

/* A lease may need some seconds after a change. */
static void check_address(const struct network_checks *checks, struct verdict_words *ret)
{
	double end = clock_seconds() + 4.0 * ANSWER_S;
	_cleanup_free_ char *addresses = links_addresses(checks->device);

	while (str_empty(addresses) && clock_seconds() < end) {
		free(addresses);
		usleep(200000);
		addresses = links_addresses(checks->device);
	}
	ret->good = !str_empty(addresses);
	ret->words = ret->good ? TAKE_PTR(addresses) : xasprintf(_("%s has none"), checks->device);
	if (!ret->good)
		ret->hint = xstrdup(_("No DHCP server has answered: is the VLAN right?"));
}

/* An answer to a packet, from whoever `host` is; its length, or -errno. */
static ssize_t ask_udp(const char *host, const char *port, const void *request, size_t length,
		       void *answer, size_t room)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_DGRAM};
	struct addrinfo *list = NULL;
	ssize_t got = -EHOSTUNREACH;

	if (getaddrinfo(host, port, &hints, &list) != 0)
		return -ENOENT;
	for (const struct addrinfo *at = list; at && got < 0; at = at->ai_next) {
		_cleanup_close_ int fd = socket(at->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		struct pollfd wait = {.fd = fd, .events = POLLIN};

		if (fd < 0 || connect(fd, at->ai_addr, at->ai_addrlen) < 0 ||
		    send(fd, request, length, MSG_NOSIGNAL) < 0) {
			got = -errno;
			continue;
		}
		if (poll(&wait, 1, ANSWER_S * 1000) <= 0) {
			got = -ETIMEDOUT;
			continue;
		}
		got = recv(fd, answer, room, 0);
		if (got < 0)
			got = -errno;
	}
	freeaddrinfo(list);
	return got;
}

static const char *why_silent(ssize_t r)
{
	switch (r) {
	case -ENOENT:
		return _("its name cannot be resolved");
	case -ETIMEDOUT:
		return _("it does not answer");
	default:
		return strerror((int)-r);
	}
}

/* A packet to the gateway makes the kernel look for it; routers need not answer more. */
static void check_gateway(const struct network_checks *checks, struct verdict_words *ret)
{
	const char *argv[] = {"ip", "-o", "neigh", "show", checks->gateway, NULL};
	const struct proc proc = {.argv = argv, .tag = TAG, .timeout_s = 5, .quiet = true};
	double end = clock_seconds() + ANSWER_S;
	char nothing[1] = {0};

	if (!checks->gateway) {
		ret->words = xstrdup(_("there is none"));
		ret->hint = xstrdup(_("The host reaches its own subnet alone."));
		return;
	}
	while (!ret->good && clock_seconds() < end) {
		_cleanup_proc_result_ struct proc_result result = {0};
		ssize_t sent = ask_udp(checks->gateway, "9", nothing, 1, nothing, 1);

		/* A refusal is an answer. */
		ret->good = sent == -ECONNREFUSED || sent > 0 ||
			    (proc_run(&proc, &result, NULL) == 0 &&
			     strstr(result.output, "lladdr") && !strstr(result.output, "FAILED"));
	}
	ret->words =
		xasprintf(ret->good ? _("%s is there") : _("%s is not there"), checks->gateway);
	if (!ret->good)
		ret->hint = xstrdup(_("Is its address right, and the VLAN?"));
}

static void check_names(const struct network_checks *checks, struct verdict_words *ret)
{
	/* RFC 1035: who serves the root. Any answer is one. */
	static const uint8_t query[] = {0x78, 0x65, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1};
	_cleanup_strbuf_ struct strbuf bad = {0};
	size_t count = strv_length(checks->name_servers), good = 0;

	for (size_t i = 0; i < count; i++) {
		uint8_t answer[1500];
		ssize_t got = ask_udp(checks->name_servers[i], "53", query, sizeof(query), answer,
				      sizeof(answer));
		bool is_one = got >= 12 && memcmp(answer, query, 2) == 0 && answer[2] & 0x80;

		good += is_one;
		if (!is_one)
			strbuf_addf(
				&bad, "%s%s: %s", bad.length ? "; " : "", checks->name_servers[i],
				got < 0 ? why_silent(got) : _("what answers is no name server"));
	}
	ret->good = good > 0 && good == count;
	ret->words = !count      ? xstrdup(_("none is known"))
		     : ret->good ? xasprintf(_("all %zu answer"), count)
				 : strbuf_take(&bad);
	if (!ret->good)
		ret->hint =
			xstrdup(good ? _("The others answer.")
				     : _("Names cannot be resolved: give addresses of servers."));
}

bool network_checks_clock(const uint8_t *answer, size_t length, double now, double *ret)
{
	uint32_t seconds, fraction;

	/* Mode 4 is a server; stratum 0 refuses; leap 3 does not know the time. */
	if (length < NTP_BYTES || (answer[0] & 7) != 4 || answer[1] == 0 || answer[0] >> 6 == 3)
		return false;
	memcpy(&seconds, answer + 40, sizeof(seconds));
	memcpy(&fraction, answer + 44, sizeof(fraction));
	*ret = ntohl(seconds) - NTP_EPOCH + ntohl(fraction) / 4294967296.0 - now;
	return true;
}

static double wall_clock(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_REALTIME, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void tell_clock(const char *server, double ahead, struct verdict_words *ret)
{
	double off = ahead < 0 ? -ahead : ahead;

	ret->good = off < CLOCK_S;
	ret->words = off < 1 ? xasprintf(_("%s answers, and this clock is right"), server)
			     : xasprintf(ahead < 0 ? _("%s answers; this clock is %.0f s ahead")
						   : _("%s answers; this clock is %.0f s behind"),
					 server, off);
	if (!ret->good)
		ret->hint = xstrdup(_("chronyc makestep sets it at once."));
}

/* The first that answers is enough. */
static void check_time(const struct network_checks *checks, struct verdict_words *ret)
{
	const uint8_t request[NTP_BYTES] = {0x23}; /* version 4, client */
	_cleanup_strbuf_ struct strbuf bad = {0};

	for (char **server = checks->time_servers; server && *server; server++) {
		uint8_t answer[NTP_BYTES];
		double ahead = 0;
		ssize_t got =
			ask_udp(*server, "123", request, sizeof(request), answer, sizeof(answer));

		if (got > 0 && network_checks_clock(answer, (size_t)got, wall_clock(), &ahead)) {
			tell_clock(*server, ahead, ret);
			return;
		}
		strbuf_addf(&bad, "%s%s: %s", bad.length ? "; " : "", *server,
			    got < 0 ? why_silent(got) : _("it does not tell the time"));
	}
	ret->words = bad.length ? strbuf_take(&bad) : xstrdup(_("none is known"));
	ret->hint = xstrdup(_("The clock goes its own way; pools need the same time."));
}

static void check_pool(const struct network_checks *checks, struct verdict_words *ret)
{
	const struct xapi_target target = {.address = checks->coordinator,
					   .answer_timeout_s = ANSWER_S};
	_cleanup_error_ struct error *error = NULL;
	struct http_certificate certificate = {0};

	ret->good = xapi_get_certificate(&target, &certificate, &error) >= 0;
	if (!ret->good) {
		ret->words = error_text(error);
		ret->hint = xstrdup(error_get_hint(error));
		return;
	}
	ret->words = xasprintf("%s answers", checks->coordinator);
	http_certificate_done(&certificate);
}

static const struct {
	const char *title;
	void (*run)(const struct network_checks *checks, struct verdict_words *ret);
} kinds[] = {
	[CHECK_LINK] = {N_("Link"), check_link},
	[CHECK_ADDRESS] = {N_("Address"), check_address},
	[CHECK_GATEWAY] = {N_("Gateway"), check_gateway},
	[CHECK_NAMES] = {N_("Name servers"), check_names},
	[CHECK_TIME] = {N_("Time servers"), check_time},
	[CHECK_POOL] = {N_("Coordinator"), check_pool},
};

static void add_check(struct network_checks *checks, enum check_kind kind)
{
	checks->kinds[wizard_job_add(&checks->job, kinds[kind].title)] = kind;
}

static void *run(void *data)
{
	struct network_checks *checks = data;
	struct wizard_job *job = &checks->job;

	for (size_t i = 0; i < job->n_steps; i++) {
		struct verdict_words verdict = {0};
		bool stop;

		pthread_mutex_lock(&job->lock);
		stop = job->stop;
		pthread_mutex_unlock(&job->lock);
		if (stop)
			break;
		wizard_job_set(job, i, JOB_WORKING, NULL, NULL);
		kinds[checks->kinds[i]].run(checks, &verdict);
		wizard_job_set(job, i, verdict.good ? JOB_DONE : JOB_FAILED, verdict.words,
			       verdict.hint);
	}
	pthread_mutex_lock(&job->lock);
	job->finished = true;
	pthread_mutex_unlock(&job->lock);
	network_checks_release(checks);
	return NULL;
}

static void settle(struct network_checks *checks, const struct wizard_values *values)
{
	const char *gateway = wizard_asks(values, "admin-interface/gateway")
				      ? wizard_get(values, "admin-interface/gateway")
				      : "";
	const char *names = wizard_get(values, "name-server");

	checks->nic = xstrdup(wizard_get(values, "admin-interface@name"));
	checks->device = settings_device(checks->root) ?: xstrdup(checks->nic);
	checks->gateway = *gateway ? xstrdup(gateway) : links_gateway(checks->root);
	checks->name_servers = *names ? strv_split(names, " ,") : links_name_servers(checks->root);
	checks->time_servers = links_time_servers(checks->root, values);
	/* When it answers, little else matters. */
	if (wizard_asks(values, "pool@coordinator") && *wizard_get(values, "pool@coordinator")) {
		checks->coordinator = xstrdup(wizard_get(values, "pool@coordinator"));
		add_check(checks, CHECK_POOL);
	}
	add_check(checks, CHECK_LINK);
	add_check(checks, CHECK_ADDRESS);
	add_check(checks, CHECK_GATEWAY);
	add_check(checks, CHECK_NAMES);
	if (!str_eq(wizard_get(values, "ntp@source"), "none"))
		add_check(checks, CHECK_TIME);
}

struct network_checks *network_checks_start(const struct fsroot *root,
					    const struct wizard_values *values)
{
	struct network_checks *checks = xcalloc(1, sizeof(*checks));
	_cleanup_free_ char *folder = fsroot_outer_path(root, "/");
	pthread_t thread;

	wizard_job_init(&checks->job);
	checks->job.good = " ok ";
	checks->holders = 2;
	/* The thread may outlive the caller's handle. */
	checks->root = fsroot_open(folder, &checks->own_root) == 0 ? checks->own_root : root;
	settle(checks, values);
	if (pthread_create(&thread, NULL, run, checks) == 0) {
		pthread_detach(thread);
		return checks;
	}
	checks->holders = 1;
	checks->job.finished = true;
	return checks;
}
