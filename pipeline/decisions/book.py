"""The one door to openpyxl: new lines into the decisions workbook, while everything a person wrote stays.

xlsxwriter cannot open what exists and calamine cannot write, so an existing workbook goes through openpyxl, which
keeps its values, formulas, comments, formats and widths. What it does not keep, it is not given: the workbook is
left alone as long as there is nothing to write.
"""

import re
import warnings
import zipfile
from collections.abc import Iterable, Mapping
from copy import copy
from datetime import datetime
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Color, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.decisions.offers import Offer
from pipeline.decisions.plan import FIRST_ROW, BookPlan, SheetPlan
from pipeline.decisions.saved import SavedBook
from pipeline.decisions.words import CELLS, CHOSEN_BY_HAND, FILLED_BY_HAND, KEY, DecisionWords, SheetWords
from pipeline.writers.formats import FONT, HEAD_FILL, INPUT_FILL, lines_needed, row_height

_SIZE = 11
_EMPTY_LINES = 30
"""so many empty lines wait below the last one"""
_LISTED_TO = 5000
"""lists to choose from reach down to this row"""
_ROW_LIMIT = 409.0
_HEAD_ROW = FIRST_ROW - 1
_FIXED = datetime(2020, 1, 1)
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
_INPUT = INPUT_FILL.lstrip("#")
_OPEN_FILL = "FFC7CE"

_THIN = Side(style="thin", color="A6A6A6")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_TOP = Alignment(vertical="top", wrap_text=True)
_PLAIN_FILL = PatternFill()


def write_book(out: Path, existing: bytes | None, saved: SavedBook, plan: BookPlan, words: DecisionWords) -> None:
    """Write the workbook with the planned lines to `out`; `existing` is the one to start from, as it was read.

    Equal input gives equal bytes: the date of the last change stays what it was.
    """
    book = _opened(existing)
    modified = book.properties.modified or _FIXED
    _write_lists(book, plan, words)
    for kind, sheet_words in words.sheets.items():
        sheet_plan = plan.sheets[kind]
        known = saved.sheets.get(kind)
        sheet = book[known.name] if known else _new_sheet(book, kind, sheet_words, words)
        columns = known.columns if known else {c.key: place for place, c in enumerate(sheet_words.columns, 1)}
        _write_lines(sheet, kind, sheet_words, columns, sheet_plan)
    if existing is None:
        book.active = 0
    _save(book, out, modified)


def _opened(existing: bytes | None) -> Workbook:
    if existing is not None:
        with warnings.catch_warnings():
            # openpyxl warns of what it will not keep; the officer cannot act on that.
            warnings.simplefilter("ignore")
            return load_workbook(BytesIO(existing), rich_text=True)
    book = Workbook()
    for sheet in list(book.worksheets):
        book.remove(sheet)
    book.properties.creator = ""
    book.properties.created = book.properties.modified = _FIXED
    return book


# A new sheet -----------------------------------------------------------------------------------------------------


def _new_sheet(book: Workbook, kind: str, words: SheetWords, all_words: DecisionWords) -> Worksheet:
    lists = all_words.lists["sheet"]
    place = len(book.sheetnames) - (1 if lists in book.sheetnames else 0)
    sheet: Worksheet = book.create_sheet(_free_name(book, words.name), place)
    last = len(words.columns)
    _write_top(sheet, words)
    hand = FILLED_BY_HAND[kind]
    for place, column in enumerate(words.columns, 1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = column.width
        cell = sheet.cell(_HEAD_ROW, place, column.head)
        cell.font = Font(name=FONT, size=_SIZE, bold=True)
        cell.fill = PatternFill("solid", fgColor=_INPUT if column.key in hand else HEAD_FILL.lstrip("#"))
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        cell.border = _BORDER
    sheet.row_dimensions[_HEAD_ROW].height = row_height(2, _SIZE)
    sheet.column_dimensions[get_column_letter(last)].hidden = True
    places = {column.key: place for place, column in enumerate(words.columns, 1)}
    frozen = max(places[key] for key in ("file", "unit", "row") if key in places and key not in hand)
    sheet.freeze_panes = sheet.cell(FIRST_ROW, frozen + 1).coordinate
    sheet.sheet_view.zoomScale = 90
    sheet.auto_filter.ref = f"A{_HEAD_ROW}:{get_column_letter(last)}{_LISTED_TO}"
    _add_choices(sheet, kind, places, all_words)
    _mark_unfinished(sheet, kind, places, words)
    _set_up_page(sheet, last)
    return sheet


def _free_name(book: Workbook, wanted: str) -> str:
    taken = {name.casefold() for name in book.sheetnames}
    name, number = wanted, 2
    while name.casefold() in taken:
        name, number = f"{wanted} ({number})", number + 1
    return name


def _write_top(sheet: Worksheet, words: SheetWords) -> None:
    """Title and short instructions, over the columns that are seen without scrolling."""
    title = sheet.cell(1, 1, words.title)
    title.font = Font(name=FONT, size=14, bold=True)
    width, last = 0.0, 1
    for place, column in enumerate(words.columns, 1):
        if width < _HELP_WIDTH and column.key != KEY:
            width, last = width + column.width, place
    for row, text in enumerate(words.help, 2):
        cell = sheet.cell(row, 1, text)
        cell.font = Font(name=FONT, size=_SIZE)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=last)
        sheet.row_dimensions[row].height = row_height(lines_needed(text, width, _SIZE), _SIZE)


