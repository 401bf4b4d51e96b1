/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/remote.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <sys/random.h>

#include "answerfiles/boot_keys.h"
#include "common/bootline.h"
#include "common/password.h"
#include "common/proc.h"
#include "common/program.h"
#include "common/ssh_key.h"
#include "common/str.h"
#include "installer/live.h"
#include "installer/network/network.h"

#define TAG      "remote"
#define FOLDER   "/run/xenhost/ssh"
#define KEYS     FOLDER "/authorized_keys"
#define PASSWORD FOLDER "/password"
#define SHADOW   "/etc/shadow"
/* 12 of 32 signs: 60 bits, for a server that lives for one boot. */
#define PASSWORD_SIGNS 12
#define PASSWORD_GROUP 4
/* Makes the server's key, prints its public half, starts the server: initrd/installer/root/. */
#define SCRIPT "xenhost-remote"

void remote_done(struct remote *remote)
{
	strv_free(remote->keys);
	free(remote->fingerprint);
	*remote = (struct remote){0};
}

static void add_keys(struct remote *remote, char *const *keys)
{
	for (size_t i = 0; i < strv_length(keys); i++)
		if (!strv_contains(remote->keys, keys[i]))
			strv_add(&remote->keys, keys[i]);
}

static void collect_keys(struct remote *remote, const char *command_line,
			 const struct answers *answers)
{
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_strv_ char **keys = boot_keys_read(command_line, &findings);

	add_keys(remote, keys);
	if (answers && answers->ssh_mode != SSH_OFF)
		add_keys(remote, answers->ssh_keys);
}

static int write_keys(const struct remote *remote, const struct fsroot *root, struct error **err)
{
	_cleanup_free_ char *lines = remote->keys ? strv_join(remote->keys, "\n") : xstrdup(""),
			    *text = xasprintf("%s\n", lines);
	int r = fsroot_mkdir(root, FOLDER, 0700);

	if (r == 0)
		r = fsroot_write_text(root, KEYS, text, 0600);
	return r < 0 ? error_errno(err, ERROR_INTERNAL, r, "cannot write " KEYS) : 0;
}

/* Signs that are not taken for one another when they are read off a screen. */
static int draw_password(char **ret)
{
	static const char signs[] = "abcdefghijkmnpqrstuvwxyz23456789";
	uint8_t bytes[PASSWORD_SIGNS];
	char *at;

	static_assert(sizeof(signs) == 32 + 1, "five bits choose one of them");
	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return -EIO;
	/* At once as long as it gets: growing would leave parts of it in memory. */
	*ret = at = xcalloc(1, PASSWORD_SIGNS + PASSWORD_SIGNS / PASSWORD_GROUP);
	for (size_t i = 0; i < sizeof(bytes); i++) {
		if (i && i % PASSWORD_GROUP == 0)
			*at++ = '-';
		*at++ = signs[bytes[i] & 31U];
	}
	explicit_bzero(bytes, sizeof(bytes));
	return 0;
}

static int write_password(const struct fsroot *root, const char *password, const char *hash)
{
	/* shadow(5): never changed, never expires. */
	_cleanup_free_ char *shadow = xasprintf("root:%s:::::::\n", hash);
	int r = fsroot_mkdir(root, FOLDER, 0700);

	if (r == 0)
		r = fsroot_write_text(root, SHADOW, shadow, 0600);
	return r < 0 ? r : fsroot_write_text(root, PASSWORD, password, 0600);
}

int remote_make_password(struct remote *remote, const struct fsroot *root, struct error **err)
{
	_cleanup_free_ char *password = NULL, *hash = NULL;
	int r;

	remote->with_password = true;
	if (fsroot_exists(root, PASSWORD))
		return 0;
	r = draw_password(&password);
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot make a password");
	r = password_hash(password, &hash, err);
	if (r == 0) {
		r = write_password(root, password, hash);
		if (r < 0)
			error_errno(err, ERROR_INTERNAL, r, "cannot keep a password");
	}
	explicit_bzero(password, strlen(password));
	return r;
}

int remote_start(struct remote *remote, const struct fsroot *root, const char *command_line,
		 const struct answers *answers, struct error **err)
{
	_cleanup_free_ char *folder = fsroot_outer_path(root, FOLDER);
	const char *const argv[] = {SCRIPT, folder, remote->with_password ? "password" : NULL,
				    NULL};
	const struct proc proc = {.argv = argv, .tag = TAG, .timeout_s = 60, .leaves_daemon = true};
	_cleanup_proc_result_ struct proc_result result = {0};
	char *fingerprint;
	int r;

	collect_keys(remote, command_line, answers);
	if (!remote->keys && !remote->with_password)
		return 0;
	r = write_keys(remote, root, err);
	if (r == 0)
		r = proc_run(&proc, &result, err);
	if (r < 0)
		return r;
	if (ssh_key_fingerprint(result.output, &fingerprint) < 0) {
		error_set(err, ERROR_INTERNAL, "the ssh server has no key");
		return error_hint(err, "What its programs say is in " FOLDER "/log.");
	}
	free(remote->fingerprint);
	remote->fingerprint = fingerprint;
	return 0;
}

