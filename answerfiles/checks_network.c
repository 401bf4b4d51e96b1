/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/reader.h"
#include "answerfiles/types.h"

/* The management interface's addresses together, the host's name, and where the time comes from. */

static struct finding *complain_admin(const struct reader *reader, enum severity severity,
				      const char *where, const char *message)
{
	return reader_complain(reader, severity, where, reader->answers->admin.origin, "%s",
			       message);
}

/* An element inside admin-interface that its proto needs. */
static void need(const struct reader *reader, const char *value, const char *element,
		 const char *proto)
{
	_cleanup_free_ char *where = xasprintf("admin-interface/%s", element);

	if (value)
		return;
	/* One that is there but wrong has a finding of its own. */
	for (size_t i = 0; i < reader->findings->count; i++) {
		if (str_eq(reader->findings->list[i].where, where))
			return;
	}
	finding_set_hint(reader_complain(reader, SEVERITY_ERROR, where,
					 reader->answers->admin.origin, "%s needs <%s>", proto,
					 element),
			 "inside <admin-interface>: %s", field_find(where)->help);
}

static void refuse_value(const struct reader *reader, const char *where, const char *message,
			 const char *hint)
{
	struct answers_origin origin = *field_origin(reader->answers, field_find(where));

	finding_set_hint(reader_complain(reader, SEVERITY_ERROR, where, origin, "%s", message),
			 "%s", hint);
}

static void check_subnet(const struct reader *reader, const struct answers_interface *admin)
{
	_cleanup_free_ char *message = NULL, *range = NULL;
	uint32_t ip, mask, gateway, network;

	if (!ipv4_parse(admin->ip, &ip) || !ipv4_parse(admin->netmask, &mask))
		return;
	network = ip & mask;
	range = xasprintf("the subnet is %u.%u.%u.%u to %u.%u.%u.%u", network >> 24,
			  (network >> 16) & 255, (network >> 8) & 255, network & 255,
			  (network | ~mask) >> 24, ((network | ~mask) >> 16) & 255,
			  ((network | ~mask) >> 8) & 255, (network | ~mask) & 255);
	/* RFC 3021: subnets of one or two addresses have no network and broadcast address. */
	if (~mask > 1 && (ip == network || ip == (network | ~mask))) {
		message = xasprintf("%s is the %s address of its subnet", admin->ip,
				    ip == network ? "network" : "broadcast");
		refuse_value(reader, "admin-interface/ip", message, range);
		return;
	}
	if (!ipv4_parse(admin->gateway, &gateway))
		return;
	if ((gateway & mask) != network) {
		message = xasprintf("the gateway %s is not in the subnet of %s", admin->gateway,
				    admin->ip);
		refuse_value(reader, "admin-interface/gateway", message, range);
	} else if (gateway == ip) {
		refuse_value(reader, "admin-interface/gateway",
			     "the gateway is the host's own address", range);
	}
}

/* Addresses that proto does not use: the author may have meant static. */
static void check_unused(const struct reader *reader, const char *value, const char *where,
			 const char *proto)
{
	if (value)
		finding_set_hint(reader_complain(reader, SEVERITY_WARNING, where,
						 *field_origin(reader->answers, field_find(where)),
						 "<%s> has no effect without %s=\"static\"",
						 strchr(where, '/') + 1, proto),
				 "set %s=\"static\", or remove it", proto);
}

static void check_addresses(const struct reader *reader, const struct answers_interface *admin)
{
	if (admin->mode == ADDRESS_STATIC) {
		need(reader, admin->ip, "ip", "proto=\"static\"");
		need(reader, admin->netmask, "subnet-mask", "proto=\"static\"");
		need(reader, admin->gateway, "gateway", "proto=\"static\"");
		check_subnet(reader, admin);
	} else {
		check_unused(reader, admin->ip, "admin-interface/ip", "proto");
		check_unused(reader, admin->netmask, "admin-interface/subnet-mask", "proto");
		check_unused(reader, admin->gateway, "admin-interface/gateway", "proto");
	}
	if (admin->mode6 == ADDRESS_STATIC) {
		need(reader, admin->ip6, "ipv6", "protov6=\"static\"");
		need(reader, admin->gateway6, "gatewayv6", "protov6=\"static\"");
	} else {
		check_unused(reader, admin->ip6, "admin-interface/ipv6", "protov6");
		check_unused(reader, admin->gateway6, "admin-interface/gatewayv6", "protov6");
	}
}

/* Said on purpose, for a machine without any NIC: then nothing else may need a network. */
static void check_without_network(const struct reader *reader)
{
	const struct answers *answers = reader->answers;

	if (reader_has_complained(reader, "admin-interface", answers->admin.origin))
		return;
	finding_set_hint(complain_admin(reader, SEVERITY_WARNING, "admin-interface",
					"the host gets no management network: it is reached at its "
					"console only"),
			 "with a network: <admin-interface name=\"eth0\" proto=\"dhcp\"/>");
	if (answers->admin.vlan || answers->n_bond_ports)
		finding_set_hint(complain_admin(reader, SEVERITY_ERROR, "admin-interface",
						"a VLAN or bond without a management network"),
				 "remove it, or name the interface");
	if (answers->pool.origin.line > 0)
		finding_set_hint(complain_admin(reader, SEVERITY_ERROR, "pool",
						"a pool needs a management network"),
				 "remove <pool>, or name the interface");
}

