/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * struct answers: every decision of an installation with the place it came from. Filled from an
 * answer file, the kernel command line or the screens through the one field table (fields.c);
 * read by the planner. Knows nothing of the machine: a disk is a description here, not a device.
 */
#pragma once

#include "common/error.h"
#include "common/findings.h"
#include "common/json.h"
#include "common/macro.h"

struct fetch; /* common/fetch.h */

enum answers_mode { MODE_FRESH, MODE_REINSTALL, MODE_UPGRADE, MODE_RESTORE };
enum source_type { SOURCE_LOCAL, SOURCE_URL, SOURCE_NFS };
enum sr_type { SR_LVM, SR_EXT };
enum layout_profile { LAYOUT_XENSERVER, LAYOUT_SMALL };
enum preserve_first { PRESERVE_NO, PRESERVE_YES, PRESERVE_IF_UTILITY };
/*
 * Which places answers came from so far: a file alone, all there are, or all and a source that was
 * named beside them.
 */
enum answers_stage { ANSWERS_FILE, ANSWERS_COMPLETE, ANSWERS_WITH_SOURCE };
enum address_mode { ADDRESS_NONE, ADDRESS_DHCP, ADDRESS_STATIC, ADDRESS_AUTOCONF };
enum network_backend { BACKEND_DEFAULT, BACKEND_BRIDGE, BACKEND_OPENVSWITCH };
enum password_type { PASSWORD_NONE, PASSWORD_PLAIN, PASSWORD_HASH };
enum ntp_source { NTP_DEFAULT, NTP_DHCP, NTP_MANUAL, NTP_NONE };
enum fs_type { FS_EXT4, FS_EXT3 };
enum ssh_mode { SSH_ON, SSH_OFF, SSH_AUTO };
enum service_state { SERVICE_ENABLED, SERVICE_DISABLED };
enum bootloader_location { BOOTLOADER_MBR, BOOTLOADER_PARTITION };
enum script_failure { FAILURE_IS_A_WARNING, FAILURE_STOPS };
enum pool_engine { ENGINE_XAPI };
enum bond_mode { BOND_LACP, BOND_ACTIVE_BACKUP, BOND_BALANCE_SLB };
enum syslog_protocol { SYSLOG_UDP, SYSLOG_TCP };
enum report_proof { REPORT_TOKEN, REPORT_SIGNATURE };
enum report_events { REPORT_ALL, REPORT_ENDS, REPORT_NO_EVENTS };
/* When a script of first boot runs: before links are up, when they are, in its pool. */
enum script_moment { MOMENT_BEFORE_NETWORK, MOMENT_NETWORK_UP, MOMENT_JOINED };
enum script_stage {
	STAGE_INSTALLATION_START,
	STAGE_PACKAGES_INSTALLED,
	STAGE_FILESYSTEM_POPULATED,
	STAGE_INSTALLATION_COMPLETE,
};

/* Where a value came from. */
struct answers_origin {
	enum { ORIGIN_DEFAULT, ORIGIN_FILE, ORIGIN_CMDLINE, ORIGIN_USER } kind;
	unsigned line, column; /* in the answer file, from 1; 0 otherwise */
	unsigned given;        /* of a guest disk, source or script: which of its values were, by
				  field_bit() */
};

/* One condition on a disk: property, operator, value. */
enum match_property {
	MATCH_NAME,
	MATCH_MODEL,
	MATCH_VENDOR,
	MATCH_SERIAL,
	MATCH_WWN,
	MATCH_SIZE,
	MATCH_ROTATIONAL,
	MATCH_TRANSPORT,
	MATCH_BY_PATH,
};
enum match_operator { MATCH_EQ, MATCH_NE, MATCH_LT, MATCH_LE, MATCH_GT, MATCH_GE, MATCH_GLOB };
struct match_term {
	enum match_property property;
	enum match_operator op;
	char *value;          /* as written; globs with * ? [] */
	unsigned alternative; /* counted from 0; terms of one stand together, in order */
	uint64_t number;      /* bytes for size, 0/1 for rotational */
};

