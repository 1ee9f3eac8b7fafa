"""Dialects: what a vendor writes otherwise is read, what it cannot read is written otherwise."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hocba.ids import MessageId
from hocba.packet.answers import PackageAnswer, RegistrationAnswer, ResultAnswer
from hocba.packet.dialect import (
    STANDARD,
    Dialect,
    Numbers,
    Results,
    Success,
    Title,
    dress_answer,
    read_tolerantly,
)

EVERYTHING = Dialect(
    year_as_text=True,
    type_as_number=True,
    other_dates=True,
    capital_hash=True,
    title=Title.RIGHT,
    success=Success.HTTP,
    codes=Numbers.NUMBER,
    results=Results.LIST,
    own_fields=False,
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["authenticationRequest", "nam_hoc", "type", "ngay_hieu_luc", "x"]),
            inner,
            max_size=4,
        )
    ),
)


@given(asked=ANYTHING)
def test_anything_can_be_read_tolerantly(asked: object) -> None:
    assert read_tolerantly(asked, STANDARD) == asked
    read_tolerantly(asked, EVERYTHING)


def test_only_the_named_fields_change() -> None:
    sender = {"nam_hoc": "2025-2026", "type": 1, "password": "AB", "ma_don_vi": "2025"}
    read = read_tolerantly({"authenticationRequest": sender, "content": "X"}, EVERYTHING)
    assert read == {
        "authenticationRequest": {
            "nam_hoc": 2025,
            "type": "1",
            "password": "ab",
            "ma_don_vi": "2025",
        },
        "content": "X",
    }
    assert read_tolerantly({"type": True}, EVERYTHING) == {"type": True}
    assert read_tolerantly({"ngay_hieu_luc": "29/05/2026"}, EVERYTHING) == {
        "ngay_hieu_luc": "2026-05-29"
    }
    assert sender["nam_hoc"] == "2025-2026", "what came in is left as it was"


def test_answers_are_dressed() -> None:
    received = PackageAnswer(MessageId("a")).to_json()
    assert dress_answer(received, STANDARD) == received
    assert dress_answer(received, EVERYTHING)["Error"] == 200
    assert dress_answer(ResultAnswer(()).to_json(), EVERYTHING) == []
    registered = RegistrationAnswer(MessageId("a")).to_json()
    assert "error_filed_title" not in dress_answer(registered, EVERYTHING)
    official = dress_answer(registered, Dialect(title=Title.OFFICIAL))
    assert "error_field_title" not in official
