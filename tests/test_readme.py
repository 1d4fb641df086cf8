"""What is kept but made is current, and what the README says is so."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.renew import ROOT, kept
from tests.returned import copy_of, plain_sums, report_of, summary_totals

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", list(kept()), ids=lambda file: str(file.relative_to(ROOT)))
def test_a_kept_file_is_what_the_code_makes(file: Path) -> None:
    assert file.read_bytes() == kept()[file](), "renew it with: make golden"


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_a_link_of_the_readme_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"make (\w+)", README))))
def test_a_make_target_of_the_readme_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_script_of_the_readme_does_what_it_says(clean_returns: Path, tmp_path: Path) -> None:
    (script,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    copy_of(clean_returns, tmp_path / "input")
    (tmp_path / "script.py").write_text(script, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, env=environment, capture_output=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert "19/19" in done.stdout.decode("utf-8")
    assert summary_totals(tmp_path / "summary.xlsx") == plain_sums()
    assert {file["status"] for file in report_of(tmp_path / "report.json")["files"]} == {"used"}


def test_the_readme_shows_the_sheets_of_a_summary_in_their_order() -> None:
    sheets = ["Tổng hợp", "Theo đơn vị", "Tình hình nộp", "Lỗi và cảnh báo", "Nội dung khác", "Nguồn số liệu"]
    section = README.partition("## The summary")[2]
    places = [section.index(f"`{sheet}`") for sheet in sheets]
    assert places == sorted(places)
