/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/unattended/identity.h"

#include <ctype.h>

#include "common/str.h"
#include "common/url.h"

/* THE table of what a machine can be asked about itself. */
static const struct variable {
	const char *name;
	size_t offset;        /* in struct identity */
	const char *header;   /* of a request, or NULL */
	const char *variable; /* of a script's environment */
	bool by_network;      /* unknown before links are up */
} variables[] = {
	{"mac", offsetof(struct identity, mac), NULL, "XENHOST_MAC", true},
	{"uuid", offsetof(struct identity, uuid), "X-System-UUID", "XENHOST_UUID", false},
	/* As Anaconda calls it (inst.ks.sendsn). */
	{"serial", offsetof(struct identity, serial), "X-System-Serial-Number", "XENHOST_SERIAL",
	 false},
	{"asset", offsetof(struct identity, asset), "X-System-Asset-Tag", "XENHOST_ASSET", false},
	{"hostname", offsetof(struct identity, hostname), NULL, "XENHOST_HOSTNAME", true},
};

void identity_of(const struct host *host, const struct host_nic *nic, const char *hostname,
		 struct identity *ret)
{
	*ret = (struct identity){
		.mac = nic ? nic->mac : NULL,
		.uuid = host->firmware.product_uuid,
		.serial = host->firmware.product_serial,
		.asset = host->firmware.asset_tag,
		.hostname = hostname,
	};
}

static const char *value_of(const struct identity *identity, const struct variable *variable)
{
	return *(const char *const *)((const char *)identity + variable->offset);
}

static char *list_of(const struct identity *identity)
{
	struct strbuf list = {0};

	for (size_t i = 0; i < ARRAY_SIZE(variables); i++) {
		const char *value = value_of(identity, &variables[i]);

		strbuf_addf(&list, "%s${%s} is %s%s%s", i ? ", " : "", variables[i].name,
			    value ? "\"" : "", value ? value : "not known", value ? "\"" : "");
	}
	return strbuf_take(&list);
}

static const struct variable *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(variables); i++)
		if (str_eq(variables[i].name, name))
			return &variables[i];
	return NULL;
}

static int expand_one(const struct identity *identity, const char *name, struct strbuf *text,
		      struct error **err)
{
	const struct variable *variable = find(name);
	const char *value = variable ? value_of(identity, variable) : NULL;
	_cleanup_free_ char *escaped = value ? url_escape(value) : NULL;
	_cleanup_free_ char *list = escaped ? NULL : list_of(identity);

	if (escaped) {
		strbuf_add(text, escaped);
		return 0;
	}
	if (variable)
		error_set(err, ERROR_USER, "this machine has nothing to put in the place of ${%s}",
			  name);
	else
		error_set(err, ERROR_USER, "${%s} is no variable of a URL for answers", name);
	return error_hint(err, "Here %s.", list);
}

int identity_expand(const struct identity *identity, const char *text, char **ret,
		    struct error **err)
{
	_cleanup_strbuf_ struct strbuf expanded = {0};

	for (const char *rest = text; *rest;) {
		const char *start = strstr(rest, "${"), *end = start ? strchr(start, '}') : NULL;
		_cleanup_free_ char *name = NULL;
		int r;

		if (!end) {
			strbuf_add(&expanded, rest);
			break;
		}
		strbuf_add_bytes(&expanded, rest, (size_t)(start - rest));
		name = xstrndup(start + 2, (size_t)(end - start - 2));
		r = expand_one(identity, name, &expanded, err);
		if (r < 0)
			return r;
		rest = end + 1;
	}
	*ret = strbuf_take(&expanded);
	return 0;
}

bool identity_needs_network(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(variables); i++) {
		_cleanup_free_ char *written = xasprintf("${%s}", variables[i].name);

		if (variables[i].by_network && strstr(text, written))
			return true;
	}
	return false;
}

/* What firmware says goes into a header as text of one line. */
static char *header_line(const char *name, const char *value)
{
	char *line = xasprintf("%s: %s", name, value);

	for (char *c = line; *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = ' ';
	return line;
}

char **identity_headers(const struct host *host, const struct identity *identity)
{
	char **lines = NULL;

	/* As Anaconda numbers them (inst.ks.sendmac). */
	for (size_t i = 0; i < host->n_nics; i++)
		strv_addf(&lines, "X-RHN-Provisioning-MAC-%zu: %s %s", i, host->nics[i].name,
			  host->nics[i].mac ? host->nics[i].mac : "");
	for (size_t i = 0; i < ARRAY_SIZE(variables); i++) {
		const char *value = value_of(identity, &variables[i]);
		_cleanup_free_ char *line = NULL;

		if (!variables[i].header || str_empty(value))
			continue;
		line = header_line(variables[i].header, value);
		strv_add(&lines, line);
	}
	return lines;
}

char **identity_environment(const struct identity *identity)
{
	char **lines = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(variables); i++) {
		const char *value = value_of(identity, &variables[i]);

		if (value)
			strv_addf(&lines, "%s=%s", variables[i].variable, value);
	}
	return lines;
}
