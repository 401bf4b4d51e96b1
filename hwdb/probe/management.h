/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The service processor and the TPM as an SMBIOS table describes them (types 38, 42 and 43). Used
 * by their probe, its test and its fuzz target; no I/O.
 */
#pragma once

#include "hwdb/probe/smbios.h"

/* Fills the zeroed `bmc`; false when the table names no service processor. */
bool bmc_parse(const struct smbios *table, struct host_bmc *bmc);
/* The same for `tpm`. */
bool tpm_parse(const struct smbios *table, struct host_tpm *tpm);
/* A TPM 1.2's "caps" file: lines such as "Manufacturer: 0x49465800". */
void tpm_parse_caps(const char *text, struct host_tpm *tpm);
