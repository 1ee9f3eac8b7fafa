"""A conformance report for a person: as text for a terminal, as one HTML file to hand on."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from hocba.conformance.report import CheckResult, ConformanceFinding, ConformanceReport
from hocba.errors import Sentence
from hocba.verify.report import SIGNS, WORDS

_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "li{margin:.3rem 0}.failed{color:#b3261e}.passed{color:#136c3a}.not_checked{color:#7a4f00}"
    "h2{margin:1.5rem 0 .2rem;font-size:1.1rem}p{margin:.2rem 0}code{overflow-wrap:anywhere}"
)


def as_text(report: ConformanceReport) -> str:
    """Vietnamese first; English beside each sentence."""
    head = (
        Sentence("phù hợp", "conforms")
        if report.conforms
        else Sentence(f"{report.findings} lỗi", f"{report.findings} faults")
    )
    lines = [f"{report.name}: {head.vi.upper()} ({head.en})"]
    for number, check in enumerate(report.checks, start=1):
        sign, word = SIGNS[check.outcome], WORDS[check.outcome]
        lines.append(f"  {number:>2} {sign} {check.kind.title.vi}: {word.vi} [{check.kind.rule}]")
        if check.why_not and not check.findings:
            lines.append(f"       {check.why_not.vi}")
        lines.extend(f"       {_line(one)}" for one in check.findings)
        if check.more:
            lines.append(f"       … và {check.more} lỗi nữa (and {check.more} more)")
        if check.findings and any(not one.warning for one in check.findings):
            lines.append(f"       → {check.kind.advice.vi}")
    return "\n".join(lines) + "\n"


def as_html(report: ConformanceReport, *, english: bool = False) -> str:
    """One file without scripts or anything from elsewhere."""

    def said(sentence: Sentence) -> str:
        return escape(sentence.en if english else sentence.vi)

    title = said(Sentence("Báo cáo kiểm tra phù hợp", "Conformance report"))
    verdict = said(
        Sentence("Tệp phù hợp.", "The file conforms.")
        if report.conforms
        else Sentence(f"Có {report.findings} lỗi.", f"{report.findings} faults.")
    )
    language = "en" if english else "vi"
    parts = [
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">',
        f"<title>{title}: {escape(report.name)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{title}</h1><p><code>{escape(report.name)}</code></p><p><b>{verdict}</b></p>",
    ]
    for number, check in enumerate(report.checks, start=1):
        parts.append(_html_check(number, check, said=said))
    parts.append("</body></html>")
    return "".join(parts)


def _html_check(number: int, check: CheckResult, *, said: Callable[[Sentence], str]) -> str:
    sign, word = SIGNS[check.outcome], WORDS[check.outcome]
    parts = [
        f'<h2 class="{check.outcome.value}">{number}. {sign} {said(check.kind.title)}: '
        f"{said(word)}</h2><p><small>{escape(check.kind.rule)}</small></p>"
    ]
    if check.why_not and not check.findings:
        parts.append(f"<p>{said(check.why_not)}</p>")
    if check.findings:
        items = "".join(
            f"<li>{escape(place(one))} {said(one.sentence)}</li>" for one in check.findings
        )
        parts.append(f"<ul>{items}</ul>")
        parts.append(f"<p>→ {said(check.kind.advice)}</p>")
    if check.more:
        parts.append(f"<p>… +{check.more}</p>")
    return "".join(parts)


def place(finding: ConformanceFinding) -> str:
    """Where a finding is, in short."""
    parts = []
    if finding.record is not None:
        parts.append(f"#{finding.record}")
    if finding.where:
        parts.append(finding.where)
    if finding.line is not None:
        parts.append(f"(dòng {finding.line})")
    return " ".join(parts) + (":" if parts else "")


def _line(finding: ConformanceFinding) -> str:
    sign = "!" if finding.warning else "✗"
    return f"{sign} {place(finding)} {finding.sentence.vi} ({finding.sentence.en})"
