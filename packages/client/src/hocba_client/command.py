"""`hocba-client`: the API from the command line. Results go to stdout, progress to stderr.

Exit codes: 0 done, 1 refused (or records refused), 2 no answer: run the same command again with
the message id that was printed, 64 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from hocba.errors import HocBaError, Unavailable
from hocba_client.answers import Package, RecordResult
from hocba_client.client import Client
from hocba_client.problems import ApiProblem
from hocba_client.proofs import BearerToken, Proof, RequestKey

USAGE = 64
_CATALOGUES = ("signature-kinds", "certificate-issuers", "answer-codes")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    parsed = _parser().parse_args(arguments)
    try:
        with Client(parsed.url, _proof(parsed)) as client:
            code: int = parsed.run(client, parsed)
    except Unavailable as fault:
        return _fail(fault, 2)
    except HocBaError as fault:
        return _fail(fault, 1)
    except OSError as error:
        _say(f"{error.filename or ''}: {error.strerror or error}")
        return USAGE
    return code


def _parser() -> _Parser:
    environment = os.environ.get
    parser = _Parser(prog="hocba-client", description="Nộp học bạ số về cổng của Sở qua API")
    parser.add_argument(
        "--url",
        default=environment("HOCBA_CLIENT_URL", "http://127.0.0.1:8000"),
        help="địa chỉ của cổng (gateway), hoặc HOCBA_CLIENT_URL",
    )
    parser.add_argument("--key", type=Path, help="khoá ký yêu cầu, PEM (private key)")
    parser.add_argument("--key-id", default=environment("HOCBA_CLIENT_KEY_ID"), metavar="KEYID")
    parser.add_argument("--pkcs1", action="store_true", help="khoá RSA ký PKCS#1 v1.5")
    commands = parser.add_subparsers(required=True, metavar="LỆNH", parser_class=_Parser)
    _sending(commands)
    _asking(commands)
    return parser


def _sending(commands: Any) -> None:
    for name, run, words in (
        ("submit", _submit, "nộp một gói (submit a package)"),
        ("recall", _recall, "yêu cầu thu hồi, chỉnh lý (ask for recall or correction)"),
    ):
        one = commands.add_parser(name, help=words)
        one.add_argument("file", type=Path, metavar="TỆP")
        one.add_argument("--unit", required=True, metavar="MÃ_ĐƠN_VỊ")
        one.add_argument("--year", required=True, type=int, metavar="NĂM", help="năm đầu, vd 2025")
        one.add_argument("--message-id", default="", metavar="MÃ_GÓI", help="khi gửi lại")
        one.add_argument("--wait", action="store_true", help="đợi kết quả (wait for results)")
        one.set_defaults(run=run)
    one = commands.add_parser("register-certificate", help="đăng ký chứng thư số")
    one.add_argument("file", type=Path, metavar="TỆP")
    one.add_argument("--unit", required=True, metavar="MÃ_ĐƠN_VỊ")
    one.add_argument("--kind", default="USB_TOKEN")
    one.add_argument("--issuer", default="BAN_CO_YEU")
    one.set_defaults(run=_register)


def _asking(commands: Any) -> None:
    one = commands.add_parser("results", help="kết quả một gói (results of a package)")
    one.add_argument("message_id", metavar="MÃ_GÓI")
    one.add_argument("--unit", required=True, metavar="MÃ_ĐƠN_VỊ")
    one.add_argument("--recall", action="store_true", help="của yêu cầu thu hồi")
    one.add_argument("--only", choices=("accepted", "refused", "waiting"))
    one.add_argument("--wait", action="store_true")
    one.set_defaults(run=_results)
    one = commands.add_parser("status", help="tình trạng học bạ (status of a record)")
    one.add_argument("record_uuid", metavar="MÃ_TRA_CỨU")
    one.add_argument("--unit", required=True, metavar="MÃ_ĐƠN_VỊ")
    one.set_defaults(run=_status)
    one = commands.add_parser("certificates", help="chứng thư số của đơn vị (certificates)")
    one.add_argument("--unit", required=True, metavar="MÃ_ĐƠN_VỊ")
    one.set_defaults(run=_certificates)
    one = commands.add_parser("catalogues", help="danh mục (catalogues)")
    one.add_argument("name", nargs="?", choices=_CATALOGUES, default=_CATALOGUES[0])
    one.set_defaults(run=_catalogues)
    one = commands.add_parser("token", help="lấy token (get a token)")
    one.add_argument("user_name", metavar="TÀI_KHOẢN")
    one.add_argument("--password-file", type=Path, help="khi không ký yêu cầu (without a key)")
    one.set_defaults(run=_token)
    one = commands.add_parser("check", help="kiểm tra phù hợp (conformance)")
    one.add_argument("file", type=Path, metavar="TỆP")
    one.set_defaults(run=_check)
    commands.add_parser("health", help="cổng có đó không").set_defaults(run=_health)


def _proof(parsed: argparse.Namespace) -> Proof | None:
    """A key given here, else a token of the environment, else nothing."""
    if parsed.key is not None:
        key_id = parsed.key_id or parsed.key.stem
        return RequestKey.from_pem(key_id, parsed.key.read_bytes(), pkcs1=parsed.pkcs1)
    token = os.environ.get("HOCBA_CLIENT_TOKEN")
    return BearerToken(token) if token else None


def _submit(client: Client, parsed: argparse.Namespace) -> int:
    return _send(client, parsed, "packages")


def _recall(client: Client, parsed: argparse.Namespace) -> int:
    return _send(client, parsed, "recalls")


def _send(client: Client, parsed: argparse.Namespace, kind: str) -> int:
    message_id = parsed.message_id or str(uuid.uuid4())
    # Printed before sending: whoever is cut off in the middle goes on with the same message.
    _say(f"mã gói (message id): {message_id}")
    send = client.submit if kind == "packages" else client.recall
    body = parsed.file.read_bytes()
    package = send(parsed.unit, parsed.year, body, message_id=message_id)
    _say(f"cổng đã nhận {package.records} học bạ (received)")
    if not parsed.wait:
        _print(
            {
                "message_id": package.message_id,
                "state": package.state,
                "records": package.records,
            }
        )
        return 0
    return _show(client, parsed.unit, message_id, kind, only=None, wait=True)


def _results(client: Client, parsed: argparse.Namespace) -> int:
    kind = "recalls" if parsed.recall else "packages"
    return _show(client, parsed.unit, parsed.message_id, kind, only=parsed.only, wait=parsed.wait)


def _show(
    client: Client, unit: str, message_id: str, kind: str, *, only: str | None, wait: bool
) -> int:
    if wait:
        client.wait(unit, message_id, kind=kind, progress=_progress)
    found = list(client.results(unit, message_id, kind=kind, only=only))
    _print([_result(one) for one in found])
    return 1 if any(one.outcome == "refused" for one in found) else 0


def _progress(package: Package) -> None:
    words = "đã có kết quả (done)" if package.is_done else "đang kiểm tra (being checked)"
    _say(f"{package.records} học bạ: {words}")


def _register(client: Client, parsed: argparse.Namespace) -> int:
    body = parsed.file.read_bytes()
    _print(
        client.register_certificate(
            parsed.unit, body, signature_kind=parsed.kind, issuer=parsed.issuer
        )
    )
    return 0


def _status(client: Client, parsed: argparse.Namespace) -> int:
    _print(client.record_status(parsed.unit, parsed.record_uuid))
    return 0


def _certificates(client: Client, parsed: argparse.Namespace) -> int:
    _print(client.certificates(parsed.unit))
    return 0


def _catalogues(client: Client, parsed: argparse.Namespace) -> int:
    _print(client.catalogue(parsed.name))
    return 0


def _token(client: Client, parsed: argparse.Namespace) -> int:
    password = None
    if parsed.password_file is not None:
        password = parsed.password_file.read_text("utf-8").rstrip("\r\n")
    token = client.token(parsed.user_name, password)
    _say(f"hết hạn sau {token.expires_in} giây (seconds)")
    sys.stdout.write(f"{token.token}\n")
    return 0


def _check(client: Client, parsed: argparse.Namespace) -> int:
    report = client.check(parsed.file.read_bytes())
    _print(report)
    return 0 if report.get("conforms") else 1


def _health(client: Client, _parsed: argparse.Namespace) -> int:
    _print(client.health())
    return 0


def _result(one: RecordResult) -> dict[str, Any]:
    reason = one.reason
    return {
        "position": one.position,
        "record_uuid": one.record_uuid,
        "outcome": one.outcome,
        "reason": None
        if reason is None
        else {
            "code": reason.code,
            "tag": reason.tag,
            "sentence": reason.sentence,
            "rule": reason.rule,
            "what_to_do": reason.what_to_do,
        },
    }


def _print(value: Mapping[str, Any] | Sequence[Any]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def _fail(fault: HocBaError, code: int) -> int:
    _say(f"{fault.code}: {fault} ({fault.sentence.en})")
    if isinstance(fault, ApiProblem) and fault.what_to_do:
        _say(f"→ {fault.what_to_do}")
    return code


def _say(sentence: str) -> None:
    sys.stderr.write(f"hocba-client: {sentence}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
