"""XML in UTF-16, as Excel for phones writes every part: told by its first bytes, and given in UTF-8."""

import codecs
import re

from pipeline.readers.kinds.container import Unreadable

_DECLARED = re.compile(r"""^(<\?xml\b[^>]*?)\s+encoding\s*=\s*(?:"[^"]*"|'[^']*')""")


def is_wide(xml: bytes) -> bool:
    """Whether a part is written in UTF-16, with a byte order mark or without (XML 1.0, appendix F)."""
    return b"\x00" in xml[:4] or xml.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


def as_utf8(xml: bytes) -> bytes:
    """Give a part in UTF-8; one that is not in UTF-16 is given as it is.

    Raises:
        Unreadable: it begins like UTF-16 and is not.
    """
    if not is_wide(xml):
        return xml
    encoding = "utf-16"
    if not xml.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16-be" if xml[:1] == b"\x00" else "utf-16-le"
    try:
        text = xml.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable("a part in UTF-16 is broken") from error
    return _DECLARED.sub(r"\1", text, count=1).encode()
