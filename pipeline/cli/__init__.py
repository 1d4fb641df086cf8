"""The command line: parse, call, print, exit. Everything slow is imported when it is needed, so --help is quick."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from pipeline.cli.console import ignoring_interrupts, progress, refusing, without_garbage_collection
from pipeline.cli.group import DEFAULT_COMMAND, DefaultGroup
from pipeline.model.languages import Lang

if TYPE_CHECKING:
    from schemas.form import Form
    from schemas.register import Register

DEFAULT_FORM = "htsd_2020"
_WIDTH = 96
"""of the help, the same on every terminal, so that the README can show it"""
_UNIT_SHEETS = 150
"""above so many expected units a sheet for each is written only if asked: nobody opens a thousand sheets"""


_FORM = click.option("--form", "form_name", metavar="NAME|PATH", default=DEFAULT_FORM, help="Form definition.")
_UNITS = click.option("--units", metavar="FILE", type=click.Path(path_type=Path), help="Unit register, .csv or .xlsx.")
_LIMIT = click.option(
    "--limit",
    "limits",
    metavar="NAME=NUMBER",
    multiple=True,
    help="Change a limit on what one file may cost (docs/files.md).",
)
_LANG = click.option("--lang", type=click.Choice(["vi", "en"]), default="vi", help="Language of messages.")


@click.group(cls=DefaultGroup, context_settings={"terminal_width": _WIDTH})
@click.version_option(package_name="consolidate-returns", prog_name="consolidate", message="%(prog)s %(version)s")
def main() -> None:
    """Turn a folder of returned Excel forms into one summary workbook.

    INPUT is the folder with the returned workbooks, OUTPUT the summary to write, for example
    output/summary.xlsx. A folder that bears a command's name is reached by `consolidate run`.

    Exit codes: 0 complete; 1 written, but something needs a person; 2 wrong usage; 3 nothing written.
    """


@main.command(name=DEFAULT_COMMAND)
@click.argument("folder", metavar="INPUT", type=click.Path(path_type=Path))
@click.argument("output", metavar="OUTPUT", type=click.Path(path_type=Path))
@_FORM
@_UNITS
@click.option("--report", metavar="FILE.json", type=click.Path(path_type=Path), help="Also write a report as JSON.")
@click.option(
    "--data", metavar="FILE.csv|.parquet", type=click.Path(path_type=Path), help="Also write a line for every cell."
)
@click.option(
    "--decisions",
    metavar="FILE.xlsx",
    type=click.Path(path_type=Path),
    help="The officer's decisions, if not beside OUTPUT.",
)
@click.option("--strict", is_flag=True, help="Keep a whole return out if it has any error.")
@click.option(
    "--unit-sheets",
    metavar="N",
    type=click.IntRange(min=0),
    default=_UNIT_SHEETS,
    show_default=True,
    help="Write a sheet for each unit if at most N are expected.",
)
@click.option(
    "--workers",
    metavar="N",
    type=click.IntRange(min=0),
    help="Read with N processes; 0 reads without their protection.  [default: by the number of files]",
)
@_LIMIT
@_LANG
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def run(
    folder: Path,
    output: Path,
    form_name: str,
    units: Path | None,
    report: Path | None,
    data: Path | None,
    decisions: Path | None,
    strict: bool,
    unit_sheets: int,
    workers: int | None,
    limits: Sequence[str],
    lang: Lang,
    quiet: bool,
) -> NoReturn:
    """Consolidate INPUT into OUTPUT (the default command)."""
    with ignoring_interrupts() as begin, refusing(lang), without_garbage_collection():
        from pipeline.cli.screen import account  # noqa: PLC0415 - see the module's docstring
        from pipeline.model.limits import DEFAULT, with_changes  # noqa: PLC0415
        from pipeline.run.job import Job, do  # noqa: PLC0415

        form, register = _form_and_register(form_name, units)
        job = Job(
            folder,
            output,
            form,
            register,
            report,
            data,
            strict,
            unit_sheets,
            lang,
            decisions=decisions,
            workers=workers,
            limits=with_changes(DEFAULT, limits),
        )
        with progress(lang, quiet) as show:
            consolidation = do(job, show, begin)
    # All is written by now: whoever stops the account learns no more, and nothing else is changed by it.
    with suppress(KeyboardInterrupt):
        if not quiet:
            click.echo(account(consolidation, output, folder, job.decisions_book, lang))
    sys.exit(0 if consolidation.complete else 1)


@main.command()
@click.argument("folder", metavar="OUTPUT_DIR", type=click.Path(path_type=Path))
@_FORM
@_UNITS
@_LANG
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def template(folder: Path, form_name: str, units: Path | None, lang: Lang, quiet: bool) -> None:
    """Write the blank form, and one stamped copy for each unit, into OUTPUT_DIR."""
    with refusing(lang):
        from pipeline.cli.screen import words  # noqa: PLC0415
        from pipeline.model.errors import RunError  # noqa: PLC0415
        from pipeline.writers import write_templates  # noqa: PLC0415

        form, register = _form_and_register(form_name, units)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            written = write_templates(form, register, folder)
        except OSError:
            raise RunError("template_folder", {"folder": str(folder)}) from None
        if not quiet:
            say = words(lang)["template"]["written"]
            click.echo(say.format(count=len(written), folder=folder, units=len(written) - 1))


@main.command()
@click.argument("files", metavar="[FILE...]", nargs=-1, type=click.Path(path_type=Path))
@_FORM
@_UNITS
@_LIMIT
@_LANG
def check(files: Sequence[Path], form_name: str, units: Path | None, limits: Sequence[str], lang: Lang) -> NoReturn:
    """Say what a run would say of FILE..., without writing anything and without decisions.

    A relative path counts as the path under the input folder does: its folders may say whose a return is.

    Without FILE the form itself is checked: its template is made, filled and read, and every cell must come back.
    """
    if not files:
        _check_form(form_name, units, lang)
    with refusing(lang):
        from pipeline.cli.screen import account_of_file  # noqa: PLC0415
        from pipeline.model.limits import DEFAULT, with_changes  # noqa: PLC0415
        from pipeline.run.job import check_files  # noqa: PLC0415
        from schemas.rules import Severity  # noqa: PLC0415

        form, register = _form_and_register(form_name, units)
        results = check_files(files, form, register, with_changes(DEFAULT, limits))
        for result in results:
            unit = register.by_code.get(result.unit or "")
            click.echo(account_of_file(result, unit.name if unit else "", form, lang))
        errors = any(told.severity is Severity.ERROR for result in results for told in result.findings)
    sys.exit(1 if errors else 0)


def _check_form(form_name: str, units: Path | None, lang: Lang) -> NoReturn:
    with refusing(lang):
        from pipeline.cli.screen import account_of_form  # noqa: PLC0415
        from pipeline.run.definition_trial import try_form  # noqa: PLC0415

        form, register = _form_and_register(form_name, units, may_be_without_units=True)
        trials = try_form(form, register)
        click.echo(account_of_form(form, trials, lang))
    sys.exit(1 if any(trial.lost for trial in trials) else 0)


@main.command()
@click.argument("code", required=False)
@_LANG
def explain(code: str | None, lang: Lang) -> None:
    """Say what a finding means and how to mend it; without CODE list them all."""
    from pipeline.findings.explain import UnknownCodeError, explain_all  # noqa: PLC0415
    from pipeline.findings.explain import explain as explain_code  # noqa: PLC0415

    if code is None:
        click.echo(explain_all(lang))
        return
    try:
        click.echo(explain_code(code.upper(), lang))
    except UnknownCodeError as error:
        click.echo(str(error), err=True)
        sys.exit(2)


def _form_and_register(
    form_name: str, units: Path | None, *, may_be_without_units: bool = False
) -> "tuple[Form, Register]":
    from pipeline.model.errors import RunError  # noqa: PLC0415
    from pipeline.readers.register import NOBODY, load_form_of, load_register  # noqa: PLC0415
    from schemas.form import shipped_forms  # noqa: PLC0415

    try:
        form = load_form_of(form_name)
    except FileNotFoundError:
        facts = {"form": form_name, "forms": ", ".join(shipped_forms())}
        raise RunError("form_unknown", facts, exit_code=2) from None
    if may_be_without_units and not (units or form.register):
        return form, NOBODY
    return form, load_register(form, units)
