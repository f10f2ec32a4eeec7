"""From applications to the views of their questions: mapping only, no IO."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from certstore.certificates import Certificate, Holder, Status
from certstore.clock import local_date
from certstore.offices import office_name
from certstore.web.dress import Lang
from issuance.answers import is_answered
from issuance.application import Answers, Application, Relative, State
from issuance.pages.decision_words import reads_of_refusal
from issuance.pages.question_views import Draft, DropView, Former, FoundRecord, Question
from verifiers.materials.on_file import holders_meant

_HOMES: Mapping[str, str] = {
    "lease_filing": "rent",
    "property_certificate": "own",
    "dormitory_certificate": "dormitory",
}
_OF_HOME = frozenset({"dwelling", "relative", "address"})  # not asked of who is registered


def questions_for(said: Answers, *, letter: bool | None = None) -> tuple[tuple[str, ...], bool]:
    """The questions this applicant is asked, in their order, and whether that is settled.

    `letter` is whether a commitment letter is called for, None while that is not known. Until
    it is settled these are all that may come: the number of questions never grows.
    """
    names = ["child"] if said.child else []
    names.append("dwelling")
    if not said.confirmed:
        names += ["address"] if said.dwelling == "dormitory" else ["relative", "address"]
    names.append("face")
    never = said.dwelling == "dormitory" or said.occupier == "self"
    if letter or (letter is None and not never):
        names.append("commitment")
    return tuple(names), letter is not None or never


def first_open(application: Application) -> str:
    """The page of the first question that has no answer yet; the case's own once it is no draft."""
    at, said = f"/applications/{application.ref}", application.answers
    if application.state is not State.DRAFT:
        return at
    if not application.matter.asks_home:
        return f"{at}/face" if said.why else f"{at}/why"
    if is_answered(said):
        return f"{at}/face"
    if not said.dwelling:
        return f"{at}/dwelling"
    whose = said.dwelling == "dormitory" or said.occupier == "self" or said.relative is not None
    return f"{at}/address" if whose else f"{at}/relative"


def question(application: Application, name: str, *, letter: bool | None = None) -> Question:
    """Where a question stands in this application."""
    said = application.answers
    if not application.matter.asks_home:
        names, settled = (*(("child",) if said.child else ()), "why", "face"), True
    else:
        names, settled = questions_for(said, letter=True if name == "commitment" else letter)
        if application.matter.rests_on_registration and is_answered(said):
            names = tuple(each for each in names if each not in _OF_HOME)
    if name not in names:  # a home taken over from a record, answered otherwise after all
        names, settled = questions_for(Answers(dwelling=said.dwelling, child=said.child))
    place = names.index(name) if name in names else 0
    back = f"/applications/{application.ref}/{names[place - 1]}" if place else "/applications"
    return Question(
        ref=application.ref,
        matter=application.matter.value,
        number=place + 1,
        of=len(names),
        back_href=back,
        exact=settled,
        child=said.child.name if said.child else None,
    )


def after_former(question: Question, former: Application | None) -> Question:
    """The question on the first page of an attempt anew: why the former one was refused."""
    if former is None:
        return question
    refused = former.state is State.REFUSED
    reasons, sentence = reads_of_refusal(former.reason) if refused else ((), None)
    return replace(
        question,
        former=Former(
            case_number=former.number, refused=refused, reasons=reasons, sentence=sentence
        ),
    )


def drafts_of(found: Iterable[Application]) -> tuple[Draft, ...]:
    """The drafts among them, as the start page offers them."""
    return tuple(
        Draft(
            href=first_open(a),
            drop_href=f"/applications/{a.ref}/withdraw",
            until=a.kept_until,
            child=a.answers.child.name if a.answers.child else None,
        )
        for a in found
    )


def drop_view(application: Application) -> DropView:
    """What is asked before a draft is given up."""
    child = application.answers.child
    return DropView(
        ref=application.ref,
        matter=application.matter.value,
        case_number=application.number,
        keep_href=first_open(application),
        child=child.name if child else None,
    )


def found_home(
    records: Iterable[Certificate],
    application: Application,
    checked_at: datetime,
    lang: Lang,
    left_already: Callable[[str], bool],
) -> FoundRecord | None:
    """A home on file in one's own name, to be confirmed rather than typed.

    One that is `left_already` (a change of address leads away from it) is not offered, nor is
    to whoever lets a dwelling the lease of it.
    """
    today, actor = local_date(checked_at), application.actor
    for record in records:
        usable = record.status_on(today) is Status.VALID and record.validity.covers(today)
        usable = usable and not record.under_dispute and _shows_home_of(record, actor)
        address = str(record.fields.get("address") or "")
        # A dormitory takes in who is named, and no child of theirs.
        offered = record.type_code in _HOMES and not (
            application.guardian and record.type_code == "dormitory_certificate"
        )
        if offered and usable and address and not left_already(address):
            return FoundRecord(
                type_code=record.type_code,
                address=address,
                holder=actor.name,
                relation=None,
                valid_from=record.validity.valid_from,
                valid_to=record.validity.valid_to,
                office=office_name(record.issuer_uscc, lang),
                checked_at=checked_at,
            )
    return None


def _shows_home_of(record: Certificate, actor: Holder) -> bool:
    wanted = (actor.id_type, actor.id_number.upper(), actor.name)
    return any((h.id_type, h.id_number, h.name) == wanted for h in holders_meant(record))


def answers_from(
    found: FoundRecord, application: Application, city: str, districts: Iterable[str]
) -> Answers | None:
    """The answers a confirmed record gives; None if its address names none of our districts.

    What is the guardian's own is a relative's to the child.
    """
    rest = found.address.removeprefix(city)
    own = guardians_home(application)
    for district in districts:
        if rest.startswith(district):
            return Answers(
                dwelling=_HOMES[found.type_code],
                occupier="relative" if own else "self",
                relative=own,
                district=district,
                address=rest.removeprefix(district),
                child=application.answers.child,
                confirmed=True,
            )
    return None


def guardians_home(application: Application) -> Relative | None:
    """The guardian as the relative in whose home the child lives; None if that cannot be said."""
    guardian, child = application.guardian, application.answers.child
    if guardian is None or child is None or child.relation == "other":
        return None
    return Relative(guardian.name, guardian.id_number, child.relation)
