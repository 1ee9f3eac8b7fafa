"""Every address of the school house, by what stands behind it.

Whoever adds a page adds it here: the walk in `test_every_address.py` fails for an address that it
does not find. `RESULTS` is anything that shows or changes results, records or pupils' data: the
administrator gets 403 or 404 there (QĐ 1789/QĐ-SGDĐT Đ5.3c, Đ33). Everything else may open, and
must show no pupil.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from django.apps import apps
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from hocba_server.school.tests.cast import AT, YEAR


class Behind(Enum):
    """What stands behind an address."""

    RESULTS = "results, records, pupils"
    OTHER = "staff, settings, the person's own things"


RESULTS, OTHER = Behind.RESULTS, Behind.OTHER
TABLE: Final[dict[str, dict[Behind, str]]] = {
    "": {OTHER: "school_home"},
    "school_registry": {
        RESULTS: "sheets confirm initialise pupils add_pupil without_number pupil edit_pupil "
        "change_class leave passed_away come_back place civil_status sheet_file special "
        "decide_mode exempt withdraw_exemption civil_changes decide_civil civil_file mode_file "
        "exemption_file new_year undo_year class_subjects paper_form",
        OTHER: "classroom",
    },
    "school_spreadsheets": {
        RESULTS: "class_list subject traits homeroom preview save bundle save_bundle class_files "
        "export",
        OTHER: "catalogues",
    },
    "school_statements": {RESULTS: "statements draw_sheets draw_results download"},
    "school_summaries": {RESULTS: "summary download"},
    "school_assessments": {
        RESULTS: "subject current grid save news history ask_permission check promotion "
        "reassessment finish_return decide_permission",
        OTHER: "windows window",
    },
    "school_issuing": {RESULTS: "open create return record return_one recreate reopen xml"},
    "school_signing": {
        RESULTS: "batch start start_scope session progress steer next_round complete_round "
        "remote remote_sign_in remote_activate pdf",
        OTHER: "desk certificates decide_certificate remote_come_back",
    },
    "school_submission": {
        RESULTS: "outbox batch package answers",
        OTHER: "certificates ask",
    },
    "school_recalls": {RESULTS: "requests ask request poll learn prepare draft drop file"},
    "school_paperwork": {
        RESULTS: "sign next_round complete_round go_remote remote remote_sign_in remote_activate "
        "remote_back"
    },
    "school_staffing": {
        OTHER: "facts people add person leave come_back upload preview save campuses place_classes "
        "current assignments give_role copy_year decision class take_role "
        "add_substitute end_substitute file accounts order_all synchronise order carry_out "
        "withdraw write_letter confirm_letter",
    },
    "school_regulation": {OTHER: "regulation preview download"},
    "school_onboarding": {OTHER: "start keys"},
    "school_reviewing": {RESULTS: "board proof proof_page"},
    "school_papers": {
        RESULTS: "pupil print class job progress cancel file register sheet paper copy"
    },
    "school_notices": {
        OTHER: "notices open mark_read mark_all_read preferences",
        RESULTS: "remind",
    },
    "school_phrases": {
        RESULTS: "phrases add edit remove restore propose accept decline starter export upload "
        "preview save suggest use",
    },
    "school_situation": {OTHER: "situation word"},
    "school_training": {OTHER: "training open progress enter leave reset people sheet"},
}

WORDS: Final[dict[str, str]] = {
    "subject_code": "89",
    "sheet": "pham-chat-nang-luc",
    "period": "cuoi-nam",
    "field": "level",
    "role": "GVCN",
    "kind": "pdf",
    "step": "homeroom",
    "task": "nop-so",
    "school_year": YEAR,
}
"""Values of words in addresses; they name no object."""
NUMBERS: Final[dict[str, int]] = {"page": 1, "position": 0}
OBJECTS: Final[dict[tuple[str, str], str]] = {
    ("", "classroom_id"): "school_registry.Classroom",
    ("", "enrolment_id"): "school_registry.Enrolment",
    ("", "batch_id"): "school_issuing.IssueBatch",
    ("", "record_uuid"): "school_issuing.AnnualRecordDraft.record_uuid",
    ("", "staff_id"): "school_registry.StaffMember",
    ("school_registry", "change_id"): "school_registry.CivilStatusChange",
    ("school_registry", "decision_id"): "school_registry.AssessmentModeDecision",
    ("school_registry", "exemption_id"): "school_registry.SubjectExemption",
    ("school_registry", "opening_id"): "school_registry.NewYearOpening",
    ("school_spreadsheets", "bundle_id"): "school_spreadsheets.ImportBundle",
    ("school_statements", "statement_id"): "school_statements.Statement",
    ("school_spreadsheets", "preview_id"): "school_spreadsheets.ImportPreview",
    ("school_assessments", "permission_id"): "school_assessments.ChangePermission",
    ("school_assessments", "reopened_id"): "school_assessments.ReopenedSheet",
    ("school_signing", "session_id"): "school_signing.SigningSession",
    ("school_signing", "seen_id"): "school_signing.SeenCertificate",
    ("school_submission", "package_id"): "school_submission.Package",
    ("school_submission", "registration_id"): "school_submission.CertificateRegistration",
    ("school_recalls", "request_id"): "school_recalls.RecallRequest",
    ("school_recalls", "draft_id"): "school_recalls.CorrectionDraft",
    ("school_staffing", "preview_id"): "school_staffing.StaffImport",
    ("school_staffing", "assignment_id"): "school_registry.StaffAssignment",
    ("school_staffing", "substitution_id"): "school_registry.Substitution",
    ("school_staffing", "decision_id"): "school_staffing.AssignmentDecision",
    ("school_staffing", "order_id"): "school_staffing.AccountOrder",
    ("school_staffing", "invitation_id"): "web_signin.Invitation",
    ("school_papers", "job_id"): "school_papers.PrintJob",
    ("school_papers", "paper_id"): "school_papers.IssuedPaper",
    ("school_notices", "notice_id"): "school_notices.Notice",
    ("school_phrases", "phrase_id"): "school_phrases.Phrase",
    ("school_phrases", "preview_id"): "school_phrases.PhraseImport",
}
"""Which row an address names, by namespace ("" for all) and parameter; `.field` if not the key."""


@dataclass(frozen=True, slots=True)
class Address:
    """One address: `school_registry:pupil` with its parameters and their kinds."""

    name: str
    parameters: tuple[tuple[str, str], ...]

    @property
    def namespace(self) -> str:
        """The app."""
        return self.name.rpartition(":")[0]

    @property
    def names_an_object(self) -> bool:
        """Does a parameter name a row?"""
        return any(self.object_of(name) for name, _ in self.parameters)

    def object_of(self, parameter: str) -> str | None:
        """The model behind a parameter."""
        return OBJECTS.get((self.namespace, parameter)) or OBJECTS.get(("", parameter))


def every_address() -> list[Address]:
    """The addresses of the school house, as the resolver knows them."""
    return sorted(_walk(get_resolver("hocba_server.school.urls"), ""), key=lambda each: each.name)


def _walk(resolver: URLResolver, namespace: str) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, inner)
        elif isinstance(entry, URLPattern):
            kinds = {name: type(each).__name__ for name, each in entry.pattern.converters.items()}
            yield Address(f"{namespace}{entry.name}", tuple(kinds.items()))


def behind(name: str) -> Behind | None:
    """What the table says about an address; None when it says nothing."""
    namespace, _, short = name.rpartition(":")
    for kind, names in TABLE.get(namespace, {}).items():
        if short in names.split():
            return kind
    return None


def existing(address: Address) -> dict[str, Any]:
    """Parameters that name rows of the cast's school; rows are made where there are none."""
    return {name: _value(address, name) for name, _ in address.parameters}