/* One condition on a NIC, as match_term for disks; only MATCH_EQ, MATCH_NE and MATCH_GLOB. */
enum nic_property {
	NIC_NAME,
	NIC_MAC,
	NIC_PCI,  /* "0000:18:00.0", or without the domain 0000 */
	NIC_SLOT, /* the label of slot or onboard port */
	NIC_DRIVER,
	NIC_LINK,   /* "up" or "down" */
	NIC_SWITCH, /* a neighbour by LLDP: its name, chassis id or address */
	NIC_PORT,   /* that neighbour's port: its id or description */
};
struct nic_term {
	enum nic_property property;
	enum match_operator op;
	char *value; /* as written */
};
/* Terms that must all hold, and must fit exactly one NIC of the machine. */
struct nic_choice {
	struct nic_term *terms;
	size_t n_terms;
};

/*
 * How one disk is chosen: by a name or link as written ("sda", "/dev/disk/by-id/..."), or by terms
 * that must all hold. Must fit exactly one disk of the machine. Our `match` attribute
 * on primary-disk and guest-disk: match="size>=100G transport=nvme serial=S4*"; when it is there
 * the element's text is for other installers only. "A | B" is A, or B where A means no disk at all.
 */
struct disk_choice {
	char *text; /* as the file has it, trimmed; "/dev/" not added */
	struct match_term *terms;
	size_t n_terms;
	struct answers_origin origin;
};

struct answers_source {
	enum source_type type;
	char *address; /* URL, "server:/path", or NULL for local; credentials included: never logged
			*/
	struct answers_origin origin;
};

struct answers_script {
	enum script_stage stage;
	char *type; /* "url", "nfs", "local" as given */
	char *url;
	unsigned timeout_s;
	char *sha256; /* our attribute: 64 lower-case hex digits its bytes must have, or NULL */
	enum script_failure on_failure;
	enum script_moment moment; /* of a firstboot-script, which has no stage */
	struct answers_origin origin;
};

/* <raid>: disks as a mirror. Understood, not yet done. */
struct answers_raid {
	char *device; /* "md127" */
	char **disks; /* as written */
	struct answers_origin origin;
};

/* <driver-source>, type and address as in a source. Understood, not yet done. */
struct answers_driver_source {
	enum source_type type;
	char *address;
	struct answers_origin origin;
};

/* A <driver> of <selected-multiversion-drivers>. Understood, not yet done. */
struct answers_driver {
	char *name, *variant;
	struct answers_origin origin;
};

/* <fcoe-interface>: an interface to start FCoE on. Understood, not yet done. */
struct answers_fcoe {
	char *name;   /* or NULL */
	char *hwaddr; /* lower case MAC or NULL; name wins */
	struct answers_origin origin;
};

/* <service>: what becomes of it at boot. Understood, not yet done. */
struct answers_service {
	char *name; /* without ".service" */
	enum service_state state;
	struct answers_origin origin;
};

struct answers_interface {
	char *name;              /* "eth0" or NULL */
	char *hwaddr;            /* lower case MAC or NULL; name wins */
	struct nic_choice match; /* our attribute; wins over both */
	enum address_mode mode;
	char *ip, *netmask, *gateway; /* dotted quads, static only */
	enum address_mode mode6;
	char *ip6; /* "addr/prefix" */
	char *gateway6;
	unsigned vlan; /* 0: none */
	struct answers_origin origin;
};

/* Our <bond-port>: one more NIC beside the management interface's; as there. */
struct answers_bond_port {
	char *name, *hwaddr;
	struct nic_choice match;
	struct answers_origin origin;
};

/* Our <pool>: what the host joins at first boot, or begins; no engine takes a token so far. */
struct answers_pool {
	enum pool_engine engine;
	char *coordinator; /* "host", "host:port"; NULL: the host begins a pool */
	char *user;
	char *certificate; /* SHA-256, 64 lower-case hex digits, or NULL */
	bool force;
	char *name, *default_sr;
	unsigned wait_s, retry_s;
	char *password_from, *token_from; /* where the secret is, unless struct secrets has it */
	struct answers_origin origin;
};

struct answers {
	char *file;     /* its path or URL for messages, credentials masked; NULL without a file */
	char *found_by; /* how a file was found that nobody named: "DHCP option 240 on eth0" */
	enum answers_mode mode;

