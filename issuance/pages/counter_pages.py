"""From a visit and its cases to the views of the counter's pages: mapping only, no IO."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from certstore.certificates import Status
from certstore.clock import local_date
from certstore.pages.views import Matter as MatterWord
from certstore.web.dress import Lang
from issuance.answers import is_answered
from issuance.application import WITH_OFFICERS, Application, Matter, State
from issuance.beginning import BEGUN_AGAIN
from issuance.commitment import digest_of
from issuance.counter.cases.desk import AtCounter
from issuance.counter.visit import Visit
from issuance.grounds import GROUNDS
from issuance.handed_in import LEAST_PAGES, MOST_FILES, materials_of, read_kept
from issuance.pages.application_pages import application_word
from issuance.pages.check_pages import Around, check_view
from issuance.pages.counter_views import (
    CounterCaseView,
    HomeTyped,
    LetterAtCounter,
    PersonsCase,
    PhotoAtCounter,
    Present,
    ReceiptView,
    Scans,
)
from issuance.pages.decision_words import reads_of_refusal
from issuance.pages.question_pages import guardians_home
from issuance.pages.question_views import FoundRecord
from issuance.pages.upload_views import Paper, file_view
from issuance.pages.views import MaterialRow
from issuance.photo_capture import OnPhotoPage, reasons_of
from issuance.procedure import procedure_of
from issuance.stations import station_name
from issuance.submission import still_to_do
from issuance.upload import TAKEN, UploadState
from issuance.uploads import Asked
from verifiers.materials.vocabulary import Material, Outcome

MATTERS: tuple[MatterWord, ...] = tuple(m.value for m in Matter if m.applied_for)
"""What is applied for at a counter: everything that somebody begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a page takes beside the case: the desk's bar, the day, the city."""

    officer: str
    office: str
    waiting: int
    today: date
    due: date
    city: str
    districts: tuple[str, ...]
    lang: Lang
    life: timedelta
    letter: str = ""  # its text, as it would be signed now
    found: FoundRecord | None = None


def present_view(visit: Visit, life: timedelta) -> Present:
    """Who is there."""
    return Present(
        name=visit.person.name,
        document=visit.document.value,
        checked_at=visit.at,
        until=visit.at + life,
    )


def persons_cases(found: Iterable[Application], today: date) -> tuple[PersonsCase, ...]:
    """Everything somebody applied for, one line each."""
    return tuple(
        PersonsCase(
            ref=a.ref,
            matter=a.matter.value,
            case_number=a.number,
            state=application_word(a, today),
            on=a.kept_until if a.state is State.DRAFT else a.due_on,
            child=a.answers.child.name if a.answers.child else None,
            may_again=_may_again(a),
        )
        for a in found
    )


def _may_again(application: Application) -> bool:
    return application.state in BEGUN_AGAIN and application.matter.applied_for


def case_view(at: AtCounter, beside: Beside) -> CounterCaseView:
    """The working page of one case."""
    application = at.application
    view = CounterCaseView(
        officer=beside.officer,
        office=beside.office,
        waiting=beside.waiting,
        ref=application.ref,
        visit=at.visit.ref,
        matter=application.matter.value,
        case_number=application.number,
        state=application_word(application, beside.today),
        present=present_view(at.visit, beside.life),
        seal=at.seal,
        child=application.answers.child.name if application.answers.child else None,
        due=application.due_on,
        scans=tuple(_scans(asked, application.ref) for asked in at.asked),
        photo=_photo(at),
        certificate=_in_force(at, beside.today),
        has_receipt=application.submitted_at is not None,
        taken_at=station_name(application.taken_at, beside.lang) if application.taken_at else "",
        may_withdraw=application.state
        in WITH_OFFICERS | {State.DRAFT, State.WAITING, State.SUPPLEMENT},
        may_again=_may_again(application),
    )
    if application.state is State.DRAFT:
        return _drafted(view, at, beside)
    return _sent(view, at)


def _drafted(view: CounterCaseView, at: AtCounter, beside: Beside) -> CounterCaseView:
    application, checked = at.application, at.checked
    view = replace(
        view,
        districts=beside.districts,
        home=_home(application),
        whys=GROUNDS.get(application.matter, ()),
        abouts=at.abouts,
        why=application.answers.why,
        about=application.answers.about,
        ends=at.ends,
        found=beside.found,
        guardians_home=guardians_home(application) is not None,
        answered=is_answered(application.answers),
        due=beside.due,
    )
    if checked is None:
        return view
    around = Around(due=beside.due, city=beside.city, lang=beside.lang)
    shown = check_view(application, checked, around)
    rows = tuple(_plain(row) for row in shown.materials)
    return replace(
        view,
        rows=rows,
        letter=_letter(at, beside),
        obstacle=shown.obstacle,
        may_submit=not still_to_do(application, checked),
        to_officer=shown.for_officer or not procedure_of(application.matter).by_rules,
    )


