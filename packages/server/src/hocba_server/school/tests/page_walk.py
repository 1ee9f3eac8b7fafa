"""Which addresses of the school house show a whole page: found in the sources, not in a list."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from django.template.loader import get_template
from django.urls import URLPattern, URLResolver, get_resolver

LAYOUT = "web_design/base.html"


def school_pages() -> list[str]:
    """Names of the addresses under /truong/ whose view renders a template with the layout."""
    [school] = [
        each
        for each in get_resolver().url_patterns
        if isinstance(each, URLResolver) and str(each.pattern) == "truong/"
    ]
    return sorted({name for name, view in _named(school, "") if _shows_page(view)})


def _named(resolver: URLResolver, space: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from _named(each, f"{space}{each.namespace}:" if each.namespace else space)
        elif isinstance(each, URLPattern) and each.name:
            yield f"{space}{each.name}", each.callback


def _shows_page(view: Callable[..., Any]) -> bool:
    function = inspect.unwrap(view)
    module = inspect.getmodule(function)
    if module is None:
        return False
    templates = _templates(inspect.getsource(module), function.__name__)
    return any(_has_layout(name) for name in templates)


def _templates(source: str, name: str) -> set[str]:
    """Templates that a function names, itself or through functions of the same module."""
    functions = {
        node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)
    }
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current in seen or current not in functions:
            continue
        seen.add(current)
        for node in ast.walk(functions[current]):
            if isinstance(node, ast.Constant) and str(node.value).endswith(".html"):
                found.add(str(node.value))
            if isinstance(node, ast.Name):
                waiting.append(node.id)
    return found


@lru_cache(maxsize=256)
def _has_layout(name: str) -> bool:
    template: Any = get_template(name)
    return LAYOUT in template.template.source or "{% extends" in template.template.source
