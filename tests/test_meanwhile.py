"""What a person saves while a run is at work: it is read again or the run stops, and nothing of it is moved or lost."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from examples.filling import Typed
from pipeline.decisions import book
from pipeline.decisions.words import KEY
from pipeline.model import Consolidation
from pipeline.model.errors import RunError
from pipeline.readers.register import load_register
from pipeline.run import consolidate as line
from pipeline.run import job, outputs
from pipeline.run.job import Job
from pipeline.run.outputs import ChangedMeanwhileError, digest_of, write_all
from tests.decisions_by_hand import SIGNED, add, lines_in
from tests.returned import FIGURES, FORM, write_returns

WRITER, OTHER = "07150", "07153"
ROW = "books_donated"
TITLE = FORM.by_key[ROW].title
RIGHT = 7_123
MOMENTS = 100
"""so many random moments at which somebody saves"""


class Office:
    """A folder with a first summary, and a decisions workbook that an officer filled in and did not save yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        whole = load_register(FORM, None)
        units = tuple(unit for unit in whole.units if unit.code in {WRITER, OTHER} or unit is whole.collector)
        register = replace(whole, units=units)
        figures: dict[str, dict[str, Typed]] = {code: dict(FIGURES[code]) for code in (WRITER, OTHER)}
        returns = write_returns(folder / "in", figures)
        self.job = Job(returns, folder / "out.xlsx", FORM, register, None, None, False, 40, "vi", workers=0)
        self.book, self.summary = self.job.decisions_book, self.job.output
        job.do(self.job, lambda done, of: None)
        # A return with questions comes, so that the next run has lines to write.
        asked = write_returns(folder / "next", {OTHER: {**figures[OTHER], "book_donors.people": "khoảng 50"}})
        shutil.copytree(asked, returns, dirs_exist_ok=True)
        self.before = {path: path.read_bytes() for path in (self.book, self.summary)}
        self.unsaved = folder / "elsewhere" / self.book.name
        self.unsaved.parent.mkdir()
        shutil.copy(self.book, self.unsaved)
        add(self.unsaved, unit=f"{WRITER} Phường Cộng Hòa", row=TITLE, answer="value", value=RIGHT, **SIGNED)
        self.edited = folder / "elsewhere" / self.summary.name
        workbook = load_workbook(self.summary)
        workbook["Theo đơn vị"]["A1"].value = "Sửa tay"
        workbook.save(self.edited)

    def begin_anew(self) -> None:
        for path, data in self.before.items():
            path.write_bytes(data)
        for aside in self.folder.glob("out*"):
            if aside not in self.before:
                aside.unlink()

    def save(self, file: Path) -> None:
        """Save as Excel does: beside it, then renamed."""
        beside = file.with_name("~saving.tmp")
        shutil.copy(self.unsaved if file == self.book else self.edited, beside)
        beside.replace(file)

    def run(self) -> int:
        try:
            job.do(self.job, lambda done, of: None)
        except RunError as error:
            assert error.code == "changed_meanwhile"
            return error.exit_code
        return 1


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("office"))


@pytest.fixture
def in_haste(office: Office) -> Iterator[None]:
    """Work out once what does not touch the files of people, so that a hundred runs cost little."""
    request = line.Request(office.job.folder, office.job.form, office.job.register, workers=0)
    read = line.read_returns(request, lambda done, of: None, line.files_under(request))
    concluded: dict[str, Consolidation] = {}

    def conclude(request: line.Request, *readings: Any) -> Consolidation:  # noqa: ANN401
        known = repr(request.decisions)
        if known not in concluded:
            concluded[known] = line.conclude(request, *readings)
        return concluded[known]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(job, "read_returns", lambda *_: read)
        patch.setattr(job, "call_apart", lambda function, limits: function())
        patch.setattr(job, "conclude", conclude)
        patch.setattr(job, "write_summary", lambda result, out, **_: out.write_bytes(office.before[office.summary]))
        yield


