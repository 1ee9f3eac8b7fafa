from __future__ import annotations

import uuid
from collections import Counter

from hocba_server.school.registry.models import Pupil, School
from hocba_server.school.registry.permissions import deny_other_school, require
from hocba_server.school.registry.selectors import not_found
from hocba_server.school.spreadsheets.catalogue_files import SchoolFacts
from hocba_server.school.spreadsheets.models import ImportBundle, ImportPreview
from hocba_server.school.spreadsheets.previews import Preview, PreviewRow, sentence_of
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.spreadsheets.cells import CellFault


def stored_preview(by: Actor, preview_id: uuid.UUID, *, lock: bool = False) -> ImportPreview:
    """A preview of this person's school."""
    rows = ImportPreview.objects.select_related("school", "classroom")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(pk=preview_id).first()
    if found is None:
        raise not_found()
    require(deny_other_school(by, found.school.code))
    return found


def stored_bundle(by: Actor, bundle_id: uuid.UUID, *, lock: bool = False) -> ImportBundle:
    """Several sheets that this person uploaded at once."""
    rows = ImportBundle.objects.select_related("school", "classroom")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(pk=bundle_id).first()
    if found is None:
        raise not_found()
    require(deny_other_school(by, found.school.code))
    if found.created_by != by.user_id:
        raise not_found()
    return found


def school_facts(school: School) -> SchoolFacts:
    """What the Ministry's lists are compared with."""
    groups = Pupil.objects.filter(school=school).values_list("ethnic_group", flat=True)
    counts = Counter(group for group in groups if group)
    return SchoolFacts(school.code, school.name, school.ward_code, school.ward_name, counts)


def preview_of(stored: ImportPreview) -> Preview:
    """The preview as values."""
    return Preview(
        preview_id=stored.pk,
        kind=stored.kind,
        filename=stored.filename,
        rows=tuple(PreviewRow.from_json(row) for row in stored.rows),
        faults=tuple(CellFault.from_json(fault) for fault in stored.faults),
        warnings=tuple(map(sentence_of, stored.warnings)),
        title=stored.title,
    )
