"""A matter's file in plain words, line by line, and what has changed since the version before.

Mapping only, no IO: what is read here is the file as it was proposed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from certstore.pages.usage_pages import label_of
from certstore.web.texts import Texts

Change = Literal["same", "added", "removed"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `level` 0 is a heading; `change` says how the version before differs."""

    text: str
    level: int = 1
    change: Change = "same"


def lines_of(document: Mapping[str, Any], texts: Texts) -> list[Line]:
    """The whole file in the reader's language."""
    titles = {p["name"]: p[f"title_{texts.lang}"] for p in document["parameters"]}
    found = [
        Line(str(texts("wording.version.law", law=document["legal_basis"]))),
        Line(str(texts(f"wording.version.guardian.{document['guardian']}"))),
    ]
    for parameter in document["parameters"]:
        title, words = titles[parameter["name"]], parameter.get("one_of")
        said = (
            texts("wording.version.list").join(words)
            if words
            else texts("wording.version.any_text")
        )
        found.append(Line(str(texts("wording.version.parameter", title=title, words=said))))
    for material in document["materials"]:
        found += _material(material, titles, texts)
    return found


def compared(now: Sequence[Line], before: Sequence[Line]) -> list[Line]:
    """The lines of a version with those that it adds and those that it takes away."""
    found: list[Line] = []
    matcher = SequenceMatcher(a=before, b=now, autojunk=False)
    for tag, a, a_end, b, b_end in matcher.get_opcodes():
        if tag == "equal":
            found += now[b:b_end]
            continue
        found += [Line(line.text, line.level, "removed") for line in before[a:a_end]]
        found += [Line(line.text, line.level, "added") for line in now[b:b_end]]
    return found


def _material(
    material: Mapping[str, Any], titles: Mapping[str, str], texts: Texts
) -> Iterator[Line]:
    lang = texts.lang
    yield Line(material[f"title_{lang}"], 0)
    yield Line(str(texts("wording.version.law", law=material[f"basis_{lang}"])))
    only_if = material.get("only_if")
    if only_if:
        words = texts("wording.version.list").join(only_if["one_of"])
        title = titles[only_if["parameter"]]
        yield Line(str(texts("wording.version.only_if", title=title, words=words)))
    for group in material["accept"]:
        said = texts("wording.version.and").join(_evidence(each, titles, texts) for each in group)
        yield Line(str(texts("wording.version.way", said=said)))
    yield Line(str(texts(f"wording.version.otherwise.{material['otherwise']}")))
    for steps in material.get("ask", ()):
        words = texts("wording.version.and").join(
            texts(f"wording.version.step.{step}") for step in steps
        )
        yield Line(str(texts("wording.version.ask", said=words)))


def _evidence(evidence: Mapping[str, Any], titles: Mapping[str, str], texts: Texts) -> str:
    kind = str(evidence["type"])
    name = texts("wording.version.person") if kind == "person" else texts(f"type.{kind}")
    said = (_condition(each, kind, titles, texts) for each in evidence["conditions"])
    return str(
        texts("wording.version.piece", name=name, said=texts("wording.version.list").join(said))
    )


def _condition(
    condition: Mapping[str, Any], kind: str, titles: Mapping[str, str], texts: Texts
) -> str:
    word = str(condition["is"])
    match word:
        case "age":
            return _age(condition, titles, texts)
        case "field":
            return _field(condition, kind, titles, texts)
        case "document_age":
            return _issued(condition, texts)
    values: dict[str, object] = {}
    for member, suffix in (("who", "holder"), ("since", "held_since")):
        if word == suffix:
            word = f"{word}.{condition[member]}"
    if "months" in condition:
        values["months"] = condition["months"]
    if "day" in condition:
        values["day"] = _day(condition["day"], titles, texts)
    if "parameter" in condition:
        values["title"] = titles[condition["parameter"]]
    return str(texts(f"wording.version.is.{word}", **values))


def _issued(condition: Mapping[str, Any], texts: Texts) -> str:
    said = [
        texts(f"wording.version.is.{name}", months=condition[name])
        for name in ("at_least_months", "at_most_months")
        if condition.get(name) is not None
    ]
    return str(texts("wording.version.list").join(said))


def _age(condition: Mapping[str, Any], titles: Mapping[str, str], texts: Texts) -> str:
    day = _day(condition.get("on") or "as_of", titles, texts)
    said = [
        texts(f"wording.version.is.age_{name}", years=condition[name])
        for name in ("at_least", "at_most")
        if condition.get(name) is not None
    ]
    who = texts(f"wording.version.who.{condition['of']}")
    return str(
        texts(
            "wording.version.is.age",
            who=who,
            day=day,
            said=texts("wording.version.list").join(said),
        )
    )


def _field(condition: Mapping[str, Any], kind: str, titles: Mapping[str, str], texts: Texts) -> str:
    name = label_of(condition["name"], kind, texts.lang)
    told = condition.get("parameter")
    words = [condition["equals"]] if condition.get("equals") else condition.get("one_of") or ()
    said = titles[told] if told else texts("wording.version.list").join(words)
    return str(texts("wording.version.is.field", name=name, said=said))


def _day(said: str, titles: Mapping[str, str], texts: Texts) -> str:
    if said == "as_of":
        return str(texts("wording.version.day.as_of"))
    if said.startswith("parameter:"):
        return titles[said.removeprefix("parameter:")]
    return said if len(said) > len("MM-DD") else str(texts("wording.version.day.of_year", day=said))
