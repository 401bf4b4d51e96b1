/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/probe/nic_ethtool.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "common/str.h"

/* The kernel's count of words is a signed char. */
#define MASK_WORDS_MAX 127

/* The driver is asked by name: no packet is sent and the link stays as it is. */
static bool ask(const char *kernel_name, void *request)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq ifr = {.ifr_data = request};

	if (fd < 0 || str_copy(ifr.ifr_name, sizeof(ifr.ifr_name), kernel_name) < 0)
		return false;
	return ioctl(fd, SIOCETHTOOL, &ifr) >= 0;
}

char *nic_ask_permanent_mac(const char *kernel_name)
{
	/* Ends in an array without a size, which 32 bytes of address follow. */
	_cleanup_free_ struct ethtool_perm_addr *request = xcalloc(1, sizeof(*request) + 32);
	const uint8_t *address = request->data;
	static const uint8_t none[6];

	request->cmd = ETHTOOL_GPERMADDR;
	request->size = 32;
	if (!ask(kernel_name, request) || request->size != 6 || memcmp(address, none, 6) == 0)
		return NULL;
	return xasprintf("%02x:%02x:%02x:%02x:%02x:%02x", address[0], address[1], address[2],
			 address[3], address[4], address[5]);
}

/*
 * Bits of enum ethtool_link_mode_bit_indices as Linux 6.16 has them; they are numbers because the
 * headers that we are built with may be older than the kernel that answers.
 */
static const struct {
	unsigned first, last, speed_mbps;
} modes[] = {
	{0, 1, 10},         {92, 92, 10},       {99, 102, 10},       {2, 3, 100},
	{67, 67, 100},      {90, 91, 100},      {4, 5, 1000},        {17, 17, 1000},
	{41, 41, 1000},     {68, 68, 1000},     {15, 15, 2500},      {47, 47, 2500},
	{48, 48, 5000},     {12, 12, 10000},    {18, 19, 10000},     {42, 46, 10000},
	{21, 22, 20000},    {31, 33, 25000},    {23, 26, 40000},     {34, 35, 50000},
	{40, 40, 50000},    {52, 56, 50000},    {27, 30, 56000},     {36, 39, 100000},
	{57, 61, 100000},   {75, 79, 100000},   {62, 66, 200000},    {80, 84, 200000},
	{103, 108, 200000}, {69, 73, 400000},   {85, 89, 400000},    {109, 114, 400000},
	{93, 98, 800000},   {115, 120, 800000}, {121, 124, 1600000},
};

static bool has_bit(const uint32_t *words, size_t n_words, unsigned first, unsigned last)
{
	for (unsigned bit = first; bit <= last && bit / 32 < n_words; bit++)
		if (words[bit / 32] & (uint32_t)1 << bit % 32)
			return true;
	return false;
}

void nic_speeds_of_modes(const uint32_t *words, size_t n_words, unsigned **ret, size_t *ret_n)
{
	unsigned *speeds = NULL;
	size_t n = 0;

	/* The rows ascend by speed, so equal ones are neighbours. */
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		if (has_bit(words, n_words, modes[i].first, modes[i].last) &&
		    (n == 0 || speeds[n - 1] != modes[i].speed_mbps))
			*ARRAY_APPEND(speeds, n) = modes[i].speed_mbps;
	*ret = speeds;
	*ret_n = n;
}

const char *nic_port_word(unsigned port)
{
	static const struct {
		unsigned port;
		const char *word;
	} words[] = {{PORT_TP, "tp"},       {PORT_AUI, "aui"}, {PORT_MII, "mii"},
		     {PORT_FIBRE, "fibre"}, {PORT_BNC, "bnc"}, {PORT_DA, "da"},
		     {PORT_NONE, "none"}};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i].port == port)
			return words[i].word;
	return NULL;
}

/* Drivers fill in "N/A", blanks or nothing where they have no answer. */
static char *driver_text(const char *bytes, size_t size)
{
	_cleanup_free_ char *copy = xstrndup(bytes, strnlen(bytes, size));
	const char *text = str_trim(copy);

	return str_empty(text) || str_eq_nocase(text, "n/a") ? NULL : xstrdup(text);
}

static void ask_versions(const char *kernel_name, struct host_nic *nic)
{
	struct ethtool_drvinfo info = {.cmd = ETHTOOL_GDRVINFO};

	if (!ask(kernel_name, &info))
		return;
	nic->firmware_version = driver_text(info.fw_version, sizeof(info.fw_version));
	nic->bus_info = driver_text(info.bus_info, sizeof(info.bus_info));
}

/* Asked twice: the first answer is how many words the kernel's masks have, as a negative number. */
static struct ethtool_link_settings *ask_link_settings(const char *kernel_name)
{
	struct ethtool_link_settings *request =
		xcalloc(1, sizeof(*request) + 3 * MASK_WORDS_MAX * sizeof(uint32_t));

	request->cmd = ETHTOOL_GLINKSETTINGS;
	if (ask(kernel_name, request) && request->link_mode_masks_nwords < 0) {
		request->cmd = ETHTOOL_GLINKSETTINGS;
		request->link_mode_masks_nwords = (__s8)-request->link_mode_masks_nwords;
		if (ask(kernel_name, request) && request->link_mode_masks_nwords > 0)
			return request;
	}
	free(request);
	return NULL;
}

void nic_ask_driver(const char *kernel_name, struct host_nic *nic)
{
	_cleanup_free_ struct ethtool_link_settings *settings = ask_link_settings(kernel_name);

	ask_versions(kernel_name, nic);
	if (!settings)
		return;
	nic_speeds_of_modes(settings->link_mode_masks, (size_t)settings->link_mode_masks_nwords,
			    &nic->speeds_mbps, &nic->n_speeds);
	nic->has_autoneg = settings->autoneg <= AUTONEG_ENABLE;
	nic->autoneg = settings->autoneg == AUTONEG_ENABLE;
	nic->has_duplex = settings->duplex <= DUPLEX_FULL;
	nic->full_duplex = settings->duplex == DUPLEX_FULL;
	nic->port = xstrdup(nic_port_word(settings->port));
}

void nic_copy_asked(const struct host_nic *from, struct host_nic *to)
{
	to->firmware_version = xstrdup(from->firmware_version);
	to->bus_info = xstrdup(from->bus_info);
	to->port = xstrdup(from->port);
	to->has_autoneg = from->has_autoneg;
	to->autoneg = from->autoneg;
	to->has_duplex = from->has_duplex;
	to->full_duplex = from->full_duplex;
	for (size_t i = 0; i < from->n_speeds; i++)
		*ARRAY_APPEND(to->speeds_mbps, to->n_speeds) = from->speeds_mbps[i];
}
