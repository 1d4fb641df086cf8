"""Make again what is kept but made: `python -m tests.renew`. The tests compare with the same functions."""

import re
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import click
from click.testing import CliRunner

from schemas.definition import read_toml
from schemas.form import load_form, shipped_forms
from schemas.register import load_register_csv, shipped_register
from tests.rooms import PICTURE, rooms_picture

ROOT = Path(__file__).parent.parent
_CODES_HEAD = '''"""The finding codes by name. Made from `pipeline/wording/findings.toml` by `make golden`."""

from typing import Final
'''
_HELP = re.compile(r"(?<=<!-- help -->\n).*(?=<!-- /help -->)", re.DOTALL)


def codes_module() -> bytes:
    """Name every code of the catalogue for the program. Nothing of the program is loaded: it uses those names."""
    catalogue = read_toml(ROOT / "pipeline" / "wording" / "findings.toml").values
    lines = [f'{entry["name"].upper()}: Final = "{code}"' for code, entry in catalogue.items()]
    return "\n".join([_CODES_HEAD, *lines, ""]).encode()


def readme() -> bytes:
    """README with the help of every command as it is now."""
    from pipeline.cli import main  # noqa: PLC0415 - see codes_module

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    calls = [["--help"], *([name, "--help"] for name in main.list_commands(click.Context(main)))]
    pages = [CliRunner().invoke(main, call, prog_name="consolidate").output for call in calls]
    return _HELP.sub(lambda _: "```\n" + "\n".join(pages) + "```\n", text).encode()


def findings_page() -> bytes:
    """Build docs/findings.md from the catalogue."""
    from pipeline.findings.explain import as_markdown  # noqa: PLC0415 - see codes_module

    return as_markdown().encode()


def blank_template(form_id: str) -> bytes:
    """Write the blank workbook of a shipped form."""
    from pipeline.writers.template import write_template  # noqa: PLC0415 - see codes_module

    form = load_form(form_id)
    register = load_register_csv(shipped_register(form.register), form.first_day)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "blank.xlsx"
        write_template(form, register, out)
        return out.read_bytes()


def kept() -> Mapping[Path, Callable[[], bytes]]:
    """Every file that is kept but made, and how it is made; first what the program needs to be loaded."""
    templates = {
        ROOT / "input_templates" / f"{form_id}.xlsx": partial(blank_template, form_id) for form_id in shipped_forms()
    }
    return {
        ROOT / "pipeline" / "findings" / "codes.py": codes_module,
        ROOT / "README.md": readme,
        ROOT / "docs" / "findings.md": findings_page,
        PICTURE: rooms_picture,
        **templates,
    }


if __name__ == "__main__":
    for file, make in kept().items():
        file.write_bytes(make())
