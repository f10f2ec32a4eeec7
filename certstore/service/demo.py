"""`certstore demo`: hands the invented city in, runs the main job, and leaves it running."""

import json
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx
import qrcode

from certstore.clock import local_date
from certstore.collection import Progress
from certstore.keys import KeySigner
from certstore.service.demo_cast import cast, demonstration_file, sources
from certstore.service.demo_counter import enrol_counter, register_matters
from certstore.service.demo_fund import ask_for_consent, enrol_fund, fund_signer
from certstore.service.demo_issuers import enrol_issuers
from certstore.service.demo_job import Findings, MainJob
from certstore.service.demo_people import people_lines
from certstore.service.demo_school import enrol_school, school_signer
from certstore.service.kept_channel import FOLDER
from certstore.service.passphrase import passphrase
from certstore.service.serving import free_port, serving
from certstore.service.settings import Settings
from certstore.service.wiring import House

_DONE = "demonstration.json"


def say(line: str) -> None:
    """A line of progress, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def run_once(settings: Settings, out: Path) -> None:
    """Do the main job on fresh stores and write its artefacts into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    store = out / "store"
    if store.exists():
        shutil.rmtree(store)
    port = free_port()
    fresh = settings.model_copy(
        update={"data_dir": store, "public_url": f"http://127.0.0.1:{port}"}
    )
    house = House(fresh)
    house.prepare()
    try:
        hand_in_city(house)
        with serving(house, "127.0.0.1", port):
            job = _job(house)
            write_artefacts(job, job.run(), out)
    finally:
        house.close()
    say(f"Done. Artefacts: {out / 'summary.json'}")


def run_and_serve(settings: Settings, host: str, port: int) -> None:
    """Set the city up, do the main job the first time, and serve until interrupted."""
    began = time.perf_counter()
    house = House(settings)
    house.prepare()
    try:
        hand_in_city(house)
        with serving(house, host, port):
            _first_time(house)
            lin = cast(house.settings.districts)["lin_xiaohe"]
            ask_for_consent(house.consent_request_desk, lin["id_number"])
            _list_pages(house, time.perf_counter() - began)
            _wait_for_interrupt()
    finally:
        house.close()


def hand_in_city(house: House) -> None:
    """Step 1: every source authority's signed batch; what is here already is not read again."""
    enrol_school(house.archive, _school(house))
    enrol_issuers(house)
    enrol_counter(house)
    register_matters(house)
    enrol_fund(house.archive, fund_signer(house.settings.data_dir, passphrase(house.settings)))
    folder = files("certstore.service.demo_city").joinpath("batches")
    for source in sources():
        if source["source"] == "employer":
            until = local_date(house.clock.now()) + timedelta(days=365)
            names = (source["name_zh"], source["name_en"])
            uscc = source["key"]["authority_uscc"]
            house.organisation_desk.enrol(uscc, names, "employer", until)
        name = source["batch"].removesuffix(".jsonl")
        report = house.collection_desk.hand_in(
            demonstration_file(f"{name}.jsonl"),
            demonstration_file(f"{name}.jsonl.jws").decode(),
            lambda path: folder.joinpath(path).read_bytes(),
            _progress(source["name_zh"]),
        )
        if report.received_at >= house.started:
            say(
                f"1  {source['name_zh']}: {report.accepted} records taken, "
                f"{len(report.refusals)} refused"
            )


def write_artefacts(job: MainJob, found: Findings, out: Path) -> None:
    """The documents, codes, lists, proofs and `summary.json` of a run."""
    with httpx.Client(base_url=job.base, timeout=30) as http:
        published = {
            "trust-list.jws": "/.well-known/certstore-trust-list",
            "root.pem": "/.well-known/certstore-root.pem",
            "checkpoint.txt": "/v1/ledger/checkpoint",
            "ledger-key.txt": "/v1/ledger/key",
        }
        for name, path in published.items():
            (out / name).write_bytes(http.get(path).content)
        lists = []
        for path in job.list_paths():
            for kind in ("jwt", "cwt"):
                accept = {"Accept": f"application/statuslist+{kind}"}
                name = f"status-list-{path.rpartition('/')[2]}.{kind}"
                (out / name).write_bytes(http.get(path, headers=accept).content)
                lists.append(name)
    proof = {
        name: found.proof[name]
        for name in ("leaf_hash", "leaf_index", "tree_size", "root", "audit_path")
    }
    (out / "proof.json").write_text(_json(proof), "utf-8")
    (out / "checkpoint.txt").write_text(found.proof["checkpoint"], "utf-8")
    summary = {
        "certificates": [
            _artefact(job, who, out) for who in ("lin_xiaohe", "lin_xiaohe_former", "shen_xiaozhou")
        ],
        "presentation": found.presentation,
        "trust_list": "trust-list.jws",
        "root_pem": "root.pem",
        "status_lists": lists,
        "pull": found.pull,
        "refused_pull": found.refused_pull,
        "usage": found.usage,
        "ledger": {
            "checkpoint": "checkpoint.txt",
            "public_key": "ledger-key.txt",
            "proof": "proof.json",
        },
    }
    (out / "summary.json").write_text(_json(summary), "utf-8")


