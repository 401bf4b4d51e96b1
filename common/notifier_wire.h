/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Between a program and the process that sends for it: descriptors and messages. For notifier.c and
 * notifier_process.c alone.
 */
#pragma once

/* The configuration comes on standard input, messages on the next free descriptor: SOCK_SEQPACKET,
 * so that a message is there as a whole or not at all, and an end without a word is seen. */
#define WIRE_FD  3
#define WIRE_MAX (512 * 1024)

/* First byte of a message. */
#define WIRE_NOTICE   'E' /* JSON: a notice without id and sequence */
#define WIRE_DOCUMENT 'D' /* JSON */
#define WIRE_LOG      'L' /* a line of the log */
/* Answers on the way: what is sent is not taken, and the words why; it is taken after all. */
#define WIRE_WAITING 'W'
#define WIRE_TAKEN   'T'
#define WIRE_WHY_MAX 1024
/* The answer when all was sent: nothing is missing, or something is. */
#define WIRE_ARRIVED 'A'
#define WIRE_MISSING 'M'
