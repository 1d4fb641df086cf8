"""The picture of the rooms, `docs/rooms.svg`, drawn from the imports themselves: `make rooms`.

A room is a floor. From each a lane runs down past the floors below it, with an arrow and a count at every floor that it
imports from. Nothing of the program is loaded, and nothing is measured on this machine: the same code, the same bytes.
"""

import ast
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "rooms.svg"
# The rooms of the program, each above those it may import: findings of cells are told with words, so words are lowest.
ROOMS = ["cli", "run", "decisions", "writers", "consolidation", "extract", "readers", "findings", "model", "wording"]
_FORM = "schemas"
"""what a form is: beside the house, and used by nearly every room"""

_FLOOR, _GAP = 46, 14
"""heights in pixels: of a floor, and of what lies between two"""
_LEFT, _WIDTH, _LANE, _TOP = 12, 560, 46, 44
_LETTERS = 78
"""so many letters of a sentence stand in one line of a floor"""
_STYLE = """\
text { font-family: Helvetica, Arial, sans-serif; fill: #1a1a1a }
.name { font-size: 15px; font-weight: bold }
.what { font-size: 11px; fill: #444 }
.head { font-size: 11px; fill: #1f4e79; text-anchor: middle }
.count { font-size: 11px; text-anchor: middle }
.floor { fill: #eef3f8; stroke: #1f4e79 }
.rail { stroke: #d5dde5 }
.lane { stroke: #1f4e79; fill: none }
.arrow { fill: #1f4e79 }"""


def rooms_picture() -> bytes:
    """Draw the rooms as floors, with an arrow and a count for every room that another imports."""
    floors = [*ROOMS, _FORM]
    uses = {room: _imports_of(room) for room in floors}
    width = _LEFT + _WIDTH + _LANE * len(floors) + 10
    height = _TOP + (_FLOOR + _GAP) * len(floors)
    shapes = [shape for number, room in enumerate(floors) for shape in _floor(number, room, width)]
    for number, room in enumerate(floors):
        shapes += _lane(number, room, floors, uses[room])
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
    background = f'<rect width="{width}" height="{height}" fill="#fff"/>'
    return "\n".join([head, f"<style>{_STYLE}</style>", background, *shapes, "</svg>", ""]).encode()


def _imports_of(room: str) -> Mapping[str, int]:
    """Count the import statements of a room for each other room that they name."""
    counts: Counter[str] = Counter()
    for module in sorted(_folder(room).rglob("*.py")):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            counts.update(_rooms_named(node))
    del counts[room]
    return counts


def _rooms_named(node: ast.AST) -> Iterator[str]:
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        names = [node.module or ""]
    for name in names:
        first, *rest = name.split(".")
        if first == _FORM:
            yield _FORM
        if first == "pipeline" and rest:
            yield rest[0]


def _folder(room: str) -> Path:
    if room == _FORM:
        return ROOT / _FORM
    return ROOT / "pipeline" / room


def _middle(number: int) -> int:
    return _TOP + number * (_FLOOR + _GAP) + _FLOOR // 2


def _floor(number: int, room: str, width: int) -> Iterator[str]:
    """Draw one floor: its name, its own sentence, and the rail on which arrows end."""
    middle = _middle(number)
    top = middle - _FLOOR // 2
    docstring = ast.get_docstring(ast.parse((_folder(room) / "__init__.py").read_text(encoding="utf-8"))) or ""
    sentence = docstring.split("\n\n")[0].replace("\n", " ")
    yield f'<line class="rail" x1="{_LEFT + _WIDTH}" y1="{middle}" x2="{width - 10}" y2="{middle}"/>'
    yield f'<rect class="floor" x="{_LEFT}" y="{top}" width="{_WIDTH}" height="{_FLOOR}" rx="4"/>'
    yield f'<text class="name" x="{_LEFT + 10}" y="{middle + 5}">{room}</text>'
    lines = textwrap.wrap(sentence, _LETTERS, max_lines=2, placeholder=" …")
    # One line stands in the middle of its floor, two lines stand around it.
    first = middle + 4 - 7 * (len(lines) - 1)
    for at, line in enumerate(lines):
        yield f'<text class="what" x="{_LEFT + 122}" y="{first + 14 * at}">{escape(line)}</text>'


def _lane(number: int, room: str, floors: list[str], uses: Mapping[str, int]) -> Iterator[str]:
    """Draw what one room imports: a lane down from its floor, and an arrow at each floor that it uses."""
    used = [below for below in floors if uses.get(below)]
    if not used:
        return
    x = _LEFT + _WIDTH + _LANE * number + _LANE // 2 + 6
    start = _middle(number)
    end = max(_middle(floors.index(below)) for below in used)
    yield f'<text class="head" x="{x}" y="{start - 8}">{room}</text>'
    yield f'<path class="lane" d="M{_LEFT + _WIDTH} {start} H{x} V{end}"/>'
    for below in used:
        y = _middle(floors.index(below))
        yield f'<path class="arrow" d="M{x} {y} l-5 -9 h10 z"/>'
        yield f'<text class="count" x="{x + 13}" y="{y - 4}">{uses[below]}</text>'


if __name__ == "__main__":
    PICTURE.write_bytes(rooms_picture())