def missing(address: Address) -> dict[str, Any]:
    """The same address for rows that do not exist."""
    values = existing(address)
    for name, kind in address.parameters:
        if address.object_of(name):
            values[name] = 987654321 if kind == "IntConverter" else str(uuid.UUID(int=7, version=4))
    return values


def _value(address: Address, name: str) -> Any:
    if name in NUMBERS:
        return NUMBERS[name]
    label = address.object_of(name)
    if label is None:
        assert name in WORDS, f"addresses.py does not know what {name} of {address.name} names"
        return WORDS[name]
    app, model_name, *field = label.split(".")
    model = apps.get_model(app, model_name)
    return getattr(_row(model), field[0] if field else "pk")


def _row(model: type[models.Model]) -> models.Model:
    """The first row of a table, or one made of plain values."""
    found = model._default_manager.order_by("pk").first()
    return found or model._default_manager.create(**_plain_values(model))


SPECIAL: Final[dict[str, dict[str, Any]]] = {
    "StaffAssignment": {"role": "CBQL", "school_year": YEAR},
    "AccountOrder": {"kind": "open"},
    "IssuedPaper": {"kind": "record", "number": 1},
    "PrintJob": {"state": "waiting"},
    "Package": {"state": "waiting"},
    "RecallRequest": {"state": "waiting"},
    "Attachment": {"media_type": "application/pdf"},
    "Notice": {"url": "/truong/", "recipient": "0" * 12},
    "Phrase": {"text": "x"},
}
"""Values that a table's own rules ask for."""


def _plain_values(model: type[models.Model]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    special = SPECIAL.get(model.__name__, {})
    for field in model._meta.concrete_fields:
        if field.name in special:
            values[field.name] = special[field.name]
        elif isinstance(field, models.ForeignKey):
            needed = not field.null or field.name in {"school", "pupil"}
            if needed:
                related = field.related_model
                assert not isinstance(related, str)
                values[field.name] = _row(related)
        elif not field.primary_key and not field.null and not field.has_default():
            values[field.name] = _plain(field)
    return values


def _plain(field: models.Field[Any, Any]) -> Any:
    if field.choices:
        return next(iter(field.flatchoices))[0]
    match field:
        case models.DateTimeField():
            return AT
        case models.DateField():
            return AT.date()
        case models.JSONField():
            return {}
        case models.BinaryField():
            return b"x"
        case models.UUIDField():
            return uuid.UUID(int=8, version=4)
        case models.CharField() if "personal_id" in field.name:
            return "0" * 12
        case models.BooleanField():
            return False
        case models.IntegerField() | models.DecimalField():
            return 7
        case _:
            return YEAR if field.name == "school_year" else "x"


def any_row(label: str) -> models.Model:
    """A row of the named model (`school_papers.IssuedPaper`), made when there is none."""
    return _row(apps.get_model(label))
