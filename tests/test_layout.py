"""What the tree promises: its shape, one door for each library, its locks, and what no file may hold."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.conftest import skip
from tests.rooms import ROOMS

ROOT = Path(__file__).parent.parent

TOP_LEVEL = {
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "benchmarks",
    "docs",
    "examples",
    "input_templates",
    "output",
    "pipeline",
    "pyproject.toml",
    "requirements",
    "schemas",
    "tests",
    "windows",
}

# A library, and the only files of the program that may import it. A pattern's * also spans folders.
DOORS = {
    "click": ["pipeline/cli/*"],
    "docx": ["pipeline/readers/word/tables.py"],
    "openpyxl": ["pipeline/decisions/book.py"],
    "pandera": ["schemas/frames.py", "pipeline/consolidation/validate.py"],
    "tomllib": ["schemas/definition.py"],
    "python_calamine": ["pipeline/readers/sheets.py"],
    "xlsxwriter": ["pipeline/writers/*"],
}

# The rooms that see one file at a time, and the processes that read: a worker has to start quickly.
PER_FILE_HALF = ["pipeline/extract", "pipeline/readers", "pipeline/run/workers"]
SLOW_TO_IMPORT = ["pandas", "pandera", "pyarrow", "xlsxwriter"]
NAMES_THAT_SAY_NOTHING = {"common", "helper", "helpers", "misc", "tools", "util", "utils"}

# Each is put together here so that this file does not hold what it forbids.
MACHINE_PATHS = [b"/" + name + b"/" for name in (b"work", b"home", b"root")]
REGISTRY_ADDRESSES = [b"pypi" + b".org", b"pythonhosted" + b".org", b"debian" + b".org"]
LOCKS = ["build", "run", "dev"]


@cache
def project_files() -> tuple[str, ...]:
    """Give every file of the project as git sees it: tracked, or new and not ignored."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        skip("the files of the project are told by git, which is absent here")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    return tuple(sorted(name for name in listed.split("\0") if name and (ROOT / name).is_file()))


def modules_under(*folders: str) -> list[str]:
    paths = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return [path.relative_to(ROOT).as_posix() for path in paths]


