"""Asks one other city: as the client that we are there, on behalf of the agency that asks here.

Nothing is asked before that city's trust list is here and holds under the root that we pinned, and
no answer is given on whose receipt does not hold.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from certstore.callers import Service
from certstore.client import Case, Client, ClientError, Found, Patience, Pulled, Purpose
from certstore.errors import SourceUnavailableError
from certstore.federation.judging import not_believed
from certstore.federation.peers import Peer, PeerPurpose
from certstore.federation.refusals import in_our_words
from certstore.sharing.grants import PullRequest, SearchRequest
from certstore.sharing.on_behalf import RELAY

PATIENCE: Final = Patience(
    connect_s=3,
    answer_s=10,
    tries=2,
    first_pause_s=0.2,
    longest_pause_s=1,
    largest_answer=1_048_576,
)
_AT_ONCE: Final = 8  # so that a city that is slow does not take every thread of ours
T = TypeVar("T", Found, Pulled)


@dataclass(frozen=True, slots=True)
class Abroad(Generic[T]):
    """An answer whose receipt holds, and the number of the trust list that says so."""

    answer: T
    list_seq: int


class PeerLine:
    """The line to one city; used by any number of threads, a few at once."""

    def __init__(self, peer: Peer, client: Client) -> None:
        """Nothing is asked yet; the client has that city's root pinned."""
        self.peer: Final = peer
        self._client = client
        self._turns = threading.BoundedSemaphore(_AT_ONCE)

    def close(self) -> None:
        """Give connections back."""
        self._client.close()

    def search(
        self, service: Service, request: SearchRequest, over_there: PeerPurpose, known_list: int
    ) -> Abroad[Found]:
        """What the person holds over there; CertstoreError if it is refused or does not hold."""
        with self._turn():
            seq = self._trusted(known_list)
            found = self._client.search(
                _case(request),
                request.cert_types,
                purpose=_purpose(over_there),
                on_behalf_of=_agency(service),
            )
            self._client.verify_receipt(found)
            return Abroad(found, seq)

    def pull(
        self, service: Service, request: PullRequest, over_there: PeerPurpose, known_list: int
    ) -> Abroad[Pulled]:
        """The fields asked for; CertstoreError if it is refused or does not hold."""
        with self._turn(request.fields):
            seq = self._trusted(known_list)
            pulled = self._client.pull(
                _case(request),
                request.ref,
                request.fields,
                purpose=_purpose(over_there),
                on_behalf_of=_agency(service),
            )
            self._client.verify_receipt(pulled)
            return Abroad(pulled, seq)

    def check(self, known_list: int) -> None:
        """CertstoreError unless that city's trust list comes, and holds; nobody is asked about."""
        with self._turn():
            self._trusted(known_list)

    def _trusted(self, known_list: int) -> int:
        seq = self._client.trust().seq
        if seq < known_list:
            raise not_believed("its trust list is older than one that was seen before")
        return seq

    @contextmanager
    def _turn(self, fields: Sequence[str] = ()) -> Iterator[None]:
        if not self._turns.acquire(blocking=False):
            raise SourceUnavailableError(
                "too many questions to that city are waiting for an answer",
                where="peer",
                remedy="ask again later",
                cause="peer_busy",
            )
        try:
            yield
        except ClientError as error:
            raise in_our_words(error, fields) from error
        finally:
            self._turns.release()


def _case(request: SearchRequest | PullRequest) -> Case:
    return Case(
        request.case_no,
        request.subject_number,
        request.operator.number,
        request.operator.terminal,
        request.subject_type,
    )


def _purpose(over_there: PeerPurpose) -> Purpose:
    return Purpose(
        over_there.purpose_id,
        over_there.matter_code,
        over_there.cert_types,
        over_there.fields,
        ("search", "pull", RELAY),
    )


def _agency(service: Service) -> dict[str, str]:
    return {
        "agency": service.agency,
        "agency_en": service.agency_en,
        "agency_uscc": service.agency_uscc,
        "purpose_id": service.purpose_id,
    }
