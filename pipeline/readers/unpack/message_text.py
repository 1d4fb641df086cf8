"""What the writer of a message wrote: web pages as lines, and no older message that is quoted below.

A message that was passed on keeps what stands below: that is what its sender wants to be read.
"""

import re
from collections.abc import Sequence
from functools import cache
from html.parser import HTMLParser

from pipeline.readers.unpack.message_kinds import begins_with, message_words
from schemas.text import fold_words

_LONGEST = 200_000
"""so many characters of a message are looked at"""
_KEPT = 6_000
"""and so many are kept"""
_WRAPPED = 3
"""the line above a quoted message is broken into at most so many"""
_HEAD = 6
"""the head of a quoted message has at most so many lines"""
_UNSEEN = frozenset({"style", "script", "head", "title"})
_BREAKS = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "table", "blockquote", "hr"})
_VOID = frozenset({"br", "hr", "img", "meta", "link", "input", "col", "wbr", "area", "base"})
_QUOTING = re.compile(r"gmail_quote|yahoo_quoted|moz-cite|zmail_extra")


class _Page(HTMLParser):
    """Gathers the lines of a web page; those of a quotation begin with ">", and pictures are named by their id."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = ["\n"]
        self.pictures: set[str] = set()
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "img" and said.get("src", "").lower().startswith("cid:"):
            self.pictures.add(said["src"][4:].strip("<> ").lower())
        if tag not in _VOID:
            is_quoting = tag == "blockquote" or bool(_QUOTING.search(said.get("class", "")))
            self._open.append((tag, is_quoting))
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        self._break(tag)
        places = [place for place, (name, _) in enumerate(self._open) if name == tag]
        if places:
            del self._open[places[-1] :]
            self._break(tag)

    def handle_data(self, data: str) -> None:
        if not any(tag in _UNSEEN for tag, _ in self._open):
            self.pieces.append(re.sub(r"\s+", " ", data))

    def _break(self, tag: str) -> None:
        if tag in _BREAKS:
            self.pieces.append("\n> " if any(quoting for _, quoting in self._open) else "\n")
        elif tag in ("td", "th"):
            self.pieces.append(" ")


def text_of_page(page: str) -> tuple[str, frozenset[str]]:
    """Give the text of a web page, and the ids of the pictures that stand in it (RFC 2392)."""
    parser = _Page()
    parser.feed(page[:_LONGEST])
    parser.close()
    lines = (line.strip() for line in "".join(parser.pieces).splitlines())
    return "\n".join(line for line in lines if line not in ("", ">")), frozenset(parser.pictures)


def is_forward(subject: str, text: str) -> bool:
    """Tell a message that was passed on by its subject, or by the line above what is passed on."""
    return begins_with(subject, _texts("subjects")) or any(_says(line, "forwards") for line in text.splitlines())


def own_text(text: str, subject: str = "") -> str:
    """Give the text of a message without the older ones that are quoted in it."""
    lines = [line.strip() for line in text[:_LONGEST].splitlines()]
    is_forward = begins_with(subject, _texts("subjects"))
    kept: list[str] = []
    for place, line in enumerate(lines):
        is_forward |= _says(line, "forwards")
        if not is_forward and _begins_quotation(lines, place):
            if any(later.startswith(">") for later in lines[place:]):
                continue
            break
        if line and not line.startswith(">"):
            kept.append(line)
    return "\n".join(kept)[:_KEPT]


def _begins_quotation(lines: Sequence[str], place: int) -> bool:
    """Tell whether older messages follow: "Vào ngày ... đã viết:", "-----Original Message-----", "From: / Sent:"."""
    line = lines[place]
    if line.startswith(">") or not line:
        return False
    if _says(line, "lines"):
        return True
    said = fold_words(" ".join(part for part in lines[place : place + _WRAPPED] if not part.startswith(">")))
    first = fold_words(line)
    if first.startswith(_starts("begins")) and line.rstrip().endswith(":") and first.endswith(_ends()):
        return True
    if first.startswith(_starts("begins")) and _wrapped_end(lines, place) and any(end in said for end in _ends()):
        return True
    heads = [fold_words(part.partition(":")[0].strip("* ")) for part in lines[place : place + _HEAD] if ":" in part]
    is_head = ":" in line and heads[0] in _folded("from")
    return is_head and not _folded("sent").isdisjoint(heads[1:])


def _wrapped_end(lines: Sequence[str], place: int) -> bool:
    """Tell whether one of the next lines ends what this one began: "...<a@b.vn>" and then "đã viết:"."""
    following = lines[place + 1 : place + _WRAPPED]
    return any(line.endswith(":") and fold_words(line).endswith(_ends()) for line in following)


def _says(line: str, name: str) -> bool:
    """Tell whether a line says nothing but one of some words, whatever signs stand round them."""
    return fold_words(line) in _folded(name)


@cache
def _texts(name: str) -> tuple[str, ...]:
    return tuple(message_words().table("quoted").texts(name))


@cache
def _folded(name: str) -> frozenset[str]:
    return frozenset(map(fold_words, _texts(name)))


@cache
def _starts(name: str) -> tuple[str, ...]:
    return tuple(f"{fold_words(word)} " for word in _texts(name))


@cache
def _ends() -> tuple[str, ...]:
    return tuple(f" {fold_words(word)}" for word in _texts("ends"))
