/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Answers that are known before the screens open, as of an answer file with some values missing:
 * what they say stands in the fields, and only the screens where something is missing open.
 */
#include "common/i18n.h"
#include "common/str.h"
#include "installer/screens/flow.h"

/* What the storage screen asks for; it has no fields. The last two are the planner's words. */
static const char *const of_disks[] = {"primary-disk", "guest-disk", "destroy-existing", "disks",
				       "data"};

struct preset {
	char **before; /* by question: what the screens would have said before anybody chose */
	const struct field **outer; /* by question: the row of the root that its value stands in */
	bool *opens;                /* by screen */
};

static const struct answers *known(const struct flow *flow)
{
	return flow->setup->answers;
}

static bool is_given(const struct flow *flow, const struct field *field)
{
	return field_origin(known(flow), field)->kind != ORIGIN_DEFAULT;
}

/* "primary-disk" of "primary-disk@match". */
static bool is_of(const char *where, const char *element)
{
	size_t length = strlen(element);

	return str_starts(where, element) && (!where[length] || strchr("@/[", where[length]));
}

static bool asks_for_disks(const char *where)
{
	for (size_t i = 0; i < ARRAY_SIZE(of_disks); i++)
		if (is_of(where, of_disks[i]))
			return true;
	return false;
}

static bool screen_asks_for(const struct screen *screen, const char *where)
{
	if (screen->run == storage_screen)
		return asks_for_disks(where);
	/* Of the planner: no NIC is the one that is meant, or its address cannot be. */
	if (str_eq(where, "network"))
		return str_eq(screen->name, "network") || str_eq(screen->name, "address");
	for (const char *const *name = screen->fields; name && *name; name++)
		if (is_of(where, *name) || (strchr(*name, '@') && str_starts(*name, where) &&
					    (*name)[strlen(where)] == '@'))
			return true;
	return false;
}

bool screens_ask_for(const char *where)
{
	for (size_t i = 0; i < screens_count(); i++)
		if (screen_asks_for(&screens[i], where))
			return true;
	return false;
}

const char *screens_name(size_t index)
{
	return index < screens_count() ? screens[index].name : NULL;
}

/* A member's text; of a list, all of them. */
static char *text_of(const struct flow *flow, const struct field *field)
{
	struct answers *answers = (struct answers *)(uintptr_t)known(flow);
	struct secrets *secrets = (struct secrets *)(uintptr_t)flow->setup->secrets;
	void *member;

	if (!field->type || !is_given(flow, field) ||
	    (record_is_list(field->record) && !record_count(answers, field->record)))
		return NULL;
	member = field_member(field, record_at(answers, secrets, field->record, 0));
	if (!member)
		return NULL;
	if (field->flags & FIELD_SECRET)
		return *(char **)member ? xstrdup(*(char **)member) : NULL;
	if (field->flags & FIELD_REPEATS && !record_is_list(field->record))
		return strv_join(*(char ***)member, " ");
	return field->type->format(field, member);
}

/* Which NICs are meant the planner knows. */
static char *nics_of(const struct plan *plan, bool management)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (size_t i = 0; i < plan->n_nics; i++)
		if (management ? plan->nics[i].management
			       : plan->nics[i].bonded && !plan->nics[i].management)
			strbuf_addf(&buf, "%s%s", buf.length ? " " : "", plan->nics[i].name);
	return buf.length ? strbuf_take(&buf) : NULL;
}

static char *key_of(const struct flow *flow, const char *name)
{
	const char *number = strchr(name, '#');
	size_t index = number ? (size_t)(number[1] - '1') : 0;
	char **keys = known(flow)->ssh_keys;

	return index < strv_length(keys) ? xstrdup(keys[index]) : NULL;
}

/* The screens know servers by their URLs alone. */
static char *nfs_source_of(const struct answers *answers, const char *name)
{
	if (!answers->n_sources || answers->sources[0].type != SOURCE_NFS)
		return NULL;
	if (str_eq(name, "source@type"))
		return xstrdup("url");
	return str_eq(name, "source") ? answers_source_place(&answers->sources[0]) : NULL;
}

