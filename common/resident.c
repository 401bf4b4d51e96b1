/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/resident.h"

#include <link.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/macro.h"

static int give_back(struct dl_phdr_info *object, size_t size _unused_, void *data)
{
	const uintptr_t mask = ~((uintptr_t) * (const long *)data - 1);

	for (size_t i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
		uintptr_t start = (object->dlpi_addr + segment->p_vaddr) & mask;
		uintptr_t end = object->dlpi_addr + segment->p_vaddr + segment->p_memsz;

		/* A segment that may be written to holds relocations, which no file has. */
		if (segment->p_type != PT_LOAD || segment->p_flags & PF_W)
			continue;
		/* A failure costs memory alone; the vdso, which is no file, refuses it. */
		(void)madvise((void *)start, end - start, MADV_DONTNEED);
	}
	return 0;
}

void resident_give_back(void)
{
	long page = sysconf(_SC_PAGESIZE);

	dl_iterate_phdr(give_back, &page);
}
