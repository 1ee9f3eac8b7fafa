"""Whatever is posted to the gateway is answered: no 500, no trace, no unbounded memory."""

from __future__ import annotations

import base64
import gzip
import json
import resource
import struct
import subprocess
import sys
import textwrap
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocba.packet.codes import ResponseCode
from hocba.packet.package import pack_content

ADDRESS = "/api/v1/giao-dich"
CODES = {code.value for code in ResponseCode}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)
TEXT = st.sampled_from(["", "1", "2", "5", "00000401", "x" * 101, "\0", "\ud800", "2025-2026"])
SENDER = st.fixed_dictionaries(
    {},
    optional={
        "token": TEXT | ANYTHING,
        "user_name": TEXT | ANYTHING,
        "password": TEXT | ANYTHING,
        "ma_don_vi": TEXT | ANYTHING,
        "nam_hoc": st.integers(1980, 2300) | ANYTHING,
        "messageid": TEXT | ANYTHING,
        "type": st.sampled_from(list("1234567")) | ANYTHING,
        "function": TEXT | ANYTHING,
    },
)
CONTENT = (
    ANYTHING
    | st.binary(max_size=60).map(lambda data: base64.b64encode(data).decode())
    | st.binary(max_size=60).map(
        lambda data: base64.b64encode(struct.pack("<i", len(data)) + gzip.compress(data)).decode()
    )
    | st.text(max_size=60).map(
        lambda text: pack_content(
            f"<DANH_SACH_HOC_BA>{text}</DANH_SACH_HOC_BA>".encode("utf-8", "replace")
        )
    )
)
REQUEST = (
    ANYTHING
    | st.fixed_dictionaries({"authenticationRequest": SENDER, "content": CONTENT})
    | st.builds(
        lambda fields, content: {**fields, "content": content, "serial_number": "00"},
        SENDER,
        CONTENT,
    )
    | st.builds(lambda fields: {**fields, "ma_nam_hoc": 2025}, SENDER)
)
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def post(body: bytes) -> Any:
    answer = Client(raise_request_exception=False).post(
        ADDRESS, body, content_type="application/json"
    )
    assert answer.status_code == 200, answer.content[:300]
    assert b"Traceback" not in answer.content
    return json.loads(answer.content)


@given(asked=REQUEST)
@settings(max_examples=150, deadline=None, suppress_health_check=QUIET)
def test_any_json_gets_an_answer_with_a_code(school: str, asked: Any) -> None:
    answer = post(json.dumps(asked).encode())
    codes = {answer.get("Error"), answer.get("error")} - {None}
    assert codes <= CODES
    assert codes or "danh_sach" in answer


@given(body=st.binary(max_size=200))
@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
def test_any_bytes_get_an_answer(school: str, body: bytes) -> None:
    assert post(body)["Error"] in CODES


@pytest.mark.parametrize(
    "body",
    [
        *(b"[" * 100_000, b'{"a":' * 50_000, b"\xff" * 10, b"", b"1e999999", b"NaN"),
        *(b"[" + b"[]," * 3_000_000 + b"[]]", b'{"a":1,"a":2}'),
    ],
)
def test_deep_and_odd_json_is_refused(school: str, body: bytes) -> None:
    assert post(body)["Error"] in CODES


def test_a_body_above_the_limit_is_refused(school: str) -> None:
    assert post(b" " * 10_000_001)["Error"] == "1101"


BOMB = """
    import base64, resource, struct, sys, zlib
    from hocba.errors import HocBaError
    from hocba.packet.package import read_package
    LIMIT = {limit} * 1024 * 1024

    def content(head, piece, count, size=None):
        packer = zlib.compressobj(9, wbits=31)
        data = [packer.compress(head)]
        for _ in range(count):
            data.append(packer.compress(piece))
        data.append(packer.flush())
        size = len(head) + len(piece) * count if size is None else size
        return base64.b64encode(struct.pack("<i", size) + b"".join(data)).decode()

    kind = sys.argv[1]
    made = {{
        "zeros": lambda: content(b"", bytes(1 << 20), 300, 60 << 20),
        "spaces": lambda: content(b"<A>", b" " * (1 << 20), 60),
        "elements": lambda: content(b"<DANH_SACH_HOC_BA>", b"<A/>" * (1 << 18), 60),
        "attributes": lambda: content(b"<A ", b'a="" ' * (1 << 17), 60),
        "deep": lambda: content(b"", b"<A>" * (1 << 18), 60),
        "stated": lambda: content(b"", b"x", 10, 2_000_000_000),
    }}[kind]()
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))
    try:
        read_package(made)
    except HocBaError as refused:
        print("refused", refused.code)
"""


@pytest.mark.parametrize("kind", ["zeros", "spaces", "elements", "attributes", "deep", "stated"])
def test_a_bomb_is_refused_within_bounded_memory(kind: str) -> None:
    """Ten million bytes can say a gigabyte; the reader stays below 700 MB of address space."""
    program = textwrap.dedent(BOMB.format(limit=700))
    done = subprocess.run(
        [sys.executable, "-c", program, kind],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.startswith("refused"), done.stderr[-1500:]
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 700 * 1024
