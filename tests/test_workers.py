"""A reading process may die, hang or outgrow its memory at any file: that file is told of, no other is lost."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from weakref import ref

import pytest

import pipeline.run.workers.answers
import pipeline.run.workers.pool
import pipeline.run.workers.start
from pipeline.extract.file import ReadingContext, reading_context, take_in
from pipeline.model import Claim, FileReading, Return, Times
from pipeline.model.limits import DEFAULT, Limits, with_changes
from pipeline.readers.find import Found, find_files
from pipeline.readers.register import load_register
from pipeline.run.workers import Method, Plan, read_all
from pipeline.run.workers.answers import Task, answers
from pipeline.run.workers.bounds import tidy
from tests.hostile import entry, make_zip, nested, with_sheet, workbook, zipped
from tests.returned import FIGURES, FORM, ROOT, write_returns
from tests.traps import Trap, trap

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")

METHODS: tuple[Method, ...] = ("fork", "spawn") if sys.platform == "linux" else ("spawn",)
QUICK = replace(DEFAULT, seconds=1.5)
"""for hanging alone: a machine may need longer than this to hand out the memory that a file asks for"""
FAR = with_sheet('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
FAULTS = {
    "kill": ("F019", "limit", "memory"),
    "abort": ("F004", "reason", "crashed"),
    "exit": ("F004", "reason", "crashed"),
    "hang": ("F019", "limit", "time"),
    "memory": ("F019", "limit", "memory"),
    "panic": ("F004", "reason", "crashed"),
}

Read = Callable[[Sequence[Found]], list[FileReading]]


@pytest.fixture(scope="module")
def returns(tmp_path_factory: pytest.TempPathFactory) -> Path:
    codes = sorted(FIGURES)[:4]
    return write_returns(tmp_path_factory.mktemp("returns"), {code: FIGURES[code] for code in codes})


@pytest.fixture(scope="module")
def desk() -> ReadingContext:
    return desk_of(DEFAULT)


def desk_of(limits: Limits) -> ReadingContext:
    return reading_context(FORM, load_register(FORM, None), limits)


def told(reading: FileReading) -> list[str]:
    return [one.code for one in reading.findings]


def mixed(returns: Path, folder: Path) -> tuple[Found, ...]:
    """Lay out good returns, broken ones, an archive and archives within archives."""
    for file in returns.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    first = next(iter(sorted(returns.iterdir()))).read_bytes()
    (folder / "half.xlsx").write_bytes(first[:900])
    (folder / "page.xls").write_bytes(b"<html><table>")
    (folder / "some.zip").write_bytes(zipped({"b.xlsx": first, "a/c.xlsx": workbook(), "x.txt": b"x"}))
    (folder / "deep.zip").write_bytes(nested(5))
    return find_files(folder)


@pytest.mark.parametrize(("workers", "method"), [(3, METHODS[0]), (2, "spawn")])
def test_the_answer_is_the_same_for_any_number_of_workers(
    returns: Path, desk: ReadingContext, tmp_path: Path, workers: int, method: Method
) -> None:
    found = mixed(returns, tmp_path)
    here = read_all(found, desk, Plan(workers=0))
    assert read_all(found, desk, Plan(workers=workers, method=method)) == here
    assert [one.path for one in here if "!" not in one.path] == [one.path for one in found]
    assert sum(len(one.returns) for one in here) == 5


@pytest.mark.parametrize(("fault", "method"), [*((fault, METHODS[0]) for fault in FAULTS), ("hang", "spawn")])
def test_a_lost_worker_costs_the_file_it_was_at_and_no_other(
    returns: Path, tmp_path: Path, fault: str, method: Method
) -> None:
    desk = desk_of(QUICK if fault == "hang" else DEFAULT)
    good = list(find_files(returns))
    alone = read_all(good, desk, Plan(workers=0))
    place = list(FAULTS).index(fault) % (len(good) + 1)
    found = [*good[:place], trap(tmp_path, fault, good[0].file), *good[place:]]
    lines: list[str] = []
    read = read_all(found, desk, Plan(workers=1, method=method, log=lines.append))
    lost = read.pop(place)
    assert read == alone
    code, fact, value = FAULTS[fault]
    assert told(lost) == [code]
    assert lost.findings[0].facts[fact] == value
    assert lost.returns == ()
    assert fault == "memory" or [line.partition(":")[0] for line in lines] == [f"trap {fault}.xlsx"]


@pytest.mark.parametrize("place", range(5))
def test_a_worker_may_be_lost_at_any_file_of_a_batch(
    returns: Path, desk: ReadingContext, tmp_path: Path, place: int
) -> None:
    good = list(find_files(returns))
    found = [*good[:place], trap(tmp_path, "abort", good[0].file), *good[place:]]
    read = read_all(found, desk, Plan(workers=2, method=METHODS[0]))
    assert [told(one) for one in read] == [["F004"] if index == place else [] for index in range(5)]


def test_many_workers_may_be_lost(returns: Path, desk: ReadingContext, tmp_path: Path) -> None:
    good = list(find_files(returns))
    bad = [replace(trap(tmp_path, "abort", good[0].file), path=f"bad {number}") for number in range(12)]
    read = read_all([*bad, *good], desk, Plan(workers=2, method=METHODS[0]))
    assert [told(one) for one in read] == [["F004"]] * 12 + [[]] * 4


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_worker_that_is_killed_by_chance_costs_nothing(returns: Path, desk: ReadingContext, tmp_path: Path) -> None:
    good = list(find_files(returns))
    read = read_all([trap(tmp_path, "kill_once", good[0].file), *good], desk, Plan(workers=1, method=METHODS[0]))
    assert [told(one) for one in read] == [[]] * 5
    assert all(len(one.returns) == 1 for one in read)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is told on Linux alone")
def test_a_worker_that_keeps_much_memory_is_replaced(returns: Path, tmp_path: Path) -> None:
    good = list(find_files(returns))
    hoards = [replace(trap(tmp_path, "hoard", good[0].file), path=f"hoard {number}") for number in range(5)]
    read = read_all([*hoards, *good], desk_of(DEFAULT), Plan(workers=1, method="fork"))
    assert [told(one) for one in read] == [[]] * 9


@pytest.fixture
def _uncollected() -> Iterator[None]:
    """Let nobody look for garbage in rings, as a run does."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_uncollected")
