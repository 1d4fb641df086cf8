"""Whose return it is: evidence in its order, disagreement told, likeness only suggested."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.extract.identify import Clues, identify, names_of_register, units_named
from pipeline.model import Claim
from schemas.register import COLLECTOR_TYPE, load_register_csv, shipped_register
from schemas.rules import Severity
from tests.builders import make_register, make_unit, shipped_form

NAMES = names_of_register(load_register_csv(shipped_register("quang_yen_2020"), shipped_form().first_day))
DONG_MAI, MINH_THANH, QUANG_YEN, CONG_HOA, TAN_AN = "07135", "07138", "07132", "07150", "07159"
COLLECTOR = "206"


def whose(
    code: str = "", name: str = "", sheet: str = "Mẫu tổng hợp", path: str = "tra_loi.xlsx"
) -> tuple[Claim, list[str]]:
    claim, told = identify(Clues(code, name, sheet), path, NAMES)
    return claim, [one.code for one in told]


@pytest.mark.parametrize(
    "name",
    [
        "Phường Đông Mai",
        "P. Đông Mai",
        "ĐÔNG MAI",
        "TTHTCĐ phường Đông Mai",
        "UBND P. Đông Mai",
        "Trung tâm học tập cộng đồng phường Đông Mai",
        "Hội Khuyến học phường Đông Mai",
        "TTHTCĐ phường Đông Mai, thị xã Quảng Yên",
        "UBND phường Đông Mai - TX Quảng Yên",
        "Xã Đông Mai",
    ],
)
def test_a_name_cell_is_known_with_and_without_the_words_around_it(name: str) -> None:
    claim, codes = whose(name=name)
    assert (claim.unit, claim.evidence) == (DONG_MAI, "name")
    assert set(codes) <= {"U011"}


@pytest.mark.parametrize(
    "name", ["Trường THCS Đông Mai", "MN Đông Mai", "Trạm y tế Đông Mai", "Tổ 3 Đông Mai", "Đông Nai"]
)
def test_an_office_that_bears_the_name_of_a_commune_is_not_the_commune(name: str) -> None:
    claim, codes = whose(name=name)
    assert claim.unit is None
    assert codes == ["U003"]


@pytest.mark.parametrize(
    "path",
    [
        "Truong THCS Dong Mai.xlsx",
        "PL2 thi xa quang yen.xlsx",
        "TX Quang Yen/PL2.xlsx",
        "PL2 Quang Yen.xlsx",
        "Cong hoa xa hoi chu nghia Viet Nam.xlsx",
        "Hoang Tan An.xlsx",
        "Tien An - Tan An.xlsx",
        "TA.xlsx",
        "Ha An 07135.xlsx",
    ],
)
def test_a_name_that_may_mean_another_place_is_no_evidence(path: str) -> None:
    claim, codes = whose(path=path)
    assert claim.unit is None
    assert codes == ["U001"]


@pytest.mark.parametrize(
    ("path", "unit", "evidence"),
    [
        ("BC PHUONG QUANG YEN.xlsx", QUANG_YEN, "file"),
        ("07135_Phuong_Dong_Mai.xlsx", DONG_MAI, "file"),
        ("P. Tân An/bieu.xlsx", TAN_AN, "folder"),
        ("thu.zip!P. Tân An/bieu.xlsx", TAN_AN, "folder"),
    ],
)
def test_folder_and_file_name_are_evidence_that_is_told(path: str, unit: str, evidence: str) -> None:
    claim, codes = whose(path=path)
    assert (claim.unit, claim.evidence, codes) == (unit, evidence, ["U006"])


def test_a_folder_goes_before_the_name_of_a_file_in_it() -> None:
    claim, codes = whose(path="P. Tân An/Tan An.xlsx")
    assert (claim.unit, claim.evidence, codes) == (TAN_AN, "folder", ["U006"])


def test_the_name_of_a_sheet_goes_before_folder_and_file() -> None:
    claim, codes = whose(sheet="Đông Mai")
    assert (claim.unit, claim.evidence, codes) == (DONG_MAI, "sheet", ["U006"])


@pytest.mark.parametrize(
    "evidence",
    [
        {"code": DONG_MAI, "path": "Minh Thanh.xlsx"},
        {"code": DONG_MAI, "name": "Phường Cộng Hòa"},
        {"name": "Phường Cộng Hòa", "path": "P. Tân An/bieu.xlsx"},
        {"sheet": "Đông Mai", "path": "Minh Thanh.xlsx"},
    ],
)
def test_evidence_that_disagrees_counts_for_nobody(evidence: dict[str, str]) -> None:
    claim, codes = whose(**evidence)
    assert claim.unit is None
    assert codes == ["U002"]


def test_a_code_without_its_leading_zero_is_the_code_and_told() -> None:
    claim, codes = whose(code="7135")
    assert (claim.unit, codes) == (DONG_MAI, ["U009"])


def test_an_unknown_code_beside_a_plain_name_is_a_warning_and_alone_an_error() -> None:
    claim, told = identify(Clues("99999", "Phường Cộng Hòa", "Sheet1"), "a.xlsx", NAMES)
    assert (claim.unit, [(one.code, one.severity) for one in told]) == (CONG_HOA, [("U003", Severity.WARNING)])
    claim, told = identify(Clues("99999", "", "Sheet1"), "a.xlsx", NAMES)
    assert (claim.unit, [(one.code, one.severity) for one in told]) == (None, [("U003", Severity.ERROR)])


def test_an_unknown_code_is_not_overruled_by_the_name_of_a_file() -> None:
    claim, codes = whose(code="99999", path="07135_Phuong_Dong_Mai.xlsx")
    assert (claim.unit, codes) == (None, ["U003"])


def test_a_name_that_two_units_bear_is_one_of_them_and_no_third() -> None:
    both = (make_unit("1", "Phường Hà An"), make_unit("2", "Xã Hà An", "xã"))
    names = names_of_register(make_register(*both, make_unit("3", "Phường Tân An")))
    for code, unit in (("1", "1"), ("2", "2"), ("3", None)):
        claim, told = identify(Clues(code, "Hà An", "x"), "tra_loi.xlsx", names)
        assert claim.unit == unit
        assert [one.code for one in told] == (["U011"] if unit else ["U003"])


def test_the_name_of_the_collecting_office_is_no_spelling_of_a_unit() -> None:
    office = make_unit(COLLECTOR, "Thị xã Quảng Yên", COLLECTOR_TYPE, "22", in_total=False)
    ward = replace(make_unit(QUANG_YEN, "Phường Quảng Yên"), aliases=("Thị xã Quảng Yên",))
    claim, _ = identify(
        Clues("", "Thị xã Quảng Yên", "x"), "tra_loi.xlsx", names_of_register(make_register(office, ward))
    )
    assert claim.unit == COLLECTOR


def test_a_school_that_the_register_names_shortly_is_found_by_that_name() -> None:
    school = make_unit("S3", "THCS Đông Mai", "trường", DONG_MAI)
    names = names_of_register(make_register(make_unit(DONG_MAI, "Phường Đông Mai"), school))
    assert identify(Clues("", "", "Sheet1"), "THCS Dong Mai.xlsx", names)[0].unit == "S3"


def test_likeness_only_suggests() -> None:
    claim, told = identify(Clues("", "Phường Đông May", "Sheet1"), "a.xlsx", NAMES)
    assert claim.unit is None
    assert told[0].facts["units"] == ("Phường Đông Mai (07135)",)


def test_the_collecting_office_is_known_by_its_code() -> None:
    claim, codes = whose(code=COLLECTOR)
    assert (claim.unit, codes) == (COLLECTOR, [])


@pytest.mark.parametrize(
    "name",
    [
        "Trường THCS Đông Mai",
        "Trường Đông Mai",
        "TH Đông Mai",
        "THCS Đông Mai",
        "MN Đông Mai",
        "Trạm y tế phường Đông Mai",
        "UBND xã Hạ Long",
        "Đông Mai 2",
        "Phường Đông",
        "Phường Tân An (Trường THCS)",
    ],
)
@pytest.mark.parametrize("evidence", [{"code": DONG_MAI}, {"path": "Dong Mai.xlsx"}, {"sheet": "Đông Mai"}])
def test_a_name_that_is_not_the_units_is_not_overruled_by_other_evidence(name: str, evidence: dict[str, str]) -> None:
    claim, told = identify(
        Clues(evidence.get("code", ""), name, evidence.get("sheet", "Sheet1")), evidence.get("path", "a.xlsx"), NAMES
    )
    assert claim.unit is None
    assert [(one.code, one.severity, one.found) for one in told] == [("U003", Severity.ERROR, name)]


@pytest.mark.parametrize("name", ["Phường Hoàng Tânn", "UBND xã Hoàn Tân", "TTHTCĐ xã Hoang Tân, TX Quảng Yên"])
def test_a_name_with_one_slip_is_the_unit_that_the_code_or_the_file_names(name: str) -> None:
    assert whose(code="07156", name=name)[0].unit == "07156"
    assert whose(name=name, path="Hoang Tan.xlsx")[0].unit == "07156"


@pytest.mark.parametrize(
    "path",
    [
        "Truong Dong Mai.xlsx",
        "Dong Mai (truong TH).xlsx",
        "Dong Mai - THCS.xlsx",
        "Cong Hoa/THCS.xlsx",
        "Cong Hoa/truong mam non.xlsx",
        "THCS/Dong Mai.xlsx",
    ],
)
def test_a_file_or_folder_of_a_school_is_no_evidence_of_its_commune(path: str) -> None:
    claim, codes = whose(path=path)
    assert (claim.unit, codes) == (None, ["U001"])


@pytest.mark.parametrize(
    "path",
    [
        "Truong THCS Dong Mai.xlsx",
        "THCS Dong Mai - PL2.xlsx",
        "Truong THCS Dong Mai/PL2.xlsx",
        "thu.eml/Truong THCS Dong Mai.zip!PL2.xlsx",
        "Dong Mai/THCS.xlsx",
        "THCS/07135_Phuong_Dong_Mai.xlsx",
        "MN Dong Mai.xlsx",
        "THPT Le Quy Don.xlsx",
        "Tram y te.xlsx",
        "Hoi phu nu phuong Dong Mai.xlsx",
    ],
)
@pytest.mark.parametrize("stamped", [{"code": DONG_MAI}, {"name": "Phường Đông Mai"}, {"sheet": "Đông Mai"}])
def test_a_file_of_a_school_with_the_stamp_of_its_commune_is_asked_about(path: str, stamped: dict[str, str]) -> None:
    claim, codes = whose(**stamped, path=path)
    assert claim.unit == DONG_MAI
    assert [code for code in codes if code != "U006"] == ["U012"]


@pytest.mark.parametrize("path", ["tra_loi.xlsx", "Truong THCS Dong Mai.xlsx"])
def test_a_unit_that_was_none_on_the_day_has_no_return_whatever_else_is_told(path: str) -> None:
    gone = replace(make_unit(DONG_MAI, "Phường Đông Mai", in_total=False), valid_to=date(2020, 9, 30))
    claim, told = identify(Clues(DONG_MAI, "P. Đông Mai", "x"), path, names_of_register(make_register(gone)))
    assert (claim.unit, claim.evidence) == (None, "none")
    assert "U004" in [one.code for one in told]


def test_in_a_name_of_one_word_a_slip_may_be_another_name() -> None:
    names = names_of_register(make_register(make_unit("1", "Xã Krông"), make_unit("2", "Xã Krông Ana")))
    for code, name, unit in (("1", "Xã Krôn", None), ("2", "Xã Krôn Ana", "2")):
        claim, told = identify(Clues(code, name, "x"), "tra_loi.xlsx", names)
        assert claim.unit == unit
        assert [one.code for one in told] == (["U011"] if unit else ["U003"])


@pytest.mark.parametrize(
    "path", ["Truong tieu hoc Minh Thanh.xlsx", "MN Minh Thanh/PL2.xlsx", "TH Minh Thanh.xlsx", "THCS 07138.xlsx"]
)
def test_a_file_of_the_school_of_another_commune_speaks_against_the_stamp(path: str) -> None:
    claim, codes = whose(code=DONG_MAI, name="Phường Đông Mai", path=path)
    assert (claim.unit, codes) == (None, ["U002"])
    assert units_named(claim, path, NAMES) == (DONG_MAI, MINH_THANH)


@pytest.mark.parametrize(
    "path",
    [
        "07135_Phuong_Dong_Mai.xlsx",
        "Truong Van A.xlsx",
        "TH so lieu HTSD.xlsx",
        "Gui chuyen mon THCS - bao cao phuong Dong Mai.eml!a.xlsx",
        "Hoi khuyen hoc Dong Mai.xlsx",
    ],
)
def test_a_name_that_is_no_schools_leaves_the_stamp_alone(path: str) -> None:
    claim, codes = whose(code=DONG_MAI, name="Phường Đông Mai", path=path)
    assert (claim.unit, codes) == (DONG_MAI, [])


def test_a_school_of_the_register_is_no_stranger_to_its_own_file() -> None:
    names = names_of_register(
        make_register(
            make_unit(DONG_MAI, "Phường Đông Mai"),
            make_unit("S1", "Trường THCS Đông Mai", "trường THCS", DONG_MAI),
            make_unit("S2", "Trường THCS Lê Quý Đôn", "trường", DONG_MAI),
        )
    )
    assert identify(Clues("", "", "Sheet1"), "Truong THCS Dong Mai.xlsx", names)[0].unit == "S1"
    for code, path in (("S1", "Truong THCS Dong Mai.xlsx"), ("S2", "THCS Le Quy Don - Dong Mai.xlsx")):
        claim, told = identify(Clues(code, "", "Sheet1"), path, names)
        assert (claim.unit, [one.code for one in told]) == (code, [])


@pytest.mark.parametrize(
    "name",
    [
        "UBND phường Đông Mai, thị xã Quảng Yên, tỉnh Quảng Ninh",
        "TTHTCĐ phường Đông Mai - thị xã Quảng Yên - Quảng Ninh",
        "Phường Đông Mai, tỉnh Quảng Ninh",
        "07135 Đông Mai",
        "Đông Mai (07135)",
        "Đông mai (TTHTCĐ)",
        "Hội KH phường Đông Mai",
        "TT HTCĐ phường Đông Mai",
        "Trung tâm VH-HTCĐ phường Đông Mai",
    ],
)
def test_the_right_code_with_the_name_written_in_full_is_the_unit(name: str) -> None:
    claim, codes = whose(code=DONG_MAI, name=name)
    assert (claim.unit, codes) == (DONG_MAI, ["U011"])


@pytest.mark.parametrize(
    "name",
    [
        "07138 Đông Mai",
        "Đông Mai, TX Quảng Yên và phường Minh Thành",
        "Đông Mai, T. Minh Thành",
        "Đông Mai, T. 2",
        "Phường Đông Mai, thành phố Hạ Long",
        "Phường Đông Mai, tỉnh Quảng Ninh Hạ Long Móng Cái",
        "Đông Mai X.",
        "Tỉnh Quảng Ninh",
        "TTHTCĐ",
    ],
)
def test_what_stands_around_a_name_never_hides_another_place(name: str) -> None:
    claim, codes = whose(code=DONG_MAI, name=name)
    assert (claim.unit, codes) == (None, ["U003"])


@pytest.mark.parametrize(
    ("evidence", "candidates"),
    [
        ({"code": CONG_HOA, "name": "Phường Cộng Hòa", "path": "Tan An.xlsx"}, (CONG_HOA, TAN_AN)),
        ({"name": "Xã Tiền Am"}, ("07153",)),
        ({"path": "Tien An - Tan An.xlsx"}, ("07153", TAN_AN)),
        ({"path": "Truong THCS Dong Mai.xlsx"}, (DONG_MAI,)),
        ({"path": "PL2.xlsx"}, ()),
    ],
)
def test_the_units_that_a_return_of_nobody_may_be_of_are_named(
    evidence: dict[str, str], candidates: tuple[str, ...]
) -> None:
    claim, _ = whose(**evidence)
    assert units_named(claim, evidence.get("path", "a.xlsx"), NAMES) == candidates


@pytest.mark.parametrize("evidence", [{"code": DONG_MAI}, {"path": "Dong Mai.xlsx"}])
def test_the_name_of_the_collecting_office_disagrees_with_a_unit(evidence: dict[str, str]) -> None:
    claim, told = identify(
        Clues(evidence.get("code", ""), "Thị xã Quảng Yên", "Sheet1"), evidence.get("path", "a.xlsx"), NAMES
    )
    assert claim.unit is None
    assert [(one.code, one.severity) for one in told] == [("U002", Severity.ERROR)]


def test_a_year_in_a_name_is_no_code_that_lost_its_zero() -> None:
    names = names_of_register(make_register(make_unit("02020", "Xã Thí Dụ"), make_unit("02026", "Xã Ví Von")))
    claim, told = identify(Clues("", "", "Mẫu tổng hợp"), "bieu nam 2020.xlsx", names)
    assert (claim.unit, [one.code for one in told]) == (None, ["U001"])
    claim, told = identify(Clues("02026", "Xã Ví Von", "Tuan le 2020"), "2020/tra_loi.xlsx", names)
    assert (claim.unit, told) == ("02026", ())
    assert identify(Clues("2020", "", "x"), "tra_loi.xlsx", names)[0].unit == "02020", (
        "typed into the cell of the code it is one"
    )
    assert identify(Clues("", "", "x"), "02020 tra loi.xlsx", names)[0].unit == "02020"
