"""Writing: nothing half-written, nothing left behind, an older file untouched whenever something goes wrong."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from pipeline.cli.screen import Lang, refusal
from pipeline.findings import LANGUAGES
from pipeline.model.errors import RunError
from pipeline.run.outputs import check_folder, check_targets, is_replaceable, write_all

OLD, NEW = b"older summary", b"new"
NAMES = ("data.csv", "report.json", "summary.xlsx")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder in which an earlier run left its outputs."""
    for name in NAMES:
        (tmp_path / name).write_bytes(OLD)
    return tmp_path


def writing(content: bytes = NEW) -> Callable[[Path], None]:
    def write(out: Path) -> None:
        out.write_bytes(content)

    return write


def failing(error: BaseException, begun: bytes = b"half") -> Callable[[Path], None]:
    def write(out: Path) -> None:
        out.write_bytes(begun)
        raise error

    return write


def everything(folder: Path, **changed: Callable[[Path], None]) -> Mapping[Path, Callable[[Path], None]]:
    """Give a writer for each output, in the order of a run."""
    return {folder / name: changed.get(name.partition(".")[0], writing()) for name in NAMES}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def untouched() -> dict[str, bytes]:
    return dict.fromkeys(NAMES, OLD)


def test_outputs_replace_older_ones_and_leave_nothing_else(folder: Path) -> None:
    assert write_all(everything(folder)) == ()
    assert contents(folder) == dict.fromkeys(NAMES, NEW)


def test_outputs_are_made_where_there_were_none(tmp_path: Path) -> None:
    write_all(everything(tmp_path))
    assert contents(tmp_path) == dict.fromkeys(NAMES, NEW)


def test_a_writer_gets_a_file_of_the_right_kind_beside_its_target(folder: Path) -> None:
    seen: list[Path] = []
    write_all(everything(folder, summary=seen.append))
    (file,) = seen
    assert (file.parent, file.suffix) == (folder, ".xlsx")
    assert file != folder / "summary.xlsx"


@pytest.mark.parametrize("broken", ["data", "report", "summary"])
@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "output_failed"),
        (OSError(errno.EPIPE, "Broken pipe"), "output_failed"),
        (PermissionError(errno.EACCES, "Permission denied"), "output_open_elsewhere"),
    ],
)
def test_a_writer_that_fails_leaves_every_older_file_as_it_was(
    broken: str, error: OSError, code: str, folder: Path
) -> None:
    with pytest.raises(RunError) as refused:
        write_all(everything(folder, **{broken: failing(error)}))
    assert contents(folder) == untouched()
    assert (refused.value.code, refused.value.exit_code) == (code, 3)
    assert refused.value.facts["file"].startswith(broken)


def test_an_error_of_the_disk_is_known_also_when_a_library_wraps_it(folder: Path) -> None:
    class WrappedError(Exception):
        """What xlsxwriter raises when its file cannot be closed."""

    def write(out: Path) -> None:
        try:
            raise OSError(errno.ENOSPC, "No space left on device")
        except OSError as error:
            raise WrappedError(error)  # noqa: B904 - as the library does it

    with pytest.raises(RunError) as refused:
        write_all(everything(folder, summary=write))
    assert refused.value.code == "output_failed"
    assert contents(folder) == untouched()


@pytest.mark.parametrize("error", [ValueError("a mistake of ours"), KeyboardInterrupt(), MemoryError()])
def test_whatever_stops_a_writer_leaves_no_unfinished_file(error: BaseException, folder: Path) -> None:
    with pytest.raises(type(error)):
        write_all(everything(folder, report=failing(error)))
    assert contents(folder) == untouched()


# Renaming -------------------------------------------------------------------------------------------------------


