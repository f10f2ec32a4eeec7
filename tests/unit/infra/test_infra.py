"""The committed container files: no root, no secret, every image pinned, scripts that work."""

import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

INFRA = Path(__file__).parents[3] / "infra"
COMPOSE = (INFRA / "compose.yaml").read_text(encoding="utf-8")
CONTAINERFILE = (INFRA / "Containerfile").read_text(encoding="utf-8")
LONG_RUNNING = ("proxy", "web", "worker", "postgres", "minio", "nats")
FOLDER_MAKERS = ("minio-folder", "nats-folder")


def blocks(text, indent):
    """The parts of YAML text that begin with a key at this depth: {key: lines below it}."""
    found, key = {}, None
    for line in text.splitlines():
        if match := re.match(rf"^ {{{indent}}}([A-Za-z][\w.-]*):(.*)$", line):
            key = match[1]
            found[key] = [match[2]]
        elif key and (not line.strip() or line.startswith(" " * (indent + 1))):
            found[key].append(line)
        elif line.strip() and not line.lstrip().startswith("#"):
            key = None
    return {name: "\n".join(lines) for name, lines in found.items()}


TOP = blocks(COMPOSE, 0)
SERVICES = blocks(TOP["services"], 2)
SHARED = {"hardened": TOP["x-hardened"], "certstore": TOP["x-hardened"] + TOP["x-certstore"]}


def whole(name):
    """A service's text with what it takes over from the shared parts."""
    own = SERVICES[name]
    taken = [SHARED[anchor] for anchor in re.findall(r"<<: \*(\w+)", own)]
    return "\n".join([*taken, own])


def test_all_parts_of_the_service_are_there():
    assert set(SERVICES) == {*LONG_RUNNING, *FOLDER_MAKERS, "buckets"}


@pytest.mark.parametrize("name", [*LONG_RUNNING, "buckets"])
def test_no_service_runs_as_root_or_can_become_it(name):
    text = whole(name)
    (user,) = set(re.findall(r'^ +user: "([0-9]+):[0-9]+"', text, re.MULTILINE))
    assert int(user) > 0
    assert "read_only: true" in text
    assert "cap_drop: [ALL]" in text
    assert "no-new-privileges:true" in text
    assert "privileged: true" not in text
    assert "cap_add" not in text


@pytest.mark.parametrize("name", FOLDER_MAKERS)
def test_the_one_step_that_needs_root_can_do_nothing_but_chown_a_folder(name):
    text = whole(name)
    assert 'command: ["chown",' in text
    assert "cap_drop: [ALL]" in text
    assert "cap_add: [CHOWN]" in text
    assert "network_mode: none" in text
    assert "restart" not in text


def test_every_image_is_pinned_by_a_version():
    images = re.findall(r"^ +image: (\S+)$", COMPOSE, re.MULTILINE)
    images += re.findall(r"^FROM (\S+)", CONTAINERFILE, re.MULTILINE)
    assert len(images) >= 9
    for image in images:
        _, _, tag = image.rpartition(":")
        assert re.search(r"[0-9]+\.[0-9]+|RELEASE\.[0-9]{4}-", tag), image
        assert "latest" not in tag


def test_no_secret_stands_in_a_file():
    for path in sorted(INFRA.rglob("*")):
        if path.is_dir() or "secrets" in path.parts:
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            assert not re.search(r"://[^/\s:$]+:[^@\s$]{3,}@", line), f"{path.name}: {line}"
            assert "PRIVATE KEY" not in line
    secret_words = re.findall(
        r"^ +([A-Z0-9_]*(?:PASSWORD|SECRET|PASSPHRASE|ACCESS_KEY)[A-Z0-9_]*): (\S+)",
        COMPOSE,
        re.MULTILINE,
    )
    assert len(secret_words) >= 5
    for name, value in secret_words:
        assert name.endswith("_FILE"), name
        assert value.startswith("/run/secrets/"), name


def test_every_secret_that_is_mounted_is_declared_and_every_declared_one_is_made():
    declared = blocks(TOP["secrets"], 2)
    used = set(re.findall(r"/run/secrets/(\w+)", COMPOSE + (INFRA / "nginx.conf").read_text()))
    mounted = {
        name.strip()
        for listed in re.findall(r"^ +secrets: \[(.*)\]$", COMPOSE, re.MULTILINE)
        for name in listed.split(",")
    } | set(re.findall(r"- source: (\w+)", COMPOSE))
    assert used <= mounted
    assert mounted == set(declared)
    made = (INFRA / "make_secrets.sh").read_text(encoding="utf-8")
    for name, text in declared.items():
        (file,) = re.findall(r"file: \./secrets/([\w.]+)", text)
        assert file in made, name


def test_only_the_proxy_is_published_and_the_stores_have_no_way_out():
    assert [name for name in SERVICES if "ports:" in SERVICES[name]] == ["proxy"]
    for name in ("postgres", "minio", "nats", "buckets", "worker"):
        assert "networks: [back]" in SERVICES[name]
    assert "internal: true" in blocks(TOP["networks"], 2)["back"]


