"""A time authority asked over HTTP (RFC 3161 §3.4): ten seconds, 36 kB, no redirects."""

import time

import httpx

from certstore.errors import UnavailableError
from certstore.stamps.asking import ANSWER_TYPE, LARGEST_ANSWER, REQUEST_TYPE

TIME_OUT_S = 10.0
_OK = 200


class HttpTimeAuthority:
    """Hands requests in. Plain HTTP is usual: what comes back is signed, what goes is a digest."""

    def __init__(self, url: str) -> None:
        """Nothing is asked yet."""
        self._url = url

    def ask(self, request: bytes) -> bytes:
        """POST it; UnavailableError without a whole answer of the right kind in time.

        What is *not* checked here: anything the answer says.
        """
        began = time.monotonic()
        received = b""
        headers = {"content-type": REQUEST_TYPE, "accept": ANSWER_TYPE}
        try:
            with httpx.stream(
                "POST", self._url, content=request, headers=headers, timeout=TIME_OUT_S
            ) as answer:
                for chunk in answer.iter_bytes():
                    received += chunk
                    if len(received) > LARGEST_ANSWER or time.monotonic() - began > TIME_OUT_S:
                        raise self._unavailable("answers without end")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._unavailable("does not answer") from error
        media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if answer.status_code != _OK or media_type != ANSWER_TYPE:
            raise self._unavailable(f"answers {answer.status_code} with {media_type[:60] or '-'}")
        return received

    def _unavailable(self, what: str) -> UnavailableError:
        return UnavailableError(
            f"the time authority {what}",
            where=self._url,
            remedy="the worker asks again by itself; see CERTSTORE_TIME_AUTHORITY_URL",
        )
