"""infra/nats.conf run by the real NATS server: JetStream on disk, our user let in alone."""

import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from certstore.errors import UnavailableError
from certstore.storage.queue_nats import Event, NatsQueue
from tests.servers import free_ports, nats

pytestmark = pytest.mark.servers
INFRA = Path(__file__).parents[2] / "infra"


def committed_configuration(folder, port):
    """The committed files with the places of this test; each must be there to change."""
    for name in ("make_secrets.sh", "nats.conf"):
        shutil.copy(INFRA / name, folder)
    subprocess.run(["sh", folder / "make_secrets.sh"], check=True, capture_output=True)
    (monitor,) = free_ports(1)
    path = folder / "nats.conf"
    text = path.read_text()
    for committed, here in (
        ("0.0.0.0:4222", f"127.0.0.1:{port}"),
        ("127.0.0.1:8222", f"127.0.0.1:{monitor}"),
        ("store_dir: /data", f"store_dir: {folder}/streams"),
    ):
        assert committed in text
        text = text.replace(committed, here)
    path.write_text(text)
    return path


def test_the_committed_configuration_keeps_events_and_lets_in_our_user_alone():
    with nats(configuration=committed_configuration) as server:
        folder = server.process.folder
        address = server.url.removeprefix("nats://")
        url = (folder / "secrets" / "nats_url").read_text().replace("nats:4222", address)
        ours = NatsQueue(url)
        assert ours.publish([Event("1", "certstore.issued", b"")]).stored == 1
        assert list(folder.glob("streams/jetstream/*/streams/CERTSTORE"))
        ours.close()
        nobody = NatsQueue(server.url, timeout=timedelta(seconds=1))
        with pytest.raises(UnavailableError, match="refuses our user"):
            nobody.check()
        nobody.close()
