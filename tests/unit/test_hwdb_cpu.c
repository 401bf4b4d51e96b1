/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /proc/cpuinfo of several machines, and the processors' registers bit by bit. */
#include "tests/unit/unit.h"

#include "hwdb/host_text.h"
#include "hwdb/probe/cpuinfo.h"

#define THREAD(number, package, core, microcode, flags)                                            \
	"processor\t: " number "\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\n"     \
	"model name\t: Example 6130 CPU\nstepping\t: 4\nmicrocode\t: " microcode "\n"              \
	"physical id\t: " package "\nsiblings\t: 2\ncore id\t\t: " core "\n"                       \
	"flags\t\t: fpu " flags "\nvmx flags\t: ept unrestricted_guest ept_1gb\nbugs\t\t: mds\n\n"

struct parsed {
	struct host *host;
	struct cpuinfo info;
};

static struct parsed parse(const char *text)
{
	_cleanup_free_ char *copy = xstrdup(text);
	struct parsed parsed = {.host = host_new()};

	cpuinfo_parse(copy, &parsed.host->cpu, &parsed.info);
	cpuinfo_count_cores(parsed.info.cores, &parsed.info.n_cores, &parsed.host->cpu);
	cpu_guest_features(parsed.info.vmx_flags, &parsed.host->cpu);
	return parsed;
}

static void done(struct parsed *parsed)
{
	host_free(parsed->host);
	cpuinfo_done(&parsed->info);
}

static void test_two_packages(void **state _unused_)
{
	struct parsed parsed = parse(THREAD("0", "0", "0", "0x2006e05", "vmx lm") /* */
				     THREAD("1", "1", "0", "0x2006e05", "vmx lm")
					     THREAD("2", "0", "0", "0x2006e05", "vmx lm")
						     THREAD("3", "1", "9", "0x2006e05", "vmx"));
	const struct host_cpu *cpu = &parsed.host->cpu;

	assert_string_equal(cpu->vendor, "GenuineIntel");
	assert_string_equal(cpu->model, "Example 6130 CPU");
	assert_int_equal(cpu->threads, 4);
	assert_int_equal(cpu->cores, 3);
	assert_int_equal(cpu->packages, 2);
	assert_int_equal(cpu->n_package_list, 2);
	assert_int_equal(cpu->package_list[1].id, 1);
	assert_int_equal(cpu->package_list[1].threads, 2);
	assert_int_equal(cpu->package_list[1].cores, 2);
	assert_true(cpu->package_list[1].has_signature);
	assert_int_equal(cpu->package_list[1].family, 6);
	assert_int_equal(cpu->package_list[1].model_number, 85);
	assert_int_equal(cpu->package_list[1].stepping, 4);
	assert_string_equal(cpu->package_list[1].microcode, "0x2006e05");
	assert_true(parsed.info.cores_complete);
	assert_false(parsed.info.microcode_differs);
	assert_int_equal(parsed.info.first_threads[1], 1);
	/* The kernel lists vmx flags only where the firmware lets it. */
	assert_string_equal(cpu->virtualization, "vmx");
	assert_true(cpu->nested_paging);
	assert_true(cpu->has_virtualization_disabled && !cpu->virtualization_disabled);
	assert_true(cpu->has_unrestricted_guest && cpu->unrestricted_guest);
	assert_true(cpu->has_slat_1g_pages && cpu->slat_1g_pages);
	assert_false(cpu->has_slat_2m_pages);
	done(&parsed);
}

static void test_microcode_differs(void **state _unused_)
{
	struct parsed parsed = parse(THREAD("0", "0", "0", "0x1", "lm") /* */
				     THREAD("1", "1", "0", "0x2", "lm"));
	_cleanup_strbuf_ struct strbuf buf = {0};

	assert_true(parsed.info.microcode_differs);
	text_cpu(&buf, &parsed.host->cpu);
	assert_string_equal(
		buf.text, "Processor   Example 6130 CPU, 2 packages, 2 cores, 2 threads, no "
			  "hardware\n"
			  "            virtualization\n"
			  "            package 0: family 6, model 85, stepping 4, microcode 0x1\n"
			  "            package 1: family 6, model 85, stepping 4, microcode 0x2\n");
	done(&parsed);
}

