"""A house where the featured people of the invented city live, each with their records on file.

The records are the committed ones, taken past the batch's signature: handing the whole city in
takes seconds, and is tested elsewhere.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from lxml.html import fromstring

from certstore.batch_records import parse_record
from certstore.batch_types import Record
from certstore.callers import Caller, Officer, Resident, caller_as_json
from certstore.certificates import Certificate, Holder
from certstore.chance import token
from certstore.service.app import create_app
from certstore.service.demo_cast import cast, demonstration_file
from certstore.service.wiring import House
from certstore.tables.sessions import SessionRow
from face_auth.sandbox import Behaviour
from issuance.application import Answers, Application, Matter, Relative, State
from issuance.voucher_draft import VOUCHER
from tests.house import TODAY, house_in

ORIGIN = "http://127.0.0.1:8000"
PEOPLE = cast(("海港区", "梧桐区", "望江区", "云杉区"))
GAO = Officer("高民警", "1047", "梧桐派出所")
LI = Officer("李民警", "1052", "梧桐派出所")
EVERYWHERE = replace(GAO, supervisor=True)  # where it matters not whose case it is
BATCHES = {
    "police": "11310000MB0T00015W",
    "housing": "11310000MB0T00023P",
    "natural_resources": "11310000MB0T00031J",
    "employer": "91310000MA0T00112H",
}
REGISTRATION, ADDRESS_CHANGE = Matter.RESIDENCE_REGISTRATION, Matter.ADDRESS_CHANGE
_CSRF = "token-of-this-session"
_accounts = count(1)


# -- the house -----------------------------------------------------------------------------


def settle(house: House) -> None:
    """Put the featured people's records on file."""
    known = {p["id_number"] for p in PEOPLE.values() if "id_number" in p}
    folder = files("certstore.service.demo_city").joinpath("batches")
    taken: list[Certificate] = []
    for batch, source in BATCHES.items():
        lines = enumerate(demonstration_file(f"{batch}.jsonl").splitlines(), start=1)
        read = (parse_record(line, number=number) for number, line in lines)
        records = [r for r in read if isinstance(r, Record) and _names(r, known)]
        certificates, refused = house.collection_desk._with_files(
            tuple(records), source, lambda path: folder.joinpath(path).read_bytes(), TODAY
        )
        assert not refused
        taken += [getattr(c, "certificate", c) for c in certificates]
    with house.archive.writing() as books:
        for certificate in taken:
            assert books.register.hand_in(certificate)


def _names(record, known):
    return any(holder.id_number in known for holder in record.holders)


@pytest.fixture(scope="session")
def settled_folder(tmp_path_factory) -> Path:
    """A closed house with everybody's records, to be copied."""
    folder = tmp_path_factory.mktemp("settled")
    house = house_in(folder)
    settle(house)
    house.close()
    return folder


@pytest.fixture
def house(settled_folder, tmp_path) -> Iterator[House]:
    """A house of one's own."""
    with copied(settled_folder, tmp_path) as opened:
        yield opened


@contextmanager
def copied(settled_folder: Path, tmp_path: Path, **settings: object) -> Iterator[House]:
    """A copy of the settled house, with other settings."""
    folder = tmp_path / "house"
    shutil.copytree(settled_folder, folder)
    opened = house_in(folder, **settings)
    try:
        yield opened
    finally:
        opened.close()


# -- who is who ----------------------------------------------------------------------------


def resident(key: str, name: str | None = None) -> Resident:
    """A featured person, signed in a moment ago; `name` as another office writes it."""
    person = PEOPLE[key]
    holder = Holder(name or person["name"], "111", person["id_number"])
    return Resident(holder, f"https://id.example#{key}", TODAY)


def answers_of(home: dict) -> Answers:
    """What somebody declares about a home."""
    said = home.get("relative")
    relative = Relative(said["name"], said["id_number"], said["relation"]) if said else None
    return Answers(home["dwelling"], home["occupier"], relative, home["district"], home["address"])


