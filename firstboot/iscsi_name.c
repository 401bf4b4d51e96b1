/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The name that this host bears as an initiator of iSCSI, drawn once: arrays are told whom to let
 * in before a host attaches the first of their volumes. In the form of XenServer's first boot, and
 * where initiators of Debian look for it. With XAPI its own unit does this.
 */
#include <errno.h>
#include <time.h>

#include "common/str.h"
#include "firstboot/firstboot.h"
#include "firstboot/pool/engine.h"

#define DATA      "iqn.conf"
#define INITIATOR "/etc/iscsi/initiatorname.iscsi"
#define KEY       "InitiatorName="
/* RFC 3720, 3.2.6.3.1, for whoever has no domain. */
#define NO_DOMAIN "com.example"
/* RFC 3720, 3.2.6.1. */
#define MAX_NAME 223
#define DIGITS   8

/* NULL when the initiator has none, or is to make its own ("GenerateName=yes"). */
static char *name_of_initiator(const struct fsroot *root)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_strv_ char **lines = NULL;

	if (fsroot_read_text(root, INITIATOR, &text) < 0)
		return NULL;
	lines = strv_split(text, "\n");
	for (char **line = lines; line && *line; line++)
		if (str_starts(*line, KEY) && (*line)[strlen(KEY)])
			return xstrdup(*line + strlen(KEY));
	return NULL;
}

/* "pool.example.org" is "org.example.pool". */
static char *turn_round(const char *domain)
{
	_cleanup_strv_ char **labels = strv_split(domain, ".");
	_cleanup_strbuf_ struct strbuf turned = {0};

	for (size_t i = strv_length(labels); i-- > 0;)
		strbuf_addf(&turned, "%s%s", turned.length ? "." : "", labels[i]);
	return strbuf_take(&turned);
}

/* Of the host's name, else that of the management network. */
static char *naming_authority(const struct fsroot *root)
{
	_cleanup_free_ char *text = NULL, *domain = NULL, *lower = NULL;
	const char *allowed = "abcdefghijklmnopqrstuvwxyz0123456789.-";
	const char *dot = NULL;

	if (fsroot_read_text(root, "/etc/hostname", &text) == 0)
		dot = strchr(str_trim(text), '.');
	domain = dot ? xstrdup(dot + 1) : data_get(root, "management.conf", "DOMAIN");
	if (str_empty(domain))
		return xstrdup(NO_DOMAIN);
	lower = str_lower(domain);
	if (lower[strspn(lower, allowed)] || strlen(lower) > MAX_NAME / 2)
		return xstrdup(NO_DOMAIN);
	return turn_round(lower);
}

static int draw_name(const struct fsroot *root, char **ret, struct error **err)
{
	_cleanup_free_ char *uuid = NULL, *authority = NULL;
	int r = fsroot_read_text(root, "/proc/sys/kernel/random/uuid", &uuid);
	time_t now = time(NULL);
	struct tm date;

	if (r < 0 || strlen(uuid) < DIGITS)
		return error_errno(err, ERROR_INTERNAL, r < 0 ? r : -EIO, "no random UUID");
	authority = naming_authority(root);
	gmtime_r(&now, &date);
	*ret = xasprintf("iqn.%04d-%02d.%s:%.*s", date.tm_year + 1900, date.tm_mon + 1, authority,
			 DIGITS, uuid);
	return 0;
}

static int write_name(const struct fsroot *root, const char *name, struct error **err)
{
	_cleanup_free_ char *data = xasprintf("IQN='%s'", name);
	_cleanup_free_ char *initiator = xasprintf(KEY "%s\n", name);
	_cleanup_free_ char *already = name_of_initiator(root);
	int r = fsroot_write_text(root, FIRSTBOOT_DATA "/" DATA, data, 0644);

	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot write %s", DATA);
	if (already)
		return 0;
	/* The mode that Debian's package gives it. */
	r = fsroot_write_text(root, INITIATOR, initiator, 0600);
	return r < 0 ? error_errno(err, ERROR_INTERNAL, r, "cannot write %s", INITIATOR) : 0;
}

int task_iscsi_name(struct firstboot *firstboot, enum task_state *ret_state, char **ret_message,
		    struct error **err)
{
	const struct fsroot *root = firstboot->root;
	_cleanup_free_ char *name = NULL;
	int r;

	if (join_engine_find("xapi")->is_carried(root)) {
		*ret_state = TASK_NOTHING;
		*ret_message = xstrdup("left to XAPI");
		return 0;
	}
	name = name_of_initiator(root) ?: data_get(root, DATA, "IQN");
	r = name ? 0 : draw_name(root, &name, err);
	if (r == 0)
		r = write_name(root, name, err);
	if (r < 0)
		return r;
	*ret_state = TASK_DONE;
	*ret_message = TAKE_PTR(name);
	return 0;
}
