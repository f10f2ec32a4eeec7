"""Files that other people's programs write of an original: never called forged, always advised."""

import pytest

from tests.conformance.document.test_attacks import judged
from tests.unit.verifiers.scanning.signed_document import genuine
from verifiers.scanning.account import Finding, Obstacle

COMMANDS = {
    "qpdf": ("qpdf", "--object-streams=generate", "{old}", "{new}"),
    "qpdf, linearised": ("qpdf", "--linearize", "{old}", "{new}"),
    "mutool": ("mutool", "clean", "{old}", "{new}"),
    "mutool, everything cleaned": ("mutool", "clean", "-gggg", "-z", "{old}", "{new}"),
}


@pytest.mark.tools
@pytest.mark.parametrize("name", COMMANDS)
def test_what_a_program_saved_anew_is_not_verifiable(run_tool, tmp_path, name):
    old, new = tmp_path / "old.pdf", tmp_path / "new.pdf"
    old.write_bytes(genuine())
    run_tool(*(part.format(old=old, new=new) for part in COMMANDS[name]))
    account = judged(new.read_bytes()).document
    assert (account.finding, account.obstacle) == (Finding.NOT_VERIFIABLE, Obstacle.RESAVED)
