/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parts of the storage controller probe: what the SCSI layer says of one host below
 * /sys/class/scsi_host, and the firmware's iSCSI table. Files below the root alone; secrets of the
 * iSCSI table are never read.
 */
#pragma once

#include "hwdb/probe/probe.h"

/* model and firmware_version, by the names that drivers give their files. */
void hba_read_versions(const struct probe *probe, const char *scsi_host, struct host_hba *hba);
/* A port: its world-wide names, state and speed. */
void hba_read_fc(const struct probe *probe, const char *scsi_host, struct host_hba *hba);
/* A port: its address and phys; other_initiators. */
void hba_read_sas(const struct probe *probe, const char *scsi_host, struct host_hba *hba);
/* ibft of the host. */
void probe_ibft(struct probe *probe);
