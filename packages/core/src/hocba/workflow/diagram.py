"""The transition table as a page with a mermaid diagram: `python -m hocba.workflow.diagram`.

`docs/formats/states.md` is the output; a test compares the two.
"""

from __future__ import annotations

import sys

from hocba.workflow.states import RecordState, Role
from hocba.workflow.transitions import TRANSITIONS, Transition

_HEAD = """# States of a record

Generated from `hocba.workflow.transitions` by `python -m hocba.workflow.diagram`; do not edit.

One record is one pupil and one school year. A personal signature is made only by the person whom
the record names for it. An account with an administrator's role (QTV, SO_QT) is denied every
action of this table, whatever other role it holds.
"""


def render_page() -> str:
    """Return the whole page, with a final newline."""
    finals = [s for s in RecordState if all(line.before is not s for line in TRANSITIONS)]
    diagram = [
        "```mermaid",
        "stateDiagram-v2",
        "    [*] --> draft",
        *(_edge(line) for line in TRANSITIONS),
        *(f"    {state.value} --> [*]" for state in finals),
        "```",
    ]
    states = [
        "| State | Tiếng Việt | English |",
        "|---|---|---|",
        *(f"| `{s.value}` | {s.label.vi} | {s.label.en} |" for s in RecordState),
    ]
    table = [
        "| From | Action | To | Roles | Source |",
        "|---|---|---|---|---|",
        *(_row(line) for line in TRANSITIONS),
    ]
    return "\n".join([_HEAD, *diagram, "", *states, "", *table, ""])


def _edge(line: Transition) -> str:
    roles = ", ".join(_role_codes(line))
    return f"    {line.before.value} --> {line.after.value}: {line.action.value} ({roles})"


def _row(line: Transition) -> str:
    return (
        f"| `{line.before.value}` | `{line.action.value}` | `{line.after.value}` "
        f"| {', '.join(_role_codes(line))} | {line.source} |"
    )


def _role_codes(line: Transition) -> list[str]:
    return [role.value for role in Role if role in line.roles]


if __name__ == "__main__":
    sys.stdout.write(render_page())
