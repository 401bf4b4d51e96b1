/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <math.h>

#include "common/str.h"
#include "common/xml.h"
#include "firstboot/pool/xapi_wire.h"

/*
 * Over XML-RPC whole numbers come as text without a type, over JSON-RPC as numbers. These are the
 * fields of the records a pool's members tell each other that hold one; no field of such a name
 * holds anything else.
 */
static const char *const integer_fields[] = {
	"API_version_major",
	"API_version_minor",
	"MTU",
	"VLAN",
	"console_idle_timeout",
	"ext_auth_cache_expiry",
	"ext_auth_cache_size",
	"ext_auth_max_threads",
	"ha_host_failures_to_tolerate",
	"ha_plan_exists_for",
	"installation_size",
	"links_up",
	"local_auth_max_threads",
	"memory_free",
	"memory_overhead",
	"memory_total",
	"physical_size",
	"physical_utilisation",
	"port",
	"size",
	"ssh_enabled_timeout",
	"tag",
	"update_sync_day",
	"virtual_allocation",
	"virtual_hardware_platform_versions",
	"vm_console_idle_timeout",
	NULL,
};

static void add_value(struct strbuf *buf, const struct json *value);

static void add_text(struct strbuf *buf, const char *type, const char *text)
{
	_cleanup_free_ char *escaped = xml_escape(text);

	strbuf_addf(buf, "<%s>%s</%s>", type, escaped, type);
}

static void add_array(struct strbuf *buf, const struct json *array)
{
	strbuf_add(buf, "<array><data>");
	for (size_t i = 0; i < json_length(array); i++)
		add_value(buf, json_at(array, i));
	strbuf_add(buf, "</data></array>");
}

static void add_struct(struct strbuf *buf, const struct json *object)
{
	struct json_member member = {0};

	strbuf_add(buf, "<struct>");
	while (json_next(object, &member)) {
		strbuf_add(buf, "<member>");
		add_text(buf, "name", member.key);
		add_value(buf, member.value);
		strbuf_add(buf, "</member>");
	}
	strbuf_add(buf, "</struct>");
}

static void add_value(struct strbuf *buf, const struct json *value)
{
	_cleanup_free_ char *text = json_scalar_text(value);

	strbuf_add(buf, "<value>");
	switch (json_kind(value)) {
	case JSON_NULL:
		strbuf_add(buf, "<nil/>");
		break;
	case JSON_BOOL:
		add_text(buf, "boolean", str_eq(text, "true") ? "1" : "0");
		break;
	case JSON_INTEGER: /* as text, since its own numbers have 32 bits only */
	case JSON_STRING:
		add_text(buf, "string", text);
		break;
	case JSON_DOUBLE:
		add_text(buf, "double", text);
		break;
	case JSON_ARRAY:
		add_array(buf, value);
		break;
	case JSON_OBJECT:
		add_struct(buf, value);
		break;
	}
	strbuf_add(buf, "</value>");
}

static char *request(const char *method, const struct json *params)
{
	struct strbuf buf = {0};

	strbuf_add(&buf, "<?xml version=\"1.0\"?><methodCall>");
	add_text(&buf, "methodName", method);
	strbuf_add(&buf, "<params>");
	for (size_t i = 0; i < json_length(params); i++) {
		strbuf_add(&buf, "<param>");
		add_value(&buf, json_at(params, i));
		strbuf_add(&buf, "</param>");
	}
	strbuf_add(&buf, "</params></methodCall>");
	return strbuf_take(&buf);
}

static const struct xml_node *child(const struct xml_node *node, const char *name)
{
	for (size_t i = 0; node && i < node->n_children; i++) {
		if (str_eq(node->children[i]->name, name))
			return node->children[i];
	}
	return NULL;
}

/* A list keeps what is built here: the setters of `json.h` want a place to put it. */
struct place {
	struct json *in;
	const char *name; /* NULL: `in` is an array */
};

static void put(const struct place *place, struct json *value)
{
	if (place->name)
		json_set(place->in, place->name, value);
	else
		json_append(place->in, value);
}

static void put_string(const struct place *place, const char *text)
{
	if (place->name)
		json_set_string(place->in, place->name, text);
	else
		json_append_string(place->in, text);
}

static bool read_value(const struct xml_node *value, const struct place *place);

static bool read_integer(const char *text, int64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoll(text, &end, 10);
	return errno == 0 && end != text && !*end;
}

static bool read_array(const struct xml_node *node, const struct place *place)
{
	const struct xml_node *data = child(node, "data");
	struct place items = {.in = json_new_array()};

	put(place, items.in);
	for (size_t i = 0; data && i < data->n_children; i++) {
		if (!read_value(data->children[i], &items))
			return false;
	}
	return data;
}

static bool add_integer(const struct json *text, const struct place *place)
{
	_cleanup_json_ struct json *holder = json_new_object();
	_cleanup_free_ char *digits = json_scalar_text(text);
	int64_t number;

	if (json_kind(text) != JSON_STRING || !read_integer(digits, &number))
		return false;
	json_set_i64(holder, "n", number);
	put(place, json_share(json_get(holder, "n")));
	return true;
}

static void set_integers(struct json *record)
{
	for (size_t i = 0; integer_fields[i]; i++) {
		const struct place place = {.in = record, .name = integer_fields[i]};
		const struct json *list = json_get_array(record, integer_fields[i]);
		_cleanup_json_ struct json *numbers = json_new_array();
		const struct place items = {.in = numbers};
		bool all = list;

		(void)add_integer(json_get(record, integer_fields[i]), &place);
		for (size_t k = 0; all && k < json_length(list); k++)
			all = add_integer(json_at(list, k), &items);
		if (all)
			put(&place, json_share(numbers));
	}
}

