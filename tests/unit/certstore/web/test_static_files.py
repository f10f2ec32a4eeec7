"""Static files: names that change with their content, compressed answers."""

import gzip
import hashlib
import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import brotli
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from certstore.errors import MalformedError, NotFoundError
from certstore.web.check_texts import template_folders
from certstore.web.static_files import StaticFiles, static_routes

STATIC = StaticFiles()
FOLDER = Path(str(files("certstore.web") / "static"))


@pytest.fixture(scope="module")
def client():
    with TestClient(Starlette(routes=static_routes(STATIC))) as client:
        yield client


def test_the_url_carries_a_digest_of_what_is_served(client):
    url = STATIC.asset("tokens.css")
    answer = client.get(url)
    assert re.fullmatch(r"/static/tokens\.[0-9a-f]{8}\.css", url)
    assert hashlib.sha256(answer.content).hexdigest()[:8] in url


def test_it_may_be_kept_for_ever(client):
    headers = client.get(STATIC.asset("style.css")).headers
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("accepted", "encoding", "decode"),
    [
        ("gzip, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("identity", None, bytes),
    ],
)
def test_each_encoding_decodes_to_the_same_bytes(client, accepted, encoding, decode):
    url = STATIC.asset("style.css")
    with client.stream("GET", url, headers={"accept-encoding": accepted}) as answer:
        assert answer.headers.get("content-encoding") == encoding
        assert decode(b"".join(answer.iter_raw())) == STATIC.find(url).body


def test_what_the_browser_has_is_not_sent_again(client):
    url = STATIC.asset("style.css")
    first = client.get(url, headers={"accept-encoding": "br"})
    again = client.get(
        url, headers={"accept-encoding": "br", "if-none-match": first.headers["etag"]}
    )
    other = client.get(
        url, headers={"accept-encoding": "gzip", "if-none-match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200


@pytest.mark.parametrize(
    "url", ["/static/style.css", "/static/style.00000000.css", "/static/../sentences/zh/house.toml"]
)
def test_only_hashed_names_are_served(client, url):
    assert client.get(url).status_code == 404


def test_references_between_files_are_hashed_too():
    style = STATIC.find(STATIC.asset("style.css")).body.decode()
    scan = STATIC.find(STATIC.asset("scan.js")).body.decode()
    reader = STATIC.find(STATIC.asset("code_reader.js")).body.decode()
    assert STATIC.asset("guilloche.svg") in style
    assert STATIC.asset("verdict_view.js") in scan
    camera = STATIC.find(STATIC.asset("scanner/camera.js")).body.decode()
    assert STATIC.asset("scanner/camera.js") in scan
    assert STATIC.asset("code_reader.js") in camera
    assert STATIC.asset("vendor/zxing-wasm/es/reader/index.js") in reader


def test_a_reference_that_leads_nowhere_stops_the_start(tmp_path):
    (tmp_path / "a.css").write_text('p { background: url("gone.svg") }')
    with pytest.raises(MalformedError) as failure:
        StaticFiles(tmp_path)
    assert failure.value.where == "gone.svg"


def test_files_that_refer_to_each_other_in_a_circle_are_refused(tmp_path):
    (tmp_path / "a.js").write_text('import "./b.js";')
    (tmp_path / "b.js").write_text('import "./a.js";')
    with pytest.raises(MalformedError):
        StaticFiles(tmp_path)


def test_an_unknown_name_is_an_error():
    with pytest.raises(NotFoundError):
        STATIC.asset("nothing.css")


def test_every_icon_a_page_uses_is_in_the_sprite_and_none_is_idle():
    sprite = set(re.findall(r'id="i-([a-z0-9-]+)"', (FOLDER / "icons.svg").read_text()))
    pages = "".join(
        path.read_text() for folder in template_folders() for path in folder.rglob("*.html")
    )
    words = set(re.findall(r'"([a-z][a-z0-9-]*)"', pages))
    assert set(re.findall(r'icon\("([a-z0-9-]+)"', pages)) <= sprite
    assert sprite <= words


def test_vendored_files_are_those_the_record_names():
    record = (FOLDER / "ASSETS.md").read_text()
    vendored = [p for p in (FOLDER / "vendor").rglob("*") if p.suffix in {".js", ".wasm"}]
    assert len(vendored) == 3
    for path in (*vendored, FOLDER / "icons.svg"):
        assert hashlib.sha256(path.read_bytes()).hexdigest() in record, path.name


JOINED = "scan_joined.js"  # by esbuild, from modules that are small


def test_our_own_modules_stay_small():
    for path in FOLDER.glob("*.js"):
        most = 19_000 if path.name == JOINED else 4096
        assert len(brotli.compress(path.read_bytes())) <= most, path.name


def test_the_scanner_page_loads_what_its_modules_give():
    node, judges = shutil.which("node"), Path(__file__).parents[3] / "judges"
    if node is None or not (judges / "node_modules" / "esbuild").is_dir():
        pytest.skip("node or esbuild is missing: npm ci in tests/judges")
    joined = subprocess.run(
        [node, str(judges / "join_scanner.mjs"), "--print"], capture_output=True, check=True
    )
    assert (FOLDER / JOINED).read_bytes() == joined.stdout, "make join"


def test_the_scanner_page_loads_one_file_and_the_reader_only_later():
    page = (Path(str(files("verifiers"))) / "pages" / "scan.html").read_text()
    assert re.findall(r'asset\("([a-z_/]+\.js)"\)', page) == [JOINED]
    joined = STATIC.text(JOINED)
    assert STATIC.needed_by(
        f'"{STATIC.asset(JOINED)}"'
    )  # also what the worker keeps for no network
    assert re.findall(r"/static/[a-z_/.0-9a-f]+\.js", joined) == [STATIC.asset("code_reader.js")]
