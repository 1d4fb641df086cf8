"""Python loads this first where it is on the path: packages that users of the program do not have are not found."""

import sys

# pandera loads hypothesis, a tenth of a second, wherever it finds it.
sys.modules["hypothesis"] = None  # type: ignore[assignment]