class At:
    """Does something once, at the n-th of the calls by which a run reads, works out or writes anything."""

    def __init__(self, moment: int, do: Callable[[], None]) -> None:
        self.calls, self.moment, self.do = 0, moment, do
        self.patch = pytest.MonkeyPatch()

    def __enter__(self) -> At:
        for place, name in _STEPS:
            self.patch.setattr(place, name, self._heard(getattr(place, name)))
        return self

    def __exit__(self, *_: object) -> None:
        self.patch.undo()

    def _heard(self, step: Callable[..., Any]) -> Callable[..., Any]:
        def hearing(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401
            self._hear()
            done = step(*arguments, **options)
            self._hear()
            return done

        return hearing

    def _hear(self) -> None:
        self.calls += 1
        if self.calls == self.moment:
            self.do()


_STEPS: tuple[tuple[Any, str], ...] = (
    *((job, name) for name in ("check_targets", "read_book", "decide", "look_back", "digest_of", "read_returns")),
    *((job, name) for name in ("conclude", "plan_book", "is_replaceable", "write_summary", "write_all")),
    *((outputs, name) for name in ("_unfinished", "_flush", "_as_read", "digest_of", "_replace", "_replace_once")),
    *((outputs, name) for name in ("_give_ordinary_rights",)),
    (book, "write_book"),
    (book, "load_workbook"),
    (book, "_save"),
)


def steps_of_a_run(office: Office) -> int:
    office.begin_anew()
    with At(0, lambda: None) as counted:
        office.run()
    return counted.calls


@pytest.mark.usefixtures("in_haste")
def test_a_line_saved_at_any_moment_of_a_run_is_neither_lost_nor_moved(office: Office) -> None:
    moments = random.Random(7).choices(range(1, steps_of_a_run(office) + 1), k=MOMENTS)
    for moment in moments:
        office.begin_anew()
        with At(moment, lambda: office.save(office.book)):
            office.run()
        own = [known for known in lines_in(office.book) if known.get("value") == RIGHT]
        assert [(known["unit"][:5], known["row"], known["by"]) for known in own] == [(WRITER, TITLE, "Lan")], moment
        assert all(f'"{WRITER}","{ROW}"' in known.get(KEY, f'"{WRITER}","{ROW}"') for known in own), moment


@pytest.mark.usefixtures("in_haste")
def test_a_summary_changed_by_hand_at_any_moment_of_a_run_is_kept(office: Office) -> None:
    moments = random.Random(8).choices(range(1, steps_of_a_run(office) + 1), k=MOMENTS // 4)
    for moment in moments:
        office.begin_anew()
        with At(moment, lambda: office.save(office.summary)):
            office.run()
        kept = [path.read_bytes() for path in office.folder.glob("out*.xlsx")]
        assert office.edited.read_bytes() in kept, moment


@pytest.mark.usefixtures("in_haste")
@pytest.mark.parametrize("saved", ["book", "summary"])
def test_what_is_saved_again_and_again_stops_the_run(
    office: Office, monkeypatch: pytest.MonkeyPatch, saved: str
) -> None:
    office.begin_anew()
    file = getattr(office, saved)
    untouched = [path for path in office.before if path != file]
    conclude = line.conclude

    def concluding(*arguments: object) -> object:
        file.write_bytes(file.read_bytes() + b"\0")
        return conclude(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(job, "conclude", concluding)
    assert office.run() == 3
    assert all(path.read_bytes() == office.before[path] for path in untouched)


def test_nothing_is_written_when_a_file_is_not_what_was_read(tmp_path: Path) -> None:
    first, last = tmp_path / "first", tmp_path / "last"
    first.write_bytes(b"old")
    last.write_bytes(b"old")
    read = {first: digest_of(first), last: digest_of(last)}
    last.write_bytes(b"saved since")
    writers = {path: lambda out: out.write_bytes(b"new") and None for path in (first, last)}
    with pytest.raises(ChangedMeanwhileError):
        write_all(writers, read=read)
    assert (first.read_bytes(), last.read_bytes()) == (b"old", b"saved since")
    write_all(writers, read={first: digest_of(first), last: digest_of(last), tmp_path / "none": None})
    assert (first.read_bytes(), last.read_bytes()) == (b"new", b"new")


def test_what_is_put_back_is_never_put_over_what_somebody_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, last = tmp_path / "first", tmp_path / "last"
    first.write_bytes(b"old")
    last.write_bytes(b"old")
    true_replace = Path.replace

    def replacing(file: Path, target: Path) -> Path:
        done = true_replace(file, target)
        if target == first:
            first.write_bytes(b"saved since")
            last.write_bytes(b"saved too")
        return done

    monkeypatch.setattr(Path, "replace", replacing)
    writers = {path: lambda out: out.write_bytes(b"new") and None for path in (first, last)}
    with pytest.raises(ChangedMeanwhileError):
        write_all(writers, read={first: digest_of(first), last: digest_of(last)})
    assert (first.read_bytes(), last.read_bytes()) == (b"saved since", b"saved too")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first", "last"]
