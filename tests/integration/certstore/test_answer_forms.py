"""An answer as whole file, annotated copy, credential: what leaves, is refused, is recorded."""

import hashlib
import io
import json
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta

import jwt
import pikepdf
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from certstore.authorization.resource_gate import Presented
from certstore.callers import Service
from certstore.certificates import Status
from certstore.errors import FieldNotGrantedError, GoneError
from certstore.keys import Purpose
from certstore.sd_jwt import open_sd_jwt
from certstore.sharing.bodies import PullIn
from certstore.sharing.pulls import AskedPull
from tests.integration.certstore.answers import (
    ALL,
    ARCHIVE,
    COUNTER,
    FEW,
    HOLDER,
    body,
    disclosed,
    enrol,
    issued,
    records,
    service,
)
from tests.residents import copied
from tests.sealed import become, handed_in
from verifiers.scanning.verify import exit_code, verify


class Rooms:
    """A house with one voucher, an archive that may see all of it, a counter that may not."""

    def __init__(self, house):
        self.house = house
        self.held = issued(house)
        self.keys = {
            ARCHIVE: enrol(house, ARCHIVE, ALL, lease_filing=("address", "name")),
            COUNTER: enrol(house, COUNTER, FEW),
        }

    def ask(self, client_id, fields, *, as_whom=None, ref=None, **changes):
        types = changes.pop("types", ())
        http = self.client(client_id, fields, *types)
        path = f"/v1/certificates/{ref or self.held.ref}:pull"
        return http.post(path, json=body(as_whom or client_id, fields, **changes))

    def client(self, client_id, fields, *types):
        return service(self.house, client_id, self.keys[client_id], fields, *types)

    def verdict(self, pdf):
        return self.house.scan_desk.judge_file(pdf).result

    def copy(self, fields=FEW, **changes):
        answer = self.ask(COUNTER, fields, format="annotated", **changes)
        assert answer.status_code == 200, answer.text
        return self.fetched(answer, COUNTER)

    def fetched(self, answer, client_id):
        got = self.client(client_id, ["name"]).get(answer.json()["document"]["url"])
        assert got.status_code == 200, got.text
        return got.content


@pytest.fixture
def own(settled_folder, tmp_path):
    """Rooms for a test that changes the voucher, or the clock."""
    with copied(settled_folder, tmp_path) as house:
        yield Rooms(house)


@pytest.fixture(scope="module")
def rooms(settled_folder, tmp_path_factory):
    with copied(settled_folder, tmp_path_factory.mktemp("forms")) as house:
        yield Rooms(house)


def problem(answer, status, slug):
    assert answer.status_code == status, answer.text
    said = answer.json()
    assert said["type"] == f"urn:certstore:problem:{slug}"
    assert HOLDER.name not in answer.text
    return said


# -- names and origins ---------------------------------------------------------------------


def test_each_origin_says_whether_the_government_or_the_holder_stands_behind_it(rooms):
    origins = rooms.ask(COUNTER, FEW).json()["origins"]
    assert {path: o["verified"] for path, o in origins.items()} == {
        "name": "government",
        "residence_district": "self_declared",
        "valid_until": "government",
    }
    assert all(
        o["government_verified"] is (o["verified"] == "government") for o in origins.values()
    )


def test_fields_come_under_the_names_of_the_standard_too(rooms):
    said = rooms.ask(ARCHIVE, ("name", "id_number", "photo"), names="gbt36903").json()
    national = said["gbt36903"]
    assert national["fields"] == {
        "ZZMC": "居住登记凭证",
        "ZZLXDM": "11310000MB0T00015WT01",
        "CZZT": HOLDER.name,
        "CZZTDM": HOLDER.id_number,
        "CZZTDMLXDM": "111",
    }
    assert set(national["origins"]) == {"CZZT", "CZZTDM"}
    assert national["withheld"] == [{"path": "photo", "reason": "in_documents_only"}]
    assert said["fields"] == {"name": HOLDER.name, "id_number": HOLDER.id_number}
    few = rooms.ask(COUNTER, ("name",), names="gbt36903").json()["gbt36903"]["fields"]
    assert set(few) == {"ZZMC", "ZZLXDM", "CZZT"}  # nothing of a number that was not granted


# -- the whole file ------------------------------------------------------------------------


