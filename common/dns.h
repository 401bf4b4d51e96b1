/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * TXT records of the domain name system, which libc has no call for. For finding answer files;
 * addresses are resolved by libc and curl. Nothing that comes back is trusted.
 */
#pragma once

#include "common/error.h"
#include "common/macro.h"

/* Asked instead of the name servers of /etc/resolv.conf; NULL where those are meant. */
struct dns_server {
	const char *address; /* IPv4 */
	unsigned port;
};

/*
 * The texts of every TXT record of `name`, each with its parts joined; NULL when the name has none
 * or does not exist. Kind ERROR_NETWORK when no name server answers.
 */
int dns_txt(const char *name, const struct dns_server *server, char ***ret,
	    struct error **err) _must_check_;
/* The same from the bytes of an answer (RFC 1035, 4.1). -EBADMSG when they are none. */
int dns_txt_parse(const uint8_t *bytes, size_t length, char ***ret) _must_check_;