def _sent(view: CounterCaseView, at: AtCounter) -> CounterCaseView:
    application, asked = at.application, at.application.asked
    if application.state is State.SUPPLEMENT and asked is not None:
        return replace(
            view,
            asked_until=asked.until,
            sentence=asked.sentence,
            may_supply=set(asked.materials) <= at.given,
        )
    if at.tells_reasons:
        reasons, sentence = reads_of_refusal(application.reason)
        return replace(view, tells_reasons=True, reasons=reasons, sentence=sentence or "")
    return view


def _home(application: Application) -> HomeTyped:
    """The answers as the form shows them."""
    said = application.answers
    own = said.relative is not None and said.relative.id_number == application.actor.id_number
    relative = None if own else said.relative
    return HomeTyped(
        dwelling=said.dwelling,
        whose="guardian" if own and application.guardian else said.occupier,
        relation=relative.relation if relative else "",
        relative_name=relative.name if relative else "",
        relative_id_number=relative.id_number if relative else "",
        district=said.district,
        address=said.address,
    )


def receipt_view(at: AtCounter, beside: Beside, received_at: datetime) -> ReceiptView:
    """The notice that an application was taken in (受理通知)."""
    application = at.application
    kept = read_kept(application.decision)
    papers = dict.fromkeys(f.document for f in kept)
    counter = application.taken_at
    return ReceiptView(
        officer=beside.officer,
        office=beside.office,
        waiting=beside.waiting,
        ref=application.ref,
        matter=application.matter.value,
        case_number=application.number,
        applicant=application.applicant.name,
        number=application.applicant.id_number,
        guardian=application.guardian.name if application.guardian else None,
        received_at=received_at,
        received_on=local_date(received_at),
        due=application.due_on,
        state=application_word(application, beside.today),
        papers=tuple((p, sum(f.pages for f in kept if f.document == p)) for p in papers),
        letter=application.commitment is not None,
        counter=station_name(counter, beside.lang) if counter else "",
        taken_by=application.taken_by,
    )


def _plain(row: MaterialRow) -> MaterialRow:
    """A row with nothing to press: what can be done stands in forms of its own."""
    return replace(row, actions=())


def _letter(at: AtCounter, beside: Beside) -> LetterAtCounter | None:
    signed, checked = at.application.commitment, at.checked
    if signed is not None:
        text, signed_at = signed.text, signed.signed_at
        return _as_letter(text, signed_at)
    if checked is None or not checked.asks_for_letter or not beside.letter:
        return None
    if Material.KINSHIP in materials_of(checked.handed_in):
        return None
    return _as_letter(beside.letter)


def _as_letter(text: str, signed_at: datetime | None = None) -> LetterAtCounter:
    lines = tuple(text.split("\n"))
    return LetterAtCounter(lines=lines, sha256=digest_of(text), signed_at=signed_at)


def _scans(asked: Asked, ref: str) -> Scans:
    taken = [u for u in asked.uploads if u.state in TAKEN]
    return Scans(
        material=asked.decision.material.value,
        papers=tuple(Paper(code=code, pages=LEAST_PAGES[code]) for code in asked.papers),
        files=tuple(file_view(upload, f"/desk/counter/{ref}/files") for upload in taken),
        refused=tuple(
            r for u in asked.uploads if u.state is UploadState.REFUSED for r in u.reasons
        ),
        full=len(taken) >= MOST_FILES,
        seen=frozenset(u.ref for u in taken if u.seen_by),
    )


def _photo(at: AtCounter) -> PhotoAtCounter | None:
    found: OnPhotoPage | None = at.photo
    if found is None:
        return None
    decided = at.checked.decision.materials.get(Material.PHOTO) if at.checked else None
    settled = decided is not None and decided.outcome in {
        Outcome.SATISFIED,
        Outcome.NOT_APPLICABLE,
    }
    needless = settled or (at.checked is not None and decided is None)
    if needless and found.offered is None and found.kept is None:
        return None  # the one on file will do
    shown = found.offered or found.kept
    return PhotoAtCounter(
        offered=found.offered.ref if found.offered else None,
        kept=found.kept.ref if found.kept else None,
        picture=f"/desk/counter/{at.application.ref}/photo/{shown.ref}/photo" if shown else "",
        against=reasons_of(shown) if shown else (),
    )


def _in_force(at: AtCounter, today: date) -> str:
    certificate = at.certificate
    if certificate is None or certificate.status_on(today) is not Status.VALID:
        return ""
    return certificate.type_code