@pytest.fixture
def renames(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Watch the targets that are replaced, in their order."""
    seen: list[str] = []
    replace = Path.replace

    def watched(self: Path, target: str | Path) -> Path:
        seen.append(Path(target).name)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    yield seen


def test_the_summary_is_renamed_last_and_only_when_all_are_written(folder: Path, renames: list[str]) -> None:
    def write(out: Path) -> None:
        assert renames == []
        out.write_bytes(NEW)

    write_all(everything(folder, data=write, report=write, summary=write))
    assert renames == list(NAMES)


def locked(monkeypatch: pytest.MonkeyPatch, name: str, error: OSError | None = None) -> None:
    """Refuse to replace a file, as Windows does while Excel holds it."""
    replace = Path.replace

    def refusing(self: Path, target: str | Path) -> Path:
        if Path(target).name == name:
            raise error or PermissionError(errno.EACCES, "Permission denied")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refusing)


@pytest.mark.parametrize("name", NAMES)
def test_a_target_that_is_opened_during_the_run_leaves_all_older_files(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked(monkeypatch, name)
    with pytest.raises(RunError) as refused:
        write_all(everything(folder))
    assert (refused.value.code, refused.value.facts["file"]) == ("output_open_elsewhere", name)
    assert contents(folder) == untouched()


def test_outputs_that_did_not_exist_before_do_not_stay_when_the_summary_cannot_be_renamed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "report.json").unlink()
    locked(monkeypatch, "summary.xlsx", OSError(errno.EIO, "Input/output error"))
    with pytest.raises(RunError) as refused:
        write_all(everything(folder))
    assert refused.value.code == "output_failed"
    assert contents(folder) == {"data.csv": OLD, "summary.xlsx": OLD}


@pytest.mark.parametrize("stops", ["report.json", "summary.xlsx"])
def test_an_interrupt_between_two_renames_leaves_all_older_files(
    stops: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def stopped(self: Path, target: str | Path) -> Path:
        if Path(target).name == stops:
            monkeypatch.setattr(Path, "replace", replace)
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        write_all(everything(folder))
    assert contents(folder) == untouched()


def test_what_can_be_put_back_is_put_back_even_where_another_cannot(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, seen = Path.replace, set[str]()

    def refusing(self: Path, target: str | Path) -> Path:
        name = Path(target).name
        if name == "summary.xlsx" or (name == "data.csv" and name in seen):
            raise OSError(errno.EIO, "Input/output error")
        seen.add(name)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refusing)
    with pytest.raises(RunError):
        write_all(everything(folder))
    kept = [path for path in folder.iterdir() if path.name not in NAMES]
    assert {name: (folder / name).read_bytes() for name in NAMES} == {**untouched(), "data.csv": NEW}
    assert [path.read_bytes() for path in kept] == [OLD], "what could not be put back is not thrown away"


def test_a_target_that_is_held_for_a_moment_is_replaced(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace, refused = Path.replace, Counter[str]()

    def busy(self: Path, target: str | Path) -> Path:
        refused[Path(target).name] += 1
        if refused[Path(target).name] < 3:
            raise PermissionError(errno.EACCES, "Permission denied")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", busy)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    write_all(everything(folder))
    assert contents(folder) == dict.fromkeys(NAMES, NEW)
    assert set(refused.values()) == {3}


def test_outputs_are_complete_before_the_first_is_put_in_its_place(folder: Path) -> None:
    seen: list[dict[str, bytes]] = []
    write_all(everything(folder), begin=lambda: seen.append(contents(folder)))
    (then,) = seen
    assert {name: then[name] for name in NAMES} == untouched()
    assert list(then.values()).count(NEW) == len(NAMES)


def test_a_file_put_back_keeps_its_time_and_rights(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (folder / "data.csv").stat()
    locked(monkeypatch, "summary.xlsx")
    with pytest.raises(RunError):
        write_all(everything(folder))
    after = (folder / "data.csv").stat()
    assert (after.st_mtime_ns, after.st_mode) == (before.st_mtime_ns, before.st_mode)


def test_a_target_that_may_stay_stays_and_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked(monkeypatch, "data.csv")
    assert write_all(everything(folder), may_stay=[folder / "data.csv"]) == (folder / "data.csv",)
    assert contents(folder) == {"data.csv": OLD, "report.json": NEW, "summary.xlsx": NEW}


def test_a_full_disk_is_no_reason_to_stay(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked(monkeypatch, "data.csv", OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(RunError) as refused:
        write_all(everything(folder), may_stay=[folder / "data.csv"])
    assert refused.value.code == "output_failed"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_an_output_has_the_rights_of_any_new_file(umask: int, mode: int, folder: Path) -> None:
    before = os.umask(umask)
    try:
        write_all(everything(folder))
        assert os.umask(umask) == umask
    finally:
        os.umask(before)
    assert {stat.S_IMODE((folder / name).stat().st_mode) for name in NAMES} == {mode}


# Before reading begins ------------------------------------------------------------------------------------------


def test_targets_are_checked_without_touching_them(folder: Path) -> None:
    before = {name: (folder / name).stat() for name in NAMES}
    check_targets([folder / name for name in NAMES])
    check_targets([folder / "new.xlsx"])
    assert contents(folder) == untouched()
    for name in NAMES:
        assert (folder / name).stat().st_mtime_ns == before[name].st_mtime_ns
        assert (folder / name).stat().st_ino == before[name].st_ino


def test_leftovers_of_a_killed_run_are_removed_by_the_next(folder: Path) -> None:
    for name in (".consolidate-abc.xlsx", ".consolidate-1"):
        (folder / name).write_bytes(b"half")
    (folder / ".consolidate").write_bytes(b"somebody's own")
    (folder / ".consolidate-folder").mkdir()
    check_targets([folder / "summary.xlsx"])
    (folder / ".consolidate-folder").rmdir()
    assert contents(folder) == {**untouched(), ".consolidate": b"somebody's own"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows is not asked for living processes")
def test_the_unfinished_file_of_another_run_at_work_is_left(folder: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        unfinished = folder / f".consolidate-{other.pid}-abc.xlsx"
        unfinished.write_bytes(b"half")
        check_targets([folder / "summary.xlsx"])
        assert unfinished.read_bytes() == b"half"
        other.kill()
    check_targets([folder / "summary.xlsx"])
    assert not unfinished.exists()


def test_what_a_killed_writer_leaves_is_known_as_a_leftover(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kill runs no clean-up: everything that is on the disk while writing must go with the next run."""
    seen: list[set[str]] = []
    write_all(everything(folder, summary=lambda out: seen.append({path.name for path in folder.iterdir()})))
    leftovers = seen[0] - set(NAMES)
    assert len(leftovers) == 3
    for name in leftovers:
        (folder / name).write_bytes(b"half")
    check_targets([folder / "summary.xlsx"])
    assert set(contents(folder)) == set(NAMES)


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    for check in (check_folder, lambda target: check_targets([target])):
        with pytest.raises(RunError) as refused:
            check(tmp_path / "nowhere" / "summary.xlsx")
        assert (refused.value.code, refused.value.exit_code) == ("output_folder_missing", 3)
        assert refused.value.facts["file"] == "summary.xlsx"
    assert list(tmp_path.iterdir()) == []


def test_a_file_where_the_folder_should_be_is_told(folder: Path) -> None:
    with pytest.raises(RunError) as refused:
        check_targets([folder / "data.csv" / "summary.xlsx"])
    assert refused.value.code == "output_folder_missing"


def test_a_target_that_is_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "summary.xlsx").mkdir()
    with pytest.raises(RunError) as refused:
        check_targets([tmp_path / "summary.xlsx"])
    assert (refused.value.code, refused.value.exit_code) == ("output_is_folder", 3)