static char *preset_of(const struct flow *flow, const struct plan *plan, const char *name)
{
	const struct answers *answers = known(flow);
	char *nfs = nfs_source_of(answers, name);

	if (nfs)
		return nfs;

	if (str_starts(name, OWN_LINK))
		return NULL;
	if (str_eq(name, "admin-interface@name") || str_eq(name, "bond-port@name"))
		return nics_of(plan, str_starts(name, "admin"));
	if (str_starts(name, "ssh-key"))
		return key_of(flow, name);
	if (str_eq(name, "pool"))
		return answers->has_pool ? xstrdup(answers->pool.coordinator ? "join" : "new")
					 : NULL;
	/* A hash is no password that could be typed; it stays in the answers. */
	if (str_eq(name, "root-password") && answers->password_type == PASSWORD_HASH)
		return NULL;
	return text_of(flow, question_field(name));
}

static void take_disks(struct flow *flow, const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_disks; i++) {
		const struct plan_disk *disk = &plan->disks[i];

		if (disk->target)
			flow->target = xstrdup(disk->id);
		if (disk->guest_storage)
			strv_add(&flow->guests, disk->id);
	}
}

static bool is_complained_of(const struct screen *screen, const struct findings *findings)
{
	for (size_t i = 0; findings && i < findings->count; i++)
		if (findings->list[i].severity == SEVERITY_ERROR &&
		    screen_asks_for(screen, findings->list[i].where))
			return true;
	return false;
}

/* What an answer file may lack, and an operator would be asked. */
static bool lacks(const struct flow *flow, const struct screen *screen)
{
	const struct answers *answers = known(flow);

	if (str_eq(screen->name, "password"))
		return !flow->setup->secrets->root_password && !answers->ssh_keys;
	if (screen->run == storage_screen)
		return !flow->target;
	return false;
}

/* Wrong is what stands there; what does not stand there is only missing. */
static bool is_wrong(const struct flow *flow, const struct finding *finding)
{
	const struct answers *answers = known(flow);
	const char *where = finding->where;
	const struct field *field = field_find(where);

	if (finding->severity != SEVERITY_ERROR || !screens_ask_for(where))
		return false;
	if (asks_for_disks(where))
		return answers->primary.origin.line > 0;
	if (str_eq(where, "admin-interface") || str_eq(where, "network"))
		return answers->has_admin;
	if (str_eq(where, "layout"))
		return true;
	return !str_eq(where, "source") && field && finding->line > 0;
}

static void add_wrong(const struct flow *flow, const struct findings *findings, struct strbuf *buf)
{
	for (size_t i = 0; findings && i < findings->count; i++)
		if (is_wrong(flow, &findings->list[i]))
			strbuf_addf(buf, "\n%s: %s\n", findings->list[i].where,
				    findings->list[i].message);
}

/* Nobody should wonder why a screen opens that was answered. */
static void tell_wrong(const struct flow *flow, const struct findings *of_plan)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	add_wrong(flow, flow->setup->findings, &buf);
	add_wrong(flow, of_plan, &buf);
	if (buf.length)
		tui_view(_("Some answers cannot be used; they are asked for"), buf.text);
}

/* What is typed from here on is typed by it. */
static void take_keymap(struct flow *flow)
{
	const struct screens_setup *setup = flow->setup;
	const char *name = flow_get(flow, "keymap");

	if (!setup->keymap || !is_given(flow, field_find("keymap")))
		return;
	flow->keymap = xstrdup(name);
	(void)setup->keymap(name, setup->data);
}

