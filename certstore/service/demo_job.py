"""The main job of the demonstration, step by step, over HTTP against the running service.

Every step checks what it promises and raises DemoError if it does not hold.
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from certstore.certificates import Certificate
from certstore.client import Case, Client, NotGrantedError, Purpose
from certstore.keys import KeySigner
from certstore.merkle import verify_inclusion
from certstore.service.demo_school import SCHOOL_CLIENT, SCHOOL_MATTER, SCHOOL_PURPOSE
from certstore.service.demo_visitor import DemoError, Visitor
from certstore.service.wiring import House
from verifiers.scanning.verify import as_json, verify

Say = Callable[[str], None]
PULLED = ("name", "residence_district", "valid_until")
_FOURTH = "id_number"
_REF = re.compile(r"/(?:applications|certificates)/([0-9a-z]{20})")


@dataclass(slots=True)
class Findings:
    """What the job made, for the summary."""

    refs: dict[str, str] = field(default_factory=dict)  # which certificate → its reference
    presentation: dict[str, Any] = field(default_factory=dict)
    pull: dict[str, Any] = field(default_factory=dict)
    refused_pull: dict[str, Any] = field(default_factory=dict)
    usage: list[dict[str, Any]] = field(default_factory=list)
    proof: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MainJob:
    """One run of the main job on an invented city that was handed in."""

    house: House
    base: str
    people: Mapping[str, Mapping[str, Any]]
    school: KeySigner
    say: Say
    found: Findings = field(default_factory=Findings)

    def run(self) -> Findings:
        """Do steps 2 to 8."""
        with Visitor(self.base) as resident:
            self._register(resident, "lin_xiaohe", self.people["lin_xiaohe"]["declares"])
            self._review()
            code = self._present(resident, "lin_xiaohe")
            self._scan(code)
            self._pull()
            self._look(resident)
            self._move(resident, code)
            self._present_again(resident)
        return self.found

    # 2, 3, 4 ------------------------------------------------------------------------------

    def _register(self, resident: Visitor, who: str, declares: Mapping[str, Any]) -> None:
        name = self.people[who]["name"]
        self.say(f"2  {name} signs in and starts a residence registration")
        resident.sign_in(who)
        ref = self._apply(resident, "residence-registration", declares)
        began = time.perf_counter()
        page = resident.get(f"/applications/{ref}/check")
        result = resident.form(page, f"/applications/{ref}/check", {})
        took = time.perf_counter() - began
        _require("/download" in result.text, "the voucher was not issued automatically")
        self.found.refs[who] = self._certificate_of(ref)
        self.say(f"3  approved automatically; 4  voucher issued, submit to result {took:.2f} s")

    def _apply(self, visitor: Visitor, matter: str, declares: Mapping[str, Any]) -> str:
        """Answer every question, verify the face, sign where a letter is needed."""
        page = visitor.form(visitor.get(f"/apply/{matter}"), f"/apply/{matter}", {})
        ref = _ref(page)
        at = f"/applications/{ref}"
        visitor.form(page, f"{at}/dwelling", {"dwelling": declares["dwelling"]})
        if declares["dwelling"] != "dormitory":
            visitor.form(visitor.get(f"{at}/relative"), f"{at}/relative", _whose(declares))
        where = {"district": declares["district"], "address": declares["address"]}
        asked = visitor.form(visitor.get(f"{at}/address"), f"{at}/address", where)
        sandbox = visitor.form(asked, f"{at}/face", {})
        back = visitor.form(sandbox, sandbox.url.path, {"outcome": "pass"})
        _require(f"{at}/c" in back.text, "the face result was not accepted")
        if f"{at}/commitment" in back.text:
            letter = visitor.get(f"{at}/commitment")
            signed = {"signature": self._name_of(ref), "agreed": "1"}
            visitor.form(letter, f"{at}/commitment", signed)
        return ref

    def _review(self) -> None:
        name = self.people["shen_xiaozhou"]["name"]
        self.say(f"3  {name} applies with an address that may be another place")
        with Visitor(self.base) as applicant:
            applicant.sign_in("shen_xiaozhou")
            ref = self._apply(
                applicant, "residence-registration", self.people["shen_xiaozhou"]["declares"]
            )
            page = applicant.get(f"/applications/{ref}/check")
            applicant.form(page, f"/applications/{ref}/check", {})
        with Visitor(self.base) as officer:
            officer.sign_in("officer_1047")
            case = officer.get(f"/desk/cases/{ref}")
            decision = {"judge_1": "yes", "decision": "approve"}
            officer.form(case, f"/desk/cases/{ref}", decision)
        self.found.refs["shen_xiaozhou"] = self._certificate_of(ref)
        self.say("   an officer compared both addresses and approved; voucher issued")

    # 5 --------------------------------------------------------------------------------------

    def _present(self, resident: Visitor, who: str) -> str:
        ref = self.found.refs[who]
        page = resident.get(f"/certificates/{ref}/present")
        headers = {"X-CSRF-Token": resident.token(page), "Accept": "application/json"}
        answer = resident.http.post(f"/certificates/{ref}/present/code", headers=headers)
        made = answer.json()
        self.found.presentation = {
            "code_text": made["code_text"],
            "created_at": made["created_at"],
        }
        return str(made["code_text"])

    def _scan(self, code: str) -> None:
        with Visitor(self.base) as verifier:
            off_line = self._verify(code)
            _require(off_line["verdict"] == "valid", "off line the code is not valid", off_line)
            _require(
                "replay_not_checked" in off_line["reasons"], "off line replay is not mentioned"
            )
            first = verifier.api("/v1/verify/code", {"code": code, "verifier": "望江酒店"})
            _require(first["verdict"] == "valid", "on line the code is not valid", first)
            second = verifier.api("/v1/verify/code", {"code": code, "verifier": "望江酒店"})
            _require(second["verdict"] == "replayed", "a code was redeemed twice", second)
        self.say("5  presented: valid on line and off line; scanned again: replayed")

    def _verify(self, code: str) -> dict[str, Any]:
        with httpx.Client(base_url=self.base, timeout=30) as http:
            result = verify(
                code,
                root_pem=http.get("/.well-known/certstore-root.pem").content,
                trust_jws=http.get("/.well-known/certstore-trust-list").text,
                status_files=[http.get(path).content for path in self.list_paths()],
                at=self.house.clock.now(),
            )
        return as_json(result)

    def list_paths(self) -> list[str]:
        """The status lists there are."""
        with self.house.archive.reading() as books:
            return [f"/status-lists/{number}" for number in books.statuses.numbers()]

    # 6 --------------------------------------------------------------------------------------

    def _pull(self) -> None:
        case = Case("RX-2026-00017", self.people["lin_xiaohe"]["id_number"], "教师 3021")
        purpose = Purpose(SCHOOL_PURPOSE, SCHOOL_MATTER, ["residence_voucher"], PULLED)
        root, clock = self.house.keys.root_pem(), self.house.clock
        with Client(
            self.base, SCHOOL_CLIENT, self.school, purpose, root=root, clock=clock
        ) as school:
            ref = school.search(case).in_force().ref
            good = school.pull(case, ref)
            school.verify_receipt(good)
            _require(set(good.fields) == set(PULLED), "a field is missing", good.withheld)
            try:
                school.pull(case, ref, [*PULLED, _FOURTH])
            except NotGrantedError as error:
                bad = error
            else:
                raise DemoError("a fourth field was not refused")
        _require(bad.paths == (_FOURTH,), "a fourth field was not refused by name", bad.said)
        asked = {
            "path": f"/v1/certificates/{ref}:pull",
            "purpose_id": SCHOOL_PURPOSE,
            "matter_code": SCHOOL_MATTER,
            **case.members(),
        }
        self.found.pull = {
            "request": {**asked, "fields": list(PULLED)},
            "response": dict(good.answer),
        }
        self.found.refused_pull = {
            "request": {**asked, "fields": [*PULLED, _FOURTH]},
            "status": bad.status,
            "response": dict(bad.said),
        }
        self.say("6  school enrolment pulled three fields; a fourth was refused by name")

    # 7 --------------------------------------------------------------------------------------

    def _look(self, resident: Visitor) -> None:
        answer = resident.http.get("/v1/me/usage", headers={"Accept": "application/json"})
        self.found.usage = answer.json()
        kinds = {entry["kind"] for entry in self.found.usage}
        _require({"pull", "scan"} <= kinds, "an access is missing from the usage list", kinds)
        pulled = next(entry for entry in self.found.usage if entry["kind"] == "pull")
        page = resident.get(f"/usage/{pulled['ref']}")
        _require("proof.json" in page.text, "the usage page offers no proof")
        proof = resident.api(f"/usage/{pulled['ref']}/proof.json")
        path = [bytes.fromhex(step) for step in proof["audit_path"]]
        leaf, root = bytes.fromhex(proof["leaf_hash"]), bytes.fromhex(proof["root"])
        good = verify_inclusion(leaf, proof["leaf_index"], proof["tree_size"], path, root)
        _require(good, "the inclusion proof does not hold", proof)
        self.found.proof = proof
        self.say(f"7  the resident sees {len(self.found.usage)} accesses and checked one's proof")

    # 8 --------------------------------------------------------------------------------------

    def _move(self, resident: Visitor, old_code: str) -> None:
        old = self.found.refs["lin_xiaohe"]
        before = self._printed_code(old)
        ref = self._apply(resident, "address-change", self.people["lin_xiaohe"]["moves_to"])
        page = resident.get(f"/applications/{ref}/check")
        resident.form(page, f"/applications/{ref}/check", {})
        self.found.refs["lin_xiaohe_former"] = old
        self.found.refs["lin_xiaohe"] = self._certificate_of(ref)
        with Visitor(self.base) as verifier:
            on_line = verifier.api("/v1/verify/code", {"code": before})
        _require(on_line["verdict"] == "superseded", "on line the old code lives", on_line)
        off_line = self._verify(before)
        _require(off_line["verdict"] == "revoked", "off line the old code lives", off_line)
        _require(old_code != before, "a presentation is the printed code")
        self.say("8  moved: the old voucher is superseded on line, revoked off line")

    def _present_again(self, resident: Visitor) -> None:
        """The presentation that is left unredeemed, for the summary."""
        code = self._present(resident, "lin_xiaohe")
        off_line = self._verify(code)
        _require(off_line["verdict"] == "valid", "the new voucher is not valid", off_line)

    # ----------------------------------------------------------------------------------------

    def certificate(self, who: str) -> Certificate:
        """A certificate the job issued, as the register has it now."""
        with self.house.archive.reading() as books:
            return books.register.get(self.found.refs[who])

    def _printed_code(self, ref: str) -> str:
        with self.house.archive.reading() as books:
            file = books.register.get(ref).file("code")
        return self.house.objects.get(file.sha256).decode() if file else ""

    def _certificate_of(self, ref: str) -> str:
        application = self.house.application(ref)
        if application.certificate_ref is None:
            raise DemoError("an application ended without a certificate", where=ref)
        return application.certificate_ref

    def _name_of(self, ref: str) -> str:
        return self.house.application(ref).applicant.name


def _whose(declares: Mapping[str, Any]) -> dict[str, str]:
    relative = declares.get("relative")
    if declares["occupier"] == "self" or not relative:
        return {"whose": "self"}
    return {
        "whose": "relative",
        "relation": relative["relation"],
        "relative_name": relative["name"],
        "relative_id_number": relative["id_number"],
    }


def _ref(page: httpx.Response) -> str:
    found = _REF.search(page.url.path)
    if found is None:
        raise DemoError(f"no application was begun: {page.url.path}")
    return found.group(1)


def _require(holds: bool, otherwise: str, facts: object = None) -> None:  # noqa: FBT001 - a condition
    if not holds:
        said = "" if facts is None else f": {json.dumps(facts, ensure_ascii=False, default=str)}"
        raise DemoError(f"{otherwise}{said[:600]}")