def test_a_target_that_is_open_elsewhere_is_told_before_reading(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def refusing(self: Path, mode: str) -> object:
        if self.name == "summary.xlsx":
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(self, mode)

    monkeypatch.setattr(Path, "open", refusing)
    assert not is_replaceable(folder / "summary.xlsx")
    assert is_replaceable(folder / "data.csv")
    assert is_replaceable(folder / "new.xlsx")
    with pytest.raises(RunError) as refused:
        check_targets([folder / "data.csv", folder / "summary.xlsx"])
    assert (refused.value.code, refused.value.exit_code) == ("output_open_elsewhere", 3)
    assert refused.value.facts == {"file": "summary.xlsx"}


def test_a_file_marked_as_read_only_is_told_as_such(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def refusing(self: Path, mode: str) -> object:
        if self.name == "summary.xlsx":
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(self, mode)

    monkeypatch.setattr(Path, "open", refusing)
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "summary.xlsx")
    with pytest.raises(RunError) as refused:
        check_targets([folder / "summary.xlsx"])
    assert (refused.value.code, refused.value.exit_code) == ("output_read_only", 3)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.ENAMETOOLONG, errno.EIO, errno.EACCES])
def test_why_nothing_could_be_written_is_said_in_the_language_of_messages(
    number: int, lang: Lang, tmp_path: Path
) -> None:
    said = os.strerror(number)
    with pytest.raises(RunError) as known:
        write_all({tmp_path / "s.xlsx": failing(OSError(number, said))})
    with pytest.raises(RunError) as unknown:
        write_all({tmp_path / "s.xlsx": failing(OSError(errno.EPIPE, os.strerror(errno.EPIPE)))})
    text, without = refusal(known.value, lang), refusal(unknown.value, lang)
    assert said not in text
    assert len(text) > len(without)
    assert "(" not in without


@pytest.mark.parametrize("call", ["tempfile.mkstemp", "pathlib.Path.unlink", "pathlib.Path.is_dir"])
def test_a_folder_that_cannot_be_written_to_is_told(call: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(*_args: object, **_options: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    (folder / ".consolidate-abc").write_bytes(b"half")
    with monkeypatch.context() as patched:
        patched.setattr(call, refusing)
        with pytest.raises(RunError) as refused:
            check_targets([folder / "summary.xlsx"])
    assert (refused.value.code, refused.value.exit_code) == ("output_folder_locked", 3)
