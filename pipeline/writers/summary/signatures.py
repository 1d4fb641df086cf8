"""Who signs, below the totals: posts, room for signature and seal, and the names that an officer wrote there."""

from collections.abc import Mapping

from xlsxwriter.worksheet import Worksheet

from pipeline.extract.own.summary import SIGNED, is_left_to_people
from pipeline.model import HandName
from pipeline.writers.formats import write_box
from pipeline.writers.summary.cell_writing import clean_text, write_text
from pipeline.writers.summary.summary_book import SummaryBook
from pipeline.writers.summary.summary_plan import SummaryPlan

_SIGNING_ROWS = 4
_Halves = tuple[tuple[int, int], tuple[int, int]]


def write_signatures(book: SummaryBook, sheet: Worksheet, top: int, halves: _Halves, key_column: int) -> int:
    """Write from row `top` on; gives the row after them.

    Whoever made it is in the left half, the signers in the right one. The hidden keys tell a later run which lines
    are posts; names in the other lines stand where they stood in the older summary.
    """
    plan, styles = book.plan, book.styles
    words = plan.words
    first, *others = plan.result.register.office.signers or ("",)
    posts = [
        (words("totals.maker"), first, styles.sign),
        (words("totals.maker_hint"), words("totals.signer_hint"), styles.sign_hint),
    ]
    posts += (("", post, styles.sign) for post in others)
    rows = _post_rows(plan)
    for (maker, signer, look), (key, down) in zip(posts, rows.items(), strict=True):
        for text, (left, right) in zip((maker, signer), halves, strict=True):
            if text:
                write_box(sheet, (top + down, left, top + down, right), text, look)
        write_text(sheet, top + down, key_column, key, styles.stamp)
    placed, _ = _placed(plan)
    # What an officer wrote comes back to where it stood below its post.
    for (down, is_right), text in placed.items():
        left, right = halves[is_right]
        write_box(sheet, (top + down, left, top + down, right), clean_text(text), styles.sign)
    return top + max([*rows.values(), *(down for down, _ in placed)]) + 1


def names_without_place(plan: SummaryPlan) -> list[HandName]:
    """Names that stood below a post of the older summary which is not in the new one."""
    return _placed(plan)[1]


def _post_rows(plan: SummaryPlan) -> Mapping[str, int]:
    """Key of each line of posts -> its row below the first one; the first signer has room to sign above the next."""
    count = max(len(plan.result.register.office.signers), 1)
    downs = [0, 1, *(2 + _SIGNING_ROWS + step for step in range(count - 1))]
    return {f"{SIGNED}{number}": down for number, down in enumerate(downs, 1)}


def _placed(plan: SummaryPlan) -> tuple[Mapping[tuple[int, bool], str], list[HandName]]:
    """Find row, below the first line of posts, and half of each name; and the names for which there is no room."""
    rows = _post_rows(plan)
    keys = {down: key for key, down in rows.items()}
    placed: dict[tuple[int, bool], str] = {}
    homeless = []
    for name in plan.result.by_hand.names:
        down = rows.get(name.below, 0) + name.down
        place = down, name.right
        has_post = name.below in rows
        is_room = is_left_to_people(keys.get(down, ""), right=name.right)
        if has_post and is_room and place not in placed:
            placed[place] = name.text
        else:
            homeless.append(name)
    return placed, homeless
