import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conformance.document.voucher_examples import (
    LONG_ADDRESS,
    TestPki,
    content,
    make_pki,
    make_press,
    rows,
)

PACKAGES = {
    "pdfsig": "poppler-utils",
    "pdftotext": "poppler-utils",
    "pdftoppm": "poppler-utils",
    "mutool": "mupdf-tools",
    "qpdf": "qpdf",
    "certutil": "libnss3-tools",
    "java": "default-jre-headless",
    "javac": "default-jdk-headless",
}


@pytest.fixture(scope="session")
def run_tool():
    """Runs a tool and gives what it printed; skips where the tool is missing."""

    def run(tool: str, *arguments: object, ok: tuple[int, ...] = (0,)) -> str:
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is missing: apt install {PACKAGES[tool]}")
        done = subprocess.run(
            [tool, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode in ok, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


@pytest.fixture(scope="session")
def pki() -> TestPki:
    return make_pki()


@pytest.fixture(scope="session")
def contents():
    return {
        "usual": content(),
        "long": content(
            rows=rows("阿依古丽·买买提", LONG_ADDRESS), code_text="RP1:" + "6BFOXN%TS3DH" * 49
        ),
        "rare": content(rows=rows("欧阳𬭎䶮㛃"), specimen=False, valid_to=None),
    }


@pytest.fixture(scope="session")
def documents(pki, contents, tmp_path_factory) -> dict[str, Path]:
    """Printed vouchers by name, as files."""
    folder, press = tmp_path_factory.mktemp("vouchers"), make_press(pki)
    paths = {}
    for name, asked in contents.items():
        paths[name] = folder / f"{name}.pdf"
        paths[name].write_bytes(press.print(asked))
    return paths
