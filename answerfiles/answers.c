/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/fields.h"

#include "common/str.h"
#include "common/url.h"

/* The life of struct answers and struct secrets. What fills them is elsewhere. */

static void disk_choice_done(struct disk_choice *choice)
{
	free(choice->text);
	for (size_t i = 0; i < choice->n_terms; i++)
		free(choice->terms[i].value);
	free(choice->terms);
	*choice = (struct disk_choice){0};
}

static void nic_choice_done(struct nic_choice *choice)
{
	for (size_t i = 0; i < choice->n_terms; i++)
		free(choice->terms[i].value);
	free(choice->terms);
}

static void interface_done(struct answers_interface *interface)
{
	free(interface->name);
	free(interface->hwaddr);
	nic_choice_done(&interface->match);
	free(interface->ip);
	free(interface->netmask);
	free(interface->gateway);
	free(interface->ip6);
	free(interface->gateway6);
}

void answers_drop_guest(struct answers *answers, size_t index)
{
	disk_choice_done(&answers->guests[index]);
	answers->n_guests--;
	memmove(&answers->guests[index], &answers->guests[index + 1],
		(answers->n_guests - index) * sizeof(answers->guests[0]));
}

static void scripts_done(struct answers_script *scripts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(scripts[i].type);
		free(scripts[i].url);
		free(scripts[i].sha256);
	}
	free(scripts);
}

/* Of "server:/folder", and of "server:port:/folder", which an nfs:// URL was read as. */
static char *nfs_url(const char *place)
{
	const char *colon = strstr(place, ":/");

	return colon ? xasprintf("nfs://%.*s%s", (int)(colon - place), place, colon + 1)
		     : xasprintf("nfs://%s", place);
}

char *answers_source_place(const struct answers_source *source)
{
	switch (source->type) {
	case SOURCE_LOCAL:
		return NULL;
	case SOURCE_URL:
		return xstrdup(source->address);
	case SOURCE_NFS:
		return nfs_url(source->address ?: "");
	}
	return NULL;
}

char *answers_script_place(const struct answers_script *script)
{
	if (str_eq(script->type, "nfs") && !url_has_scheme(script->url))
		return xasprintf("nfs://%s", script->url);
	return xstrdup(script->url);
}

static void pool_done(struct answers_pool *pool)
{
	free(pool->coordinator);
	free(pool->user);
	free(pool->certificate);
	free(pool->name);
	free(pool->default_sr);
	free(pool->password_from);
	free(pool->token_from);
}

/* What is understood, but not yet done. */
static void later_done(struct answers *answers)
{
	for (size_t i = 0; i < answers->n_raids; i++) {
		free(answers->raids[i].device);
		strv_free(answers->raids[i].disks);
	}
	free(answers->raids);
	for (size_t i = 0; i < answers->n_driver_sources; i++)
		free(answers->driver_sources[i].address);
	free(answers->driver_sources);
	for (size_t i = 0; i < answers->n_drivers; i++) {
		free(answers->drivers[i].name);
		free(answers->drivers[i].variant);
	}
	free(answers->drivers);
	for (size_t i = 0; i < answers->n_fcoes; i++) {
		free(answers->fcoes[i].name);
		free(answers->fcoes[i].hwaddr);
	}
	free(answers->fcoes);
	for (size_t i = 0; i < answers->n_services; i++)
		free(answers->services[i].name);
	free(answers->services);
}

void answers_free(struct answers *answers)
{
	if (!answers)
		return;
	free(answers->file);
	free(answers->found_by);
	disk_choice_done(&answers->primary);
	for (size_t i = 0; i < answers->n_guests; i++)
		disk_choice_done(&answers->guests[i]);
	free(answers->guests);
	strv_free(answers->destroy_existing);
	free(answers->install_id);
	free(answers->hardware_profile);
	for (size_t i = 0; i < answers->n_sources; i++)
		free(answers->sources[i].address);
	free(answers->sources);
	free(answers->xenhost_source);
	free(answers->xenhost_source_certificate);
	disk_choice_done(&answers->existing);
	disk_choice_done(&answers->backup);
	later_done(answers);
	interface_done(&answers->admin);
	for (size_t i = 0; i < answers->n_bond_ports; i++) {
		free(answers->bond_ports[i].name);
		free(answers->bond_ports[i].hwaddr);
		nic_choice_done(&answers->bond_ports[i].match);
	}
	free(answers->bond_ports);
	free(answers->hostname);
	strv_free(answers->name_servers);
	free(answers->timezone);
	free(answers->keymap);
	strv_free(answers->ntp_servers);
	scripts_done(answers->scripts, answers->n_scripts);
	scripts_done(answers->firstboot_scripts, answers->n_firstboot_scripts);
	free(answers->proxy);
	strv_free(answers->ca_certificates);
	free(answers->client_certificate);
	free(answers->client_key);
	free(answers->syslog_server);
	strv_free(answers->ssh_keys);
	strv_free(answers->xen_arguments);
	strv_free(answers->kernel_arguments);
	pool_done(&answers->pool);
	free(answers->report_url);
	free(answers->report_certificate);
	free(answers->serial_console);
	free(answers->origins);
	free(answers);
}

static void wipe(char **secret)
{
	if (*secret)
		explicit_bzero(*secret, strlen(*secret));
	free(*secret);
	*secret = NULL;
}

void secrets_done(struct secrets *secrets)
{
	wipe(&secrets->root_password);
	wipe(&secrets->pool_password);
	wipe(&secrets->pool_token);
	wipe(&secrets->report_token);
	wipe(&secrets->firstboot_report);
}
