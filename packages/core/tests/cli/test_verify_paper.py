"""`hocba verify` of a picture of the paper, or of the text of its codes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from PIL import Image

from hocba.cli.main import main
from hocba.ids import UnitCode
from hocba.record.sample import SCHOOL_CODE, sample_record
from hocba.rendition.print_code import sign_codes
from hocba.signature.cose import key_id_of
from hocba.verify.print_keys import PrintKey, PrintKeys, sign_print_keys
from hocba_certworld.world import CertWorld

MADE = datetime(2026, 5, 1, tzinfo=UTC)
AT = "2026-07-01T00:00:00+00:00"


@pytest.fixture(scope="module")
def codes_and_trust(tmp_path_factory: pytest.TempPathFactory) -> tuple[tuple[str, ...], Path]:
    """The codes of a record, and a folder with the log's key and the list of print keys."""
    world = CertWorld.create(tmp_path_factory.mktemp("world"), MADE)
    seal = world.issue_organisation("Trường Tiểu học Mẫu", SCHOOL_CODE)
    log = Ed25519PrivateKey.generate()
    certificate = seal.certificate
    key = PrintKey(
        key_id_of(certificate),
        UnitCode(SCHOOL_CODE),
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        certificate.public_key(),  # type: ignore[arg-type]
        "Trường Tiểu học Mẫu",
    )
    trust = tmp_path_factory.mktemp("trust")
    pem = log.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (trust / "so.pem").write_bytes(pem)
    signed = sign_print_keys(
        PrintKeys(MADE, (key,)), name="so/cong-khai", key=log.public_key(), sign=log.sign
    )
    (trust / "khoa-ban-in.keys").write_bytes(signed)
    when = datetime(2026, 6, 1, tzinfo=UTC)
    return sign_codes([(sample_record(4), b"<HOC_BA/>")], seal, when)[0], trust


def picture(texts: tuple[str, ...]) -> bytes:
    """The codes one below the other, as a scanner gives them."""
    drawn = []
    for text in texts:
        out = BytesIO()
        segno.make(text, error="m").save(out, kind="png", scale=5, border=6)
        drawn.append(Image.open(out).convert("L"))
    sheet = Image.new("L", (max(each.width for each in drawn), sum(each.height for each in drawn)))
    sheet.paste(255, (0, 0, *sheet.size))
    top = 0
    for each in drawn:
        sheet.paste(each, (0, top))
        top += each.height
    out = BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


def test_a_picture_gives_the_results_back(
    codes_and_trust: tuple[tuple[str, ...], Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    codes, trust = codes_and_trust
    file = tmp_path / "giay.png"
    file.write_bytes(picture(codes))
    assert main(["verify", str(file), "--trust", str(trust), "--at", AT]) == 2
    text = capsys.readouterr().out
    assert "Toán: Hoàn thành tốt · 10" in text
    assert "Chữ ký đúng, của Trường Tiểu học Mẫu" in text
    assert "Chưa quét mã" not in text


def test_the_text_of_the_codes_gives_them_too(
    codes_and_trust: tuple[tuple[str, ...], Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    codes, trust = codes_and_trust
    file = tmp_path / "ma.txt"
    file.write_text("\n".join(codes[:1]), "utf-8")
    arguments = ["verify", str(file), "--trust", str(trust), "--at", AT, "--json"]
    assert main(arguments) == 2
    report = json.loads(capsys.readouterr().out)
    assert (report["kind"], report["verdict"]) == ("print", "undetermined")
    assert report["missing_parts"] == list(range(2, len(codes) + 1))
    assert report["pages"][0]["full_name"] == "Nguyễn Thị Mẫu"


def test_without_the_list_the_signer_is_not_known(
    codes_and_trust: tuple[tuple[str, ...], Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "ma.txt"
    file.write_text(codes_and_trust[0][0], "utf-8")
    assert main(["verify", str(file), "--at", AT]) == 2
    assert "chưa biết ai đã ký mã" in capsys.readouterr().out


def test_a_list_that_the_log_did_not_sign_is_no_trust(
    codes_and_trust: tuple[tuple[str, ...], Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    codes, trust = codes_and_trust
    file = tmp_path / "ma.txt"
    file.write_text(codes[0], "utf-8")
    listed = trust / "khoa-ban-in.keys"
    assert main(["verify", str(file), "--trust", str(listed), "--at", AT]) == 64
    assert capsys.readouterr().err


def test_a_picture_without_codes_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "anh.png"
    out = BytesIO()
    Image.new("L", (200, 200), 255).save(out, "PNG")
    for content in (out.getvalue(), b"\x89PNG broken", b"\xff\xd8\xff"):
        file.write_bytes(content)
        assert main(["verify", str(file), "--at", AT]) == 1
    assert "Không thấy mã xác thực nào trong ảnh" in capsys.readouterr().out