# -- the applicant's walk ------------------------------------------------------------------


def drafted(
    house: House, key: str, matter: Matter = REGISTRATION, home: str = "declares", **changes: object
) -> Application:
    """A draft with every question answered and the face verified, its letter not signed."""
    me, desk = resident(key), house.apply_desk
    ref = desk.begin(me, matter).ref
    desk.answer(me, ref, replace(answers_of(PEOPLE[key][home]), **changes))
    verify_face(house, key, ref)
    return desk.get(me, ref)


def verify_face(house: House, key: str, ref: str) -> None:
    """Pass the sandbox's face verification."""
    me = resident(key)
    challenge = house.apply_desk.verify_face(me, ref, f"/applications/{ref}/face")
    ending = house.sandbox_provider.end(challenge.url.rpartition("/")[2], Behaviour.PASS)
    house.face_desk.accept(ending.token, me.account)


def submitted(
    house: House, key: str, matter: Matter = REGISTRATION, home: str = "declares", **changes: object
) -> Application:
    """An application handed in, with its letter where one is needed."""
    me, desk = resident(key), house.apply_desk
    application = drafted(house, key, matter, home, **changes)
    if application.answers.occupier == "relative":
        desk.sign(me, application.ref, me.holder.name)
    return desk.submit(me, application.ref)


def approved(house: House, key: str, **changes: object) -> Application:
    """An approved application that nobody has tried to issue yet."""
    me, desk = resident(key), house.apply_desk
    application = drafted(house, key, **changes)
    desk._record_submission(application, house.checklist_desk.check(application))
    application = desk.get(me, application.ref)
    assert application.state is State.APPROVED
    return application


def vouchers(house: House, key: str) -> list[Certificate]:
    """Every voucher of somebody, newest first."""
    holder = resident(key).holder
    with house.archive.reading() as books:
        held = books.register.held_by(holder.id_type, holder.id_number)
    return [c for c in held if c.sealed and c.type_code == VOUCHER]


# -- the pages -----------------------------------------------------------------------------


def _app_of(house: House) -> FastAPI:
    """One application a house, as in life: putting it together takes a second.

    Kept with the house, so that it goes when the house goes.
    """
    kept: dict[str, Any] = house.__dict__
    if "app_of_tests" not in kept:
        kept["app_of_tests"] = create_app(house)
    app: FastAPI = kept["app_of_tests"]
    return app


class Browser:
    """Somebody's browser on the pages of a house; follows no redirects."""

    def __init__(self, house: House, caller: Caller | None, lang: str = "zh") -> None:
        app = _app_of(house)
        cookies = {}
        if caller is not None:
            secret, now = token(), house.clock.now()
            ends = now.replace(year=now.year + 1)
            with house.archive.writing() as books:
                books.sessions.open(secret, SessionRow(caller_as_json(caller), _CSRF, now, ends))
            cookies["session"] = secret
        self.lang = lang
        headers = {"accept": "text/html", "origin": ORIGIN}
        self.http = TestClient(
            app, base_url=ORIGIN, follow_redirects=False, headers=headers, cookies=cookies
        )

    def get(self, path: str):
        """Open a page."""
        mark = "&" if "?" in path else "?"
        return self.http.get(f"{path}{mark}lang={self.lang}")

    def post(self, path: str, **fields: str | list[str]):
        """Send a form."""
        mark = "&" if "?" in path else "?"
        return self.http.post(f"{path}{mark}lang={self.lang}", data={"csrf": _CSRF, **fields})


def assert_sound(answer, lang: str) -> None:
    """A page is whole: one heading, its language, a title."""
    read = fromstring(answer.text)
    shown = [h for h in read.iter("h1") if not h.xpath("ancestor::template|ancestor::*[@hidden]")]
    assert len(shown) == 1, answer.text[:2000]
    assert read.get("lang").startswith(lang)
    assert read.findtext(".//title").strip()
