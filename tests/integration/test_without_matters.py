"""With `issuance/matters` removed, issuing, pulling, reuse, faces and scanning pass their tests."""

import shutil
import subprocess
import sys
from pathlib import Path

TREE = Path(__file__).parents[2]
KEPT = ("certstore", "issuance", "verifiers", "face_auth", "tests", "pyproject.toml")
THEIR_TESTS = (
    "tests/unit/issuance/test_issue.py::test_only_what_is_approved_is_issued",
    "tests/unit/issuance/test_review.py::test_approving_issues_at_once_and_says_who_decided",
    "tests/unit/verifiers/materials/test_reuse.py",
    "tests/unit/face_auth/test_face_desk.py",
    "tests/unit/verifiers/scanning/test_scan.py",
    "tests/integration/certstore/test_sharing.py",
    "tests/e2e/over_http/test_scans.py",
    "tests/integration/apart.py",  # what pages lead to then, and what is refused
)


def test_the_core_stands_alone(tmp_path):
    for name in KEPT:
        source = TREE / name
        if source.is_dir():
            ignore = shutil.ignore_patterns("__pycache__", "node_modules", ".*")
            shutil.copytree(source, tmp_path / name, ignore=ignore)
        else:
            shutil.copy(source, tmp_path)
    shutil.rmtree(tmp_path / "issuance" / "matters")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *THEIR_TESTS],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "skipped" not in done.stdout
