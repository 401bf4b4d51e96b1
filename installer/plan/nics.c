/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which NIC the answers mean: by name, by MAC, or by terms that exactly one fulfils. When that is
 * not so, every NIC is listed with what stands against it, as disks are.
 */
#include "installer/plan/build.h"

#include "common/i18n.h"
#include "common/str.h"

static char *nic_describe(const struct host_nic *nic)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_addf(&buf, "%s, %s", nic->name, nic->mac);
	if (nic->pci_address)
		strbuf_addf(&buf, ", PCI %s", nic->pci_address);
	if (nic->slot)
		strbuf_addf(&buf, ", %s", nic->slot);
	if (nic->driver)
		strbuf_addf(&buf, ", %s", nic->driver);
	if (nic->has_link)
		strbuf_add(&buf, nic->link ? ", link up" : ", no link");
	for (size_t i = 0; i < nic->n_lldp; i++)
		strbuf_addf(&buf, ", at %s port %s",
			    nic->lldp[i].system_name ?: nic->lldp[i].chassis_id ?: "a switch",
			    nic->lldp[i].port_id ?: "unknown");
	return strbuf_take(&buf);
}

static bool is_of_neighbour(const struct nic_term *term)
{
	return term->property == NIC_SWITCH || term->property == NIC_PORT;
}

/* Without regard to case. Unknown is unequal to anything. */
static bool fits_text(const struct nic_term *term, const char *have)
{
	_cleanup_free_ char *text = str_lower(have ?: "");
	_cleanup_free_ char *want = str_lower(term->value);

	if (term->op == MATCH_NE)
		return !str_eq(text, want);
	if (str_empty(text))
		return false;
	return term->op == MATCH_GLOB ? str_glob(want, text) : str_eq(text, want);
}

/* Several names of one thing: one must fit, or with != none may. */
static bool fits_any(const struct nic_term *term, const char *const *names, size_t count)
{
	bool fits = term->op == MATCH_NE;

	for (size_t i = 0; i < count; i++) {
		if (term->op == MATCH_NE)
			fits = fits && fits_text(term, names[i]);
		else
			fits = fits || fits_text(term, names[i]);
	}
	return fits;
}

static const char *pci_without_domain(const char *address)
{
	return address && str_starts(address, "0000:") ? address + strlen("0000:") : address;
}

static char *term_reject(const struct host_nic *nic, const struct nic_term *term)
{
	const char *name = nic_property_to_string(term->property);
	const char *have = NULL, *also = NULL;

	switch (term->property) {
	case NIC_NAME:
		have = nic->name;
		break;
	case NIC_MAC:
		have = nic->mac;
		break;
	case NIC_PCI:
		have = nic->pci_address;
		also = pci_without_domain(have);
		break;
	case NIC_SLOT:
		have = nic->slot;
		break;
	case NIC_DRIVER:
		have = nic->driver;
		break;
	case NIC_LINK:
		have = !nic->has_link ? NULL : nic->link ? "up" : "down";
		break;
	case NIC_SWITCH:
	case NIC_PORT:
		return NULL; /* neighbour_reject() */
	}
	if (fits_any(term, (const char *const[]){have, also ?: have}, 2))
		return NULL;
	if (str_empty(have))
		return xasprintf(N_("its %s is not known"), name);
	_cleanup_free_ char *wanted =
		xasprintf("%s%s%s", name, match_operator_to_string(term->op), term->value);
	return xasprintf(N_("its %s is \"%s\", wanted is %s"), name, have, wanted);
}

static bool neighbour_fits(const struct host_lldp *neighbour, const struct nic_choice *choice)
{
	for (size_t i = 0; i < choice->n_terms; i++) {
		const struct nic_term *term = &choice->terms[i];

		if (term->property == NIC_SWITCH &&
		    !fits_any(term,
			      (const char *const[]){neighbour->system_name, neighbour->chassis_id,
						    neighbour->management_address},
			      3))
			return false;
		if (term->property == NIC_PORT &&
		    !fits_any(
			    term,
			    (const char *const[]){neighbour->port_id, neighbour->port_description},
			    2))
			return false;
	}
	return true;
}