/* A virtual machine of one thread says nothing of packages; other processors nothing at all. */
static void test_little(void **state _unused_)
{
	struct parsed parsed = parse("processor : 0\nvendor_id : AuthenticAMD\nmodel name : Old\n"
				     "flags : svm npt pdpe1gb\n");
	const struct host_cpu *cpu = &parsed.host->cpu;

	assert_false(parsed.info.cores_complete);
	assert_int_equal(cpu->threads, 1);
	assert_int_equal(cpu->cores, 0);
	assert_int_equal(cpu->n_package_list, 1);
	assert_false(cpu->package_list[0].has_signature);
	assert_null(cpu->package_list[0].microcode);
	assert_string_equal(cpu->virtualization, "svm");
	assert_false(cpu->has_virtualization_disabled);
	assert_true(cpu->has_unrestricted_guest && cpu->unrestricted_guest);
	assert_true(cpu->slat_2m_pages && cpu->slat_1g_pages);
	done(&parsed);
	parsed = parse("processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd\n");
	assert_int_equal(parsed.host->cpu.threads, 1);
	assert_null(parsed.host->cpu.vendor);
	assert_null(parsed.host->cpu.virtualization);
	assert_false(parsed.host->cpu.has_virtualization_supported);
	done(&parsed);
}

static void test_garbage(void **state _unused_)
{
	static const struct {
		const char *text;
		unsigned threads;
		bool signature;
	} rows[] = {
		{"", 0, false},
		{"\n\n\n", 0, false},
		{"physical id: 3\ncore id: 4\n", 0, false}, /* nobody's */
		{"processor", 0, false},
		{"processor:", 1, false},
		{"processor: 0\ncpu family: six\nmodel: 85\nstepping: 4", 1, false},
		{"processor: 0\ncpu family: 6\nmodel: 85\nstepping: -4", 1, false},
		{"processor: 0\ncpu family: 6\nmodel: 85\nstepping: 99999999999", 1, false},
		{"processor: 0\ncpu family: 6\nmodel: 85\nstepping: 4", 1, true},
		{"processor: 0\ncpu family: 6\nmodel name: 85\nstepping: 4", 1, false},
		{"processor: x\nphysical id: 7\xff\ncore id:\n\x01\x02: \xfe\n", 1, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct parsed parsed = parse(rows[i].text);
		const struct host_cpu *cpu = &parsed.host->cpu;

		assert_int_equal(cpu->threads, rows[i].threads);
		assert_int_equal(cpu->cores, 0);
		assert_int_equal(cpu->n_package_list && cpu->package_list[0].has_signature,
				 rows[i].signature);
		done(&parsed);
	}
}

static void test_feature_level(void **state _unused_)
{
#define V1 "lm sse2 "
#define V2 "cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3 "
#define V3 "avx avx2 bmi1 bmi2 f16c fma abm movbe xsave "
#define V4 "avx512f avx512bw avx512cd avx512dq avx512vl "
	static const struct {
		const char *flags, *level;
	} rows[] = {
		{"", NULL},
		{"fpu sse2", NULL}, /* 32 bits */
		{V1, "x86-64-v1"},
		{V1 V2, "x86-64-v2"},
		{V1 V2 V3, "x86-64-v3"},
		{V1 V2 V3 V4, "x86-64-v4"},
		{V1 V3 V4, "x86-64-v1"}, /* a level holds all below it */
		{V1 V2 "avx2", "x86-64-v2"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_strv_ char **flags = strv_split(rows[i].flags, " ");
		const char *level = cpu_feature_level(flags);

		if (rows[i].level)
			assert_string_equal(level, rows[i].level);
		else
			assert_null(level);
	}
}

static void test_firmware_setting(void **state _unused_)
{
	static const struct {
		uint64_t value;
		bool amd, disabled, locked;
	} rows[] = {
		{0x0, false, false, false}, /* left open: the hypervisor turns it on */
		{0x1, false, true, true},   {0x3, false, true, true}, /* inside SMX alone */
		{0x5, false, false, true},  {0x0, true, false, false}, {0x8, true, false, true},
		{0x10, true, true, false},  {0x18, true, true, true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct host_cpu cpu = {0};

		if (rows[i].amd)
			cpu_take_amd_vm_cr(rows[i].value, &cpu);
		else
			cpu_take_feature_control(rows[i].value, &cpu);
		assert_true(cpu.has_virtualization_disabled && cpu.has_virtualization_locked);
		assert_int_equal(cpu.virtualization_disabled, rows[i].disabled);
		assert_int_equal(cpu.virtualization_locked, rows[i].locked);
		/* The other package is open; one that is not decides. */
		cpu_take_feature_control(0, &cpu);
		assert_int_equal(cpu.virtualization_disabled, rows[i].disabled);
	}
}

static void test_vmx_registers(void **state _unused_)
{
	struct host_cpu cpu = {0};

	assert_true(cpu_has_secondary_controls(0xfff9fffe0401e172));
	assert_false(cpu_has_secondary_controls(0x7ff9fffe0401e172));
	/* Values of a Skylake server: unrestricted guest, pages of 2 MiB and 1 GiB. */
	cpu_take_vmx_secondary(0x05cfffff00000000, &cpu);
	cpu_take_vmx_ept(0xf0106734141, &cpu);
	assert_true(cpu.has_unrestricted_guest && cpu.unrestricted_guest);
	assert_true(cpu.has_slat_2m_pages && cpu.slat_2m_pages);
	assert_true(cpu.has_slat_1g_pages && cpu.slat_1g_pages);
	cpu_take_vmx_secondary(0x0000007f000000ff, &cpu);
	cpu_take_vmx_ept(0xf0106514141, &cpu);
	assert_false(cpu.unrestricted_guest || cpu.slat_1g_pages);
	assert_true(cpu.slat_2m_pages);
}

/* A used socket, an empty one, one whose processor failed, and a video processor. */
static void test_sockets(void **state _unused_)
{
#define NOTHING                    "\0\0\0\0\0\0\0\0\0"
#define SOCKET(kind, status, name) "\x04\x1a\0\x04\x01" kind NOTHING NOTHING status "\0" name "\0\0"
	static const uint8_t bytes[] = SOCKET("\x03", "\x41", "CPU1") SOCKET("\x03", "\x00", "CPU2")
		SOCKET("\x03", "\x43", "CPU3")
			SOCKET("\x06", "\x41", "GPU") "\x04\x08\0\0\1\3\0\0\0\0";
	const struct smbios table = {.bytes = bytes, .length = sizeof(bytes) - 1};
	_cleanup_strv_ char **disabled = NULL;
	struct host_cpu cpu = {0};

	cpu_parse_sockets(&table, &cpu, &disabled);
	assert_true(cpu.has_sockets);
	assert_int_equal(cpu.sockets, 3);
	assert_int_equal(cpu.empty_sockets, 1);
	assert_int_equal(strv_length(disabled), 1);
	assert_string_equal(disabled[0], "CPU3 (its self-test failed)");
	for (size_t length = 0; length < table.length; length++) {
		_cleanup_free_ uint8_t *copy = xmalloc(length ?: 1);
		const struct smbios cut = {.bytes = copy, .length = length};
		_cleanup_strv_ char **names = NULL;
		struct host_cpu some = {0};

		memcpy(copy, bytes, length);
		cpu_parse_sockets(&cut, &some, &names);
		assert_true(some.sockets <= 3);
	}
}

static void test_turned_off(void **state _unused_)
{
	struct parsed parsed = parse(THREAD("0", "0", "0", "0x1", "lm sse2"));
	_cleanup_strbuf_ struct strbuf buf = {0};

	cpu_take_feature_control(1, &parsed.host->cpu);
	text_cpu(&buf, &parsed.host->cpu);
	assert_string_equal(buf.text,
			    "Processor   Example 6130 CPU, 1 package, 1 core, 1 thread, hardware\n"
			    "            virtualization TURNED OFF by the firmware and locked\n"
			    "            family 6, model 85, stepping 4, microcode 0x1\n");
	done(&parsed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_packages),  cmocka_unit_test(test_microcode_differs),
		cmocka_unit_test(test_little),        cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_feature_level), cmocka_unit_test(test_firmware_setting),
		cmocka_unit_test(test_vmx_registers), cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_turned_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
