from __future__ import annotations

import uuid

from hocba_server.school.registry.permissions import deny_other_school, require
from hocba_server.school.registry.selectors import not_found
from hocba_server.school.spreadsheets.cells import CellFault
from hocba_server.school.spreadsheets.models import ImportPreview
from hocba_server.school.spreadsheets.previews import Preview, PreviewRow
from hocba_server.web.accounts.actor import Actor


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


def preview_of(stored: ImportPreview) -> Preview:
    """The preview as values."""
    return Preview(
        preview_id=stored.pk,
        kind=stored.kind,
        filename=stored.filename,
        rows=tuple(PreviewRow.from_json(row) for row in stored.rows),
        faults=tuple(CellFault.from_json(fault) for fault in stored.faults),
        warnings=tuple(stored.warnings),
    )
