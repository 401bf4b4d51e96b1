/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A drawing for each NUMA node: its processors, its memory, and the tree of PCI devices that are
 * near to it, with what hangs at them. As wide as a phone, so that its letters can be read there.
 */
#include "hwdb/host_text.h"
#include "hwdb/pci_link.h"
#include "hwdb/report.h"

#define WIDTH        360
#define INDENT       22
#define DEPTH_MAX    5  /* deeper bridges are drawn at the depth of this one */
#define TITLE_CHARS  39 /* of 13 px that fit a chip at the left, and what an indent takes away */
#define SMALL_CHARS  54
#define INDENT_CHARS 3
#define NO_PARENT    SIZE_MAX

struct drawing {
	struct strbuf body;
	const struct host *host;
	bool *wanted; /* of host->pci: an end that matters, or a bridge on the way to one */
	bool *done;
	unsigned y;
};

static const struct {
	const char *class_id, *style;
} kinds[] = {{"01", "storage"},   {"02", "network"}, {"03", "display"},
	     {"0c04", "storage"}, {"0b40", "other"}, {"12", "display"}};

/* NULL for what the drawing leaves out. */
static const char *style_of(const struct host_pci *pci)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (pci->class_id && !pci->vf_of && str_starts(pci->class_id, kinds[i].class_id))
			return kinds[i].style;
	return NULL;
}

static size_t parent_of(const struct host *host, size_t index)
{
	const struct host_pci *parent = host_find_pci(host, host->pci[index].parent);

	return parent ? (size_t)(parent - host->pci) : NO_PARENT;
}

/* At most `chars` characters, with dots when there were more; never half a character. */
static void add_short(struct strbuf *out, const char *text, size_t chars)
{
	_cleanup_free_ char *copy = NULL;
	size_t n = 0, length = 0;

	while (text[length] && n < chars) {
		do
			length++;
		while (((unsigned char)text[length] & 0xc0) == 0x80);
		n++;
	}
	copy = xstrndup(text, length);
	html_text(out, copy);
	if (text[length])
		strbuf_add(out, "…");
}

static void add_label(struct strbuf *out, unsigned x, unsigned y, const char *class,
		      const char *text, size_t chars)
{
	strbuf_addf(out, "<text x=\"%u\" y=\"%u\" class=\"%s\">", x, y, class);
	add_short(out, text, chars);
	strbuf_add(out, "</text>\n");
}

/* What hangs at it, for people: "eth0 at 10000 Mb/s, eth1" or "sda 480 GB, sdb 480 GB". */
static void add_ends(struct strbuf *buf, const struct host *host, const struct host_pci *pci)
{
	for (size_t i = 0; i < host->n_nics; i++)
		if (str_eq(host->nics[i].pci_address, pci->address))
			text_part(buf, ", ", host->nics[i].name);
	for (size_t i = 0; i < host->n_disks; i++) {
		const struct host_disk *disk = &host->disks[i];
		_cleanup_free_ char *size = str_from_size(disk->size_bytes);

		if (!disk->name || !str_eq(disk->pci_address, pci->address))
			continue;
		text_part(buf, ", ", disk->name);
		text_part(buf, " ", disk->size_bytes ? size : NULL);
	}
}

static char *link_words(const struct host_pci *pci)
{
	_cleanup_free_ char *speed = pci_speed_words(pci->link_speed_mtps);

	return pci->has_link_width && pci->has_link_speed
		       ? xasprintf("x%u, %s GT/s", pci->link_width, speed)
		       : NULL;
}

static bool is_slowed(const struct host *host, const struct host_pci *pci)
{
	enum pci_link_state state = host_pci_link(host, pci).state;

	return !host->virtual_machine && (state == PCI_LINK_DEGRADED || state == PCI_LINK_SLOT);
}

static void draw_wire(struct drawing *drawing, const struct host_pci *pci, unsigned x,
		      unsigned from_y, unsigned to_y)
{
	unsigned lanes = pci->has_link_width && pci->link_width <= 32 ? pci->link_width : 1;

	strbuf_addf(&drawing->body,
		    "<path class=\"wire%s\" stroke-width=\"%.1f\" d=\"M%u %uV%uH%u\"/>\n",
		    is_slowed(drawing->host, pci) ? " bad" : "", 1 + lanes / 8.0, x - INDENT + 6,
		    from_y, to_y, x);
}

static void draw_bridge(struct drawing *drawing, const struct host_pci *pci, unsigned x)
{
	_cleanup_strbuf_ struct strbuf words = {0};

	strbuf_addf(&words, "%s ", pci->address);
	strbuf_add(&words, pci->express && !str_eq(pci->express, "none") ? pci->express : "bridge");
	text_part(&words, ", ", pci->slot);
	strbuf_addf(&drawing->body, "<circle class=\"port\" cx=\"%u\" cy=\"%u\" r=\"4\"/>\n", x + 6,
		    drawing->y + 12);
	add_label(&drawing->body, x + 16, drawing->y + 16, "small", words.text, SMALL_CHARS - 8);
	drawing->y += 24;
}

