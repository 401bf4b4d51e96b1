/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/reader.h"
#include "common/str.h"

/* Services, driver variants and FCoE: what the reference installers refuse of them, and more. */

static void check_services(const struct reader *reader)
{
	const struct answers *answers = reader->answers;

	for (size_t i = 0; i < answers->n_services; i++) {
		const struct answers_service *service = &answers->services[i];

		for (size_t j = 0; service->name && j < i; j++) {
			if (!str_eq(service->name, answers->services[j].name))
				continue;
			finding_set_hint(
				reader_complain(reader, SEVERITY_ERROR, "service", service->origin,
						"the service %s is there again; line %u "
						"has the first",
						service->name, answers->services[j].origin.line),
				"keep one of them");
			break;
		}
	}
}

static bool is_ssh(const char *service)
{
	return str_eq(service, "ssh") || str_eq(service, "sshd");
}

static void check_ssh(const struct reader *reader)
{
	const struct answers *answers = reader->answers;
	struct answers_origin mode = *field_origin(answers, field_find("ssh-mode"));

	if (answers->ssh_mode == SSH_AUTO)
		finding_set_hint(reader_complain(reader, SEVERITY_WARNING, "ssh-mode", mode,
						 "auto has no effect here: ssh stays on, since "
						 "nothing on the host switches it off"),
				 "write on or off");
	for (size_t i = 0; i < answers->n_services && mode.kind != ORIGIN_DEFAULT; i++) {
		const struct answers_service *service = &answers->services[i];

		if (!is_ssh(service->name) ||
		    (service->state == SERVICE_ENABLED) == (answers->ssh_mode != SSH_OFF))
			continue;
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, "service", service->origin,
						 "%s is %s, but ssh-mode is %s", service->name,
						 service_state_to_string(service->state),
						 ssh_mode_to_string(answers->ssh_mode)),
				 "keep one of them");
	}
}

static void check_drivers(const struct reader *reader)
{
	const struct answers *answers = reader->answers;

	for (size_t i = 0; i < answers->n_drivers; i++) {
		const struct answers_driver *driver = &answers->drivers[i];
		static const char where[] = "selected-multiversion-drivers/driver";

		if (!driver->variant && !reader_has_complained(reader, where, driver->origin))
			finding_set_hint(reader_complain(reader, SEVERITY_ERROR, where,
							 driver->origin,
							 "the driver has no variant"),
					 "<driver name=\"...\">the variant</driver>");
	}
}

static void check_fcoe(const struct reader *reader)
{
	const struct answers *answers = reader->answers;

	for (size_t i = 0; i < answers->n_fcoes; i++) {
		const struct answers_fcoe *fcoe = &answers->fcoes[i];

		if (!fcoe->name && !fcoe->hwaddr &&
		    !reader_has_complained(reader, "fcoe-interface", fcoe->origin))
			finding_set_hint(reader_complain(reader, SEVERITY_ERROR, "fcoe-interface",
							 fcoe->origin,
							 "<fcoe-interface> names no interface"),
					 "name=\"eth0\", or hwaddr with its MAC address");
	}
}

void checks_rest(const struct reader *reader)
{
	check_services(reader);
	check_ssh(reader);
	check_drivers(reader);
	check_fcoe(reader);
}
