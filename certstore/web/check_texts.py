"""Checks the texts: `python -m certstore.web.check_texts` lists what is wrong and exits 1.

Both languages have the same keys and placeholders; templates use no key that is missing, and no
key stays unused. A key put together at run time, `t("verdict.word." ~ code)`, uses all below it.
"""

import sys
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, nodes

from certstore.web.texts import LANGUAGES, Text, load

PACKAGES = ("certstore", "face_auth", "issuance", "issuance.matters", "verifiers")
_FROM_CODE = ("wording.", "messages.")  # said by wording.py and certstore/messages


def _key_of(argument: nodes.Node) -> tuple[str, bool] | None:
    """The key a call names, and whether it is only the beginning of one."""
    match argument:
        case nodes.Const(value=str() as key):
            return key, False
        case nodes.Concat(nodes=[nodes.Const(value=str() as prefix), *_]):
            return prefix, True
        case _:
            return None


def used_in(source: str, where: str) -> tuple[set[str], set[str], list[str]]:
    """The keys and the beginnings of keys a template uses; complaints about other calls."""
    keys: set[str] = set()
    prefixes: set[str] = set()
    complaints: list[str] = []
    for call in Environment(autoescape=True).parse(source).find_all(nodes.Call):
        if not (isinstance(call.node, nodes.Name) and call.node.name in {"t", "has_text"}):
            continue
        found = _key_of(call.args[0])
        if found is None:
            complaints.append(f"{where}:{call.lineno}: the key must begin with a literal")
        else:
            (prefixes if found[1] else keys).add(found[0])
    return keys, prefixes, complaints


def disagreements(texts: Mapping[str, Mapping[str, Text]]) -> list[str]:
    """Keys one language lacks, and placeholders that differ."""
    first, *others = texts
    found = []
    for other in others:
        for key in sorted(texts[first].keys() ^ texts[other].keys()):
            lacking = other if key in texts[first] else first
            found.append(f"{key}: missing in {lacking}")
        found.extend(
            f"{key}: placeholders differ between {first} and {other}"
            for key in sorted(texts[first].keys() & texts[other].keys())
            if texts[first][key].placeholders != texts[other][key].placeholders
        )
    return found


def template_folders() -> list[Path]:
    """Where templates stand: the shell's own and each package's pages."""
    own = Path(str(files("certstore.web") / "templates"))
    return [own, *(Path(str(files(package) / "pages")) for package in PACKAGES)]


def complaints_about(texts: Mapping[str, Mapping[str, Text]], folders: Iterable[Path]) -> list[str]:
    """Everything that is wrong between the texts and the templates below these folders."""
    found = disagreements(texts)
    keys: set[str] = set()
    prefixes = {*_FROM_CODE}
    for path in sorted(path for folder in folders for path in folder.rglob("*.html")):
        where = f"{path.parent.parent.name}/{path.parent.name}/{path.name}"
        more_keys, more_prefixes, complaints = used_in(path.read_text(encoding="utf-8"), where)
        keys |= more_keys
        prefixes |= more_prefixes
        found.extend(complaints)
        found.extend(
            f"{where}: {key} is in no language"
            for key in sorted(more_keys)
            if not any(key in language for language in texts.values())
        )
    known = set().union(*texts.values())
    found.extend(
        f"{key}: used by no template"
        for key in sorted(known - keys)
        if not key.startswith(tuple(prefixes))
    )
    return found


def main() -> int:
    """Check the project's own texts."""
    found = complaints_about({lang: load(lang) for lang in LANGUAGES}, template_folders())
    for line in found:
        print(line)  # noqa: T201 - a command's answer
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
