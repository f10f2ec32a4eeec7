"""All attacks; `python -m tests.conformance.document.attacks.make_attacks FOLDER` writes them."""

import json
import sys
from pathlib import Path

from tests.conformance.document.attacks import data, files, signing, updates
from tests.conformance.document.attacks.registry import ATTACKS, Attack
from tests.unit.certstore.codes.sealed_house import house
from tests.unit.verifiers.scanning.signed_document import genuine

MADE_BY = (updates, data, signing, files)


def every_attack() -> dict[str, Attack]:
    """By name."""
    return ATTACKS


def write(folder: Path) -> None:
    """Write the original, every attack, what is to be said of each, root and trust list."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "original.pdf").write_bytes(genuine())
    (folder / "root.pem").write_bytes(house().root_pem)
    (folder / "trust-list.jws").write_text(house().trust_jws())
    expected = {}
    for number, (name, attack) in enumerate(every_attack().items(), 1):
        made = attack.make(genuine())
        file = f"{number:03}.{'pdf' if b'%PDF-' in made[:1100] else 'img'}"
        (folder / file).write_bytes(made)
        expected[file] = {
            "attack": name,
            "finding": attack.finding,
            "verdict": attack.verdict,
            "changes": sorted(attack.kinds),
            "obstacle": attack.obstacle,
        }
    (folder / "expected.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
