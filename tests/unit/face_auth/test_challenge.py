import hashlib
import hmac
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certstore.certificates import Holder
from certstore.errors import MalformedError
from face_auth.challenge import local_path, subject_binding

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
HOLDERS = st.builds(Holder, TEXT, st.just("111"), TEXT)


def test_the_binding_is_an_hmac_that_anybody_can_recompute():
    """Written out once by hand, so that a provider's own code has something to compare with."""
    parts = ["txn-12345", "陈一鸣", "34019919980314011X"]
    message = b"face-subject-binding/1"
    for part in parts:
        data = part.encode()
        message += len(data).to_bytes(4, "big") + data
    expected = hmac.new(b"k" * 32, message, hashlib.sha256).hexdigest()
    holder = Holder("陈一鸣", "111", "34019919980314011x")
    assert subject_binding(b"k" * 32, "txn-12345", holder) == expected


@given(TEXT, HOLDERS, TEXT, HOLDERS)
def test_different_subjects_have_different_bindings(txn, holder, other_txn, other):
    def said(txn, holder):
        return txn, unicodedata.normalize("NFC", holder.name), holder.id_number.upper()

    same = said(txn, holder) == said(other_txn, other)
    bindings = (subject_binding(b"k", txn, holder), subject_binding(b"k", other_txn, other))
    assert (bindings[0] == bindings[1]) is same


def test_another_key_gives_another_binding():
    holder = Holder("陈一鸣", "111", "340199199803140119")
    assert subject_binding(b"a", "t", holder) != subject_binding(b"b", "t", holder)


@pytest.mark.parametrize("path", ["/", "/applications/a/face", "/a?lang=en&b=%E4%BD%A0#top"])
def test_a_path_of_ours_is_a_way_back(path):
    assert local_path(path) == path


@given(st.text())
def test_no_text_leads_to_another_host(text):
    try:
        path = local_path(text)
    except MalformedError:
        return
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert path.isascii()
    assert path.isprintable()
