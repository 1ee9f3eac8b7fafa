"""Walk every page a person can reach by links, and look at each with axe and a ruler.

Every look is remembered by the name of the page's address, so that `test_without_omission.py` can
say which pages nobody looked at.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urldefrag, urljoin, urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.urls import Resolver404, resolve
from playwright.sync_api import Error, Page

MOST_BYTES = 200 * 1024
"""Script and style of one page, as the browser unpacks them."""

NARROW = 320
"""CSS pixels: WCAG 2.2, success criterion 1.4.10 (reflow)."""

LOOKED_AT: set[str] = set()
"""Names of the addresses (`school_registry:pupil`) whose pages were looked at in this run."""

ENGLISH = "en"
_GRAVE = {"serious", "critical"}
_VIOLATIONS: dict[str, object] = {"resultTypes": ["violations"]}
_NAMES: dict[str, object] = {
    "resultTypes": ["violations"],
    "runOnly": [
        *("html-has-lang", "html-lang-valid", "valid-lang", "document-title", "image-alt"),
        *("button-name", "link-name", "label", "select-name", "input-button-name"),
        *("aria-command-name", "aria-input-field-name", "aria-dialog-name", "summary-name"),
    ],
}
"""Only words differ between the languages: names, titles, what says that it is English."""
_WEIGHT = """() => performance.getEntriesByType('resource')
    .filter(one => /\\.(css|js|mjs)(\\?|$)/.test(one.name))
    .reduce((sum, one) => sum + one.decodedBodySize, 0)
    + [...document.querySelectorAll('script:not([src]):not([type$=json]), style')]
    .reduce((sum, one) => sum + one.textContent.length, 0)"""
_WIDTH = "document.documentElement.scrollWidth - window.innerWidth"


@dataclass
class Walk:
    """What a walk found: how many pages it saw, and the faults of each by its pattern."""

    seen: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def pattern(address: str) -> str:
    """An address with its numbers and names of things replaced: pages of one kind are one page."""
    parts = urlsplit(address)
    path = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27,}", "U", parts.path)
    path = re.sub(r"/(GK1|CK1|GK2|CN|BS)(?=/|$)", "/P", path)
    path = re.sub(r"\d+(-\d+)?", "N", path)
    keys = sorted({one.split("=")[0] for one in parts.query.split("&") if one})
    return path + ("?" + "&".join(keys) if keys else "")


def walk(page: Page, start: str, *, known: Walk, most: int = 200) -> Walk:
    """Look at every page reached from `start` whose pattern is not known yet, in both languages.

    A link to a page that refuses this person is a fault too.
    """
    found = Walk()
    waiting = deque([(start, "")])
    asked = {pattern(start)}
    while waiting and len(found.seen) < most:
        address, source = waiting.popleft()
        status = _open(page, address)
        if status is None:
            continue
        here = pattern(page.url)
        found.seen[here] = address
        if status >= HTTPStatus.BAD_REQUEST:
            found.faults.append(f"{source}: its link {address} leads to {status}")
        elif here not in known.seen:
            found.faults += [f"{here} ({address}): {fault}" for fault in faults(page)]
        for link in list(_links(page, start)):
            if pattern(link) not in asked:
                asked.add(pattern(link))
                waiting.append((link, page.url))
        if status < HTTPStatus.BAD_REQUEST and here not in known.seen:
            found.faults += [
                f"{here} ({address}), English: {fault}" for fault in english_faults(page)
            ]
    return found


def _open(page: Page, address: str) -> int | None:
    """Open a page, answer its status; None for a file that the browser saves instead."""
    try:
        answer = page.goto(address)
    except Error as error:
        if "Download is starting" in error.message or "ERR_ABORTED" in error.message:
            return None
        raise
    if answer is None or "text/html" not in answer.headers.get("content-type", ""):
        return None
    return answer.status


def _links(page: Page, start: str) -> Iterator[str]:
    for address in page.eval_on_selector_all(
        "a[href]:not([download])", "all => all.map(one => one.getAttribute('href'))"
    ):
        whole = urldefrag(urljoin(page.url, address))[0]
        if urlsplit(whole).netloc == urlsplit(start).netloc:
            yield whole


def assert_no_faults(page: Page) -> None:
    """The page that is open in the middle of an action has no faults."""
    assert list(faults(page)) == []


def faults(page: Page) -> Iterator[str]:
    """Faults of the page that is open: accessibility, weight, width on a small phone."""
    _remember(page)
    _wait_for_the_grid(page)
    yield from _grave(page)
    weight = page.evaluate(_WEIGHT)
    if weight > MOST_BYTES:
        yield f"{weight // 1024} KB of script and style"
    yield from _too_wide(page)


def english_faults(page: Page) -> Iterator[str]:
    """Faults of the same page in English; the browser goes back to Vietnamese."""
    parts = urlsplit(page.url)
    cookie = {"name": settings.LANGUAGE_COOKIE_NAME, "value": ENGLISH}
    page.context.add_cookies([{**cookie, "url": f"{parts.scheme}://{parts.netloc}"}])
    try:
        page.goto(page.url)
        if page.locator("html").get_attribute("lang") != ENGLISH:
            yield "does not say that it is English"
        _wait_for_the_grid(page)
        yield from _grave(page, _NAMES)
        yield from _too_wide(page)
    finally:
        page.context.clear_cookies(name=settings.LANGUAGE_COOKIE_NAME)


def _remember(page: Page) -> None:
    try:
        LOOKED_AT.add(resolve(urlsplit(page.url).path).view_name)
    except Resolver404:
        LOOKED_AT.add(page.url)


def _wait_for_the_grid(page: Page) -> None:
    if page.locator("#grid-scroll").count():
        page.locator("#grid-actions:not([hidden])").wait_for()


def _grave(page: Page, options: dict[str, object] = _VIOLATIONS) -> Iterator[str]:
    found = Axe().run(page, options=options)
    for rule in found.response["violations"]:
        if rule["impact"] in _GRAVE:
            where = "; ".join(str(node["target"]) for node in rule["nodes"][:3])
            yield f"{rule['impact']} {rule['id']}: {where}"


def _too_wide(page: Page) -> Iterator[str]:
    size = page.viewport_size
    page.set_viewport_size({"width": NARROW, "height": 700})
    if (too_wide := page.evaluate(_WIDTH)) > 0:
        yield f"{too_wide} px too wide at {NARROW} px"
    if size:
        page.set_viewport_size(size)
