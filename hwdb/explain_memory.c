/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where memory errors were counted, in words that lead to a slot. */
#include "common/str.h"
#include "hwdb/explain.h"

const struct host_field memory_errors_fields[] = {
	{"where", FIELD_STRING, offsetof(struct memory_errors, where), 0, true, NULL, 0},
	{"corrected_errors", FIELD_U64, offsetof(struct memory_errors, corrected), 0, true, NULL,
	 0},
	{"uncorrected_errors", FIELD_U64, offsetof(struct memory_errors, uncorrected), 0, true,
	 NULL, 0},
	{0},
};

/* Takes `where` over. */
static void add(struct explanation *ret, char *where, uint64_t corrected, uint64_t uncorrected)
{
	struct memory_errors *errors = ARRAY_APPEND(ret->memory_errors, ret->n_memory_errors);

	errors->where = where;
	errors->corrected = corrected;
	errors->uncorrected = uncorrected;
}

static uint64_t rest_of(uint64_t all, uint64_t told)
{
	return all > told ? all - told : 0;
}

/* A controller's counts hold those of its modules, and what it could assign to none. */
static void explain_controller(const struct host_memory_controller *controller,
			       struct explanation *ret)
{
	uint64_t corrected = 0, uncorrected = 0;

	for (size_t i = 0; i < controller->n_modules; i++) {
		const struct host_memory_module *module = &controller->modules[i];

		if (!module->has_errors ||
		    !(module->corrected_errors || module->uncorrected_errors))
			continue;
		corrected += module->corrected_errors;
		uncorrected += module->uncorrected_errors;
		add(ret, xasprintf("memory module %s of %s", module->label, controller->id),
		    module->corrected_errors, module->uncorrected_errors);
	}
	if (controller->has_errors)
		add(ret,
		    xasprintf("memory controller %s%s%s%s", controller->id,
			      controller->name ? " (" : "", controller->name ?: "",
			      controller->name ? ")" : ""),
		    rest_of(controller->corrected_errors, corrected),
		    rest_of(controller->uncorrected_errors, uncorrected));
}

void explain_memory(const struct host *host, struct explanation *ret)
{
	for (size_t i = 0; i < host->memory.n_controllers; i++)
		explain_controller(&host->memory.controllers[i], ret);
}
