"""What infra/backup.md says about local volumes: a copy made while they are written is good."""

import shutil

from certstore.objects import digest_of
from certstore.storage.objects_local import LocalObjects


def test_a_copy_made_in_the_middle_of_a_write_opens_with_all_that_was_acknowledged(tmp_path):
    store = LocalObjects(tmp_path / "objects")
    acknowledged = [store.put(b"document %d" % n) for n in range(10)]
    (volume,) = (tmp_path / "objects").glob("*.objects")
    size = volume.stat().st_size
    store.put(b"after the copy of this volume began" * 50)
    for cut in (size, size + 10, size + 64, size + 500):  # where the copying may have got to
        copy = tmp_path / f"copy-{cut}"
        shutil.copytree(tmp_path / "objects", copy)
        with (copy / volume.name).open("r+b") as torn:
            torn.truncate(cut)
        restored = LocalObjects(copy)
        assert all(restored.get(digest) for digest in acknowledged)
        assert not restored.has(digest_of(b"after the copy of this volume began" * 50))
        restored.check()