def test_the_whole_file_goes_out_by_a_link_that_is_good_once(rooms):
    answer = rooms.ask(ARCHIVE, ALL, format="pdf")
    assert answer.status_code == 200, answer.text
    link = answer.json()["document"]
    http = rooms.client(ARCHIVE, ALL)
    got = http.get(link["url"])
    assert got.status_code == 200
    assert (got.headers["content-type"], got.headers["cache-control"]) == (
        link["media_type"],
        "no-store",
    )
    assert hashlib.sha256(got.content).hexdigest() == link["sha256"]
    assert len(got.content) == link["bytes"]
    assert HOLDER.name not in str(got.headers)
    assert rooms.verdict(got.content).verdict == "valid"
    assert records(rooms.house)[1]["fields"] == [*ALL, "document"]  # before the scan of this test
    assert problem(http.get(link["url"]), 410, "not-found")["cause"] == "link_used"


def test_only_a_hash_of_the_link_is_kept(rooms):
    url = rooms.ask(COUNTER, FEW, format="annotated").json()["document"]["url"]
    secret = url.rsplit("/", 1)[1]
    with rooms.house.archive.reading() as books:
        rows = books.connection.exec_driver_sql("SELECT * FROM document_links").all()
    assert secret not in str(rows)
    assert all(
        b"%PDF" not in (value or b"") for row in rows for value in row if isinstance(value, bytes)
    )


def test_a_link_is_no_good_in_other_hands(rooms):
    url = rooms.ask(ARCHIVE, ALL, format="pdf").json()["document"]["url"]
    problem(rooms.client(COUNTER, FEW).get(url), 404, "not-found")
    bare = rooms.client(COUNTER, FEW)
    del bare.headers["Authorization"]
    assert bare.get(url).status_code == 401
    problem(rooms.client(ARCHIVE, ALL).get(url[:-4] + "AAAA"), 404, "not-found")
    problem(rooms.client(ARCHIVE, ALL).get(url + "A"), 422, "invalid-request")
    assert rooms.client(ARCHIVE, ALL).get(url).status_code == 200  # and nothing of this used it up


def test_of_two_requests_at_once_one_gets_the_document(rooms):
    desk = rooms.house.form_desk
    secret = rooms.ask(ARCHIVE, ALL, format="pdf").json()["document"]["url"].rsplit("/", 1)[1]
    token = rooms.client(ARCHIVE, ALL).headers["Authorization"].removeprefix("Bearer ")
    caller = rooms.house.resource_gate.admit(Presented("Bearer", token, (), "GET", ""))
    got = []

    class Slow:
        """Somebody else is served while this store is read."""

        def get(self, digest):
            got.append(desk.fetch(caller, secret)[1])
            return desk.objects.get(digest)

    with pytest.raises(GoneError):
        replace(desk, objects=Slow()).fetch(caller, secret)
    assert [pdf[:5] for pdf in got] == [b"%PDF-"]


def test_a_link_ends_after_a_minute_and_with_the_certificate(own):
    first, second = (
        own.ask(ARCHIVE, ALL, format="pdf").json()["document"]["url"] for _ in range(2)
    )
    own.house.clock.skip(timedelta(seconds=30))
    become(own.house, own.held, Status.REVOKED)
    problem(own.client(ARCHIVE, ALL).get(first), 409, "certificate-revoked")
    own.house.clock.skip(timedelta(seconds=31))
    said = problem(own.client(ARCHIVE, ALL).get(second), 410, "not-found")
    assert said["cause"] == "link_expired"
    own.house.clock.skip(timedelta(hours=1))
    own.house.form_desk.forget()
    problem(own.client(ARCHIVE, ALL).get(second), 404, "not-found")


def test_the_whole_file_needs_every_field_granted_and_named(rooms):
    said = problem(rooms.ask(COUNTER, FEW, format="pdf"), 403, "field-not-granted")
    shown = set(rooms.held.fields) | {"photo"}
    assert set(said["paths"]) == shown - set(FEW)
    entry = records(rooms.house)[0]
    assert (entry["refused"], entry["fields"]) == ("field-not-granted", [])
    assert entry["asked"] == [*FEW, "document"]
    http = rooms.client(ARCHIVE, ALL)
    some = [path for path in ALL if path != "photo"]
    path = f"/v1/certificates/{rooms.held.ref}:pull"
    answer = http.post(path, json=body(ARCHIVE, some, format="pdf"))
    assert problem(answer, 400, "fields-required")["paths"] == ["photo"]


def counters_own(fields):
    """The counter, with a token for these fields."""
    return Service(
        COUNTER, "示范市档案馆", "City Archive", "11310000MB0T00058A", COUNTER, "archiving",
        "档案查询", "Archives", fields,
        {"kind": "statutory_duty", "ref": "档案法第八条"}, ("pull",),
    )  # fmt: skip


def test_a_copy_shows_at_least_one_fact(rooms):
    said = problem(rooms.ask(ARCHIVE, ["photo"], format="annotated"), 400, "fields-required")
    assert said["where"] == "fields"
    assert records(rooms.house)[0]["refused"] == "fields-required"


