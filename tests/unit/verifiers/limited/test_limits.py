"""What a task may cost: handed over as it is, and kept by the kernel or by the process itself."""

import subprocess
import sys
from pathlib import Path

import pytest

import verifiers
from verifiers.limited.limits import OVER_MEMORY, Limits

ROOT = Path(verifiers.__file__).parents[1]
WRITING = """
import sys
from verifiers.limited.limits import Limits
Limits(3, 12, 512).take_on()
with open(sys.argv[1], "wb", buffering=0) as file:
    file.write(b"x")
"""
WATCHING = "from verifiers.limited.limits import Limits; Limits(3, 12, -1)._watch_memory()"


def test_a_limited_process_writes_no_file(tmp_path):
    ran = subprocess.run(
        [
            sys.executable,
            "-c",
            WRITING,
            tmp_path / "left",
        ],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert ran.returncode != 0
    assert (tmp_path / "left").stat().st_size == 0


def test_where_the_kernel_keeps_no_limit_of_memory_the_process_watches_itself():
    ran = subprocess.run([sys.executable, "-c", WATCHING], cwd=ROOT, check=False, timeout=60)
    assert ran.returncode == OVER_MEMORY


def test_limits_are_handed_over_as_they_are():
    assert Limits.parse(Limits(1, 0.5, 3).spell()) == Limits(1, 0.5, 3)
    for text in ("", "1,2", "1,2,x", "1,2,3,4"):
        with pytest.raises(ValueError, match=r"limits|invalid|could not"):
            Limits.parse(text)
