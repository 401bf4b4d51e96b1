/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as /proc/cpuinfo: what was found can be printed, written as JSON and read again. */
#include "common/str.h"
#include "hwdb/probe/cpuinfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *text = xstrndup((const char *)bytes, length);
	_cleanup_host_ struct host *host = host_new(), *again = NULL;
	_cleanup_cpuinfo_ struct cpuinfo info = {0};
	_cleanup_json_ struct json *json = NULL;
	_cleanup_free_ char *shown = NULL;

	cpuinfo_parse(text, &host->cpu, &info);
	cpuinfo_count_cores(info.cores, &info.n_cores, &host->cpu);
	cpu_guest_features(info.vmx_flags, &host->cpu);
	host->cpu.feature_level = xstrdup(cpu_feature_level(host->cpu.flags));
	if (info.n_first_threads != host->cpu.n_package_list ||
	    host->cpu.cores > host->cpu.threads || host->cpu.packages > host->cpu.cores)
		abort();
	shown = host_to_text(host);
	json = host_to_json(host);
	if (!strstr(shown, "Processor") || host_from_json(json, &again, NULL) < 0)
		abort();
	return 0;
}
