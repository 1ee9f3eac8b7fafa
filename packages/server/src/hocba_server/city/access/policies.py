"""Row security of the city's database, stated in one place (decision 0027).

A table that holds pupils' or people's data stands here with its conditions, or in `OPEN` with the
reason why it needs none; a test finds any other. `migrate` brings the database to what stands here,
so a new table is guarded from its first day. PostgreSQL adds policies up with OR.

`hocba.scope`, `hocba.unit`, `hocba.units`, `hocba.record`, `hocba.records` are what the connection
told about who acts (`config/acting.py`). Each stands in a subquery of its own, so that it is looked
up once for a statement and not for each row; columns are compared with leakproof operators only,
so that indexes stay usable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_SCOPE: Final = "(SELECT current_setting('hocba.scope', true))"
_UNIT: Final = "(SELECT current_setting('hocba.unit', true))"
_UNITS: Final = "(SELECT string_to_array(current_setting('hocba.units', true), ','))::text[]"
_RECORD: Final = "(SELECT current_setting('hocba.record', true))"
_RECORDS: Final = (
    "(SELECT string_to_array(nullif(current_setting('hocba.records', true), ''), ',')::bigint[])"
    "::bigint[]"
)

WHOLE: Final = f"{_SCOPE} IN ('platform', 'city')"
IN_UNITS: Final = f"{_SCOPE} = 'units'"
ANYBODY: Final = f"{_SCOPE} <> ''"
PEOPLE: Final = f"{_SCOPE} IN ('platform', 'city', 'administrator')"


@dataclass(frozen=True, slots=True)
class Policies:
    """What a scope reaches of one table: `change` to read and write, `read` to read besides,
    `add` to insert besides."""

    table: str
    change: str
    read: str = ""
    add: str = ""


def _of_units(table: str, column: str = "unit_code", *, read: str = "") -> Policies:
    return Policies(table, f"{WHOLE} OR ({IN_UNITS} AND {column} = ANY ({_UNITS}))", read)


def _below(table: str, column: str, parent: str) -> Policies:
    """Rows belong to whoever sees the row that they hang on."""
    visible = f"EXISTS (SELECT FROM {parent} above WHERE above.id = {table}.{column})"
    return Policies(table, f"{WHOLE} OR ({IN_UNITS} AND {visible})", visible)


_STORED: Final = "city_repository_storedrecord"
_ORIGINAL: Final = "city_repository_original"
_PACKAGE: Final = "city_gateway_incomingpackage"
_CASE: Final = "city_recalls_recallcase"
_CORRECTION: Final = "city_corrections_correction"
_CLOSING: Final = "city_closing_classclosing"
_REGISTRATION: Final = "city_certificates_certificateregistration"
_TALLY: Final = "city_oversight_classtally"
_SITUATION: Final = "city_oversight_schoolsituation"
_AUDIT: Final = "web_audit_auditentry"

_OWN_UNIT: Final = (
    "unit_id IN (SELECT unit.id FROM city_certificates_unit unit "  # noqa: S608 - our own words
    f"WHERE unit.code = ANY ({_UNITS}))"
)

POLICIES: Final = (
    _of_units(_STORED, read=f"{_SCOPE} = 'record' AND id = ANY ({_RECORDS})"),
    _of_units(_ORIGINAL, read=f"{_SCOPE} = 'record' AND record_id = ANY ({_RECORDS})"),
    _below("city_repository_recordinforce", "record_id", _STORED),
    _below("city_repository_statuschange", "record_id", _STORED),
    _of_units(_PACKAGE),
    _below("city_gateway_recordoutcome", "package_id", _PACKAGE),
    _below(_CASE, "package_id", _PACKAGE),
    _below(_CORRECTION, "case_id", _CASE),
    _below("city_corrections_correctionfile", "correction_id", _CORRECTION),
    _of_units(_CLOSING),
    _below("city_closing_closedrecord", "closing_id", _CLOSING),
    _below("city_closing_reopening", "closing_id", _CLOSING),
    _below("city_archiving_recordleaf", "record_id", _STORED),
    _below("city_archiving_skippedrecord", "record_id", _STORED),
    _of_units("city_upstream_handover"),
    _of_units("city_upstream_difference"),
    Policies("city_upstream_message", WHOLE),
    # In the Ministry's store the unit is a department.
    _of_units("city_store_receivedmessage"),
    _of_units("city_store_receivedclosing"),
    _of_units("city_store_nationalrow"),
    Policies(
        _REGISTRATION,
        f"{WHOLE} OR ({IN_UNITS} AND {_OWN_UNIT})",
        # Which seals a school has is public: every record carries one.
        read=f"{_SCOPE} = 'record' AND holder = 'organisation'",
    ),
    Policies("city_access_rolegrant", PEOPLE),
    # Numbers of schools: a ward's sums are made of the ward's own rows (decision 30).
    _of_units("city_oversight_countedschool"),
    _of_units(_TALLY),
    _below("city_oversight_resulttally", "tally_id", _TALLY),
    _of_units("city_oversight_refusaltally"),
    _of_units("city_oversight_daysnapshot"),
    _of_units("city_oversight_situationreport"),
    _of_units(_SITUATION),
    _below("city_oversight_gradesituation", "situation_id", _SITUATION),
    Policies(
        "city_oversight_uploadedsituations",
        f"{WHOLE} OR ({IN_UNITS} AND unit_codes::text[] <@ {_UNITS})",
    ),
    Policies("city_oversight_madereport", f"{WHOLE} OR ({IN_UNITS} AND office_code = {_UNIT})"),
    Policies("city_oversight_dailyreader", f"{WHOLE} OR ({IN_UNITS} AND unit_code = {_UNIT})"),
    Policies(
        _AUDIT,
        WHOLE,
        # One's own entries and those of the platform that name no record. INSERT … RETURNING reads.
        read=(
            f"({IN_UNITS} AND unit_code = {_UNIT}) OR ({IN_UNITS} AND unit_code = '' "
            "AND subject NOT LIKE 'record:%') "
            f"OR ({_SCOPE} = 'administrator' AND kind = 'write' AND subject NOT LIKE 'record:%') "
            f"OR ({_SCOPE} = 'record' AND unit_code = '' AND subject = 'record:' || {_RECORD})"
        ),
        add=ANYBODY,
    ),
)

OPEN: Final = {
    "city_sandbox_sandboxrecord": (
        "the sandbox of vendors: numbers of its own units, and a digest in place of the pupil"
    ),
    "city_transparency_logentryrow": (
        "the public log: entries are published and hold no personal data; the number beside an "
        "entry finds its proof"
    ),
}
"""Tables with such a column that everybody may read, and why."""

AROUND: Final = """
CREATE OR REPLACE FUNCTION hocba_records_around(number text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $around$
    WITH own AS (SELECT id FROM city_repository_storedrecord WHERE record_uuid = number)
    SELECT coalesce(string_agg(id::text, ','), '') FROM (
        SELECT id FROM own
        UNION SELECT successor_id FROM city_repository_statuschange, own
            WHERE record_id = own.id AND successor_id IS NOT NULL
        UNION SELECT record_id FROM city_repository_statuschange, own WHERE successor_id = own.id
    ) AS found
$around$
"""
"""The public page knows one number. This answers the rows of that record and of the ones before
and after it, and nothing else; it runs with the owner's rights and gives away identifiers only."""