static bool read_struct(const struct xml_node *node, const struct place *place)
{
	struct json *object = json_new_object();

	put(place, object);
	for (size_t i = 0; i < node->n_children; i++) {
		const struct xml_node *name = child(node->children[i], "name");
		const struct xml_node *value = child(node->children[i], "value");
		struct place member = {.in = object, .name = name ? name->text : NULL};

		if (!str_eq(node->children[i]->name, "member") || !name || !value ||
		    !read_value(value, &member))
			return false;
	}
	/* A record, and no map of free names. */
	if (json_get_string(object, "uuid"))
		set_integers(object);
	return true;
}

static bool read_number(const struct xml_node *node, const struct place *place)
{
	_cleanup_json_ struct json *holder = json_new_object();
	int64_t integer;
	double number;
	char *end;

	if (!str_eq(node->name, "double")) {
		if (!read_integer(node->text, &integer))
			return false;
		json_set_i64(holder, "n", integer);
	} else {
		number = strtod(node->text, &end);
		if (end == node->text || *end || !isfinite(number))
			return false;
		json_set_double(holder, "n", number);
	}
	put(place, json_share(json_get(holder, "n")));
	return true;
}

static bool read_boolean(const struct xml_node *node, const struct place *place)
{
	_cleanup_json_ struct json *holder = json_new_object();

	json_set_bool(holder, "b", str_eq(node->text, "1"));
	put(place, json_share(json_get(holder, "b")));
	return str_eq(node->text, "1") || str_eq(node->text, "0");
}

static bool read_string(const struct xml_node *node, const struct place *place)
{
	put_string(place, node->text);
	return node->n_children == 0 && !node->has_cdata;
}

static bool read_nil(const struct xml_node *node, const struct place *place)
{
	put(place, NULL);
	return node->n_children == 0;
}

static bool read_value(const struct xml_node *value, const struct place *place)
{
	static const struct {
		const char *type;
		bool (*read)(const struct xml_node *node, const struct place *place);
	} types[] = {
		{"string", read_string},
		{"struct", read_struct},
		{"array", read_array},
		{"boolean", read_boolean},
		{"double", read_number},
		{"int", read_number},
		{"i4", read_number},
		{"i8", read_number},
		{"dateTime.iso8601", read_string},
		{"base64", read_string},
		{"nil", read_nil},
	};

	if (!str_eq(value->name, "value"))
		return false;
	if (value->n_children == 0)
		return read_string(value, place);
	for (size_t i = 0; value->n_children == 1 && i < ARRAY_SIZE(types); i++) {
		if (str_eq(types[i].type, value->children[0]->name))
			return types[i].read(value->children[0], place);
	}
	return false;
}

/* The value as the only item of a list. */
static struct json *value_of(const struct xml_node *value)
{
	_cleanup_json_ struct json *list = json_new_array();
	struct place place = {.in = list};

	return value && read_value(value, &place) ? TAKE_PTR(list) : NULL;
}

int xapi_xml_value(const char *text, size_t length, struct json **ret, struct error **err)
{
	_cleanup_xml_ struct xml_node *root = NULL;
	_cleanup_json_ struct json *list = NULL;
	int r = xml_parse_exact(text, length, "an XML-RPC value", &root, err);

	if (r < 0)
		return r;
	list = value_of(root);
	if (!list)
		return error_set(err, ERROR_NETWORK, "not an XML-RPC value");
	*ret = json_share(json_at(list, 0));
	return 0;
}

static void take_failure(const struct json *list, struct xapi_failure *ret)
{
	ret->code = xstrdup(json_at_string(list, 0));
	for (size_t i = 1; i < json_length(list); i++) {
		_cleanup_free_ char *text = json_scalar_text(json_at(list, i));

		strv_add(&ret->params, text ? text : "");
	}
}

/* False when the envelope is none of XAPI's. */
static bool open_envelope(const struct json *envelope, struct xapi_answer *ret)
{
	const char *status = json_get_string(envelope, "Status");

	/* system.listMethods has none. */
	if (json_kind(envelope) == JSON_ARRAY) {
		ret->value = json_share(envelope);
		return true;
	}
	if (str_eq(status, "Success") && json_has(envelope, "Value")) {
		ret->value = json_share(json_get(envelope, "Value"));
		return true;
	}
	if (!str_eq(status, "Failure"))
		return false;
	take_failure(json_get_array(envelope, "ErrorDescription"), &ret->failure);
	return !str_empty(ret->failure.code);
}

static int answer(const char *text, size_t length, const char *name, struct xapi_answer *ret,
		  struct error **err)
{
	_cleanup_(xapi_answer_done) struct xapi_answer found = {0};
	_cleanup_xml_ struct xml_node *root = NULL;
	_cleanup_error_ struct error *error = NULL;
	_cleanup_json_ struct json *list = NULL;

	if (xml_parse_exact(text, length, name, &root, &error) < 0)
		return xapi_not_an_answer(text, length, name, error->message, err);
	if (str_eq(root->name, "methodResponse"))
		list = value_of(child(child(child(root, "params"), "param"), "value"));
	if (!list)
		return xapi_not_an_answer(text, length, name, "not an answer of XML-RPC", err);
	if (!open_envelope(json_at(list, 0), &found))
		return xapi_not_an_answer(text, length, name, "neither a value nor an error", err);
	*ret = found;
	found = (struct xapi_answer){0};
	return 0;
}

const struct xapi_wire xapi_wire_xml = {
	.name = "xml-rpc",
	.path = "/",
	.content_type = "text/xml",
	.request = request,
	.answer = answer,
};
