"""Watches over a ledger: the database's that the settings name, or somebody's over HTTP."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import rfc8785

from certstore.errors import MalformedError, UnavailableError
from certstore.ledger_monitor import Report, look_through, read_entries
from certstore.service.settings import Settings
from certstore.signed_note import Checkpoint, open_checkpoint
from certstore.storage.database import Database
from certstore.strict_json import parse_json_strict
from certstore.tables.books import Archive

_PAGE = 1000
_TIMEOUT_S = 30
_MAX_ANSWER = 8 * 1024 * 1024


def own_key(url: str) -> str:
    """The vkey of the house that the settings name; MalformedError for a ledger elsewhere."""
    if url:
        raise MalformedError(
            "a ledger elsewhere cannot say itself which key is its own",
            where="--public-key",
            remedy="fetch /v1/ledger/key once, compare it with one got another way, and keep it",
        )
    from certstore.service.wiring import House  # noqa: PLC0415 - slow to import

    return House(_present(Settings())).ledger_desk.vkey()


def monitor(url: str, vkey: str, kept: Checkpoint | None, told: Callable[[str], None]) -> Report:
    """Read the ledger at this address, or without one the database that the settings name.

    `told` is given a line a second while it lasts. UnavailableError where it cannot be read. The
    database is only read, and never migrated.
    """
    if url:
        return monitor_over_http(url, vkey, kept, Progress(told))
    database = Database(_present(Settings()).database)
    try:
        return look_through(Archive(database), vkey, kept, Progress(told))
    finally:
        database.close()


def _present(settings: Settings) -> Settings:
    """The settings, if their database is there: an empty one made just now would look sound."""
    path = Path(settings.database.removeprefix("sqlite:///"))
    if settings.database.startswith("sqlite") and not path.exists():
        raise UnavailableError(
            "there is no database here", where=str(path), remedy="set CERTSTORE_DATABASE_URL"
        )
    return settings


def as_lines(report: Report, kept: Checkpoint | None) -> list[str]:
    """A report as an operator reads it."""
    lines = [
        "SOUND" if report.sound else "NOT SOUND",
        f"  {report.leaves} leaves, {report.signed} of them under a signed checkpoint",
    ]
    if report.accesses is not None:
        lines.append(f"  {report.accesses} usage rows, {report.erased} of them erased")
    if kept is not None:
        lines.append(f"  compared with a checkpoint of {kept.size} leaves kept elsewhere")
    else:
        lines.append("  no checkpoint from elsewhere: a ledger set back as a whole looks like this")
    return lines + [f"  {f.code:<19} {f.where:<8} {f.detail}" for f in report.findings]


class Progress:
    """Says how far a reading is, once a second; a short one is over before it says anything."""

    def __init__(
        self, say: Callable[[str], None], steady: Callable[[], float] = time.monotonic
    ) -> None:
        """`steady` counts seconds."""
        self._say = say
        self._steady = steady
        self._last = steady()

    def __call__(self, done: int, size: int) -> None:
        """So many leaves are read, of so many."""
        now = self._steady()
        if now - self._last >= 1:
            self._last = now
            self._say(f"{done:,} of {size:,} leaves read")


def monitor_over_http(base: str, vkey: str, kept: Checkpoint | None, told: Progress) -> Report:
    """Rebuild the tree of the ledger at this address and compare it with both checkpoints.

    Raises UnavailableError where it does not answer, MalformedError where what it answers is no
    ledger's or its checkpoint is not signed by that key.
    """
    with httpx.Client(base_url=base, timeout=_TIMEOUT_S) as http:
        try:
            note = _get(http, "/v1/ledger/checkpoint").decode("utf-8")
        except UnicodeDecodeError as error:
            raise MalformedError("the ledger's checkpoint is no text", where=base) from error
        head = open_checkpoint(note, vkey)
        return replace(read_entries(_leaves(http, head.size, told), head, kept), note=note)


def _leaves(http: httpx.Client, size: int, told: Progress) -> Iterator[bytes]:
    """The leaves the checkpoint covers, written again as they were hashed; fewer if it gives less.

    Canonical JSON has one spelling (RFC 8785), so that nothing is lost on the way.
    """
    done = 0
    while done < size:
        path = f"/v1/ledger/entries?start={done}&count={min(_PAGE, size - done)}"
        said = parse_json_strict(_get(http, path), max_bytes=_MAX_ANSWER)
        listed = said.get("entries") if isinstance(said, dict) else None
        if not isinstance(listed, list) or len(listed) > size - done:
            raise MalformedError("the ledger does not list its leaves as a ledger does", where=path)
        if not listed:
            return
        for leaf in listed:
            yield rfc8785.dumps(leaf)
        done += len(listed)
        told(done, size)


def _get(http: httpx.Client, path: str) -> bytes:
    try:
        with http.stream("GET", path) as answer:
            if answer.status_code != httpx.codes.OK:
                raise UnavailableError(
                    f"the ledger answered {answer.status_code}", where=f"{http.base_url}{path}"
                )
            body = b""
            for part in answer.iter_bytes():
                body += part
                if len(body) > _MAX_ANSWER:
                    raise MalformedError("the ledger's answer is too long", where=path)
            return body
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise UnavailableError(
            "the ledger cannot be reached", where=str(http.base_url), remedy="check --url"
        ) from error