def test_a_question_that_is_granted_is_not_pulled(rooms):
    asked = [*FEW, "age_over"]
    client = counters_own({rooms.held.type_code: asked})
    request = PullIn(**body(COUNTER, asked)).request(rooms.held.ref)
    with pytest.raises(FieldNotGrantedError) as raised:
        rooms.house.sharing_desk.pull(client, request)
    assert raised.value.facts["paths"] == ["age_over"]


def test_what_has_no_file_is_refused_and_recorded(rooms):
    lease = handed_in(rooms.house, HOLDER)
    for form, cause in (("pdf", "no_document"), ("annotated", "no_status_list")):
        answer = rooms.ask(ARCHIVE, ["address"], ref=lease.ref, format=form, types=["lease_filing"])
        assert problem(answer, 409, "conflict")["cause"] == cause
        assert (records(rooms.house)[0]["refused"], records(rooms.house)[0]["fields"]) == (
            "conflict",
            [],
        )


# -- the credential ------------------------------------------------------------------------


def test_a_credential_discloses_what_was_granted_and_nothing_else(rooms):
    said = rooms.ask(COUNTER, ("name", "valid_until"), format="sd-jwt").json()
    text = said["credential"]
    assert disclosed(text) == {"name": HOLDER.name, "valid_until": rooms.held.fields["valid_until"]}
    key = rooms.house.keys.signer(Purpose.CREDENTIAL).public_key
    claims = jwt.decode(text.split("~")[0], key, ["ES256"], options={"verify_iat": False})
    assert len(claims["_sd"]) == len(rooms.held.fields)  # the certificate's own, the rest hidden
    assert claims["status"]["status_list"]["idx"] == rooms.held.status_entry.index
    assert open_sd_jwt(text, rooms.house.trust).disclosed == {"name", "valid_until"}
    assert records(rooms.house)[0]["fields"] == ["name", "valid_until", "credential"]


def test_what_was_handed_in_gets_a_short_credential_over_what_was_granted(rooms):
    lease = handed_in(rooms.house, HOLDER)
    answer = rooms.ask(ARCHIVE, ["address"], ref=lease.ref, format="sd-jwt", types=["lease_filing"])
    text = answer.json()["credential"]
    assert disclosed(text) == {"address": lease.fields["address"]}
    claims = jwt.decode(text.split("~")[0], options={"verify_signature": False})
    assert (claims["issuing_authority"], claims["exp"] - claims["iat"]) == (lease.issuer_uscc, 3600)
    assert "status" not in claims
    assert HOLDER.name not in text


# -- the annotated copy --------------------------------------------------------------------


