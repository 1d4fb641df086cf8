"""Every file under the folder is named, each that is not to be opened with its own reason."""

from __future__ import annotations

import os
import stat
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.model import FileReading
from pipeline.model.limits import Limits
from pipeline.readers.find import Found, find_files, reason_of
from tests.conftest import skip

posix = pytest.mark.skipif(sys.platform == "win32", reason="as POSIX has it")
linux = pytest.mark.skipif(sys.platform != "linux", reason="names that are not UTF-8, as Linux allows them")


def seen(folder: Path, *own: Path) -> dict[str, str]:
    """Give every path with its code and reason; "" where the file is to be opened."""
    return {one.path: reason(one) for one in find_files(folder, own)}


def reason(one: Found) -> str:
    if one.problem is None:
        return ""
    return f"{one.problem.code} {one.problem.facts.get('reason', '')}".strip()


def write(*files: Path) -> None:
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x")


def test_files_are_listed_by_path_in_a_fixed_order(tmp_path: Path) -> None:
    write(tmp_path / "b" / "2.xlsx", tmp_path / "a.xlsx", tmp_path / "b" / "1.xlsx", tmp_path / "c" / "d" / "e.xls")
    assert [one.path for one in find_files(tmp_path)] == ["a.xlsx", "b/1.xlsx", "b/2.xlsx", "c/d/e.xls"]


def test_the_time_of_a_file_bears_the_zone_of_vietnam(tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx")
    os.utime(tmp_path / "a.xlsx", (1_602_115_200, 1_602_115_200))
    (found,) = find_files(tmp_path)
    assert found.modified
    assert found.modified.isoformat() == "2020-10-08T07:00:00+07:00"
    assert found.received is None


def test_own_outputs_are_listed_and_never_input(tmp_path: Path) -> None:
    write(tmp_path / "summary.xlsx", tmp_path / "a.xlsx")
    assert seen(tmp_path, (tmp_path / "summary.xlsx").resolve()) == {"a.xlsx": "", "summary.xlsx": "F035"}


def test_what_systems_put_there_is_named_and_not_opened(tmp_path: Path) -> None:
    write(tmp_path / "Thumbs.db", tmp_path / "._a.xlsx", tmp_path / "__MACOSX" / "a.xlsx", tmp_path / "a.xlsx")
    assert seen(tmp_path) == {"Thumbs.db": "F025", "._a.xlsx": "F025", "__MACOSX/a.xlsx": "F025", "a.xlsx": ""}


def test_a_folder_with_the_name_of_a_file_is_told_and_looked_into(tmp_path: Path) -> None:
    write(tmp_path / "bieu.xlsx" / "a.xlsx")
    (tmp_path / "khong.xls").mkdir()
    assert seen(tmp_path) == {"bieu.xlsx": "F018 folder", "bieu.xlsx/a.xlsx": "", "khong.xls": "F018 folder"}


@posix
def test_links_are_followed_only_to_files_within_the_folder(tmp_path: Path) -> None:
    folder, outside = tmp_path / "in", tmp_path / "out.xlsx"
    write(folder / "a.xlsx", folder / "sub" / "b.xlsx", outside)
    (folder / "to_a.xlsx").symlink_to("a.xlsx")
    (folder / "to_outside.xlsx").symlink_to(outside)
    (folder / "to_nothing.xlsx").symlink_to("gone.xlsx")
    (folder / "to_itself.xlsx").symlink_to("to_itself.xlsx")
    (folder / "to_sub").symlink_to("sub")
    (folder / "sub" / "up").symlink_to("..")
    assert seen(folder) == {
        "a.xlsx": "",
        "sub/b.xlsx": "",
        "sub/up": "F018 link_to_folder",
        "to_a.xlsx": "",
        "to_itself.xlsx": "F018 link_ring",
        "to_nothing.xlsx": "F018 dangling_link",
        "to_outside.xlsx": "F018 link_outside",
        "to_sub": "F018 link_to_folder",
    }


@posix
def test_a_link_to_an_own_output_is_not_input(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.xlsx", tmp_path / "in" / "summary.xlsx")
    (tmp_path / "in" / "link.xlsx").symlink_to("summary.xlsx")
    own = (tmp_path / "in" / "summary.xlsx").resolve()
    assert seen(tmp_path / "in", own) == {"a.xlsx": "", "link.xlsx": "F035", "summary.xlsx": "F035"}


@posix
def test_a_pipe_is_no_file_and_stops_nothing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ong.xlsx")
    assert seen(tmp_path) == {"ong.xlsx": "F018 not_a_file"}


@posix
def test_a_device_is_no_file(tmp_path: Path) -> None:
    try:
        os.mknod(tmp_path / "dev.xlsx", stat.S_IFCHR | 0o600, os.makedev(1, 5))
    except PermissionError:
        skip("only root makes devices")
    assert seen(tmp_path) == {"dev.xlsx": "F018 not_a_file"}


def test_a_folder_without_permission_is_told_and_the_others_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "closed" / "a.xlsx", tmp_path / "b.xlsx")
    real = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert seen(tmp_path) == {"b.xlsx": "", "closed": "F018 no_permission"}


def test_a_file_that_vanishes_while_listing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a.xlsx", tmp_path / "b.xlsx")
    real = Path.stat

    def vanish(self: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if self.name == "a.xlsx":
            raise FileNotFoundError(2, "No such file")
        return real(self, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", vanish)
    assert seen(tmp_path) == {"a.xlsx": "F018 vanished", "b.xlsx": ""}


def test_a_folder_that_is_its_own_descendant_is_walked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "in" / "sub" / "a.xlsx")
    real = Path.resolve

    def as_a_junction(self: Path, strict: bool = False) -> Path:
        return tmp_path / "in" if self.name == "sub" else real(self, strict)

    monkeypatch.setattr(Path, "resolve", as_a_junction)
    assert seen(tmp_path / "in") == {"sub": "F018 link_to_folder"}


@linux
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("=cmd|' -C calc'.xlsx", "=cmd|' -C calc'.xlsx"),
        ("dòng\nmới.xlsx", "dòng⏎mới.xlsx"),
        ("cột\tmới.xlsx", "cột␉mới.xlsx"),
        ("a" * 245 + ".xlsx", "a" * 245 + ".xlsx"),
        (unicodedata.normalize("NFD", "Đông Mai.xlsx"), unicodedata.normalize("NFD", "Đông Mai.xlsx")),
        ("\u202exslx.exe", "\\u{202e}xslx.exe"),
        (b"bi\xeau.xlsx", "bi\\xeau.xlsx"),
    ],
)
def test_a_name_that_is_hard_to_print_is_kept_as_it_is_and_shown_readably(
    tmp_path: Path, name: str | bytes, shown: str
) -> None:
    write(tmp_path / os.fsdecode(name))
    (found,) = find_files(tmp_path)
    assert found.path == os.fsdecode(name)
    assert FileReading(found.path, None, (), ()).shown_path == shown
    assert found.file.read_bytes() == b"x"


