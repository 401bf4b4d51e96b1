# SPDX-License-Identifier: GPL-3.0-or-later
"""The methods that every class has, made from the model: readers, setters, lookups by name."""

import re

import model
from model import ApiError
from registry import METHODS, method

_TERM = re.compile(r'\s*(not\s+)?field\s+"(\w+)"\s*=\s*(?:"([^"]*)"|(true|false))\s*')


def _matches(cls, expression):
    """A function telling whether a record fits `field "a"="b" and|or field ...`, or `true`."""
    if expression.strip() == "true":
        return lambda record: True
    clauses = []
    for part in re.split(r"\bor\b", expression):
        terms = []
        for text in re.split(r"\band\b", part):
            match = _TERM.fullmatch(text)
            if not match or match[2] not in model.CLASSES[cls]:
                raise ApiError("INTERNAL_ERROR", f"Db_exn.Parse_error({expression})")
            terms.append((bool(match[1]), match[2], match[3] if match[4] is None else match[4]))
        clauses.append(terms)

    def fits(record):
        def one(negated, name, wanted):
            value = record[name]
            text = str(value).lower() if isinstance(value, bool) else str(value)
            return (text == wanted) != negated

        return any(all(one(*term) for term in terms) for terms in clauses)

    return fits


def _readers(cls):
    def get_all(call):
        return call.db.find(cls)

    def get_all_records(call):
        with call.db.changed:
            return {ref: dict(record) for ref, record in call.db.tables[cls].items()}

    def get_all_records_where(call, expression):
        fits = _matches(cls, expression)
        return {ref: r for ref, r in get_all_records(call).items() if fits(r)}

    def get_all_where(call, expression):
        return list(get_all_records_where(call, expression))

    def get_record(call, ref):
        return dict(call.db.get(cls, ref))

    def get_by_uuid(call, uuid):
        return call.db.by_uuid(cls, uuid)

    def get_by_name_label(call, label):
        return call.db.find(cls, name_label=label)

    method(f"{cls}.get_all", reads=True)(get_all)
    method(f"{cls}.get_all_records", reads=True)(get_all_records)
    method(f"{cls}.get_all_records_where", "string", reads=True)(get_all_records_where)
    method(f"{cls}.get_all_where", "string", reads=True)(get_all_where)
    method(f"{cls}.get_record", f"ref:{cls}", reads=True)(get_record)
    method(f"{cls}.get_by_uuid", "string", reads=True)(get_by_uuid)
    if "name_label" in model.CLASSES[cls] and cls != "pool":  # there is only one
        method(f"{cls}.get_by_name_label", "string", reads=True)(get_by_name_label)


def _field(cls, name, field):
    def get(call, ref):
        return call.db.get(cls, ref)[name]

    def put(call, ref, value):
        call.db.set(cls, ref, **{name: value})

    def add_to(call, ref, key, value):
        old = call.db.get(cls, ref)[name]
        if key in old:
            raise ApiError("MAP_DUPLICATE_KEY", cls, name, call.db.get(cls, ref)["uuid"], key)
        put(call, ref, {**old, key: value})

    def remove_from(call, ref, key):
        put(call, ref, {k: v for k, v in call.db.get(cls, ref)[name].items() if k != key})

    method(f"{cls}.get_{name}", f"ref:{cls}", reads=True)(get)
    if not field.writable:
        return
    method(f"{cls}.set_{name}", f"ref:{cls}", _spelled(field.type))(put)
    if field.type[0] == "map":
        method(f"{cls}.add_to_{name}", f"ref:{cls}", "string", _spelled(field.type[2]))(add_to)
        method(f"{cls}.remove_from_{name}", f"ref:{cls}", "string")(remove_from)


def _spelled(kind):
    """A type as model.txt writes it."""
    if kind[0] in ("set", "map"):
        return " ".join([kind[0], *(_spelled(k) for k in kind[1:])])
    return ":".join(kind)


for _cls, _fields in model.CLASSES.items():
    _readers(_cls)
    for _name, _described in _fields.items():
        _field(_cls, _name, _described)


@method("system.listMethods", session=False)
def list_methods(_call):
    """Every method by its plain name."""
    return [name for name in METHODS if not name.startswith("testpool.")]
