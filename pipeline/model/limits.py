"""What one file may cost. One table, so that every limit is known, documented and can be changed.

docs/files.md explains each for a reader. A limit that is passed costs the file that passed it one finding (F019,
which names the limit); no other file is concerned.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from pipeline.model.errors import RunError


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds for one file. A real return has about 60 rows and 30 kB; these leave room for the oddest of them."""

    file_bytes: int = 64 * 2**20
    """size of the file on disk, and of one file inside an archive or e-mail"""
    members: int = 5_000
    """entries in the directory of one zip; files in one archive or e-mail, those of the archives in it included"""
    depth: int = 3
    """archives and e-mails within one another: 1 opens those in the folder and nothing inside them"""
    folders: int = 60
    """folders within one another under the input folder"""
    inflated_bytes: int = 256 * 2**20
    """size of a workbook, or of an archive with all archives in it, once unpacked; counted while unpacking"""
    ratio: int = 400
    """bytes unpacked for each packed byte of a part, asked only of parts above `RATIO_FROM`"""
    sheets: int = 400
    """sheets of a workbook"""
    rows: int = 2**20
    """last used row of a sheet, by default as many as it can have: the summary of a province has a line for every
    value of every town, and what a sheet costs is bounded by its cells"""
    columns: int = 2_000
    """last used column of a sheet"""
    cells: int = 4_000_000
    """cells of a sheet from its first used one to its last"""
    seconds: float = 15.0
    """time for reading one file; a real return needs a hundredth of a second"""
    memory_bytes: int = 640 * 2**20
    """memory that a reading process may ask for beyond what it starts with; binding on Linux alone"""


DEFAULT = Limits()

OWN_FILES = replace(
    DEFAULT,
    file_bytes=2**30,
    members=50_000,
    inflated_bytes=4 * 2**30,
    sheets=40_000,
    columns=2**14,
    cells=2**25,
    seconds=600.0,
    memory_bytes=3 * 2**30,
)
"""for the older summary and the decisions workbook, which are as large as the country that is consolidated"""

RATIO_FROM = 16 * 2**20
"""bytes; small parts pack as well as they like: a page of blanks is no bomb"""
_MOST = 10**12
"""a terabyte, or longer than anybody waits: the system takes no number of any size"""


def with_changes(limits: Limits, changes: Iterable[str]) -> Limits:
    """Change single limits as the command line names them: "seconds=60", "file_bytes=200000000".

    Raises:
        RunError: no such limit, or no number for it that is above 0 and not beyond sense.
    """
    for change in changes:
        name, _, number = change.partition("=")
        known = {field.name: type(getattr(limits, field.name)) for field in fields(Limits)}
        try:
            value = known[name](number)
            if not 0 < value <= _MOST:
                raise ValueError
        except (KeyError, ValueError):
            facts = {"change": change, "limits": ", ".join(known)}
            raise RunError("limit_unknown", facts, exit_code=2) from None
        limits = replace(limits, **{name: value})
    return limits