def imported_names(module: str) -> Iterator[str]:
    """Give the full name of everything a file imports, inside functions too."""
    return imported_by(ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8"))))


def imported_at_the_top(module: str) -> Iterator[str]:
    """Give the full name of everything that is imported as soon as a file is."""
    return imported_by(ast.parse((ROOT / module).read_text(encoding="utf-8")).body)


def imported_by(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""


def importers_of(library: str, *folders: str) -> list[str]:
    return [
        module
        for module in modules_under(*folders)
        if library in {name.partition(".")[0] for name in imported_names(module)}
    ]


def run_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def locked(name: str) -> dict[str, str]:
    """Give the name and version of each package of a lock file, with its marker if it has one."""
    lines = (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8").splitlines()
    pinned = [line.removesuffix("\\").strip().partition("==") for line in lines if not line.startswith(" ")]
    return {package: version for package, _, version in pinned}


def project() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def canonical(requirement: str) -> str:
    name = re.match(r"[\w.-]+", requirement)
    assert name, requirement
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def test_the_top_level_holds_only_what_is_agreed() -> None:
    found = {name.partition("/")[0] for name in project_files()}
    assert {name for name in found if not name.startswith(".")} <= TOP_LEVEL


def contributing() -> str:
    return (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def explained_to_contributors(head: str) -> list[str]:
    """Give what the table with this head explains, a name a line."""
    table = contributing().partition(f"| {head} |")[2].partition("\n\n")[0]
    return sorted(re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE))


def test_every_folder_of_the_top_level_is_explained_to_contributors() -> None:
    folders = {name.partition("/")[0] for name in project_files() if "/" in name}
    assert explained_to_contributors("folder") == sorted(f"{name}/" for name in folders if not name.startswith("."))


def test_the_program_is_made_of_its_rooms_and_each_is_explained_to_contributors() -> None:
    below = {name.split("/")[1] for name in project_files() if re.match("pipeline/.+/", name)}
    assert below == set(ROOMS), "a new room needs its place in ROOMS here, and in the table of CONTRIBUTING.md"
    assert explained_to_contributors("room") == sorted(f"{room}/" for room in ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_rooms_below_it(room: str) -> None:
    below = ROOMS[ROOMS.index(room) :]
    upward = [
        f"{module} imports {name}: move what it uses down to {room}/ or below, or hand it in as an argument"
        for module in modules_under(f"pipeline/{room}")
        for name in imported_names(module)
        if name.startswith("pipeline.") and name.split(".")[1] not in below
    ]
    assert upward == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_in_one_sentence_what_it_is_for(room: str) -> None:
    said = ast.get_docstring(ast.parse((ROOT / "pipeline" / room / "__init__.py").read_text(encoding="utf-8")))
    assert said, f"pipeline/{room}/__init__.py needs a docstring"
    assert said.splitlines()[0].endswith("."), f"the first line of pipeline/{room}/__init__.py is to be a sentence"


def test_every_door_is_named_to_contributors() -> None:
    (rule,) = re.findall(r"^- One library has one door: (.*?\.) `tests", contributing(), re.MULTILINE)
    named = {part.split()[0]: re.findall(r"`([^`]+)`", part) for part in re.split(r", (?=\w+ in )", rule)}
    assert named == {library: [door.removesuffix("*") for door in doors] for library, doors in DOORS.items()}


@pytest.mark.parametrize("library", DOORS)
def test_one_library_has_one_door(library: str) -> None:
    importers = importers_of(library, "pipeline", "schemas")
    assert [name for name in importers if not any(fnmatch(name, door) for door in DOORS[library])] == []


def test_schemas_never_import_pipeline() -> None:
    assert importers_of("pipeline", "schemas") == []


def test_the_program_never_imports_its_tests() -> None:
    assert importers_of("tests", "pipeline", "schemas") == []


@pytest.mark.parametrize("folder", PER_FILE_HALF)
def test_the_rooms_that_see_one_file_load_nothing_slow(folder: str) -> None:
    modules = [name.removesuffix(".py").replace("/", ".") for name in modules_under(folder)]
    names = ", ".join(name.removesuffix(".__init__") for name in modules)
    code = f"import sys, {names}\nprint([name for name in {SLOW_TO_IMPORT} if name in sys.modules])"
    assert run_python(code).strip() == "[]", f"a module under {folder} imports a library that takes long to load"


def test_help_loads_nothing_slow() -> None:
    code = (
        "import runpy, sys\n"
        "sys.argv = ['consolidate', '--help']\n"
        "try:\n"
        "    runpy.run_module('pipeline.cli', run_name='__main__')\n"
        "except SystemExit as end:\n"
        "    assert not end.code, end.code\n"
        f"print([n for n in {SLOW_TO_IMPORT} if n in sys.modules])\n"
    )
    help_page, _, loaded = run_python(code).rstrip().rpartition("\n")
    assert "--help" in help_page
    assert loaded == "[]"


def test_every_module_says_what_it_is_for() -> None:
    modules = [name for name in project_files() if name.endswith(".py")]
    trees = {name: ast.parse((ROOT / name).read_text(encoding="utf-8")) for name in modules}
    assert [name for name, tree in trees.items() if not ast.get_docstring(tree)] == []


def top_level_names(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def test_nothing_private_to_a_module_is_left_unused_in_it() -> None:
    unused = []
    for module in modules_under("pipeline", "schemas"):
        tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
        read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        unused += [(module, name) for name in top_level_names(tree) if re.match("_[^_]", name) and name not in read]
    assert unused == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    modules = [Path(name) for name in project_files() if name.endswith(".py")]
    assert [path for path in modules if NAMES_THAT_SAY_NOTHING & {path.stem, *path.parts[:-1]}] == []


@pytest.mark.parametrize("words", [MACHINE_PATHS, REGISTRY_ADDRESSES], ids=["machine path", "registry"])
def test_no_file_names_the_machine_or_an_address_of_a_registry(words: list[bytes]) -> None:
    contents = ((name, (ROOT / name).read_bytes()) for name in project_files())
    assert [name for name, content in contents if any(word in content for word in words)] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_names_versions_markers_and_hashes_alone(name: str) -> None:
    requirement = re.compile(r"[a-z0-9-]+==[\w.]+( ; [\w.' <>=!()]+)? \\")
    digest = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
    lines = (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not requirement.fullmatch(line) and not digest.fullmatch(line)] == []


def test_the_tests_run_with_the_versions_that_users_get() -> None:
    assert locked("run").items() <= locked("dev").items()


def test_every_stated_dependency_is_locked() -> None:
    stated = project()
    tools = (ROOT / "requirements" / "dev.in").read_text(encoding="utf-8").split()
    assert {canonical(name) for name in stated["project"]["dependencies"]} <= locked("run").keys()
    assert {canonical(name) for name in stated["build-system"]["requires"]} <= locked("build").keys()
    assert {canonical(name) for name in tools} <= locked("dev").keys()


def test_every_library_that_the_program_imports_is_stated_as_needed() -> None:
    stated = {canonical(name) for name in project()["project"]["dependencies"]}
    imported = {
        name.partition(".")[0] for module in modules_under("pipeline", "schemas") for name in imported_names(module)
    }
    libraries = imported - sys.stdlib_module_names - {"pipeline", "schemas"}
    packages = {name: {canonical(one) for one in given} for name, given in packages_distributions().items()}
    assert "numpy" in libraries
    assert {name for name in libraries if not packages[name] & stated} == set()


def test_the_build_backend_is_locked_as_it_is_stated() -> None:
    stated = (ROOT / "requirements" / "build.in").read_text(encoding="utf-8").split()
    assert stated == project()["build-system"]["requires"]


def test_a_wheel_carries_the_data_of_the_program(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("pipeline", "schemas"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path)]
    subprocess.run([*build, str(source)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    wanted = {name for name in project_files() if name.startswith(("pipeline/", "schemas/"))}
    assert packed == wanted


def test_batch_files_are_plain_ascii_with_windows_line_ends() -> None:
    batches = sorted((ROOT / "windows").glob("*.bat"))
    assert [path.name for path in batches] == ["consolidate.bat", "explain.bat", "install.bat", "template.bat"]
    for path in batches:
        content = path.read_bytes()
        assert content.isascii(), path.name
        assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r"), path.name


def test_a_batch_file_is_named_to_officers_and_calls_what_there_is() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    officers = readme.partition("## Dành cho cán bộ tổng hợp")[2].partition("\n## ")[0]
    for path in (ROOT / "windows").glob("*.bat"):
        code = path.read_text(encoding="ascii")
        assert "not been run on Windows" in code, path.name
        called = set(re.findall(r'^"%PROGRAM%" (\w+)', code, re.MULTILINE))
        assert called <= set(re.findall(r"^Usage: consolidate (\w+) \[", readme, re.MULTILINE)), path.name
        assert f"`{path.name}`" in officers, path.name


def test_every_message_of_a_batch_file_is_there_and_used() -> None:
    folder = ROOT / "windows"
    code = "".join(path.read_text(encoding="ascii") for path in folder.glob("*.bat"))
    named = set(re.findall(r"messages%\\(\w+\.txt)", code, re.IGNORECASE))
    assert named == {path.name for path in (folder / "messages").iterdir()}
    for name in named:
        content = (folder / "messages" / name).read_bytes()
        assert content.decode("utf-8").strip()
        assert content.count(b"\n") == content.count(b"\r\n"), name