_HELP_WIDTH = 150.0


def _add_choices(sheet: Worksheet, kind: str, places: Mapping[str, int], words: DecisionWords) -> None:
    """Drop-down lists from the hidden sheet, and whole numbers only where a number is to be written."""
    lists = {"answer": f"answers_{kind}"}
    if "unit" in FILLED_BY_HAND[kind] | CHOSEN_BY_HAND[kind]:
        lists["unit"] = "units"
    lists |= {key: name for key, name in (("row", "rows"), ("column", "columns"), ("file", "files")) if key in places}
    for key, name in lists.items():
        choice = DataValidation(type="list", formula1=f"={_LIST_NAME.format(name)}", allow_blank=True)
        choice.errorTitle, choice.error = words.prompts["choose_title"], words.prompts["choose"]
        _add(sheet, choice, places[key])
    if "value" in places:
        number = DataValidation(type="whole", operator="greaterThanOrEqual", formula1="0", allow_blank=True)
        number.errorTitle, number.error = words.prompts["number_title"], words.prompts["number"]
        _add(sheet, number, places["value"])


_LIST_NAME = "list_{}"


def _add(sheet: Worksheet, validation: DataValidation, place: int) -> None:
    validation.showErrorMessage = True
    letter = get_column_letter(place)
    validation.add(f"{letter}{FIRST_ROW}:{letter}{_LISTED_TO}")
    sheet.add_data_validation(validation)


def _mark_unfinished(sheet: Worksheet, kind: str, places: Mapping[str, int], words: SheetWords) -> None:
    """Colour reason and name while a decision lacks them, and the number where the right one is to be written."""
    answer = f"${get_column_letter(places['answer'])}{FIRST_ROW}"
    conditions = dict.fromkeys(("reason", "by"), f'{answer}<>""')
    if kind == CELLS:
        conditions["value"] = f'{answer}="{words.answers["value"]}"'
    for key, condition in conditions.items():
        letter = get_column_letter(places[key])
        fill = DifferentialStyle(fill=PatternFill(bgColor=_OPEN_FILL, fill_type="solid"))
        rule = Rule(type="expression", dxf=fill, formula=[f'AND({condition},${letter}{FIRST_ROW}="")'])
        sheet.conditional_formatting.add(f"{letter}{FIRST_ROW}:{letter}{_LISTED_TO}", rule)


def _set_up_page(sheet: Worksheet, last: int) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{_HEAD_ROW}:{_HEAD_ROW}"
    footer = HeaderFooterItem()
    footer.right.text = "&P/&N"
    sheet.HeaderFooter.oddFooter = footer


# Lines -----------------------------------------------------------------------------------------------------------


def _write_lines(sheet: Worksheet, kind: str, words: SheetWords, columns: Mapping[str, int], plan: SheetPlan) -> None:
    widths = {column.key: column.width for column in words.columns}
    for row in sorted(plan.clear):
        for key in sorted(set(columns) - FILLED_BY_HAND[kind]):
            sheet.cell(row, columns[key]).value = None
        sheet.row_dimensions[row].height = None
    _dress(sheet, kind, columns, plan)
    for row, offer in sorted(plan.write.items()):
        _write_line(sheet, row, offer, columns, widths)
    for row, by_hand in (*((row, False) for row in plan.write), *((row, True) for row in plan.clear)):
        for key in CHOSEN_BY_HAND[kind]:
            _tint(sheet.cell(row, columns[key]), by_hand)
    for row, key in sorted(plan.bind.items()):
        _put(sheet.cell(row, columns[KEY]), key)
    for row, text in sorted(plan.close.items()):
        _put(sheet.cell(row, columns["why"]), text)
        _show_closed(sheet, row, columns, closed=True)
    for row in sorted(plan.reopen):
        _put(sheet.cell(row, columns["why"]), None)
        _show_closed(sheet, row, columns, closed=False)