static void check_admin(const struct reader *reader)
{
	struct answers *answers = reader->answers;
	const struct answers_interface *admin = &answers->admin;
	struct answers_origin *proto = field_origin(answers, field_find("admin-interface@proto"));

	answers->has_admin = admin->origin.line > 0;
	if (!answers->has_admin) {
		if (mode_erases(answers->mode))
			finding_set_hint(reader_complain(reader, SEVERITY_ERROR, "admin-interface",
							 node_origin(reader->root),
							 "<admin-interface> is missing"),
					 "<admin-interface name=\"eth0\" proto=\"dhcp\"/>");
		return;
	}
	if (answers_want_no_network(answers) && proto->kind != ORIGIN_DEFAULT) {
		check_without_network(reader);
		return;
	}
	if (!admin->name && !admin->hwaddr && !admin->match.n_terms &&
	    !reader_has_complained(reader, "admin-interface", admin->origin))
		finding_set_hint(complain_admin(reader, SEVERITY_ERROR, "admin-interface",
						"<admin-interface> names no interface"),
				 "name=\"eth0\", hwaddr with its MAC address, or match");
	if (proto->kind != ORIGIN_DEFAULT && admin->mode == ADDRESS_NONE &&
	    admin->mode6 == ADDRESS_NONE)
		finding_set_hint(complain_admin(reader, SEVERITY_ERROR, "admin-interface@proto",
						"the host would have no address at all"),
				 "proto=\"dhcp\" or \"static\", or protov6");
	check_addresses(reader, admin);
}

static void check_bond(const struct reader *reader)
{
	const struct answers *answers = reader->answers;
	const struct answers_interface *admin = &answers->admin;
	struct answers_origin bond = *field_origin(answers, field_find("bond"));

	for (size_t i = 0; i < answers->n_bond_ports; i++) {
		const struct answers_bond_port *port = &answers->bond_ports[i];

		if (!port->name && !port->hwaddr && !port->match.n_terms &&
		    !reader_has_complained(reader, "bond/bond-port", port->origin))
			finding_set_hint(reader_complain(reader, SEVERITY_ERROR, "bond/bond-port",
							 port->origin, "<bond-port> names no NIC"),
					 "name=\"eth1\", hwaddr with its MAC address, or match");
		if ((port->name && str_eq(port->name, admin->name)) ||
		    (port->hwaddr && str_eq(port->hwaddr, admin->hwaddr)))
			finding_set_hint(reader_complain(reader, SEVERITY_ERROR, "bond/bond-port",
							 port->origin,
							 "%s is the NIC of admin-interface, which "
							 "is in the bond anyway",
							 port->name ?: port->hwaddr),
					 "name the other NICs only");
	}
	if (bond.kind != ORIGIN_DEFAULT && !answers->n_bond_ports)
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, "bond", bond,
						 "<bond> has no <bond-port>"),
				 "name each NIC beside that of admin-interface: "
				 "<bond-port name=\"eth1\"/>");
	if (answers->n_bond_ports && answers->bond_mode == BOND_BALANCE_SLB &&
	    answers->network_backend == BACKEND_BRIDGE)
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, "bond@mode", bond,
						 "balance-slb is a mode of Open vSwitch, but "
						 "network-backend is bridge"),
				 "<network-backend>openvswitch</network-backend>, or another mode");
}

static void check_hostname(const struct reader *reader)
{
	const char *name = reader->answers->hostname;
	struct answers_origin origin = *field_origin(reader->answers, field_find("hostname"));

	if (name && strcspn(name, ".") == strlen("localhost") && str_starts(name, "localhost"))
		finding_set_hint(reader_complain(reader, SEVERITY_WARNING, "hostname", origin,
						 "\"%s\" names every machine", name),
				 "give the host a name of its own");
	/* HOST_NAME_MAX of Linux. */
	else if (name && strlen(name) > 64)
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, "hostname", origin,
						 "the host name has %zu characters", strlen(name)),
				 "Linux keeps 64");
}

static void check_time(const struct reader *reader)
{
	struct answers *answers = reader->answers;
	struct answers_origin *origin = field_origin(answers, field_find("ntp@source"));
	struct answers_origin servers = *field_origin(answers, field_find("ntp-server"));

	if (origin->kind == ORIGIN_DEFAULT) {
		answers->ntp_source = answers->ntp_servers                  ? NTP_MANUAL
				      : answers_want_no_network(answers)    ? NTP_NONE
				      : answers->admin.mode == ADDRESS_DHCP ? NTP_DHCP
									    : NTP_DEFAULT;
		return;
	}
	if (answers->ntp_source == NTP_MANUAL && !answers->ntp_servers)
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, "ntp@source", *origin,
						 "source=\"manual\" needs an <ntp-server>"),
				 "add <ntp-server>0.pool.ntp.org</ntp-server>");
	if (answers->ntp_source != NTP_MANUAL && answers->ntp_servers)
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, "ntp-server", servers,
						 "time servers contradict <ntp source=\"%s\">",
						 ntp_source_to_string(answers->ntp_source)),
				 "write <ntp source=\"manual\"/>, or remove the servers");
}

void checks_network(const struct reader *reader)
{
	check_admin(reader);
	check_bond(reader);
	check_hostname(reader);
	check_time(reader);
}