static void draw_end(struct drawing *drawing, const struct host_pci *pci, unsigned x,
		     unsigned depth)
{
	const char *style = style_of(pci);
	const char *title = pci->device_name ?: pci->class_name ?: "A device";
	_cleanup_strbuf_ struct strbuf below = {0}, ends = {0};
	_cleanup_free_ char *link = link_words(pci);
	struct strbuf *out = &drawing->body;

	text_part(&below, "", pci->address);
	text_part(&below, " · ", pci->driver ?: "no driver");
	text_part(&below, " · ", link);
	text_part(&below, " · ", pci->slot);
	add_ends(&ends, drawing->host, pci);
	strbuf_add(out, "<g><title>");
	html_text(out, pci->vendor_name);
	strbuf_add(out, " ");
	html_text(out, title);
	strbuf_addf(out,
		    "</title><rect class=\"chip\" x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\" "
		    "rx=\"7\"/><rect class=\"%s\" x=\"%u\" y=\"%u\" width=\"5\" height=\"%u\" "
		    "rx=\"2\"/>\n",
		    x, drawing->y + 2, WIDTH - 12 - x, ends.length ? 56 : 40, style ?: "other", x,
		    drawing->y + 2, ends.length ? 56 : 40);
	add_label(out, x + 13, drawing->y + 18, "name", title, TITLE_CHARS - depth * INDENT_CHARS);
	add_label(out, x + 13, drawing->y + 34,
		  is_slowed(drawing->host, pci) || !pci->driver ? "small bad" : "small", below.text,
		  SMALL_CHARS - depth * INDENT_CHARS);
	if (ends.length)
		add_label(out, x + 13, drawing->y + 51, "name", ends.text,
			  TITLE_CHARS - depth * INDENT_CHARS);
	strbuf_add(out, "</g>\n");
	drawing->y += ends.length ? 64 : 48;
}

/* `index` and what is behind it. Documents from elsewhere may state rings of parents: `done` ends
 * them. */
static void draw_device(struct drawing *drawing, size_t index, unsigned depth, unsigned trunk_y)
{
	const struct host_pci *pci = &drawing->host->pci[index];
	unsigned x = 12 + (depth < DEPTH_MAX ? depth : DEPTH_MAX) * INDENT;
	bool end = style_of(pci) != NULL;
	unsigned below;

	drawing->done[index] = true;
	if (depth)
		draw_wire(drawing, pci, x, trunk_y, drawing->y + (end ? 22 : 12));
	below = drawing->y + (end ? 44 : 12);
	if (end)
		draw_end(drawing, pci, x, depth < DEPTH_MAX ? depth : DEPTH_MAX);
	else
		draw_bridge(drawing, pci, x);
	for (size_t i = 0; i < drawing->host->n_pci; i++)
		if (drawing->wanted[i] && !drawing->done[i] && parent_of(drawing->host, i) == index)
			draw_device(drawing, i, depth + 1, below);
}

static void find_wanted(struct drawing *drawing)
{
	const struct host *host = drawing->host;

	for (size_t i = 0; i < host->n_pci; i++) {
		if (!style_of(&host->pci[i]))
			continue;
		for (size_t at = i; at != NO_PARENT && !drawing->wanted[at];
		     at = parent_of(host, at))
			drawing->wanted[at] = true;
	}
}

/* With one node all devices are its; else a device of no node is nobody's (node NULL). */
static bool belongs(const struct host *host, const struct host_pci *pci,
		    const struct host_numa_node *node)
{
	if (host->n_numa <= 1)
		return true;
	return node ? pci->has_numa_node && pci->numa_node == node->id : true;
}

static void add_head(struct strbuf *out, const struct host *host, const struct host_numa_node *node)
{
	_cleanup_free_ char *size = str_from_size(node ? node->memory_bytes : host->memory_bytes);
	_cleanup_free_ char *title =
		node ? xasprintf("NUMA node %u", node->id)
		     : xstrdup(host->n_numa ? "Of no NUMA node" : "The machine");
	_cleanup_strbuf_ struct strbuf words = {0};

	add_label(out, 14, 26, "head", title, TITLE_CHARS);
	if (node || !host->n_numa)
		strbuf_addf(&words, "%s of memory", size);
	if (node)
		text_part(&words, " · processors ", node->cpus);
	for (size_t i = 0; node && i < node->n_distances; i++)
		strbuf_addf(&words, "%s%u", i ? ", " : " · distances ", node->distances[i]);
	if (words.length)
		add_label(out, 14, 44, "small", words.text, SMALL_CHARS);
}

static void draw_group(struct strbuf *out, struct drawing *drawing,
		       const struct host_numa_node *node)
{
	const struct host *host = drawing->host;

	drawing->body = (struct strbuf){0};
	drawing->y = node || !host->n_numa ? 56 : 38;
	for (size_t i = 0; i < host->n_pci; i++)
		if (drawing->wanted[i] && !drawing->done[i] && parent_of(host, i) == NO_PARENT &&
		    belongs(host, &host->pci[i], node))
			draw_device(drawing, i, 0, 0);
	if (!drawing->body.length && !node && host->n_numa)
		return;
	strbuf_addf(out,
		    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %u %u\" "
		    "role=\"img\"><title>PCI devices and their links</title>\n"
		    "<rect class=\"frame\" x=\".5\" y=\".5\" width=\"%u\" height=\"%u\" "
		    "rx=\"12\"/>\n",
		    WIDTH, drawing->y + 10, WIDTH - 1, drawing->y + 9);
	add_head(out, host, node);
	strbuf_add(out, drawing->body.text ?: "");
	strbuf_add(out, "</svg>\n");
	strbuf_done(&drawing->body);
}

void report_topology(struct strbuf *out, const struct host *host)
{
	_cleanup_free_ bool *wanted = xcalloc(host->n_pci + 1, sizeof(*wanted));
	_cleanup_free_ bool *done = xcalloc(host->n_pci + 1, sizeof(*done));
	struct drawing drawing = {.host = host, .wanted = wanted, .done = done};

	find_wanted(&drawing);
	strbuf_add(out, "<section><h3>Topology</h3><div class=\"nodes\">\n");
	for (size_t i = 0; i < host->n_numa; i++)
		draw_group(out, &drawing, &host->numa[i]);
	if (host->n_numa != 1)
		draw_group(out, &drawing, NULL);
	strbuf_add(out, "</div></section>\n");
}