def attachment(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return json.loads(opened.attachments["certificate.json"].get_file().read_bytes())


def test_a_copy_shows_and_carries_what_was_granted_and_nothing_else(rooms):
    pdf = rooms.copy(("name", "valid_until"))
    data = attachment(pdf)
    assert set(data["fields"]) == {"name", "valid_until"} == set(disclosed(data["credential"]))
    assert data["copy"]["JZJZZZ"] == "示范市档案馆"
    assert data["copy"]["JZJZZSY"] == "档案查询（办件号 DA-2026-0007）"
    assert data["copy"]["JZJYXQJZSJ"] == "2026-12-25T23:59:59+08:00"
    hidden = [
        v
        for n, v in rooms.held.fields.items()
        if n not in {"name", "valid_until", "registered_on"} and len(v) > 3
    ]
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        everything = b"".join(
            o.read_bytes()
            for o in opened.objects
            if isinstance(o, pikepdf.Stream)
            and "/Filter" in o
            and o.get("/Filter") == "/FlateDecode"
        )
        xmp = opened.Root.Metadata.read_bytes().decode()
    assert not [v for v in hidden if v.encode() in everything]
    assert "<jzj:JZJZZSY>档案查询（办件号 DA-2026-0007）</jzj:JZJZZSY>" in xmp
    result = rooms.verdict(pdf)
    assert (result.verdict, result.reasons) == ("valid", ("ANNOTATED_COPY",)), result
    assert result.fields["copy_made_by"] == "示范市档案馆"
    assert records(rooms.house)[1]["fields"] == ["name", "valid_until", "annotated_copy"]
    assert not [f for f in records(rooms.house)[0]["fields"] if f.startswith("copy_")]


def test_a_photo_is_on_a_copy_where_it_was_granted_and_asked_for(rooms):
    answer = rooms.ask(ARCHIVE, ("name", "photo"), format="annotated")
    pdf = rooms.fetched(answer, ARCHIVE)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert set(opened.pages[0].Resources.XObject.keys()) == {"/Photo", "/Url"}
    assert rooms.verdict(pdf).verdict == "valid"
    assert answer.json()["withheld"] == []
    with pikepdf.open(io.BytesIO(rooms.copy())) as opened:
        assert set(opened.pages[0].Resources.XObject.keys()) == {"/Url"}


def test_a_copy_expires_and_says_so_and_a_revoked_original_goes_before(own):
    short, long = own.copy(good_for_days=1), own.copy(good_for_days=180)
    own.house.clock.skip(timedelta(days=3))
    result = own.verdict(short)
    assert (result.verdict, result.reasons) == ("expired", ("ANNOTATED_COPY", "COPY_EXPIRED"))
    assert own.verdict(long).verdict == "valid"
    become(own.house, own.held, Status.REVOKED)
    for pdf in (short, long):
        assert own.verdict(pdf).verdict == "revoked"


def test_a_copy_that_was_changed_is_found_out(rooms):
    pdf = rooms.copy()
    changed = pdf.replace(b"/Lang(zh-CN)", b"/Lang(zh-TW)")
    assert changed != pdf
    assert rooms.verdict(changed).verdict == "tampered"
    assert rooms.verdict(pdf + b"\n%more").verdict == "tampered"
    saved = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(saved)
    assert rooms.verdict(saved.getvalue()).verdict in {"malformed", "tampered"}


def test_the_copy_of_a_long_case_number_is_printed_whole(rooms):
    case = "W" * 60
    assert attachment(rooms.copy(case_no=case))["copy"]["JZJZZSY"].count("W") == 60


def test_no_press_prints_a_character_that_no_font_has(rooms):
    before = len(records(rooms.house))
    answer = rooms.ask(COUNTER, FEW, format="annotated", case_no="\U0002b740")
    assert problem(answer, 422, "invalid-request")["code_point"] == "U+2B740"
    assert len(records(rooms.house)) == before  # nothing was given, and nothing is said to be


@pytest.mark.parametrize("days", [0, 181, -1, "x"])
def test_a_copy_is_good_for_half_a_year_at_most(rooms, days):
    problem(rooms.ask(COUNTER, FEW, format="annotated", good_for_days=days), 422, "invalid-request")


# -- strangers' tools ----------------------------------------------------------------------


def run(*command):
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_other_peoples_programs_read_the_copy_too(rooms, tmp_path):
    pdf = tmp_path / "copy.pdf"
    pdf.write_bytes(rooms.copy())
    code, said = run("qpdf", "--check", str(pdf))
    assert code == 0, said
    code, said = run("pdftotext", str(pdf), "-")
    for words in ("加注件", "档案查询", "示范市档案馆", "2026年12月25日 23:59", HOLDER.name):
        assert words in said.replace("\n", ""), words
    assert HOLDER.id_number not in said
    code, said = run("pdfsig", "-nocert", str(pdf))
    assert "Signature is Valid." in said
    assert "Total document signed" in said


def test_the_off_line_verifier_knows_a_copy_and_its_end(rooms):
    house, pdf = rooms.house, rooms.copy()
    number, now = rooms.held.status_entry.list_number, house.clock.now()
    held = {
        "root_pem": house.keys.root.public_bytes(Encoding.PEM),
        "trust_jws": house.trust_jws,
        "status_files": [house.status_desk.current(number).jwt.encode()],
    }
    good = verify(pdf, at=now, **held)
    assert (good.verdict, exit_code(good)) == ("valid", 0), good
    later = verify(pdf, at=now + timedelta(days=31), **held)
    assert {"COPY_EXPIRED", "ANNOTATED_COPY"} <= {*later.reasons}
    assert (later.verdict, exit_code(later)) == ("expired", 1)
    unknown = verify(pdf, at=now, **{**held, "status_files": []})
    assert (unknown.verdict, exit_code(unknown)) == ("stale_list", 2)


# -- a certificate that changes meanwhile --------------------------------------------------


@pytest.mark.parametrize("made", [True, False], ids=["made_before", "not_made"])
def test_a_form_of_a_certificate_that_changed_meanwhile_is_refused_on_record(own, made):
    """The document is made before the pull's transaction, and given by none that sees another."""
    client = counters_own({own.held.type_code: FEW})
    request = PullIn(**body(COUNTER, FEW, format="sd-jwt")).request(own.held.ref)
    form = own.house.sharing_desk.forms.begin(client, request, own.house.clock.now())
    if made:
        become(own.house, own.held, Status.SUSPENDED)
    else:  # what was refused when it was to be made is not given without it
        form = replace(form, made_of=None, credential=None)
    (outcome,) = own.house.sharing_desk.pull_all([AskedPull(client, request, form=form)])
    assert (outcome.refusal.code, outcome.released) == ("conflict", {})
    seen = records(own.house)[0]
    assert (seen["kind"], seen["fields"], seen["refused"]) == ("pull", [], "conflict")
