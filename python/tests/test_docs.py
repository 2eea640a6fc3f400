"""Every Python example of the documentation runs, and prints what its comments say."""

import contextlib
import io
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "docs/python.md", ROOT / "python/README.md", ROOT / "README.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_examples_print_what_they_say(page):
    blocks = re.findall(r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S)
    assert blocks
    names = {"__name__": "example"}
    for block in blocks:
        said = re.findall(r"^ *print\(.*\)  # (.*)$", block, re.M)
        assert len(said) == block.count("print("), block
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(block, page.name, "exec"), names)
        assert out.getvalue().splitlines() == said, block
