"""Takes batches in from files, for `certstore import`."""

from pathlib import Path

from certstore.collection import FileReader
from certstore.errors import CertstoreError, MalformedError
from certstore.service.wiring import House


def take_in(house: House, batches: list[Path]) -> int:
    """Hand each batch in and print what became of it; how many lines and batches were refused."""
    refused = 0
    for path in batches:
        try:
            report = house.collection_desk.hand_in(
                path.read_bytes(),
                Path(f"{path}.jws").read_text("ascii"),
                _reader(path.parent),
            )
        except (CertstoreError, OSError, UnicodeDecodeError) as error:
            why = error.detail if isinstance(error, CertstoreError) else _unreadable(path, error)
            print(f"{path.name}: refused whole: {why}")
            refused += 1
            continue
        if report.received_at < house.started:
            print(f"{path.name}: handed in before, nothing changed; it was said then:")
        print(
            f"{path.name}: {report.accepted} taken, {report.known} here already, "
            f"{len(report.refusals)} refused"
        )
        for refusal in report.refusals:
            print(f"  line {refusal.line}: {refusal.code}: {refusal.detail}")
        refused += len(report.refusals)
    return refused


def _unreadable(path: Path, error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.filename or path} cannot be read ({error.strerror}); a batch is two files"
    return f"{path}.jws is not text; hand in the signature the source made"


def _reader(folder: Path) -> FileReader:
    """Reads files beside a batch, and none that lie elsewhere."""
    home = folder.resolve()

    def read(name: str) -> bytes:
        path = (home / name).resolve()
        if not path.is_relative_to(home):
            raise MalformedError("a file lies outside the batch's folder", where=name)
        return path.read_bytes()

    return read
