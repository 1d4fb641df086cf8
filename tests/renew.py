"""Make again what is kept but made: `python -m tests.renew`. The tests compare with the same functions."""

import re
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import click
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.explain import as_markdown
from pipeline.template import write_template
from schemas.form import load_form, shipped_forms
from schemas.register import load_register_csv, shipped_register

ROOT = Path(__file__).parent.parent
_HELP = re.compile(r"(?<=<!-- help -->\n).*(?=<!-- /help -->)", re.DOTALL)


def readme() -> bytes:
    """README with the help of every command as it is now."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    calls = [["--help"], *([name, "--help"] for name in main.list_commands(click.Context(main)))]
    pages = [CliRunner().invoke(main, call, prog_name="consolidate").output for call in calls]
    return _HELP.sub(lambda _: "```\n" + "\n".join(pages) + "```\n", text).encode()


def findings_page() -> bytes:
    """Build docs/findings.md from the catalogue."""
    return as_markdown().encode()


def blank_template(form_id: str) -> bytes:
    """Write the blank workbook of a shipped form."""
    form = load_form(form_id)
    register = load_register_csv(shipped_register(form.register), form.first_day)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "blank.xlsx"
        write_template(form, register, out)
        return out.read_bytes()


def kept() -> Mapping[Path, Callable[[], bytes]]:
    """Every file that is kept but made, and how it is made."""
    templates = {
        ROOT / "input_templates" / f"{form_id}.xlsx": partial(blank_template, form_id) for form_id in shipped_forms()
    }
    return {ROOT / "README.md": readme, ROOT / "docs" / "findings.md": findings_page, **templates}


if __name__ == "__main__":
    for file, make in kept().items():
        file.write_bytes(make())
