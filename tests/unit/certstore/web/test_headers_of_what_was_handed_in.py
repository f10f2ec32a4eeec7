"""A picture or document that somebody handed in may do nothing, whoever opens it."""

import pytest

from certstore.web.headers import content_security_policy

REF = "k3x9" * 5


@pytest.mark.parametrize(
    "path",
    [
        f"/applications/{REF}/materials/dwelling/{REF}/page-1",
        f"/applications/{REF}/materials/half_year/{REF}/thumbnail-12",
        f"/desk/uploads/{REF}/{REF}/page-1",
        f"/desk/uploads/{REF}/{REF}/document",
    ],
)
def test_it_is_shown_in_a_sandbox(path):
    policy = content_security_policy(path)
    assert policy.startswith("default-src 'none'; sandbox;")
    assert "script-src" not in policy
    assert "allow" not in policy


@pytest.mark.parametrize(
    "path",
    [
        f"/applications/{REF}/materials/dwelling",
        f"/applications/{REF}/materials/dwelling/{REF}/keep",
        f"/desk/cases/{REF}",
        f"/desk/uploads/{REF}/{REF}/page-1/more",
    ],
)
def test_pages_keep_their_own_policy(path):
    assert "script-src 'self'" in content_security_policy(path)
    assert "sandbox" not in content_security_policy(path)
