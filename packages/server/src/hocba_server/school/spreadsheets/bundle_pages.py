"""What the common page of several uploaded sheets shows: each with its counts, and the totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hocba.errors import Sentence
from hocba_server.school.spreadsheets.models import ImportBundle
from hocba_server.school.spreadsheets.previews import (
    DUPLICATE,
    INVALID,
    STATUSES,
    Preview,
    sentence_of,
)
from hocba_server.school.spreadsheets.selectors import preview_of


@dataclass(frozen=True, slots=True)
class BundlePart:
    """One sheet of the upload."""

    preview: Preview
    sheet_name: str
    saved: bool

    @property
    def wrong(self) -> int:
        """Rows that hold the whole upload up."""
        return self.preview.counts[DUPLICATE] + self.preview.counts[INVALID]


@dataclass(frozen=True, slots=True)
class AsideLine:
    """A sheet that was not taken."""

    place: str
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class BundlePage:
    """The page."""

    bundle: ImportBundle
    parts: Sequence[BundlePart]
    aside: Sequence[AsideLine]
    totals: Mapping[str, int]
    faults: int

    @property
    def can_save(self) -> bool:
        """Something may be saved when at least one part has no fault."""
        return self.bundle.saved_at is None and any(part.preview.can_save for part in self.parts)


def bundle_page(bundle: ImportBundle) -> BundlePage:
    """Everything that the page shows."""
    parts = [
        BundlePart(preview_of(stored), stored.sheet_name, stored.saved_at is not None)
        for stored in bundle.previews.select_related("school", "classroom").order_by("position")
    ]
    totals: Counter[str] = Counter()
    for part in parts:
        totals.update(part.preview.counts)
    aside = [
        AsideLine(
            " · ".join(text for text in (each["file"], each["sheet"]) if text),
            sentence_of(each["sentence"]),
        )
        for each in bundle.set_aside
    ]
    return BundlePage(
        bundle,
        parts,
        aside,
        {status: totals[status] for status in STATUSES},
        sum(len(part.preview.faults) for part in parts),
    )