/* Switch and port must be those of one neighbour. */
static char *neighbour_reject(const struct host_nic *nic, const struct nic_choice *choice)
{
	bool asked = false;

	for (size_t i = 0; i < choice->n_terms; i++)
		asked = asked || is_of_neighbour(&choice->terms[i]);
	if (!asked)
		return NULL;
	if (nic->n_lldp == 0 && nic->has_lldp_seconds)
		return xasprintf(N_("no switch announced itself within %u seconds"),
				 nic->lldp_seconds);
	if (nic->n_lldp == 0)
		return xstrdup(N_("nobody listened for its switch (LLDP)"));
	for (size_t i = 0; i < nic->n_lldp; i++)
		if (neighbour_fits(&nic->lldp[i], choice))
			return NULL;
	return xstrdup(N_("it is at another switch or port"));
}

/* NULL when the NIC is what is meant, else what stands against it. */
static char *nic_reject(const struct host_nic *nic, const struct nic_query *query)
{
	if (query->match->n_terms > 0) {
		for (size_t i = 0; i < query->match->n_terms; i++) {
			char *reason = term_reject(nic, &query->match->terms[i]);

			if (reason)
				return reason;
		}
		return neighbour_reject(nic, query->match);
	}
	if (query->name)
		return str_eq(nic->name, query->name) ? NULL
						      : xasprintf("it is not %s", query->name);
	if (query->hwaddr)
		return str_eq_nocase(nic->mac, query->hwaddr)
			       ? NULL
			       : xasprintf("it is not %s", query->hwaddr);
	return xstrdup(N_("none is named"));
}

static char *query_text(const struct nic_query *query)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	if (query->match->n_terms == 0)
		return xasprintf("\"%s\"", query->name ?: query->hwaddr ?: "");
	strbuf_add(&buf, "\"");
	for (size_t i = 0; i < query->match->n_terms; i++) {
		const struct nic_term *term = &query->match->terms[i];

		strbuf_addf(&buf, "%s%s%s%s", i ? " " : "", nic_property_to_string(term->property),
			    match_operator_to_string(term->op), term->value);
	}
	strbuf_add(&buf, "\"");
	return strbuf_take(&buf);
}

static int refuse(struct build *build, const struct nic_query *query, size_t fitting,
		  struct error **err)
{
	_cleanup_free_ char *text = query_text(query);

	for (size_t i = 0; i < build->host->n_nics; i++) {
		const struct host_nic *nic = &build->host->nics[i];
		_cleanup_free_ char *description = nic_describe(nic);
		_cleanup_free_ char *reason = nic_reject(nic, query);

		findings_add(build->findings, SEVERITY_NOTE, nic->name, "%s: %s", description,
			     reason ?: "it fits");
	}
	if (build->host->n_nics == 0) {
		error_set(err, ERROR_HARDWARE, "the machine has no network interface");
		return error_hint(err,
				  "is its driver or firmware missing? A host without a network "
				  "is asked for by <admin-interface proto=\"none\"/>");
	}
	if (!query->name && !query->hwaddr && query->match->n_terms == 0) {
		error_set(err, ERROR_USER, "no management interface is named");
		return error_hint(err, "write <admin-interface name=\"eth0\" proto=\"dhcp\"/>");
	}
	if (fitting > 1) {
		error_set(err, ERROR_USER, "%s %s fits %zu NICs, it must fit exactly one",
			  query->where, text, fitting);
		return error_hint(err, "add what tells them apart, such as mac= or pci=; all NICs "
				       "are listed above");
	}
	error_set(err, ERROR_USER, "%s %s is no network interface of this machine", query->where,
		  text);
	return error_hint(err, "choose one of those listed above, by name or MAC address");
}

int build_find_nic(struct build *build, const struct nic_query *query, const struct host_nic **ret,
		   struct error **err)
{
	const struct host_nic *found = NULL;
	size_t fitting = 0;

	for (size_t i = 0; i < build->host->n_nics; i++) {
		_cleanup_free_ char *reason = nic_reject(&build->host->nics[i], query);

		if (reason)
			continue;
		/* Two ports with one address are told apart by place alone; as ever, the first. */
		if (found && query->match->n_terms == 0)
			continue;
		found = &build->host->nics[i];
		fitting++;
	}
	if (fitting != 1)
		return refuse(build, query, fitting, err);
	*ret = found;
	return 0;
}
