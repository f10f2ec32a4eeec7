"""Why is my token refused? The token endpoint's own checks, one by one, without any effect.

No identifier is used up, nothing is issued. Before the client's signature holds, no more is told
than the token endpoint tells.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeVar

from certstore.authorization import client_assertion, dpop
from certstore.authorization.client_assertion import CHECKS, Claims, identifier_of
from certstore.authorization.details import judge_grant, judge_purpose, read_details
from certstore.authorization.token_desk import TokenDesk
from certstore.clock import Clock
from certstore.errors import CertstoreError
from certstore.tables.books import Archive
from certstore.tables.sharing import Client
from certstore.tokens import CompactToken

T = TypeVar("T")
STEPS: Final = (
    "form",
    "signature",
    *(name for name, _ in CHECKS),
    "unused",
    "client_state",
    "proof",
    "proof_unused",
    "details",
    "grant",
)
_FACTS: Final = ("cause", "expected", "paths")
_REMARKS: Final = {
    "no_details": "no authorization_details were sent, so what is granted was not judged",
    "no_proof": "no proof was sent, and this client needs none: it would get a bearer token",
}


@dataclass(slots=True)
class _Report:
    """Collects outcomes; what nobody came to is `not_reached`."""

    outcomes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def run(self, step: str, check: Callable[[], T]) -> T | None:
        """Run a check and note how it went; None if it refused."""
        try:
            result = check()
        except CertstoreError as error:
            facts: dict[str, Any] = {
                name: error.facts[name] for name in _FACTS if name in error.facts
            }
            said = {"detail": error.detail, "where": error.where, "remedy": error.remedy}
            self.outcomes[step] = {"outcome": "failed", **facts, **_there(said)}
            return None
        self.outcomes[step] = {"outcome": "passed"}
        return result

    def skip(self, step: str, remark: str) -> None:
        """Note that a step was left out, and why."""
        self.outcomes[step] = {"outcome": "skipped", "detail": _REMARKS[remark]}

    def answer(self) -> dict[str, Any]:
        """The steps in their order, and what the token endpoint would do."""
        steps = [
            {"step": name, **self.outcomes.get(name, {"outcome": "not_reached"})} for name in STEPS
        ]
        bad = any(step["outcome"] in {"failed", "not_reached"} for step in steps)
        skipped = self.outcomes.get("grant", {}).get("outcome") == "skipped"
        outcome = "would_refuse" if bad else "incomplete" if skipped else "would_grant"
        return {"outcome": outcome, "steps": steps}


@dataclass(frozen=True, slots=True, kw_only=True)
class DebugDesk:
    """Reports each step that a token request would take."""

    archive: Archive
    tokens: TokenDesk
    clock: Clock

    def report(self, assertion: str, proof: str | None, details: str | None) -> dict[str, Any]:
        """Run the steps on an assertion and, if they are sent, a proof and details.

        The proof is judged as one for the token endpoint. Refusals are outcomes here, no errors.
        """
        report, now = _Report(), self.clock.now()
        token = report.run("form", lambda: client_assertion.read_assertion(assertion))
        if token is None:
            return report.answer()
        # Steps after this one are told to whoever holds the client's key, or what it signed.
        found = report.run("signature", lambda: self._verified(token))
        if found is not None:
            client, claims = found
            self._judge_client(report, client, claims, now)
            self._judge_proof(report, client, proof, now)
            self._judge_details(report, client, details, now)
        return report.answer()

    def _verified(self, token: CompactToken) -> tuple[Client, Claims]:
        with self.archive.reading() as books:
            named = client_assertion.named_client(token)
            client = books.sharing.client(named) if named else None
        return client_assertion.verified_claims(client, token)

    def _judge_client(self, report: _Report, client: Client, claims: Claims, now: datetime) -> None:
        expected = self.tokens.expected(self.tokens.token_endpoint, now)
        for name, check in CHECKS:
            report.run(name, partial(check, claims, client, expected))
        if report.outcomes["identifier"]["outcome"] == "passed":
            jti = identifier_of(claims)
            report.run(
                "unused",
                lambda: self._unused(client.client_id, jti, client_assertion.replayed()),
            )
        report.run("client_state", lambda: client_assertion.judge_state(client))

    def _judge_proof(
        self, report: _Report, client: Client, proof: str | None, now: datetime
    ) -> None:
        if proof is None and not client.dpop_bound:
            report.skip("proof", "no_proof")
            report.skip("proof_unused", "no_proof")
            return
        judged = report.run("proof", lambda: self._proof(proof, now))
        if judged is not None:
            report.run(
                "proof_unused", lambda: self._unused(judged.issuer, judged.jti, dpop.replayed())
            )

    def _proof(self, proof: str | None, now: datetime) -> dpop.Proof:
        if proof is None:
            raise dpop.missing("dpop_proof")
        return dpop.judge_proof(proof, dpop.Sent("POST", self.tokens.token_endpoint), now)

    def _judge_details(
        self, report: _Report, client: Client, details: str | None, now: datetime
    ) -> None:
        if details is None:
            report.skip("details", "no_details")
            report.skip("grant", "no_details")
            return
        wanted = report.run("details", lambda: read_details(details))
        if wanted is None:
            return
        with self.archive.reading() as books:
            known = wanted.purpose_id.isprintable()
            purpose = books.sharing.purpose(wanted.purpose_id) if known else None
        usable = self.tokens.usable
        report.run(
            "grant",
            lambda: judge_grant(judge_purpose(client, wanted, purpose, now, usable), wanted),
        )

    def _unused(self, issuer: str, jti: str, refusal: CertstoreError) -> None:
        with self.archive.reading() as books:
            if books.sharing.was_used(issuer, jti):
                raise refusal


def _there(said: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in said.items() if value is not None}
