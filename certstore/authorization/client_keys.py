"""A client's registered keys: a new one beside the old, then the old one away; never none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from certstore.errors import ConflictError, MalformedError, NotFoundError
from certstore.jwk import from_jwk, to_jwk
from certstore.keys import algorithm_of, key_id
from certstore.strict_json import parse_json_strict
from certstore.tables.books import Archive, Books
from certstore.tables.sharing import Client

MOST_KEYS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientKeyDesk:
    """Registers and retires the keys that clients sign with; effective from the next request on."""

    archive: Archive

    def keys(self, client_id: str) -> Sequence[Mapping[str, Any]]:
        """The registered public keys (JWK with kid); NotFoundError for a client nobody knows."""
        with self.archive.reading() as books:
            return _found(books.sharing.client(client_id), client_id).keys

    def add(self, client_id: str, jwk: object) -> str:
        """Register a further public key (JWK); its kid, which is ours and not the sender's.

        MalformedError for what is no bare public key, ConflictError for one that is there or one
        too many.
        """
        key = from_jwk(jwk)
        kid = key_id(key)
        with self.archive.writing() as books:
            client = _found(books.sharing.client_to_change(client_id), client_id)
            if any(kid == known.get("kid") for known in client.keys):
                raise ConflictError("this key is registered already", where=kid)
            if len(client.keys) >= MOST_KEYS:
                raise ConflictError(
                    f"a client has at most {MOST_KEYS} keys",
                    where=client_id,
                    remedy="retire one that is not used any more",
                )
            _keep(books, client, [*client.keys, {**to_jwk(key), "kid": kid}])
        return kid

    def retire(self, client_id: str, kid: str) -> None:
        """Take a key away; NotFoundError if it is not there, ConflictError if it is the last."""
        with self.archive.writing() as books:
            client = _found(books.sharing.client_to_change(client_id), client_id)
            left = [key for key in client.keys if key.get("kid") != kid]
            if len(left) == len(client.keys):
                raise NotFoundError("the client has no such key", where=kid)
            if not left:
                raise ConflictError(
                    "this is the client's last key", where=kid, remedy="add its successor first"
                )
            _keep(books, client, left)


def _found(client: Client | None, client_id: str) -> Client:
    if client is None:
        raise NotFoundError("there is no such client", where=client_id)
    return client


def _keep(books: Books, client: Client, keys: Sequence[Mapping[str, Any]]) -> None:
    """What a client may sign with follows from its keys: each key has one algorithm."""
    members = ("kty", "crv", "x", "y")
    bare = [{name: key[name] for name in members if name in key} for key in keys]
    found = {algorithm_of(from_jwk(jwk)) for jwk in bare}
    books.sharing.set_keys(client.client_id, keys, sorted(found))


def read_public_key(text: bytes) -> object:
    """A JWK as a file holds it; MalformedError if it is none, or holds a private key."""
    jwk = parse_json_strict(text, max_bytes=4096)
    if isinstance(jwk, dict) and "d" in jwk:
        raise MalformedError(
            "this file holds a private key, which stays with its owner",
            remedy="send the public half only, and make a new key: this one has travelled",
        )
    return jwk
