"""`hocba verify | render | inspect | conformance | log | closing | witness | monitor`: offline.

Exit codes: 0 valid (or done), 1 invalid, 2 could not be determined, 64 wrong usage.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from hocba.cli import closing, conformance, inspect, log, monitor, render, verify, witness
from hocba.errors import HocBaError

USAGE = 64


class _Parser(argparse.ArgumentParser):
    """Exits with 64 (EX_USAGE), because 2 means: could not be determined."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and how to do it."""
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    parsed = _parser().parse_args(arguments)
    try:
        code: int = parsed.run(parsed)
    except BrokenPipeError:
        return USAGE
    except HocBaError as fault:
        print(f"hocba: {fault} ({fault.sentence.en})", file=sys.stderr)
        return 1
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print(f"hocba: {place}{error.strerror or error}", file=sys.stderr)
        return USAGE
    return code


def _parser() -> _Parser:
    parser = _Parser(prog="hocba", description="Học bạ số: kiểm tra, thể hiện, xem, sổ công khai")
    commands = parser.add_subparsers(required=True, metavar="LỆNH", parser_class=_Parser)
    one = commands.add_parser("verify", help="kiểm tra học bạ XML hoặc PDF (verify records)")
    one.add_argument("files", nargs="+", type=Path, metavar="TỆP")
    one.add_argument(
        "--trust",
        action="append",
        type=Path,
        default=[],
        metavar="THƯ_MỤC|TỆP",
        help="chứng thư gốc và khoá sổ công khai, PEM (roots and log keys)",
    )
    one.add_argument("--at", metavar="THỜI_ĐIỂM", help="kiểm tra tại thời điểm này (ISO 8601)")
    one.add_argument("--online", action="store_true", help="hỏi cổng của Sở (ask the portal)")
    one.add_argument("--portal", metavar="URL", help="địa chỉ cổng của Sở, cho --online")
    one.add_argument("--json", action="store_true", help="in báo cáo JSON (print JSON)")
    one.add_argument("--log", type=Path, metavar="THƯ_MỤC", help="bằng chứng của sổ công khai")
    one.add_argument(
        "--log-policy", type=Path, metavar="TỆP", help="nhân chứng phải có, C2SP tlog-policy"
    )
    one.add_argument("--fonts", type=Path, metavar="THƯ_MỤC", help="phông chữ để dựng lại PDF")
    one.add_argument(
        "--hash-ends", default="", metavar="HÀM=NGÀY,…", help="ngày cuối của hàm băm lưu trữ"
    )
    one.set_defaults(run=verify.run)
    one = commands.add_parser("render", help="dựng bản thể hiện PDF (render the form)")
    one.add_argument("file", type=Path, metavar="TỆP.xml")
    one.add_argument("-o", "--output", type=Path, required=True, metavar="TỆP.pdf")
    one.add_argument("--fonts", type=Path, metavar="THƯ_MỤC")
    one.add_argument("--verify-url", default=render.VERIFY_URL, metavar="URL")
    one.set_defaults(run=render.run)
    one = commands.add_parser("inspect", help="xem nội dung tệp, không kiểm tra (show a file)")
    one.add_argument("file", type=Path, metavar="TỆP")
    one.set_defaults(run=inspect.run)
    one = commands.add_parser("log", help="kiểm tra thư mục sổ công khai (check a log folder)")
    one.add_argument("folder", type=Path, metavar="THƯ_MỤC")
    one.add_argument("--trust", action="append", type=Path, default=[], metavar="THƯ_MỤC|TỆP")
    one.set_defaults(run=log.run)
    one = commands.add_parser("closing", help="kiểm tra bản kê chốt lớp (check a closing list)")
    one.add_argument("list", type=Path, metavar="BẢN_KÊ")
    one.add_argument("files", nargs="*", type=Path, metavar="TỆP.xml")
    one.add_argument("--trust", action="append", type=Path, default=[], metavar="THƯ_MỤC|TỆP")
    one.set_defaults(run=closing.run)
    _makers(commands)
    _watchers(commands)
    return parser


def _makers(commands: Any) -> None:
    one = commands.add_parser(
        "conformance", help="kiểm tra phù hợp tệp của phần mềm khác (check a vendor's files)"
    )
    one.add_argument("files", nargs="+", type=Path, metavar="TỆP")
    one.add_argument("--trust", action="append", type=Path, default=[], metavar="THƯ_MỤC|TỆP")
    one.add_argument("--at", metavar="THỜI_ĐIỂM", help="xem như lúc này (ISO 8601)")
    one.add_argument("--json", action="store_true", help="in báo cáo JSON (print JSON)")
    one.add_argument("--html", type=Path, metavar="THƯ_MỤC", help="ghi báo cáo HTML (write HTML)")
    one.set_defaults(run=conformance.run)


def _watchers(commands: Any) -> None:
    one = commands.add_parser("witness", help="làm nhân chứng của sổ công khai (witness a log)")
    one.add_argument("folder", type=Path, metavar="THƯ_MỤC", help="khoá và những gì đã thấy")
    one.add_argument("--name", metavar="TÊN", help="tên nhân chứng, khi chạy lần đầu (first start)")
    one.add_argument(
        "--log", action="append", default=[], metavar="KHOÁ", help="dòng khoá của sổ (log's vkey)"
    )
    one.add_argument("--host", default="127.0.0.1")
    one.add_argument("--port", type=int, default=witness.DEFAULT_PORT)
    one.set_defaults(run=witness.run)
    one = commands.add_parser("monitor", help="canh chừng sổ công khai (watch a log)")
    one.add_argument("log", metavar="ĐỊA_CHỈ|THƯ_MỤC", help="nơi có tệp checkpoint (prefix)")
    one.add_argument("--state", type=Path, required=True, metavar="THƯ_MỤC")
    one.add_argument(
        "--key", action="append", default=[], metavar="KHOÁ", help="khoá của sổ (vkey)"
    )
    one.add_argument("--policy", type=Path, metavar="TỆP", help="C2SP tlog-policy")
    one.add_argument("--silence", type=float, default=24, metavar="GIỜ", help="im lặng quá (hours)")
    one.add_argument("--every", type=float, metavar="GIÂY", help="nhìn lại sau (look again)")
    one.set_defaults(run=monitor.run)


if __name__ == "__main__":
    sys.exit(main())