void preset_take(struct flow *flow)
{
	const struct screens_setup *setup = flow->setup;
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_plan_ struct plan *plan = plan_preview(setup->host, known(flow), &findings);
	struct preset *preset = xcalloc(1, sizeof(*preset));
	size_t n = 0;

	take_disks(flow, plan);
	for (const struct question *question = questions; question->name; question++, n++) {
		char *text = preset_of(flow, plan, question->name);

		if (text) {
			flow_set(flow, question->name, text);
			explicit_bzero(text, strlen(text));
		}
		free(text);
	}
	take_keymap(flow);
	flow->preset = preset;
	preset->before = xcalloc(n + 1, sizeof(*preset->before));
	preset->outer = xcalloc(n + 1, sizeof(*preset->outer));
	for (size_t i = 0; i < n; i++)
		preset->outer[i] = field_outermost(question_field(questions[i].name));
	for (size_t i = 0; i < n; i++)
		preset->before[i] = xstrdup(flow_get(flow, questions[i].name));
	preset->opens = xcalloc(screens_count(), sizeof(*preset->opens));
	for (size_t i = 0; i < screens_count(); i++)
		preset->opens[i] = strv_contains(setup->ask, screens[i].name) ||
				   is_complained_of(&screens[i], setup->findings) ||
				   is_complained_of(&screens[i], &findings) ||
				   lacks(flow, &screens[i]);
	tell_wrong(flow, &findings);
}

void preset_done(struct flow *flow)
{
	struct preset *preset = TAKE_PTR(flow->preset);

	for (size_t i = 0; preset && questions[i].name; i++) {
		explicit_bzero(preset->before[i], strlen(preset->before[i]));
		free(preset->before[i]);
	}
	if (preset) {
		free(preset->before);
		free(preset->outer);
		free(preset->opens);
	}
	free(preset);
}

bool preset_opens(const struct flow *flow, size_t at)
{
	const struct screen *screen = &screens[at];

	if (!flow->preset || flow->preset->opens[at])
		return true;
	if (str_eq(screen->name, "summary"))
		return flow->asked || known(flow)->confirm;
	if (screen->run == licence_screen)
		return licence_is_open(flow);
	if (str_eq(screen->name, "pool"))
		return pool_is_open(flow);
	return screen->run == source_reach || screen->run == plan_screen;
}

/* Servers, once the time comes from elsewhere. */
static bool has_lost_its_sense(const struct flow *flow, const struct question *question)
{
	return question->only_with && flow_asks(flow, question->only_with) &&
	       !flow_asks(flow, question->name);
}

/* What nobody touched stays as the answers have it, in their own words. */
bool preset_is_asked_anew(const struct field *outer, const void *data)
{
	const struct flow *flow = data;
	bool asked = false, changed = false, given = false;

	if (asks_for_disks(outer->element))
		return flow->disks_chosen;
	for (size_t i = 0; questions[i].name; i++) {
		const char *name = questions[i].name;

		if (flow->preset->outer[i] != outer || str_starts(name, OWN_LINK))
			continue;
		asked = true;
		changed |= !str_eq(flow_get(flow, name), flow->preset->before[i]) ||
			   has_lost_its_sense(flow, &questions[i]);
		given |= is_given(flow, question_field(name));
	}
	if (str_eq(outer->element, "pool"))
		given = known(flow)->has_pool;
	if (str_eq(outer->element, "admin-interface"))
		given = known(flow)->has_admin;
	/* The hash of what was typed takes its place. */
	if (str_eq(outer->element, "root-password"))
		return !str_empty(flow_get(flow, "root-password"));
	return asked && (changed || !given);
}

bool preset_keeps_hash(const struct flow *flow, const char *name)
{
	return flow->preset && str_eq(name, "root-password") &&
	       known(flow)->password_type == PASSWORD_HASH && flow->setup->secrets->root_password;
}

bool preset_knows_pool_secret(const struct flow *flow)
{
	const struct answers_pool *pool = flow->preset ? &known(flow)->pool : NULL;

	return pool &&
	       (pool->password_from || pool->token_from || flow->setup->secrets->pool_token) &&
	       !preset_is_asked_anew(field_find("pool"), flow);
}