def _write_line(
    sheet: Worksheet, row: int, offer: Offer, columns: Mapping[str, int], widths: Mapping[str, float]
) -> None:
    lines = 1
    for key, text in (*offer.texts.items(), *offer.hand.items()):
        _put(sheet.cell(row, columns[key]), text)
        if key != KEY and isinstance(text, str):
            lines = max(lines, lines_needed(text, widths[key], _SIZE))
    sheet.row_dimensions[row].height = min(row_height(lines, _SIZE), _ROW_LIMIT)


def _show_closed(sheet: Worksheet, row: int, columns: Mapping[str, int], *, closed: bool) -> None:
    """Write a line in grey once nothing is asked about it, or in black again; a colour that a person chose stays."""
    was, now = (None, _CLOSED) if closed else (_CLOSED, None)
    for place in columns.values():
        cell = sheet.cell(row, place)
        if isinstance(cell, MergedCell) or _colour_of(cell) != was:
            continue
        look = cell.font
        colour = Color(_CLOSED) if now else None
        cell.font = Font(look.name, look.sz, look.b, look.i, u=look.u, strike=look.strike, color=colour)


def _colour_of(cell: Cell) -> str | None:
    """Name the colour of a text; None where it is the ordinary one."""
    colour = cell.font.color
    if colour is None or colour.type != "rgb" or colour.rgb in _BLACK:
        return None if colour is None or colour.type == "rgb" or colour.theme == 1 else "another"
    return str(colour.rgb)


_CLOSED = "FF8C8C8C"
_BLACK = ("FF000000", "00000000")


def _put(cell: Cell | MergedCell, value: str | int | None) -> None:
    """Write a value; a text stays a text, whatever it begins with."""
    if isinstance(cell, MergedCell):
        return
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"


def _dress(sheet: Worksheet, kind: str, columns: Mapping[str, int], plan: SheetPlan) -> None:
    """Give every line up to the last empty one its look, where a cell has none yet."""
    looks: dict[str, Cell] = {}
    for row in range(plan.first, plan.last + _EMPTY_LINES + 1):
        for key, place in columns.items():
            cell = sheet.cell(row, place)
            if cell.has_style or isinstance(cell, MergedCell):
                continue
            if key not in looks:
                _give_look(cell, key, by_hand=key in FILLED_BY_HAND[kind] | CHOSEN_BY_HAND[kind])
                looks[key] = cell
            # As openpyxl's own copy of a sheet does: set one by one, the parts of a look took most of the time here.
            cell._style = copy(looks[key]._style)  # type: ignore[attr-defined]


def _give_look(cell: Cell, key: str, *, by_hand: bool) -> None:
    cell.font, cell.fill = Font(name=FONT, size=_SIZE), _fill(by_hand)
    cell.border, cell.alignment = _BORDER, _TOP
    cell.number_format = _FORMATS.get(key, "@")


_FORMATS = {"value": "#,##0", "day": "dd/mm/yyyy", "answer": "General"}


def _tint(cell: Cell | MergedCell, by_hand: bool) -> None:
    """Show whether a cell waits for a person; a colour that a person gave it stays."""
    if cell.fill.fill_type is None or str(cell.fill.fgColor.rgb).endswith(_INPUT):
        cell.fill = _fill(by_hand)


def _fill(by_hand: bool) -> PatternFill:
    return PatternFill("solid", fgColor=_INPUT) if by_hand else _PLAIN_FILL


# Lists and file --------------------------------------------------------------------------------------------------


def _write_lists(book: Workbook, plan: BookPlan, words: DecisionWords) -> None:
    """Write the lists to choose from on their hidden sheet, one column each, and name them."""
    name = words.lists["sheet"]
    for old in [sheet for sheet in book.sheetnames if words.is_sheet_of_lists(sheet)]:
        book.remove(book[old])
    sheet = book.create_sheet(name)
    sheet.sheet_state = "hidden"
    for place, (list_name, texts) in enumerate(plan.lists.items(), 1):
        _write_column(sheet, place, texts)
        letter = get_column_letter(place)
        where = f"{quote_sheetname(name)}!${letter}$1:${letter}${max(len(texts), 1)}"
        defined = _LIST_NAME.format(list_name)
        book.defined_names[defined] = DefinedName(defined, attr_text=where)


def _write_column(sheet: Worksheet, place: int, texts: Iterable[str]) -> None:
    for row, text in enumerate(texts, 1):
        _put(sheet.cell(row, place), text)


def _save(book: Workbook, out: Path, modified: datetime) -> None:
    """Save with fixed dates: openpyxl stamps the time of saving into the properties and on every part."""
    buffer = BytesIO()
    book.save(buffer)
    stamp = f"{modified:%Y-%m-%dT%H:%M:%SZ}".encode()
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", data)
            target.writestr(zipfile.ZipInfo(name, _ZIP_DATE), data, zipfile.ZIP_DEFLATED)