@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_reading_a_workbook_leaves_nothing_in_rings(desk: ReadingContext, kind: str) -> None:
    files = sorted((ROOT / "tests/corpus/files").glob(f"*.{kind}"))[:5]
    for file in files * 2:
        left = gc.collect()
        list(answers(Task(0), Found(file.name, file), desk))
    assert (len(files), left, gc.collect()) == (5, 0, 0)


@pytest.mark.usefixtures("_uncollected")
def test_what_a_library_leaves_in_rings_is_let_go_of_once_it_is_much(desk: ReadingContext) -> None:
    class Ring:
        def __init__(self) -> None:
            self.own = self

    rings = [ref(Ring()) for _ in range(20_000)]
    assert all(ring() for ring in rings)
    tidy()
    assert not any(ring() for ring in rings)


@pytest.mark.parametrize("workers", [0, 1])
def test_a_surprise_is_a_finding_with_an_id_and_a_log_without_content(
    returns: Path, desk: ReadingContext, tmp_path: Path, workers: int
) -> None:
    good = list(find_files(returns))
    lines: list[str] = []
    found = [trap(tmp_path, "surprise", good[0].file), *good]
    read = read_all(found, desk, Plan(workers=workers, method=METHODS[0], log=lines.append))
    assert [told(one) for one in read] == [["F020"], [], [], [], []]
    known_as = str(read[0].findings[0].facts["id"])
    assert len(lines) == 1
    assert lines[0].startswith(f"{known_as} trap surprise.xlsx\n")
    assert "RuntimeError" in lines[0]
    assert "traps.py" in lines[0]
    assert "12345" not in lines[0]


@pytest.mark.skipif(sys.platform != "linux", reason="the bound on memory binds on Linux alone")
@pytest.mark.parametrize("method", METHODS)
def test_an_abort_of_the_reader_is_not_heard_on_the_console(
    desk: ReadingContext, tmp_path: Path, method: Method, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "far.xlsx").write_bytes(FAR)
    lines: list[str] = []
    read = read_all(find_files(tmp_path), desk, Plan(workers=1, method=method, log=lines.append))
    assert [(told(one), one.findings[0].facts) for one in read] == [(["F019"], {"limit": "memory"})]
    assert capfd.readouterr() == ("", "")
    assert lines == ["far.xlsx: the reading process ended with code -6"]


