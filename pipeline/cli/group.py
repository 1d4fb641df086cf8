"""`consolidate INPUT OUTPUT` as a command, and what is said of one that was given wrongly."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

import click

from pipeline.cli.console import speak_any_code_page
from pipeline.model.languages import Lang

DEFAULT_COMMAND = "run"
_LANG_ASKED = "consolidate.lang"
"""where the context keeps the language of messages, which is asked for before the options are taken apart"""
_LANG_OPTION = re.compile(r"(?:^|\0)--lang[=\0](vi|en)(?=\0|$)")


class _WrongUsageError(click.UsageError):
    """A command that was not given as it should be, said in the language of messages."""

    def __init__(self, error: click.UsageError, lang: Lang) -> None:
        super().__init__(error.message, error.ctx)
        self.said, self.lang = error.format_message(), lang

    def show(self, file: IO[Any] | None = None) -> None:
        """Print click's own text within a sentence of the wording."""
        from pipeline.cli.screen.refusal import wrong_usage  # noqa: PLC0415 - rarely needed

        usage, path = (self.ctx.get_usage(), self.ctx.command_path) if self.ctx else ("", "")
        click.echo(wrong_usage(self.said, usage, f"{path} --help", self.lang), file=file, err=file is None)


class DefaultGroup(click.Group):
    """`consolidate INPUT OUTPUT` means `consolidate run INPUT OUTPUT`."""

    def main(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401 - click's own types
        """Take every argument as it was given.

        On Windows click would expand `[ ]`, `%NAME%` and `~` in each of them, as a shell does elsewhere: a folder
        named `BC [1]` then means the folder `BC 1`, and another summary is written over.
        """
        extra.setdefault("windows_expand_args", False)
        return super().main(*args, **extra)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: object
    ) -> click.Context:
        """Say of wrong options and arguments what is wrong in the language that is asked for."""
        lang = _language_in(args)
        with _saying_wrong_usage(lang):
            ctx = super().make_context(info_name, args, parent, **extra)
        ctx.meta[_LANG_ASKED] = lang
        return ctx

    def invoke(self, ctx: click.Context) -> object:
        """Call a command; its own options and arguments are looked at only now."""
        with _saying_wrong_usage(ctx.meta[_LANG_ASKED]):
            return super().invoke(ctx)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command in front unless a command or an option of the group itself comes first."""
        speak_any_code_page()
        own = {"--help", "--version"}
        if args and args[0] not in self.commands and args[0] not in own:
            args = [DEFAULT_COMMAND, *args]
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the default use first: it is the one that nearly everybody needs."""
        formatter.write_usage(ctx.command_path, "INPUT OUTPUT [OPTIONS]")
        formatter.write_usage(ctx.command_path, "COMMAND [ARGS]...")


@contextmanager
def _saying_wrong_usage(lang: Lang) -> Iterator[None]:
    try:
        yield
    except (_WrongUsageError, click.exceptions.NoArgsIsHelpError):
        raise
    except click.UsageError as error:
        raise _WrongUsageError(error, lang) from None


def _language_in(args: Sequence[str]) -> Lang:
    """Find the language among arguments that may be wrong otherwise."""
    asked = _LANG_OPTION.findall("\0".join(args))
    return "en" if asked[-1:] == ["en"] else "vi"
