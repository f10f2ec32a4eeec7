"""Writes the shared corpus: every case with what this project's Python scanner says of it.

`python -m tests.conformance.scanner.make_code_corpus corpus.json`; any other scanner can then be
held against it. Keys are made anew each time, so two corpora differ in every signature.
"""

import base64
import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certstore.clock import unix
from certstore.presenting.signed_out import SignedOutDevices
from certstore.status_list import read_status_list
from certstore.trust import parse_trust_list
from tests.conformance.scanner.code_cases import cases
from tests.conformance.scanner.corpus_cases import (
    Case,
    device_lists,
    sealed,
    status_lists,
    trust_lists,
)
from verifiers.scanning.replay import ScannerMemory
from verifiers.scanning.scan import judge_code
from verifiers.scanning.status import HeldLists
from verifiers.scanning.verify import as_json


@cache
def corpus() -> dict[str, Any]:
    """The corpus: what scanners hold, and the cases with Python's answers."""
    trust, lists, devices = trust_lists(), status_lists(), device_lists()
    spki = sealed().root.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return {
        "root": base64.b64encode(spki).decode(),
        "trust": trust,
        "lists": {name: base64.b64encode(token).decode() for name, token in lists.items()},
        "devices": devices,
        "cases": [_as_json(case, trust, lists, devices) for case in cases()],
    }


def _as_json(case: Case, trust: Any, lists: Any, devices: Any) -> dict[str, Any]:
    return {
        "name": case.name,
        "text": case.text,
        "now": unix(case.now),
        "trust": case.trust,
        "lists": list(case.lists),
        "nonce": case.nonce.hex() if case.nonce is not None else None,
        "memory": case.memory,
        "devices": case.devices or None,
        "expected": _answers(case, trust, lists, devices),
    }


def _answers(case: Case, trust: Any, lists: Any, devices: Any) -> list[dict[str, object]]:
    """What Python says each time the code is shown: twice where the scanner remembers."""
    held = parse_trust_list(trust[case.trust], sealed().root, case.now, outdated=True)
    # Status lists are signed by a key that every trust list of the corpus holds.
    statuses = HeldLists([read_status_list(lists[name], held) for name in case.lists])
    phones = SignedOutDevices.parse(devices[case.devices], held) if case.devices else None
    memory = ScannerMemory() if case.memory else None
    return [
        as_json(
            judge_code(
                case.text, trust=held, statuses=statuses, now=case.now, seen=memory,
                nonce=case.nonce, devices=phones,
            )
        )
        for _ in range(2 if case.memory else 1)
    ]  # fmt: skip


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(corpus(), ensure_ascii=False, indent=1))