def _artefact(job: MainJob, who: str, out: Path) -> dict[str, Any]:
    certificate = job.certificate(who)
    kept = {file.role: job.house.objects.get(file.sha256) for file in certificate.files}
    name = f"{certificate.number}-{certificate.version:03d}"
    (out / f"{name}.pdf").write_bytes(kept["document"])
    code_text = kept["code"].decode()
    qrcode.make(code_text, error_correction=qrcode.ERROR_CORRECT_M).save(out / f"{name}.png")
    return {
        "identifier": certificate.identifier,
        "type": certificate.type_code,
        "status": certificate.status_on(local_date(job.house.clock.now())).value,
        "holder_name": certificate.holders[0].name,
        "pdf": f"{name}.pdf",
        "code_text": code_text,
        "code_png": f"{name}.png",
        "fields": dict(certificate.fields),
    }


def _job(house: House) -> MainJob:
    people = cast(house.settings.districts)
    return MainJob(house, house.settings.public_url, people, _school(house), say)


def _first_time(house: House) -> None:
    """Run the main job unless this store has seen it, or has been used already."""
    mark = house.settings.data_dir / _DONE
    if mark.exists():
        say("The city and its main job are here from an earlier start.")
        return
    with house.archive.reading() as books:
        used = books.register.count_sealed()
    if used:
        say(
            "This store is in use, so the main job is not run again; "
            f"remove {house.settings.data_dir} to see it from the beginning."
        )
        return
    found = _job(house).run()
    mark.write_text(_json(found.refs), "utf-8")


def _school(house: House) -> KeySigner:
    return school_signer(house.settings.data_dir, passphrase(house.settings))


def _progress(name: str) -> Progress:
    def show(done: int, of: int) -> None:
        if sys.stdout.isatty():
            end = "\r" if done == of else ""
            sys.stdout.write(f"\r   {name}: {done}/{of} {end}")
            sys.stdout.flush()
        elif done % 250 == 0 and done < of:
            say(f"   {name}: {done}/{of}")

    return show


def _list_pages(house: House, seconds: float) -> None:
    base = house.settings.public_url
    say(f"\nReady after {seconds:.1f} s: {base}\n")
    for path, what in PAGES.items():
        say(f"  {base}{path:<31} {what}")
    say(f"\n{NOT_YET}")
    say("\nSign in as one of these (no passwords: the built-in provider only asks who you are).")
    say("Names and numbers are invented.\n")
    for line in people_lines(house):
        say(line)
    for line in message_lines(house):
        say(f"\n{line}")
    say("\nCtrl+C stops it. 演示数据，城市、机构和人物都是虚构的。")


_CHANNELS: Mapping[str, str] = {
    "email": "e-mail 邮件",
    "sms": "text messages 短信",
    "mini_program": "mini-program messages 小程序消息",
}


def message_lines(house: House) -> Iterator[str]:
    """Which messages really leave, and where the others are kept."""
    kept, named = house.kept_channels, house.named_channels
    if named:
        yield "Really sent 真的发出: " + ", ".join(_CHANNELS[each] for each in named)
    if kept:
        said = ", ".join(_CHANNELS[each] for each in kept)
        yield f"Kept, not sent 只存不发: {said}: {house.settings.data_dir / FOLDER}"


NOT_YET = (
    "Nobody here has a residence permit yet: a permit asks for half a year of registration, and\n"
    "everybody registers today. So its application, endorsement, loss, another card and its\n"
    "delivery cannot be walked here; the guides (/help) say how each goes, the tests walk them."
)
PAGES: Mapping[str, str] = {
    "/": "home 首页",
    "/certificates": "my certificates 我的证照",
    "/apply/residence-registration": "register a residence 办居住登记",
    "/apply/address-change": "change the address (who holds a voucher) 办住址变更",
    "/together": "several matters in one go 几件事一起办",
    "/applications": "how my cases stand 办件进度",
    "/leases": "write down, sign and file a lease 租房备案",
    "/loss": "report a loss, or lift it 挂失",
    "/cards": "my cards 卡片",
    "/service-points": "where cards are collected 服务点",
    "/help": "guides, and questions answered 办事指南",
    "/usage": "who looked 谁看过",
    "/consents": "what I agreed to; the provident fund asks 林晓禾 我同意过的",
    "/corrections/new": "say that a record is wrong 更正",
    "/export": "everything held about me 带走我的数据",
    "/reminders": "notification settings 在哪里收通知",
    "/scan": "scan a code 核验",
    "/desk": "the officers' desk 审核台",
    "/desk/ratings": "ratings that a supervisor answers 好差评",
    "/desk/counter": "an officer takes in who is present 窗口收件",
    "/filings": "the housing authority's desk 租赁备案经办台",
    "/pull": "a clerk's counter without a system of its own 窗口查询",
    "/developers": "an agency's developers 接入工作台",
    "/console/agencies": "the operators' console: who may pull what 接入管理",
    "/console/volumes": "how much, how fast, how satisfied 办理量、时效和满意度",
    "/openapi.json": "the API",
    "/metrics": "Prometheus",
}


def _wait_for_interrupt() -> None:
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        say("\nStopping.")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n"
