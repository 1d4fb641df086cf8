"""How a command behaves at a console: what stops it is one sentence, Ctrl-C, the bar, any code page."""

import atexit
import codecs
import gc
import signal
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import click

from pipeline.model.languages import Lang

if TYPE_CHECKING:
    from pipeline.run.consolidate import Progress


@contextmanager
def refusing(lang: Lang) -> Iterator[None]:
    """Turn what stops a run into one sentence and the exit code of the contract."""
    from pipeline.cli.screen import refusal  # noqa: PLC0415
    from pipeline.model.errors import RunError  # noqa: PLC0415
    from schemas.definition import DefinitionError  # noqa: PLC0415

    try:
        yield
    except RunError as error:
        click.echo(refusal(error, lang), err=True)
        sys.exit(error.exit_code)
    except DefinitionError as error:
        click.echo(refusal(error, lang), err=True)
        sys.exit(3)
    except KeyboardInterrupt:
        click.echo(refusal(RunError("interrupted"), lang), err=True)
        sys.exit(3)


@contextmanager
def ignoring_interrupts() -> Iterator[Callable[[], None]]:
    """Yield a function after whose call Ctrl-C is ignored: it is called as outputs are about to be put in place.

    From then on the run is as good as done, and "nothing was written" would no longer be true.
    """
    before = signal.getsignal(signal.SIGINT)

    def begin() -> None:
        # Only the first thread of a process may say so; in another one no Ctrl-C arrives.
        with suppress(ValueError):
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    try:
        yield begin
    finally:
        with suppress(ValueError, TypeError):
            signal.signal(signal.SIGINT, before)


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Run without Python's search for cyclic garbage: nearly all that a run makes lives to its end.

    The search took a fifth of a run, over 20 returns as over 1,000. Freezing at exit spares the last one, too.
    A reading process inherits this; one that reads for long collects by itself.
    """
    was_on = gc.isenabled()
    gc.disable()
    atexit.register(gc.freeze)
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def progress(lang: Lang, quiet: bool) -> Iterator["Progress"]:
    """Show a bar on standard error if a person watches it."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, of: None
        return
    from pipeline.cli.screen import words  # noqa: PLC0415

    bar: Any = None

    def show(done: int, of: int) -> None:
        nonlocal bar
        if bar is None:
            bar = click.progressbar(length=of, label=words(lang)["progress"]["reading"], file=sys.stderr)
            bar.__enter__()
        bar.update(done - bar.pos)

    try:
        yield show
    finally:
        if bar is not None:
            bar.__exit__(None, None, None)


def speak_any_code_page() -> None:
    """Vietnamese never fails on a console or pipe of another code page: letters lose their marks there."""
    codecs.register_error("without_marks", _without_marks)
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="without_marks")


def _without_marks(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end].replace("đ", "d").replace("Đ", "D")
    plain = "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    return plain.encode("ascii", "replace").decode("ascii"), error.end
