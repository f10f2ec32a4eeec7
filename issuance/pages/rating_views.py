"""What the pages about ratings show: giving one, and a supervisor's answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from certstore.clock import local_date
from certstore.pages.views import Matter
from issuance.application import Application
from issuance.long_numbers import freed_of_numbers
from issuance.pages.application_pages import matter_word
from issuance.ratings.rating import COMPLAINT, GRADES, MOST_WORDS, PRAISE, Opinion, Rating
from issuance.sentences import as_read


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingView:
    """`issuance/rating.html`, GET /applications/{ref}/rating."""

    ref: str
    matter: Matter
    grade: int = 0  # 0: none chosen yet
    tags: tuple[str, ...] = ()
    words: str = ""
    rated_at: datetime | None = None
    may_change: bool = True
    reply: str = ""
    replied_at: datetime | None = None
    thanks: bool = False  # it was sent just now
    freed: bool = False  # and long numbers, or the writer's name, were taken out of it
    errors: Mapping[str, str] = field(default_factory=dict)
    grades: tuple[int, ...] = GRADES
    praise: tuple[str, ...] = PRAISE
    complaint: tuple[str, ...] = COMPLAINT
    most_words: int = MOST_WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingLine:
    """One rating on a supervisor's list; whose it is, it does not say."""

    ref: str  # the rating's own: nobody finds a case by it
    matter: Matter
    read: str  # the digest of what stands here; sent with the answer
    grade: int
    bad: bool
    tags: tuple[str, ...]
    words: str
    rated_on: date
    reply: str = ""
    replied_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRatingsView:
    """`issuance/desk_ratings.html`, GET /desk/ratings."""

    officer: str
    office: str
    waiting: int  # cases in the queue, for the top bar
    ratings: tuple[RatingLine, ...] = ()
    lately: tuple[RatingLine, ...] = ()  # answered, the last first
    moved: bool = False  # the one answered was changed or answered meanwhile
    answered: bool = False
    wrong: str = ""  # the rating whose answer could not be taken
    typed: str = ""


def rating_view(
    application: Application, known: Rating | None, now: datetime, *, thanks: bool = False
) -> RatingView:
    """What was said, if anything was."""
    ref, matter = application.ref, matter_word(application)
    if known is None:
        return RatingView(ref=ref, matter=matter)
    return RatingView(
        ref=ref,
        matter=matter,
        grade=known.opinion.grade,
        tags=known.opinion.tags,
        words=known.opinion.words,
        rated_at=known.rated_at,
        may_change=known.may_change(now),
        reply=known.reply,
        replied_at=known.replied_at,
        thanks=thanks,
    )


def rating_line(found: Rating) -> RatingLine:
    """A line of the list."""
    said: Opinion = found.opinion
    return RatingLine(
        ref=found.ref,
        matter=found.matter.value,
        read=said.digest,
        grade=said.grade,
        bad=found.bad,
        tags=said.tags,
        words=as_read(freed_of_numbers(said.words)[0]),  # kept before they were taken out
        rated_on=local_date(found.rated_at),
        reply=found.reply,
        replied_on=local_date(found.replied_at) if found.replied_at else None,
    )
