"""The stages of a card and the steps between them, as data with a date; read strictly, no IO.

A table that leads nowhere, or to a stage nobody listed, is refused when it is read.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from certstore.errors import ConflictError, ForbiddenError, MalformedError

_Word = Annotated[str, Field(pattern="^[a-z][a-z_]{0,23}$")]


class Role(StrEnum):
    """Who leads a card from one stage into the next."""

    SYSTEM = "system"
    CARD_MAKER = "card_maker"
    OFFICER = "officer"
    COURIER = "courier"


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Stage(_Row):
    """A stage: who has the card, whether it left our hands, whether it is the last."""

    name: _Word
    held_by: _Word = "registry"
    left: bool = False
    ends: bool = False
    choose: Literal["", "way", "all"] = ""  # of the delivery


class Step(_Row):
    """A step: from which stages into which, by whom; `clock` is the term it sets, "" ends one."""

    name: _Word
    from_: Annotated[tuple[_Word, ...], Field(alias="from", min_length=1, max_length=20)]
    to: _Word
    by: Annotated[tuple[Role, ...], Field(min_length=1, max_length=4)]
    clock: Annotated[str, Field(pattern="^[a-z_]{0,24}$")] | None = None


class Sheet(_Row):
    """The table as it is written, figures first."""

    holds_from: date
    first: _Word
    file_of: int = Field(ge=1, le=1000)
    file_bytes: int = Field(ge=100_000, le=50_000_000)
    file_after: int = Field(ge=0, le=1440)
    photo_bytes: int = Field(ge=1000, le=5_000_000)
    forget_after: int = Field(ge=0, le=3650)
    wants_card: Annotated[tuple[_Word, ...], Field(max_length=20)]
    terms: dict[_Word, Annotated[int, Field(ge=0, le=60)]]
    stage: Annotated[tuple[Stage, ...], Field(min_length=2, max_length=40)]
    step: Annotated[tuple[Step, ...], Field(min_length=1, max_length=80)]


@dataclass(frozen=True, slots=True)
class StageTable:
    """The whole table; `sheet` holds its figures."""

    sheet: Sheet
    stages: Mapping[str, Stage]
    steps: Mapping[str, Step]

    @classmethod
    def parse(cls, text: str, *, where: str) -> Self:
        """Read a table; MalformedError names the first thing that is wrong with it."""
        try:
            sheet = Sheet.model_validate(tomllib.loads(text))
        except (tomllib.TOMLDecodeError, ValidationError) as error:
            raise MalformedError("a table of stages cannot be read", where=where) from error
        stages = {stage.name: stage for stage in sheet.stage}
        steps = {step.name: step for step in sheet.step}
        table = cls(sheet, stages, steps)
        if fault := table.fault():
            raise MalformedError(f"a table of stages is wrong: {fault}", where=where)
        return table

    def fault(self) -> str:
        """What is wrong with the table as a whole; empty if nothing is."""
        sheet = self.sheet
        if len(self.stages) != len(sheet.stage) or len(self.steps) != len(sheet.step):
            return "a name stands twice"
        named = {sheet.first, *(n for s in sheet.step for n in (*s.from_, s.to))}
        if strangers := sorted(named - self.stages.keys()):
            return f"no such stage: {strangers[0]}"
        clocks = {s.clock for s in sheet.step if s.clock} | {"making"}
        if strangers := sorted(clocks - sheet.terms.keys()):
            return f"no such term: {strangers[0]}"
        moved = {name for step in sheet.step for name in step.from_}
        stuck = [s.name for s in sheet.stage if not s.ends and s.name not in moved]
        return f"nothing leads on from {stuck[0]}" if stuck else ""

    @property
    def open_stages(self) -> tuple[str, ...]:
        """The stages that are not the last."""
        return tuple(name for name, stage in self.stages.items() if not stage.ends)

    def step(self, name: str, role: Role) -> Step:
        """A step that this role may take; ForbiddenError if it may not."""
        found = self.steps.get(name)
        if found is None or role not in found.by:
            raise ForbiddenError("this is for somebody else to do", where=name)
        return found

    def allows(self, name: str, stage: str) -> bool:
        """Whether a step leads on from a stage."""
        found = self.steps.get(name)
        return found is not None and stage in found.from_

    def check(self, name: str, role: Role, stage: str) -> Step:
        """The step from this stage by this role; ConflictError where it does not lead on."""
        found = self.step(name, role)
        if stage not in found.from_:
            raise moved_meanwhile(stage)
        return found


def moved_meanwhile(stage: str) -> ConflictError:
    """The card is at another stage by now."""
    return ConflictError(
        f"the card is {stage}: this cannot be done with it",
        where="stage",
        remedy="look at the card again",
        cause="STAGE",
        stage=stage,
    )


@cache
def stage_table() -> StageTable:
    """The table that comes with the service."""
    text = files("issuance.matters.cards").joinpath("stages.toml").read_text("utf-8")
    return StageTable.parse(text, where="stages.toml")
