/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lines of the log to a syslog server: RFC 5424 over UDP (RFC 5426) or TCP, there with the length
 * before each message (RFC 6587, 3.4.1). Used by the process that sends; blocks for seconds.
 */
#pragma once

#include "common/error.h"

struct syslog_peer {
	char *host, *port; /* owned */
	bool tcp;
	char *hostname; /* of this machine, as messages name it; owned */
	int fd;         /* -1: not connected */
};

/* `server` is "host", "host:port", "[v6]" or "[v6]:port"; 514 is the port else. Does not connect.
 * -EINVAL for anything else. */
int syslog_open(const char *server, bool tcp, const char *hostname,
		struct syslog_peer *ret) _must_check_;
void syslog_done(struct syslog_peer *peer);
/* A line as common/log.h writes it, "time level tag: text", as a message. Newly allocated. */
char *syslog_message(const char *hostname, const char *line);
/* Connects first where that is due. A negative errno means: try the line again later. */
int syslog_send(struct syslog_peer *peer, const char *line) _must_check_;