@pytest.mark.skipif(sys.platform != "linux", reason="the bound on memory binds on Linux alone")
def test_a_member_that_kills_its_reader_is_told_and_the_others_are_read(
    returns: Path, desk: ReadingContext, tmp_path: Path
) -> None:
    files = [file.read_bytes() for file in sorted(returns.iterdir())]
    members = {"1.xlsx": files[0], "2.xlsx": FAR, "3.xlsx": files[1], "4.xlsx": FAR, "5.xlsx": files[2]}
    (tmp_path / "a.zip").write_bytes(zipped(members))
    read = read_all(find_files(tmp_path), desk, Plan(workers=1, method="fork"))
    codes = {one.path: (told(one), len(one.returns)) for one in read}
    assert codes == {
        "a.zip": (["F032"], 0),
        "a.zip!1.xlsx": ([], 1),
        "a.zip!2.xlsx": (["F019"], 0),
        "a.zip!3.xlsx": ([], 1),
        "a.zip!4.xlsx": (["F019"], 0),
        "a.zip!5.xlsx": ([], 1),
    }


@pytest.mark.skipif(sys.platform != "linux", reason="the bound on memory binds on Linux alone")
def test_an_archive_full_of_killers_is_left_after_a_few(desk: ReadingContext, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped({f"{number}.xlsx": FAR for number in range(50)}))
    read = read_all(find_files(tmp_path), desk, Plan(workers=1, method="fork"))
    assert {told(one)[0] for one in read} == {"F019"}
    assert read[0].path == "a.zip"
    assert len(read) < 10


def test_equal_names_in_an_archive_are_told_apart(returns: Path, desk: ReadingContext, tmp_path: Path) -> None:
    one, other = (file.read_bytes() for file in sorted(returns.iterdir())[:2])
    (tmp_path / "a.zip").write_bytes(make_zip([entry("b.xlsx", one), entry("b.xlsx", other)]))
    read = read_all(find_files(tmp_path), desk, Plan(workers=0))
    assert [one.path for one in read] == ["a.zip", "a.zip!b.xlsx", "a.zip!b.xlsx (2)"]
    assert [one.path for reading in read for one in reading.returns] == ["a.zip!b.xlsx", "a.zip!b.xlsx (2)"]
    assert read[1].sha256 != read[2].sha256


