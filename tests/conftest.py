"""Fixtures for every test: LibreOffice with a profile of its own, and steady random examples."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Protocol

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.alterations import Draft

CONVERSION_SECONDS = 180
_SECONDS_A_FILE = 5

# Times on a shared machine prove nothing, so no example has a deadline. The ordinary run tries the same
# examples each time; `make fuzz` asks for fresh ones.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("fresh", deadline=None, print_blob=True)
settings.load_profile("steady")

# LibreOffice shows the values it finds in a file unless its profile says to calculate them anew (0: always).
RECALCULATE_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
<prop oor:name="ODFRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"""


class Convert(Protocol):
    """What the LibreOffice fixtures give."""

    def __call__(self, path: Path, to: str, outdir: Path, filter: str | None = None) -> Path:
        """Convert a file to the format with the extension `to`, into `outdir`, and return the new file.

        `filter` is LibreOffice's export filter with its options, where the extension alone does not name it.
        """


class ConvertAll(Protocol):
    """What the LibreOffice fixture gives that converts many files in one run."""

    def __call__(self, paths: Sequence[Path], to: str, outdir: Path) -> list[Path]:
        """Convert files to the format with the extension `to`, into `outdir`; gives the new files in the same order."""


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip or fail a test of LibreOffice before its fixtures are made."""
    if item.get_closest_marker("libreoffice"):
        _require_soffice()


@pytest.fixture(scope="session")
def soffice(tmp_path_factory: pytest.TempPathFactory) -> Convert:
    """Convert with LibreOffice, which keeps the cached values of formulas as it finds them."""
    return _converter(tmp_path_factory.mktemp("libreoffice"))


@pytest.fixture(scope="session")
def soffice_recalculating(tmp_path_factory: pytest.TempPathFactory) -> Convert:
    """Convert with LibreOffice, which calculates every formula anew on loading."""
    return _converter(_recalculating(tmp_path_factory))


@pytest.fixture(scope="session")
def soffice_recalculating_all(tmp_path_factory: pytest.TempPathFactory) -> ConvertAll:
    """Convert many files in one run of LibreOffice, which calculates every formula anew on loading."""
    command = _command(_recalculating(tmp_path_factory))

    def convert(paths: Sequence[Path], to: str, outdir: Path) -> list[Path]:
        results = [outdir / f"{path.stem}.{to}" for path in paths]
        _run(command, to, outdir, paths, results, CONVERSION_SECONDS + _SECONDS_A_FILE * len(paths))
        return results

    return convert


@pytest.fixture(scope="session")
def clean_returns(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a clean return of each of the 19 units; it is shared, so nobody writes into it."""
    from tests.returned import FIGURES, write_returns  # noqa: PLC0415 - openpyxl is slow, and few tests need it

    return write_returns(tmp_path_factory.mktemp("clean") / "returns", FIGURES)


@pytest.fixture(scope="session")
def blank_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Draft]:
    """Give the blank data sheet of a unit, made once."""
    from tests.reading import blank_sheet  # noqa: PLC0415 - it imports most of the program

    folder = tmp_path_factory.mktemp("blank")
    return cache(lambda unit: blank_sheet(folder, unit))


def skip(reason: str) -> NoReturn:
    """Skip what cannot be tried on this machine; where CONSOLIDATE_NO_SKIP is set, a skip is a failure."""
    if os.environ.get("CONSOLIDATE_NO_SKIP"):
        pytest.fail(f"{reason}, and CONSOLIDATE_NO_SKIP allows no skip", pytrace=False)
    pytest.skip(reason)


def _require_soffice() -> str:
    program = shutil.which("soffice")
    if program:
        return program
    skip("LibreOffice (soffice) is absent")


def _recalculating(tmp_path_factory: pytest.TempPathFactory) -> Path:
    profile = tmp_path_factory.mktemp("libreoffice-recalculating")
    (profile / "user").mkdir()
    (profile / "user" / "registrymodifications.xcu").write_text(RECALCULATE_ALWAYS, encoding="utf-8")
    return profile


def _command(profile: Path) -> list[str]:
    options = [f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nolockcheck"]
    return [_require_soffice(), *options]


def _converter(profile: Path) -> Convert:
    command = _command(profile)

    def convert(path: Path, to: str, outdir: Path, filter: str | None = None) -> Path:
        result = outdir / f"{path.stem}.{to}"
        _run(command, f"{to}:{filter}" if filter else to, outdir, [path], [result], CONVERSION_SECONDS)
        return result

    return convert


def _run(
    command: Sequence[str], target: str, outdir: Path, paths: Sequence[Path], results: Sequence[Path], seconds: int
) -> None:
    outdir.mkdir(parents=True, exist_ok=True)
    # It ends with 0 even when it wrote nothing, so an older file must not pass for the new one.
    assert not [result for result in results if result.exists()], "a result is there already"
    done = subprocess.run(
        [*command, "--convert-to", target, "--outdir", str(outdir), *map(str, paths)],
        check=True,
        capture_output=True,
        text=True,
        timeout=seconds,
    )
    lacking = [result.name for result in results if not result.is_file()]
    assert not lacking, f"LibreOffice wrote no {lacking}: {done.stdout}{done.stderr}"


# What is read in processes of its own has its own tests; all others read here, where nothing must be started first.
_ISOLATED = ("test_workers", "test_apart", "test_hostile", "test_faults", "test_layout")


@pytest.fixture(scope="module", autouse=True)
def _reading_in_this_process(request: pytest.FixtureRequest) -> Iterator[None]:
    """Spare a test that runs the command within this process the start of reading processes."""
    with pytest.MonkeyPatch.context() as patch:
        if request.module.__name__.rpartition(".")[2] not in _ISOLATED:
            patch.setattr("pipeline.run.workers._enough", lambda files: 0)
            patch.setattr("pipeline.run.job.call_apart", lambda function, limits: function())
        yield
