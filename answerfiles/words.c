/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/words.h"

const struct word mode_words[] = {
	{"fresh", MODE_FRESH},
	{"reinstall", MODE_REINSTALL},
	{"upgrade", MODE_UPGRADE},
	{NULL, 0}, /* restoring has a root element of its own */
};
const struct word sr_words[] = {
	{"lvm", SR_LVM},
	{"ext", SR_EXT},
	{NULL, 0},
};
const struct word layout_words[] = {
	{"xenserver", LAYOUT_XENSERVER},
	{"small", LAYOUT_SMALL},
	{NULL, 0},
};
const struct word proto_words[] = {
	{"dhcp", ADDRESS_DHCP},
	{"static", ADDRESS_STATIC},
	{"none", ADDRESS_NONE},
	{NULL, 0},
};
const struct word proto6_words[] = {
	{"none", ADDRESS_NONE},
	{"dhcp", ADDRESS_DHCP},
	{"static", ADDRESS_STATIC},
	{"autoconf", ADDRESS_AUTOCONF},
	{NULL, 0},
};
const struct word backend_words[] = {
	{"bridge", BACKEND_BRIDGE},
	{"openvswitch", BACKEND_OPENVSWITCH},
	{"vswitch", BACKEND_OPENVSWITCH},
	{NULL, 0},
};
const struct word ntp_words[] = {
	{"dhcp", NTP_DHCP}, {"default", NTP_DEFAULT}, {"manual", NTP_MANUAL}, {"none", NTP_NONE},
	{NULL, 0},
};
const struct word stage_words[] = {
	{"installation-start", STAGE_INSTALLATION_START},
	{"packages-installed", STAGE_PACKAGES_INSTALLED},
	{"filesystem-populated", STAGE_FILESYSTEM_POPULATED},
	{"installation-complete", STAGE_INSTALLATION_COMPLETE},
	{NULL, 0},
};
const struct word property_words[] = {
	{"name", MATCH_NAME},
	{"model", MATCH_MODEL},
	{"vendor", MATCH_VENDOR},
	{"serial", MATCH_SERIAL},
	{"wwn", MATCH_WWN},
	{"size", MATCH_SIZE},
	{"rotational", MATCH_ROTATIONAL},
	{"transport", MATCH_TRANSPORT},
	{"by-path", MATCH_BY_PATH},
	{NULL, 0},
};
/* Longer operators stand before their own beginnings: the match reader takes the first that fits.
 */
const struct word operator_words[] = {
	{"!=", MATCH_NE}, {"<=", MATCH_LE}, {">=", MATCH_GE},  {"<", MATCH_LT},
	{">", MATCH_GT},  {"=", MATCH_EQ},  {"=", MATCH_GLOB}, /* an "=" whose value holds * ? or [
								*/
	{NULL, 0},
};
const struct word source_words[] = {
	{"local", SOURCE_LOCAL},
	{"url", SOURCE_URL},
	{"nfs", SOURCE_NFS},
	{NULL, 0},
};
const struct word preserve_words[] = {
	{"if-utility", PRESERVE_IF_UTILITY},
	{"true", PRESERVE_YES},
	{"yes", PRESERVE_YES},
	{"false", PRESERVE_NO},
	{"no", PRESERVE_NO},
	{NULL, 0},
};
const struct word location_words[] = {
	{"mbr", BOOTLOADER_MBR},
	{"partition", BOOTLOADER_PARTITION},
	{NULL, 0},
};
const struct word password_words[] = {
	{"plaintext", PASSWORD_PLAIN},
	{"hash", PASSWORD_HASH},
	{NULL, 0},
};

const struct word fs_words[] = {
	{"ext4", FS_EXT4},
	{"ext3", FS_EXT3},
	{NULL, 0},
};
const struct word ssh_words[] = {
	{"on", SSH_ON},
	{"off", SSH_OFF},
	{"auto", SSH_AUTO},
	{NULL, 0},
};
const struct word service_words[] = {
	{"enabled", SERVICE_ENABLED},
	{"disabled", SERVICE_DISABLED},
	{NULL, 0},
};

const struct word failure_words[] = {
	{"continue", FAILURE_IS_A_WARNING},
	{"stop", FAILURE_STOPS},
	{NULL, 0},
};

const struct word syslog_words[] = {
	{"udp", SYSLOG_UDP},
	{"tcp", SYSLOG_TCP},
	{NULL, 0},
};
const struct word proof_words[] = {
	{"token", REPORT_TOKEN},
	{"signature", REPORT_SIGNATURE},
	{NULL, 0},
};

const struct word report_words[] = {
	{"all", REPORT_ALL},
	{"ends", REPORT_ENDS},
	{"none", REPORT_NO_EVENTS},
	{NULL, 0},
};

const struct word moment_words[] = {
	{"before-network", MOMENT_BEFORE_NETWORK},
	{"network-up", MOMENT_NETWORK_UP},
	{"joined", MOMENT_JOINED},
	{NULL, 0},
};

const struct word nic_property_words[] = {
	{"name", NIC_NAME},     {"mac", NIC_MAC},       {"pci", NIC_PCI},
	{"slot", NIC_SLOT},     {"driver", NIC_DRIVER}, {"link", NIC_LINK},
	{"switch", NIC_SWITCH}, {"port", NIC_PORT},     {NULL, 0},
};
const struct word bond_words[] = {
	{"lacp", BOND_LACP},
	{"active-backup", BOND_ACTIVE_BACKUP},
	{"balance-slb", BOND_BALANCE_SLB},
	{NULL, 0},
};

const struct word engine_words[] = {
	{"xapi", ENGINE_XAPI},
	{NULL, 0},
};

const char *word_of(const struct word *words, unsigned value)
{
	for (; words->word; words++) {
		if (words->value == value)
			return words->word;
	}
	return NULL;
}

#define TO_STRING(name, words)                                                                     \
	const char *name##_to_string(enum name value)                                              \
	{                                                                                          \
		return word_of(words, value);                                                      \
	}

TO_STRING(sr_type, sr_words)
TO_STRING(layout_profile, layout_words)
TO_STRING(address_mode, proto6_words)
TO_STRING(ntp_source, ntp_words)
TO_STRING(script_stage, stage_words)
TO_STRING(match_property, property_words)
TO_STRING(match_operator, operator_words)
TO_STRING(source_type, source_words)
TO_STRING(fs_type, fs_words)
TO_STRING(ssh_mode, ssh_words)
TO_STRING(service_state, service_words)
TO_STRING(script_failure, failure_words)
TO_STRING(syslog_protocol, syslog_words)
TO_STRING(nic_property, nic_property_words)
TO_STRING(bond_mode, bond_words)
TO_STRING(pool_engine, engine_words)
TO_STRING(script_moment, moment_words)

const char *answers_mode_to_string(enum answers_mode mode)
{
	return mode == MODE_RESTORE ? "restore" : word_of(mode_words, mode);
}

const char *network_backend_to_string(enum network_backend backend)
{
	const char *word = word_of(backend_words, backend);

	return word ? word : "default";
}