static void add_address(struct strbuf *buf, const struct ifaddrs *at, int family)
{
	char text[INET6_ADDRSTRLEN] = "";

	if (!at->ifa_addr || at->ifa_addr->sa_family != family || at->ifa_flags & IFF_LOOPBACK)
		return;
	if (family == AF_INET) {
		const struct sockaddr_in *in = (const void *)at->ifa_addr;

		inet_ntop(AF_INET, &in->sin_addr, text, sizeof(text));
	} else {
		const struct sockaddr_in6 *in = (const void *)at->ifa_addr;

		if (!IN6_IS_ADDR_LINKLOCAL(&in->sin6_addr))
			inet_ntop(AF_INET6, &in->sin6_addr, text, sizeof(text));
	}
	if (*text)
		strbuf_addf(buf, "%s%s", buf->length ? " " : "", text);
}

char *remote_addresses(void)
{
	static const int families[] = {AF_INET, AF_INET6};
	struct ifaddrs *list = NULL;
	struct strbuf buf = {0};

	if (getifaddrs(&list) < 0)
		return xstrdup("");
	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		for (const struct ifaddrs *at = list; at; at = at->ifa_next)
			add_address(&buf, at, families[i]);
	freeifaddrs(list);
	return strbuf_take(&buf) ?: xstrdup("");
}

char *remote_text(const struct remote *remote)
{
	_cleanup_free_ char *addresses = NULL;
	_cleanup_strv_ char **list = NULL;
	_cleanup_strbuf_ struct strbuf buf = {0};

	if (!remote->fingerprint)
		return NULL;
	addresses = remote_addresses();
	list = strv_split(addresses, " ");
	for (size_t i = 0; i < strv_length(list); i++)
		strbuf_addf(&buf, "%sssh root@%s", i ? " or " : ": ", list[i]);
	return xasprintf("remote hands%s; the key of this server is %s",
			 buf.text ?: ": ssh, as soon as there is a network", remote->fingerprint);
}

struct json *remote_to_json(const struct remote *remote)
{
	_cleanup_free_ char *addresses = NULL;
	_cleanup_strv_ char **list = NULL;
	struct json *json, *array;

	if (!remote->fingerprint)
		return NULL;
	addresses = remote_addresses();
	list = strv_split(addresses, " ");
	json = json_new_object();
	json_set_string(json, "fingerprint", remote->fingerprint);
	array = json_set_array(json, "addresses");
	for (size_t i = 0; i < strv_length(list); i++)
		json_append_string(array, list[i]);
	return json;
}

static int bring_up(const struct fsroot *root, const struct host *host, const char *command_line,
		    struct error **err)
{
	_cleanup_network_config_ struct network_config *config = NULL;
	int r = network_config_parse(command_line, &config, err);

	return r < 0 ? r : network_up(root, host, config, err);
}

static int start_here(struct remote *remote, struct error **err)
{
	_cleanup_free_ char *command_line = NULL, *text = NULL;
	_cleanup_fsroot_ struct fsroot *root = NULL;
	_cleanup_host_ struct host *host = NULL;
	int r = live_start(&root, &command_line, &host, err);

	if (r == 0 && bootline_has(command_line, BOOT_PASSWORD_PARAMETER))
		r = remote_make_password(remote, root, err);
	if (r == 0)
		r = remote_start(remote, root, command_line, NULL, err);
	if (r == 0 && !remote->fingerprint) {
		error_set(err, ERROR_USER, "the boot line lets nobody in");
		return error_hint(err, "Name your public key there, in quotes: "
				       "\"" BOOT_KEYS_PARAMETER "=ssh-ed25519 AAAA... you\"; or "
				       "write " BOOT_PASSWORD_PARAMETER
				       " for a password that its screen shows.");
	}
	if (r == 0)
		r = bring_up(root, host, command_line, err);
	text = remote_text(remote);
	if (text)
		puts(text);
	return r;
}

int remote_main(void)
{
	_cleanup_(remote_done) struct remote remote = {0};
	_cleanup_error_ struct error *error = NULL;

	return start_here(&remote, &error) < 0 ? program_failed("xenhost-install", error, "") : 0;
}