def test_what_serves_is_watched_and_waited_for():
    for name in ("proxy", "postgres", "minio"):
        assert "healthcheck:" in SERVICES[name]
    assert "HEALTHCHECK" in CONTAINERFILE
    assert "service_healthy" in SERVICES["web"]


def test_the_container_is_built_in_stages_from_locked_hashes_and_is_not_root():
    assert CONTAINERFILE.count("\nFROM ") == 2
    assert "--require-hashes" in CONTAINERFILE
    final = CONTAINERFILE.rpartition("\nFROM ")[2]
    (user,) = re.findall(r"^USER ([0-9]+):[0-9]+$", final, re.MULTILINE)
    assert int(user) > 0
    assert final.index("USER ") < final.index("ENTRYPOINT")
    for unwanted in ("apt-get", "curl", "ADD ", "sudo", "ENV CERTSTORE_KEY_PASSPHRASE"):
        assert unwanted not in CONTAINERFILE
    commands = re.findall(r"^(?:ENTRYPOINT|CMD|  CMD) (.*)$", CONTAINERFILE, re.MULTILINE)
    assert commands
    assert all(command.startswith("[") for command in commands)  # no shell in between


def test_the_builder_is_sent_only_what_it_copies():
    ignore = (INFRA / "Containerfile.dockerignore").read_text(encoding="utf-8").split("\n")
    allowed = {line[1:] for line in ignore if line.startswith("!")}
    copied = {
        source.rstrip("/")
        for line in re.findall(r"^COPY (?!--from)(.*)$", CONTAINERFILE, re.MULTILINE)
        for source in [word for word in line.split() if not word.startswith("--")][:-1]
    }
    assert copied == allowed
    assert "*" in ignore


@pytest.mark.parametrize("script", sorted(path.name for path in INFRA.glob("*.sh")))
def test_scripts_are_executable_read_by_sh_and_stop_at_the_first_error(script):
    path = INFRA / script
    assert path.stat().st_mode & stat.S_IXUSR
    assert "set -eu" in path.read_text(encoding="utf-8")
    subprocess.run(["sh", "-n", path], check=True)


@pytest.fixture
def started(tmp_path):
    """Run start.sh with an environment, a stand-in `certstore` printing what it was given."""
    program = tmp_path / "bin" / "certstore"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$@"; env\n')
    program.chmod(0o755)

    def run(*arguments, **environment):
        return subprocess.run(
            ["sh", INFRA / "start.sh", *arguments],
            env={"PATH": f"{program.parent}:/usr/bin:/bin", **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_the_container_reads_its_secrets_from_files(tmp_path, started):
    (tmp_path / "url").write_text("postgresql://certstore:pass word$@postgres/certstore\n")
    result = started(
        "serve",
        "--port",
        "8000",
        CERTSTORE_DATABASE_URL_FILE=str(tmp_path / "url"),
        CERTSTORE_KEY_PASSPHRASE_FILE="/run/secrets/key_passphrase",
    )
    lines = result.stdout.splitlines()
    assert lines[0] == "serve --port 8000"
    assert "CERTSTORE_DATABASE_URL=postgresql://certstore:pass word$@postgres/certstore" in lines
    assert "CERTSTORE_KEY_PASSPHRASE_FILE=/run/secrets/key_passphrase" in lines
    assert not any(line.startswith("CERTSTORE_DATABASE_URL_FILE") for line in lines)


def test_a_secret_that_is_missing_or_empty_stops_the_container_and_names_the_file(
    tmp_path, started
):
    for file in (tmp_path / "missing", tmp_path / "empty"):
        (tmp_path / "empty").write_text("")
        result = started("worker", CERTSTORE_S3_SECRET_KEY_FILE=str(file))
        assert result.returncode == 2
        assert str(file) in result.stderr
        assert result.stdout == ""


def test_secrets_are_made_once_and_never_written_over(tmp_path):
    shutil.copy(INFRA / "make_secrets.sh", tmp_path)
    for turn in ("made", "kept"):
        result = subprocess.run(
            ["sh", tmp_path / "make_secrets.sh"], capture_output=True, text=True, check=True
        )
        assert result.stdout.count(turn) >= 8
        if turn == "made":
            first = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()} == first
    assert len(first["key_passphrase"]) == 40
    assert f":{first['postgres_password']}@postgres" in first["database_url"]
    assert first["nats_password"] in first["nats_user.conf"]
    assert (
        len({first[name] for name in ("postgres_password", "s3_secret_key", "key_passphrase")}) == 3
    )


def test_the_settings_named_here_are_settings_the_service_has():
    from certstore.service.settings import Settings  # noqa: PLC0415 - the front door is last

    known = {f"CERTSTORE_{name.upper()}" for name in Settings.model_fields}
    named = set(re.findall(r"\bCERTSTORE_[A-Z0-9_]+\b", COMPOSE + CONTAINERFILE))
    named |= set(re.findall(r"\bCERTSTORE_[A-Z0-9_]+\b", (INFRA / ".env.example").read_text()))
    assert {name for name in named if name.removesuffix("_FILE") not in known} == set()
