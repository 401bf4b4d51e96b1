/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers at any address, for tables of firmware and disks and for frames of networks. */
#pragma once

#include <stdint.h>

static inline uint16_t le16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static inline uint32_t le32(const uint8_t *bytes)
{
	return (uint32_t)le16(bytes) | (uint32_t)le16(bytes + 2) << 16;
}

static inline uint64_t le64(const uint8_t *bytes)
{
	return (uint64_t)le32(bytes) | (uint64_t)le32(bytes + 4) << 32;
}

static inline uint16_t be16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}
