import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certstore import base64url
from certstore.errors import MalformedError


@settings(deadline=None)
@given(st.binary(max_size=80))
def test_bytes_have_one_spelling_and_come_back(data):
    text = base64url.encode(data)
    assert base64url.decode(text) == data
    assert text == base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@settings(deadline=None)
@given(st.text(alphabet="ABCDEFGHabcdefgh0123-_", max_size=9))
def test_whatever_is_read_is_spelled_back_the_same(text):
    try:
        data = base64url.decode(text)
    except MalformedError:
        return
    assert base64url.encode(data) == text


@pytest.mark.parametrize(
    "text", ["AA==", "AA=", "A", "AAAAA", "AB", "AAB", "AA\n", " AA", "A+", "A/", "\uff21", "A A="]
)
def test_other_spellings_are_refused(text):
    with pytest.raises(MalformedError):
        base64url.decode(text)
