"""The main job, over HTTP, on both sets of stores, and its artefacts judged by others."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import minio
import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import create_engine, text

from certstore import merkle
from certstore.service.demo import run_once
from certstore.signed_note import open_checkpoint
from tests.house import settings_in
from tests.servers import nats, postgres, s3


@pytest.fixture(scope="module")
def embedded(tmp_path_factory):
    out = tmp_path_factory.mktemp("embedded")
    run_once(settings_in(out / "unused"), out)
    return out


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """PostgreSQL, S3 and NATS: each a real server on loopback."""
    out = tmp_path_factory.mktemp("served")
    with postgres() as url, s3() as objects, nats() as queue:
        settings = settings_in(
            out / "unused",
            database_url=url,
            objects="s3://certificates",
            s3_endpoint=objects.endpoint,
            s3_access_key=objects.access_key,
            s3_secret_key=objects.secret_key,
            nats_url=queue.url,
        )
        run_once(settings.model_copy(update={"work_in_process": True}), out)
        yield out, url, objects


def summary(out):
    return json.loads((out / "summary.json").read_text("utf-8"))


def certstore_verify(out, shown, at=None):
    found = summary(out)
    command = [sys.executable, "-m", "certstore.service.cli", "verify", str(shown), "--json"]
    command += ["--root", str(out / found["root_pem"]), "--trust", str(out / found["trust_list"])]
    for name in found["status_lists"]:
        command += ["--status", str(out / name)]
    if at is not None:
        command += ["--at", str(at)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not ran.stderr, ran.stderr
    return ran.returncode, json.loads(ran.stdout)


def moment_of(out):
    return summary(out)["presentation"]["created_at"]


def test_the_summary_has_the_promised_shape(embedded):
    found = summary(embedded)
    expected = {
        *("certificates", "presentation", "trust_list", "root_pem", "status_lists", "pull"),
        *("refused_pull", "usage", "ledger"),
    }
    assert set(found) == expected
    for certificate in found["certificates"]:
        assert set(certificate) == {
            *("identifier", "type", "status", "holder_name", "pdf", "code_text", "code_png"),
            "fields",
        }
        assert (embedded / certificate["pdf"]).read_bytes().startswith(b"%PDF-")
    assert [c["status"] for c in found["certificates"]] == ["valid", "superseded", "valid"]
    assert set(found["pull"]["response"]["fields"]) == {
        *("name", "residence_district", "valid_until")
    }
    assert found["refused_pull"]["response"]["paths"] == ["id_number"]


@pytest.mark.parametrize(("place", "verdict", "code"), [(0, "valid", 0), (2, "valid", 0)])
def test_documents_in_force_are_valid_off_line(embedded, place, verdict, code):
    certificate = summary(embedded)["certificates"][place]
    returned, judged = certstore_verify(
        embedded, embedded / certificate["pdf"], moment_of(embedded)
    )
    assert (returned, judged["verdict"]) == (code, verdict), judged
    assert judged["fields"]["name"] == certificate["holder_name"]


def test_the_superseded_voucher_is_revoked_off_line(embedded):
    former = summary(embedded)["certificates"][1]
    for shown in (former["code_text"], embedded / former["pdf"], embedded / former["code_png"]):
        returned, judged = certstore_verify(embedded, shown, moment_of(embedded))
        assert (returned, judged["verdict"]) == (1, "revoked"), judged


def test_a_presentation_is_valid_off_line_but_replay_is_not_checked(embedded):
    shown = summary(embedded)["presentation"]
    returned, judged = certstore_verify(embedded, shown["code_text"], shown["created_at"])
    assert (returned, judged["verdict"]) == (0, "valid")
    assert "replay_not_checked" in judged["reasons"]
    returned, judged = certstore_verify(embedded, shown["code_text"], shown["created_at"] + 120)
    assert (returned, judged["verdict"]) == (1, "expired")


def test_without_a_current_list_nothing_is_valid(embedded):
    certificate = summary(embedded)["certificates"][0]
    returned, judged = certstore_verify(
        embedded, certificate["code_text"], moment_of(embedded) + 3600
    )
    assert (returned, judged["verdict"]) == (2, "stale_list")


def test_pictures_of_codes_are_read_by_zxing(embedded):
    for certificate in summary(embedded)["certificates"]:
        found = zxingcpp.read_barcodes(Image.open(embedded / certificate["code_png"]))
        assert [code.text for code in found] == [certificate["code_text"]]


def test_the_proof_leads_to_the_signed_checkpoint(embedded):
    ledger = summary(embedded)["ledger"]
    proof = json.loads((embedded / ledger["proof"]).read_text())
    assert set(proof) == {"leaf_hash", "leaf_index", "tree_size", "root", "audit_path"}
    key = (embedded / ledger["public_key"]).read_text()
    checkpoint = open_checkpoint((embedded / ledger["checkpoint"]).read_text("utf-8"), key)
    assert (checkpoint.size, checkpoint.root.hex()) == (proof["tree_size"], proof["root"])
    path = [bytes.fromhex(step) for step in proof["audit_path"]]
    leaf = bytes.fromhex(proof["leaf_hash"])
    assert merkle.verify_inclusion(
        leaf, proof["leaf_index"], proof["tree_size"], path, checkpoint.root
    )


@pytest.mark.tools
def test_the_issued_document_passes_the_tools_of_others(embedded, tmp_path):
    for tool, package in (("pdfsig", "poppler-utils"), ("mutool", "mupdf-tools"), ("qpdf", "qpdf")):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is missing: apt install {package}")
    if shutil.which("certutil") is None:
        pytest.skip("certutil is missing: apt install libnss3-tools")
    out = embedded
    pdf = out / summary(out)["certificates"][0]["pdf"]
    nss = tmp_path / "nss"
    nss.mkdir()
    run("certutil", "-N", "-d", f"sql:{nss}", "--empty-password")
    root = str(out / "root.pem")
    run("certutil", "-A", "-d", f"sql:{nss}", "-n", "root", "-t", "CT,C,C", "-a", "-i", root)
    said = run("pdfsig", "-nssdir", f"sql:{nss}", str(pdf))
    for line in ("Signature is Valid", "Certificate is Trusted", "Total document signed"):
        assert line in said
    assert "unchanged since signing" in run("mutool", "sign", "-v", str(pdf), accept=(0, 1))
    assert "No syntax or stream encoding errors" in run("qpdf", "--check", str(pdf))
    shown = run("pdftotext", str(pdf), "-")
    fields = summary(out)["certificates"][0]["fields"]
    for name in ("name", "id_number", "residence_address"):
        assert fields[name] in shown.replace(" ", "")
    assert "SPECIMEN" in shown


def run(*command, accept=(0,)):
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode in accept, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


@pytest.mark.servers
def test_the_main_job_runs_on_postgresql_and_s3(served):
    out, url, objects = served
    found = summary(out)
    assert [c["status"] for c in found["certificates"]] == ["valid", "superseded", "valid"]
    returned, judged = certstore_verify(out, out / found["certificates"][0]["pdf"], moment_of(out))
    assert (returned, judged["verdict"]) == (0, "valid"), judged
    engine = create_engine(url)
    with engine.connect() as connection:
        leaves = connection.execute(text("SELECT count(*) FROM ledger_leaves")).scalar_one()
        looks = connection.execute(text("SELECT count(*) FROM usage")).scalar_one()
    engine.dispose()
    assert leaves == looks > 0
    digest = hashlib.sha256((out / found["certificates"][0]["pdf"]).read_bytes()).hexdigest()
    client = minio.Minio(
        objects.endpoint.removeprefix("http://"),
        objects.access_key,
        objects.secret_key,
        secure=False,
    )
    names = [o.object_name for o in client.list_objects("certificates", recursive=True)]
    client._http.clear()
    assert any(digest in name.replace("/", "") for name in names)
    assert not (Path(out) / "store" / "certstore.db").exists()