def test_a_folder_that_cannot_be_listed_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        find_files(tmp_path / "nowhere")


def test_a_file_that_another_program_holds_on_windows_is_told_apart() -> None:
    held = PermissionError(13, "The process cannot access the file because it is being used by another process")
    held.winerror = 32  # type: ignore[attr-defined, unused-ignore]
    assert reason_of(held) == "in_use"
    assert reason_of(PermissionError(13, "Permission denied")) == "no_permission"
    assert reason_of(FileNotFoundError(2, "No such file")) == "vanished"
    assert reason_of(OSError(5, "Input/output error")) == "unreadable"


@contextmanager
def deep(top: Path, depth: int) -> Iterator[Path]:
    """Make folders within one another, and remove them: whoever cleans up does so by recursion."""
    for _ in range(depth):
        top /= "d"
        top.mkdir()
    (top / "deep.xlsx").write_bytes(b"x")
    yield top
    (top / "deep.xlsx").unlink()
    for _ in range(depth):
        top.rmdir()
        top = top.parent


def test_folders_within_very_many_others_are_told_and_the_rest_is_listed(tmp_path: Path) -> None:
    within = "/".join(["d"] * Limits().folders)
    with deep(tmp_path, 600):
        write(tmp_path / "a.xlsx", tmp_path / within / "b.xlsx")
        assert seen(tmp_path) == {"a.xlsx": "", f"{within}/b.xlsx": "", f"{within}/d": "F018 too_deep"}
        (tmp_path / within / "b.xlsx").unlink()


def test_only_files_named_like_an_own_output_are_asked_whether_they_are_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "summary.xlsx", tmp_path / "sub" / "summary.xlsx", *(tmp_path / f"{n}.xlsx" for n in range(9)))
    own = (tmp_path / "summary.xlsx").resolve()
    asked: list[str] = []
    real = Path.samefile

    def counted(self: Path, other: str | Path) -> bool:
        asked.append(self.relative_to(tmp_path).as_posix())
        return real(self, other)

    monkeypatch.setattr(Path, "samefile", counted)
    assert seen(tmp_path, own)["summary.xlsx"] == "F035"
    assert seen(tmp_path, own)["sub/summary.xlsx"] == ""
    assert set(asked) == {"summary.xlsx", "sub/summary.xlsx"}
