/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Elements are type (7 bits), length (9 bits), value: IEEE 802.1AB-2016, clause 8. */
#include "hwdb/probe/lldp.h"

#include <arpa/inet.h>
#include <errno.h>

#include "common/str.h"
#include "hwdb/host_fields.h"
#include "hwdb/probe/bytes.h"

enum lldp_type {
	LLDP_END = 0,
	LLDP_CHASSIS_ID = 1,
	LLDP_PORT_ID = 2,
	LLDP_TTL = 3,
	LLDP_PORT_DESCRIPTION = 4,
	LLDP_SYSTEM_NAME = 5,
	LLDP_SYSTEM_DESCRIPTION = 6,
	LLDP_CAPABILITIES = 7,
	LLDP_MANAGEMENT_ADDRESS = 8,
	LLDP_ORGANIZATION = 127,
};

/* IANA address family numbers, which network addresses begin with. */
#define FAMILY_IPV4 1
#define FAMILY_IPV6 2

#define OUI_8021 0x0080c2
#define OUI_8023 0x00120f

struct element {
	const uint8_t *value;
	size_t length;
};

/* A neighbour chooses the bytes; what terminals would obey is taken out. */
static char *text_of(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *copy = xstrndup((const char *)bytes, length);

	for (char *c = copy; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = ' ';
	return str_empty(str_trim(copy)) ? NULL : xstrdup(str_trim(copy));
}

static char *hex_of(const uint8_t *bytes, size_t length)
{
	struct strbuf buf = {0};

	for (size_t i = 0; i < length; i++)
		strbuf_addf(&buf, "%s%02x", i ? ":" : "", bytes[i]);
	return length ? strbuf_take(&buf) : NULL;
}

static char *address_of(unsigned family, const uint8_t *bytes, size_t length)
{
	char text[INET6_ADDRSTRLEN];

	if (family == FAMILY_IPV4 && length == 4 && inet_ntop(AF_INET, bytes, text, sizeof(text)))
		return xstrdup(text);
	if (family == FAMILY_IPV6 && length == 16 && inet_ntop(AF_INET6, bytes, text, sizeof(text)))
		return xstrdup(text);
	return hex_of(bytes, length);
}

/* Subtypes of a chassis (tables 8-2) and a port (8-3) that are not text. */
static char *id_of(const struct element *element, unsigned mac_subtype, unsigned address_subtype)
{
	unsigned subtype = element->value[0];
	const uint8_t *bytes = element->value + 1;
	size_t length = element->length - 1;

	if (subtype == mac_subtype)
		return hex_of(bytes, length);
	if (subtype == address_subtype && length > 1)
		return address_of(bytes[0], bytes + 1, length - 1);
	return text_of(bytes, length);
}

/* Length of subtype and address, subtype, address; interface and object follow. */
static void take_management(const struct element *element, struct host_lldp *lldp)
{
	size_t length = element->length ? element->value[0] : 0;

	if (length < 2 || length + 1 > element->length || lldp->management_address)
		return;
	lldp->management_address = address_of(element->value[1], element->value + 2, length - 1);
}

static void take_capabilities(const struct element *element, struct host_lldp *lldp)
{
	static const char *const names[] = {"other",  "repeater", "bridge",        "wlan",
					    "router", "phone",    "docsis",        "station",
					    "c-vlan", "s-vlan",   "two-port-relay"};
	unsigned enabled;

	if (element->length < 4 || lldp->capabilities)
		return;
	enabled = be16(element->value + 2);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (enabled & 1U << i)
			strv_add(&lldp->capabilities, names[i]);
}

/* Status, port: IEEE 802.1AX, and the same in 802.3 before it moved. */
static void take_aggregation(const uint8_t *bytes, size_t length, struct host_lldp *lldp)
{
	if (length < 5)
		return;
	lldp->has_aggregation = true;
	lldp->aggregation_capable = bytes[0] & 1;
	lldp->aggregated = bytes[0] & 2;
}

static void take_vlan_name(const uint8_t *bytes, size_t length, struct host_lldp *lldp)
{
	struct host_vlan *vlan;

	if (length < 3 || (size_t)3 + bytes[2] > length)
		return;
	vlan = ARRAY_APPEND(lldp->vlans, lldp->n_vlans);
	vlan->id = be16(bytes) & 0xfff;
	vlan->name = text_of(bytes + 3, bytes[2]);
}

/* IEEE 802.1Q annex D: port VLAN (0 means none), VLAN name, link aggregation. */
static void take_8021(unsigned subtype, const uint8_t *bytes, size_t length, struct host_lldp *lldp)
{
	if (subtype == 1 && length >= 2 && (be16(bytes) & 0xfff)) {
		lldp->has_port_vlan = true;
		lldp->port_vlan = be16(bytes) & 0xfff;
	} else if (subtype == 3) {
		take_vlan_name(bytes, length, lldp);
	} else if (subtype == 7) {
		take_aggregation(bytes, length, lldp);
	}
}

/* dot3MauType of RFC 4836 and IANA-MAU-MIB: the speed the neighbour's port runs at. */
static unsigned mau_speed(unsigned type)
{
	static const struct {
		unsigned first, last, speed_mbps;
	} rows[] = {{2, 13, 10},     {14, 20, 100},   {21, 30, 1000},  {31, 41, 10000},
		    {44, 46, 100},   {47, 49, 1000},  {54, 55, 10000}, {56, 56, 1000},
		    {57, 58, 10000}, {70, 74, 40000}, {75, 78, 100000}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (type >= rows[i].first && type <= rows[i].last)
			return rows[i].speed_mbps;
	return 0;
}

/* IEEE 802.3 clause 79: MAC and PHY, link aggregation, largest frame. */
static void take_8023(unsigned subtype, const uint8_t *bytes, size_t length, struct host_lldp *lldp)
{
	if (subtype == 1 && length >= 5) {
		lldp->speed_mbps = mau_speed(be16(bytes + 3));
		lldp->has_speed = lldp->speed_mbps > 0;
		lldp->has_autoneg = true;
		lldp->autoneg = bytes[0] & 2;
	} else if (subtype == 3) {
		take_aggregation(bytes, length, lldp);
	} else if (subtype == 4 && length >= 2 && be16(bytes)) {
		lldp->has_frame_max = true;
		lldp->frame_max_bytes = be16(bytes);
	}
}

static void take_organization(const struct element *element, struct host_lldp *lldp)
{
	const uint8_t *value = element->value;
	uint32_t oui;

	if (element->length < 4)
		return;
	oui = (uint32_t)value[0] << 16 | be16(value + 1);
	if (oui == OUI_8021)
		take_8021(value[3], value + 4, element->length - 4, lldp);
	else if (oui == OUI_8023)
		take_8023(value[3], value + 4, element->length - 4, lldp);
}

static void take_text(const struct element *element, char **text)
{
	if (!*text)
		*text = text_of(element->value, element->length);
}

/* The three that must come first may not come again (clause 9.2.7.7.1). */
static int take(enum lldp_type type, const struct element *element, struct host_lldp *lldp)
{
	switch (type) {
	case LLDP_CHASSIS_ID:
	case LLDP_PORT_ID:
	case LLDP_TTL:
		return -EBADMSG;
	case LLDP_PORT_DESCRIPTION:
		take_text(element, &lldp->port_description);
		break;
	case LLDP_SYSTEM_NAME:
		take_text(element, &lldp->system_name);
		break;
	case LLDP_SYSTEM_DESCRIPTION:
		take_text(element, &lldp->system_description);
		break;
	case LLDP_CAPABILITIES:
		take_capabilities(element, lldp);
		break;
	case LLDP_MANAGEMENT_ADDRESS:
		take_management(element, lldp);
		break;
	case LLDP_ORGANIZATION:
		take_organization(element, lldp);
		break;
	case LLDP_END:
		break;
	}
	return 0;
}

/* Gives false at the end; -EBADMSG in *r when the element does not fit. */
static bool next(const uint8_t **at, const uint8_t *end, unsigned *type, struct element *element,
		 int *r)
{
	size_t left = (size_t)(end - *at);
	unsigned head;

	if (left == 0)
		return false;
	head = left < 2 ? 0 : be16(*at);
	if (left < 2 || (head & 0x1ff) > left - 2) {
		*r = -EBADMSG;
		return false;
	}
	*type = head >> 9;
	*element = (struct element){.value = *at + 2, .length = head & 0x1ff};
	*at += 2 + element->length;
	return *type != LLDP_END;
}

static int take_head(const uint8_t **at, const uint8_t *end, struct host_lldp *lldp)
{
	struct element element;
	unsigned type;
	int r = 0;

	if (!next(at, end, &type, &element, &r) || type != LLDP_CHASSIS_ID || element.length < 2)
		return -EBADMSG;
	lldp->chassis_id = id_of(&element, 4, 5);
	if (!next(at, end, &type, &element, &r) || type != LLDP_PORT_ID || element.length < 2)
		return -EBADMSG;
	lldp->port_id = id_of(&element, 3, 4);
	if (!next(at, end, &type, &element, &r) || type != LLDP_TTL || element.length < 2)
		return -EBADMSG;
	return be16(element.value) ? 0 : -ENODATA;
}

int lldp_parse(const void *bytes, size_t length, struct host_lldp *ret)
{
	_cleanup_lldp_neighbour_ struct host_lldp lldp = {0};
	const uint8_t *at = bytes, *end = at + length;
	struct element element;
	unsigned type;
	int r = take_head(&at, end, &lldp);

	while (r == 0 && next(&at, end, &type, &element, &r))
		r = take((enum lldp_type)type, &element, &lldp);
	if (r < 0)
		return r;
	*ret = lldp;
	lldp = (struct host_lldp){0};
	return 0;
}

void lldp_neighbour_done(struct host_lldp *neighbour)
{
	host_fields_done(host_lldp_fields, neighbour);
}
