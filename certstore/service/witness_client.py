"""Witnesses asked over HTTP (c2sp.org/tlog-witness): five seconds, 64 KiB, no redirects."""

import time

import httpx

from certstore.errors import UnavailableError
from certstore.witnessing import WitnessAnswer

TIME_OUT_S = 5.0
_MAX_ANSWER = 65_536


class HttpWitnesses:
    """Hands checkpoints in; certificates of https are checked against the system's roots."""

    def __init__(self) -> None:
        """Nothing is asked yet."""
        self._client = httpx.Client(timeout=TIME_OUT_S, follow_redirects=False)

    def close(self) -> None:
        """Give connections back."""
        self._client.close()

    def add_checkpoint(self, prefix: str, body: bytes) -> WitnessAnswer:
        """POST to `<prefix>/add-checkpoint`; UnavailableError without a whole answer in time.

        What is *not* checked here: anything the answer says.
        """
        url = f"{prefix.rstrip('/')}/add-checkpoint"
        began = time.monotonic()
        received = b""
        headers = {"content-type": "text/plain; charset=utf-8"}
        try:
            with self._client.stream("POST", url, content=body, headers=headers) as answer:
                for chunk in answer.iter_bytes():
                    received += chunk
                    if len(received) > _MAX_ANSWER:
                        raise _unavailable(f"a witness's answer exceeds {_MAX_ANSWER} bytes", url)
                    if time.monotonic() - began > TIME_OUT_S:
                        raise _unavailable("a witness's answer took too long", url)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _unavailable("a witness does not answer", url) from error
        try:
            text = received.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _unavailable("a witness's answer is no text", url) from error
        media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        return WitnessAnswer(answer.status_code, media_type, text)


def _unavailable(detail: str, url: str) -> UnavailableError:
    return UnavailableError(detail, where=url, remedy="the worker asks again by itself")