	/* What is destroyed. */
	struct disk_choice primary;
	bool has_primary;
	struct disk_choice *guests;
	size_t n_guests;
	bool guest_storage; /* the primary disk is part of the local SR */
	enum sr_type sr_type;
	enum layout_profile layout; /* our <layout>; default xenserver */
	enum preserve_first preserve_first;
	bool swraid;          /* the primary disk's text is two disks of a mirror: "sda,sdb" */
	enum fs_type fs_type; /* of root and logs */
	struct answers_raid *raids;
	size_t n_raids;
	struct disk_choice existing;   /* <existing-installation>: where the system to upgrade is */
	enum fs_type existing_fs_type; /* what its root and logs become */
	struct disk_choice backup;     /* <backup-disk>: where the backup to restore is */
	char **destroy_existing; /* our <destroy-existing>: ids, serials or names of disks, one each
				  */
	char *install_id;        /* our <install-id> */
	char *hardware_profile;  /* our <hardware-profile>: one that the machine must pass */

	struct answers_source *sources;
	size_t n_sources;
	struct answers_driver_source *driver_sources;
	size_t n_driver_sources;
	struct answers_driver *drivers;
	size_t n_drivers;
	char *xenhost_source; /* our <xenhost-source> or boot line xenhost.source=: folder or URL */
	char *xenhost_source_certificate; /* SHA-256 as of the pool, or NULL */

	enum bootloader_location bootloader_location;
	bool write_boot_entry;
	enum network_backend network_backend; /* as asked; the plan resolves BACKEND_DEFAULT */

	struct answers_interface admin;
	bool has_admin;
	enum bond_mode bond_mode; /* our <bond>, over the management NIC and the ports below */
	struct answers_bond_port *bond_ports;
	size_t n_bond_ports; /* 0: no bond */
	struct answers_fcoe *fcoes;
	size_t n_fcoes;
	char *hostname; /* may hold a domain; NULL: from DHCP */
	char **name_servers;
	char *proxy; /* our <proxy>: URL without credentials, of the installer and the host's apt */
	char **ca_certificates; /* our <ca-certificate>: PEM, lines ended by \n between them */
	/* Our <client-certificate>: places of a certificate and its key in PEM; the key is in the
	 * same file where none is named. */
	char *client_certificate, *client_key;
	char *syslog_server; /* our <syslog-server>: "host", "host:port", "[v6]:port" */
	enum syslog_protocol syslog_protocol;
	char *timezone;
	char *keymap;
	enum ntp_source ntp_source;
	char **ntp_servers;

	enum password_type password_type; /* the secret itself is in struct secrets */
	char **ssh_keys;                  /* our <ssh-key>: lines of root's authorized_keys */
	enum ssh_mode ssh_mode;
	struct answers_service *services;
	size_t n_services;
	struct answers_script *scripts;
	size_t n_scripts;
	struct answers_script *firstboot_scripts; /* our <firstboot-script> */
	size_t n_firstboot_scripts;
	struct answers_pool pool;
	bool has_pool;
	char *report_url;         /* our <report> */
	char *report_certificate; /* SHA-256 as of the pool, or NULL */
	enum report_proof report_proof;
	enum report_events report_events;
	bool confirm; /* ui-confirmation-prompt */
	/* Ours: one argument each, beside those every host has. Harmless in GRUB and shells. */
	char **xen_arguments, **kernel_arguments;

	/* Boot line, not file: what becomes of consoles and extra arguments. */
	char *serial_console; /* "ttyS1,115200" from console=, last serial one; NULL: see SPCR */
	bool serial_default;  /* the last console= is the serial one */
	bool multipath;

	struct answers_origin *origins; /* by field number of fields.c */
	size_t n_origins;
};

/*
 * The boot line's xenhost.report= and its fingerprint alone, of what answers_apply_cmdline() takes
 * from it: for answers that came from screens. A receiver of the boot line is not proven to by the
 * file's token, which is for another one.
 */
struct secrets;
struct findings;
void answers_apply_report(struct answers *answers, struct secrets *secrets,
			  const char *command_line, struct findings *findings);

/* Where a source's folder is, as payload.h wants it; NULL for the medium. Newly allocated. */
char *answers_source_place(const struct answers_source *source);
/* Where common/fetch.h finds a script: type="nfs" leaves the scheme out. Newly allocated. */
char *answers_script_place(const struct answers_script *script);

