"""What an issuing authority sends, parsed strictly; and what is made of it."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from certstore.certificates import Holder, Validity
from certstore.plain_words import plain_words
from certstore.sharing.bodies import Name, OperatorIn, Words
from certstore.sharing.grants import Operator
from issuance.for_others.orders import Action, Change, Order, Replacement

MOST_ITEMS = 1000
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day(sent: object) -> date:
    if not isinstance(sent, str) or not _DAY.fullmatch(sent):
        raise ValueError("a day is written YYYY-MM-DD")
    day = date.fromisoformat(sent)
    if not date(1900, 1, 1) <= day <= date(2199, 12, 31):
        raise ValueError("a day lies between 1900 and 2199")
    return day


Day = Annotated[date, BeforeValidator(_day)]
RecordNo = Annotated[str, Field(pattern="^[!-~]{1,60}$", examples=["WF-2026-000123"])]
FieldName = Annotated[str, Field(pattern="^[a-z][a-z_]{0,39}$")]
FieldText = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(plain_words)]
Reason = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(plain_words)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HolderIn(_Body):
    """Whom the certificate is for: a name and an identity number (GB/T 36903 annex A, 111)."""

    name: Annotated[str, Field(min_length=1, max_length=50), AfterValidator(plain_words)]
    id_type: Literal["111"] = "111"
    id_number: str = Field(pattern="^[0-9]{17}[0-9Xx]$")

    def holder(self) -> Holder:
        """The same as a value."""
        return Holder(self.name.strip(), self.id_type, self.id_number.upper())


class ValidityIn(_Body):
    """From and to which day; both count. Without `valid_to` there is no end."""

    valid_from: Day
    valid_to: Day | None = None


class ItemIn(_Body):
    """One certificate to issue."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "no_criminal_record",
                "record_no": "WF-2026-000123",
                "holder": {"name": "林晓禾", "id_number": "340199199804060284"},
                "fields": {
                    "searched_from": "2010-01-01",
                    "searched_to": "2026-11-20",
                    "result": "未发现犯罪记录",
                    "purpose": "入职",
                },
            }
        }
    )
    type: Name = Field(description="the type's word in /v1/catalog/cert-types")
    record_no: RecordNo = Field(description="the authority's own number of the record it issues on")
    holder: HolderIn
    fields: dict[FieldName, FieldText] = Field(
        max_length=40,
        description="what the certificate says; what follows from holder and validity may be left",
    )
    validity: ValidityIn | None = Field(None, description="left out: the type's own, from today")

    def order(self) -> Order:
        """What the desk is asked."""
        return Order(
            type_code=self.type,
            record_no=self.record_no,
            holder=self.holder.holder(),
            fields=self.fields,
            validity=_validity(self.validity),
        )


class IssueIn(ItemIn):
    """One certificate to issue, for which purpose, by which clerk."""

    purpose_id: Name
    operator: Words | OperatorIn


class BatchIn(_Body):
    """Up to 1,000 certificates to issue."""

    purpose_id: Name
    operator: Words | OperatorIn
    items: list[ItemIn] = Field(min_length=1, max_length=MOST_ITEMS)


class _ChangeIn(_Body):
    purpose_id: Name
    words: Reason = Field(description="the holder reads them", examples=["经核实，原记录有误"])
    operator: Words | OperatorIn

    def _change(self, ref: str, action: Action, reason: str) -> Change:
        return Change(
            ref=ref,
            purpose_id=self.purpose_id,
            action=action,
            reason=reason,
            words=self.words,
            operator=operator_of(self.operator),
        )


class SuspendIn(_ChangeIn):
    """Why a certificate is suspended; `lost` is said to everybody who asks for its status."""

    reason: Literal["lost", "under_investigation", "holder_request"]

    def change(self, ref: str) -> Change:
        """What the desk is asked."""
        return self._change(ref, Action.SUSPEND, self.reason)


class RestoreIn(_ChangeIn):
    """Why a suspended certificate is valid again."""

    reason: Literal["found", "investigation_closed", "holder_request"]

    def change(self, ref: str) -> Change:
        """What the desk is asked."""
        return self._change(ref, Action.RESTORE, self.reason)


class RevokeIn(_ChangeIn):
    """Why a certificate is revoked, for good."""

    reason: Literal[
        "issued_in_error", "no_longer_true", "holder_request", "holder_deceased", "court_order"
    ]

    def change(self, ref: str) -> Change:
        """What the desk is asked."""
        return self._change(ref, Action.REVOKE, self.reason)


class SupersedeIn(_ChangeIn):
    """What takes a certificate's place: same type, same holder, the next version."""

    reason: Literal["data_changed", "correction", "renewal"]
    record_no: RecordNo
    fields: dict[FieldName, FieldText] = Field(max_length=40)
    validity: ValidityIn | None = None

    def change(self, ref: str) -> Change:
        """What becomes of the former one."""
        return self._change(ref, Action.SUPERSEDE, self.reason)

    def replacement(self) -> Replacement:
        """What takes its place."""
        return Replacement(
            record_no=self.record_no, fields=self.fields, validity=_validity(self.validity)
        )


def operator_of(sent: str | OperatorIn) -> Operator:
    """The clerk who asks, however it was written."""
    return Operator(sent) if isinstance(sent, str) else Operator(sent.number, sent.terminal)


def _validity(sent: ValidityIn | None) -> Validity | None:
    return None if sent is None else Validity(sent.valid_from, sent.valid_to)
