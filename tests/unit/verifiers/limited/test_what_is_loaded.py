"""What a process loads: a reader no face finder, and the service nothing it only hands over."""

import subprocess
import sys
from pathlib import Path

import pytest

import verifiers
from verifiers.materials import limited_room
from verifiers.scanning import reading_room

ROOT = Path(verifiers.__file__).parents[1]
TASKS = {limited_room.ASSIGNMENT.tasks, reading_room.ASSIGNMENT.tasks}


def loaded_by(text: str) -> set[str]:
    """The modules of a new interpreter, its own left out."""
    begin = "import sys; sys.path.insert(0, sys.argv[1]); own = set(sys.modules)"
    told = subprocess.run(
        [
            sys.executable,
            "-I",
            "-B",
            "-c",
            f"{begin}; {text}; print(*(set(sys.modules) - own))",
            ROOT,
        ],
        capture_output=True,
        check=True,
        text=True,
    )
    return set(told.stdout.split())


def test_a_process_has_loaded_next_to_nothing_before_its_tasks():
    loaded = loaded_by("import verifiers.limited.child")
    assert {name for name in loaded if name.startswith(("certstore", "verifiers"))} == {
        "verifiers",
        "verifiers.limited",
        "verifiers.limited.child",
        "verifiers.limited.limits",
    }
    assert not loaded & {"subprocess", "pypdfium2", "pikepdf", "PIL", "numpy"}


def test_a_reader_knows_nothing_of_faces_and_of_the_service():
    loaded = loaded_by("from verifiers.scanning.reading_tasks import tasks; tasks()")
    assert "pypdfium2" in loaded
    assert not loaded & {"dlib", "sqlalchemy", "fastapi", "verifiers.limited.room"}
    assert not {name for name in loaded if name.startswith("verifiers.materials")}


@pytest.mark.parametrize("module", ["certstore.service.app", "verifiers.scanning.verify"])
def test_the_service_never_loads_what_only_a_limited_process_does(module):
    loaded = loaded_by(f"import {module}")
    assert "verifiers.limited.room" in loaded
    assert not loaded & TASKS
    assert not loaded & {"dlib", "pypdfium2", "verifiers.scanning.opening"}