/* Secrets travel beside the answers, never inside a plan. */
struct secrets {
	char *root_password; /* plain text or crypt(3) hash by answers.password_type; NULL: locked
			      */
	char *pool_password, *pool_token; /* NULL: none, or where answers.pool says */
	char *report_token;
	/* No question, but made of answers: what first boot needs to report, see notifier.h. */
	char *firstboot_report;
};

/* They say that the host is to have no management network: <admin-interface proto="none"/>, which
 * names no NIC and no address. Without the element they say nothing. */
bool answers_want_no_network(const struct answers *answers);

struct answers *answers_new(void); /* every field at its default */
void answers_free(struct answers *answers);
DEFINE_CLEANUP(struct answers *, answers_free)
#define _cleanup_answers_ _cleanup_(answers_freep)
void secrets_done(struct secrets *secrets); /* wipes, then frees */
#define _cleanup_secrets_ _cleanup_(secrets_done)

/*
 * Reads an answer file's text. All findings are collected, sorted by position. Returns 0 whenever
 * the text could be read as far as possible: findings_has_errors() tells whether it may be used.
 * `name` is how messages call the file.
 */
int answers_from_xml(const char *text, size_t length, const char *name, struct answers **ret,
		     struct secrets *ret_secrets, struct findings *findings,
		     struct error **err) _must_check_;
/* The same for text that nobody has looked at: too large a one is a finding. */
int answers_from_text(const char *text, size_t length, const char *name, struct answers **ret,
		      struct secrets *ret_secrets, struct findings *findings,
		      struct error **err) _must_check_;
/* Boot-line tokens over what the file said in a fixed order; disks are never merged. */
int answers_apply_cmdline(struct answers *answers, struct secrets *secrets,
			  const char *command_line, struct findings *findings) _must_check_;
/*
 * What only shows after every place was read: a source may stand in the file or on the boot line.
 * At ANSWERS_FILE, where the boot line is not known, it adds notes; later, errors. What is right
 * but not yet supported, a warning that is fatal, becomes an error with the last two stages.
 */
void answers_check_complete(const struct answers *answers, enum answers_stage stage,
			    struct findings *findings);
/* Fetches by path or URL, see common/fetch.h. Too large a file is a finding. */
int answers_load(const char *where, struct answers **ret, struct secrets *ret_secrets,
		 struct findings *findings, struct error **err) _must_check_;

/* The same for a machine that has more places to read from and says who it is. */
int answers_load_by(const struct fetch *fetch, const char *where, struct answers **ret,
		    struct secrets *ret_secrets, struct findings *findings,
		    struct error **err) _must_check_;

struct json *answers_to_json(const struct answers *answers); /* xenhost.answers/1, masked */
/*
 * As an answer file with the password in it: reading it gives the same answers. Defaults that
 * nobody asked for are left out. Wipe before free().
 */
char *answers_to_xml(const struct answers *answers, const struct secrets *secrets);
char *answers_to_text(const struct answers *answers); /* each value and where it came from */

const char *answers_mode_to_string(enum answers_mode mode);
const char *sr_type_to_string(enum sr_type type);
const char *layout_profile_to_string(enum layout_profile profile);
const char *address_mode_to_string(enum address_mode mode);
const char *network_backend_to_string(enum network_backend backend);
const char *ntp_source_to_string(enum ntp_source source);
const char *script_stage_to_string(enum script_stage stage);
const char *match_property_to_string(enum match_property property);
/* What stands before a term of a choice: "", " " or " | ". */
const char *match_separator(const struct disk_choice *choice, size_t index);
const char *match_operator_to_string(enum match_operator op);
const char *source_type_to_string(enum source_type type);
const char *fs_type_to_string(enum fs_type type);
const char *ssh_mode_to_string(enum ssh_mode mode);
const char *service_state_to_string(enum service_state state);
const char *nic_property_to_string(enum nic_property property);
const char *bond_mode_to_string(enum bond_mode mode);
const char *syslog_protocol_to_string(enum syslog_protocol protocol);
const char *pool_engine_to_string(enum pool_engine engine);
const char *script_moment_to_string(enum script_moment moment);
const char *script_failure_to_string(enum script_failure failure);