def test_forms_of_sheets_that_are_numbered_alike_are_told_apart(
    desk: ReadingContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sheet "A" with two forms gives "A (1)" and "A (2)", and another sheet may be called so."""
    (tmp_path / "a.xlsx").write_bytes(b"x")

    def three_forms(found: Found, desk: ReadingContext) -> FileReading:
        names, nobody = ("A (1)", "A (2)", "A (1)"), Claim(None, "none", {})
        returns = [Return(f"{found.path}#{name}", "", name, False, nobody, (), (), Times()) for name in names]
        return FileReading(found.path, None, tuple(returns), ())

    monkeypatch.setattr(pipeline.run.workers.answers, "take_in", three_forms)
    (read,) = read_all(find_files(tmp_path), desk, Plan(workers=0))
    assert [one.path for one in read.returns] == ["a.xlsx#A (1)", "a.xlsx#A (2)", "a.xlsx#A (1) (2)"]


def test_an_interrupt_ends_every_worker(returns: Path, desk: ReadingContext, tmp_path: Path) -> None:
    good = list(find_files(returns))
    found = [*good, trap(tmp_path, "hang", good[0].file)]

    def interrupt(done: int, of: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_all(found, desk, Plan(workers=2, method=METHODS[0], progress=interrupt))
    assert multiprocessing.active_children() == []


def test_limits_as_wide_as_can_be_asked_for_are_kept_by_reading_processes(returns: Path) -> None:
    limits = with_changes(DEFAULT, [f"{name}=1000000000000" for name in ("seconds", "memory_bytes", "file_bytes")])
    lines: list[str] = []
    read = read_all(find_files(returns), desk_of(limits), Plan(workers=1, method=METHODS[0], log=lines.append))
    assert ([len(one.returns) for one in read], lines) == ([1, 1, 1, 1], [])


def test_progress_counts_every_file_once(returns: Path, desk: ReadingContext, tmp_path: Path) -> None:
    good = list(find_files(returns))
    heard: list[tuple[int, int]] = []
    found = [*good, trap(tmp_path, "abort", good[0].file)]
    plan = Plan(workers=2, method=METHODS[0], progress=lambda done, of: heard.append((done, of)))
    read_all(found, desk, plan)
    assert heard == [(done, 5) for done in range(1, 6)]


def test_without_any_process_files_are_read_here(
    returns: Path, desk: ReadingContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(pipeline.run.workers.pool, "start", refuse)
    assert [len(one.returns) for one in read_all(find_files(returns), desk)] == [1, 1, 1, 1]


@pytest.mark.skipif(sys.platform != "linux", reason="a fork takes over what is replaced here")
def test_where_no_worker_comes_up_files_are_read_here(
    returns: Path, desk: ReadingContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline.run.workers.start, "serve", lambda *_: os._exit(3))
    read = read_all(find_files(returns), desk, Plan(workers=1, method="fork"))
    assert [len(one.returns) for one in read] == [1, 1, 1, 1]


def test_it_is_logged_that_files_are_read_without_protection(
    returns: Path, desk: ReadingContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(pipeline.run.workers.pool, "start", refuse)
    lines: list[str] = []
    read_all(find_files(returns), desk, Plan(workers=1, log=lines.append))
    assert len(lines) == 1
    assert "without protection" in lines[0]
    lines.clear()
    read_all(find_files(returns), desk, Plan(workers=0, log=lines.append))
    assert lines == []


SCRIPT = """
import sys, threading
from pathlib import Path
from pipeline.run.consolidate import Request, consolidate
from pipeline.readers.register import load_register
from schemas.form import load_form
print("the script runs", flush=True)
threading.Thread(target=threading.Event().wait, daemon=True).start()
form = load_form("htsd_2020")
result = consolidate(Request(Path(sys.argv[1]), form, load_register(form, None), workers=2, log=print))
print([one.status.value for one in result.files])
"""


def test_a_script_that_calls_the_library_runs_once_where_processes_are_started_anew(
    returns: Path, tmp_path: Path
) -> None:
    """As on Windows and macOS always; here a second thread forbids to fork."""
    (tmp_path / "run.py").write_text(SCRIPT, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(tmp_path / "run.py"), str(returns)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["the script runs", str(["used"] * 4)]


def test_what_is_slow_to_load_is_loaded_meanwhile(returns: Path, desk: ReadingContext) -> None:
    order: list[str] = []
    plan = Plan(1, METHODS[0], lambda done, of: order.append("read"), lambda: order.append("loaded"))
    read_all(find_files(returns), desk, plan)
    assert order == ["loaded", "read", "read", "read", "read"]


def test_a_file_that_changes_while_it_is_read_is_not_used(
    returns: Path, desk: ReadingContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(next(returns.iterdir()).read_bytes())

    def read_and_change(found: Found, desk: ReadingContext) -> FileReading:
        reading = take_in(found, desk)
        with found.file.open("ab") as more:
            more.write(b"x")
        return reading

    monkeypatch.setattr(pipeline.run.workers.answers, "take_in", read_and_change)
    (answer,) = answers(Task(0), Found("a.xlsx", file), desk)
    assert answer.reading
    assert [(one.code, one.facts) for one in answer.reading.findings] == [("F018", {"reason": "changed"})]
    assert answer.reading.returns == ()


def test_a_file_that_vanished_since_it_was_found_is_told(returns: Path, desk: ReadingContext, tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(b"x")
    found = find_files(tmp_path)
    file.unlink()
    (read,) = read_all(found, desk, Plan(workers=1, method=METHODS[0]))
    assert [(one.code, one.facts) for one in read.findings] == [("F018", {"reason": "vanished"})]


ORPHANS = """
import sys
from pathlib import Path
from pipeline.run.workers import Plan, read_all
from tests.test_workers import desk_of, Limits
from tests.traps import trap
if __name__ == "__main__":
    folder = Path(sys.argv[1])
    found = [trap(folder, sys.argv[3], folder / "a.xlsx")] * 4
    import multiprocessing
    def tell():
        print(*(one.pid for one in multiprocessing.active_children()), flush=True)
    read_all(found, desk_of(Limits(seconds=1.5)), Plan(workers=2, method=sys.argv[2], meanwhile=tell))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks for processes as Linux does")
@pytest.mark.parametrize("method", METHODS)
def test_workers_do_not_outlive_a_parent_that_is_killed(returns: Path, tmp_path: Path, method: Method) -> None:
    (tmp_path / "a.xlsx").write_bytes(next(returns.iterdir()).read_bytes())
    (tmp_path / "run.py").write_text(ORPHANS)
    command = [sys.executable, str(tmp_path / "run.py"), str(tmp_path), method, "hang"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert pids
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 30
    while any(is_alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(is_alive(pid) for pid in pids)


def is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in (Path("/proc") / str(pid) / "status").read_text()
    except OSError:
        return False


def test_a_trap_reads_like_the_file_it_stands_for(returns: Path, desk: ReadingContext) -> None:
    good = next(iter(find_files(returns)))
    assert read_all([Found(good.path, good.file)], desk, Plan(workers=0))[0].returns
    assert isinstance(Trap(good.file), type(good.file))
