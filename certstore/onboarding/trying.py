"""Plays an agency's client on the sandbox: token, search, pull, as its own machine would.

The very desks that serve clients answer; each step is shown with what was sent and what came back.
What is looked at is on record like any access, and everybody in it is invented.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from certstore.authorization.client_assertion import ASSERTION_TYPE
from certstore.authorization.details import DETAILS_TYPE
from certstore.authorization.dpop import TYP, token_hash
from certstore.authorization.resource_gate import Presented, ResourceGate
from certstore.authorization.token_desk import GRANT_TYPE, TokenDesk, TokenRequest
from certstore.callers import Developer, Service
from certstore.catalogue import certificate_type
from certstore.chance import reference
from certstore.clock import unix
from certstore.errors import CertstoreError, NotFoundError
from certstore.identifiers import ResidentId
from certstore.jwk import to_jwk
from certstore.keys import KeySigner, Purpose, generate
from certstore.onboarding.applying import OnboardingDesk
from certstore.onboarding.file import PurposeFile
from certstore.sharing.desk import SharingDesk
from certstore.sharing.grants import Operator, PullRequest, SearchRequest
from certstore.tokens import canonical_json, sign_compact

_CASE: Final = "SANDBOX-1"
_OPERATOR: Final = Operator("sandbox")
_SHOWN: Final = ("error", "cause", "expected", "paths", "status", "limit", "resets_at")


@dataclass(frozen=True, slots=True)
class InventedPerson:
    """Somebody of the demonstration to ask about."""

    key: str
    name: str
    id_number: str


@dataclass(frozen=True, slots=True)
class Tried:
    """One step: its request, the answer, and whether it was answered or refused."""

    step: str  # token | search | pull
    request: Mapping[str, Any]
    answer: Mapping[str, Any]
    done: bool


@dataclass(slots=True)
class _Run:
    """One run: the purpose, its type, the person, and the steps so far."""

    file: PurposeFile
    person: InventedPerson
    beyond: bool
    steps: list[Tried] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """The type asked about: the first with a field, or the purpose's first."""
        granted = self.file.purpose.fields
        return next((kind for kind in granted if self._pullable(kind)), next(iter(granted)))

    def _pullable(self, kind: str) -> list[str]:
        """The granted fields; questions are put elsewhere, and a photo goes out in files alone."""
        known = certificate_type(kind)
        return [path for path in self.file.purpose.fields[kind] if known.field(path) is not None]

    @property
    def fields(self) -> list[str]:
        """The fields asked for: those granted, and one more if the refusal is to be seen."""
        granted = self._pullable(self.kind)
        others = [f.name for f in certificate_type(self.kind).fields if f.name not in granted]
        return [*granted, *(others[:1] if self.beyond else [])]

    def take(self, step: str, request: Mapping[str, Any], act: Callable[[], Any]) -> Any:  # noqa: ANN401 - each step's own
        """Take a step and keep it; None if it was refused."""
        try:
            answer = act()
        except CertstoreError as error:
            facts: dict[str, Any] = {n: error.facts[n] for n in _SHOWN if n in error.facts}
            said: dict[str, Any] = {
                "type": f"urn:certstore:problem:{error.code}",
                "detail": error.detail,
            }
            more: dict[str, Any] = {"where": error.where, "remedy": error.remedy, **facts}
            kept = said | {name: value for name, value in more.items() if value is not None}
            self.steps.append(Tried(step, request, kept, done=False))
            return None
        self.steps.append(Tried(step, request, answer, done=True))
        return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class TryingDesk:
    """Plays clients on the sandbox, with a key of the sandbox's own that it registers for them."""

    onboarding: OnboardingDesk
    tokens: TokenDesk
    gate: ResourceGate
    sharing: SharingDesk
    signer: KeySigner
    people: Sequence[InventedPerson]

    def run(self, me: Developer, purpose_id: str, person: str, *, beyond: bool) -> list[Tried]:
        """Run token, search and pull for a purpose of the agency's own; `beyond` asks too much.

        The sandbox's key is registered with the client first. NotFoundError for a purpose of
        somebody else's and for nobody of the demonstration.
        """
        file = self.onboarding.purpose(me, purpose_id)
        chosen = next((one for one in self.people if one.key == person), None)
        if chosen is None:
            raise NotFoundError("there is no such person in the demonstration", where="person")
        if not any(key.get("kid") == self.signer.kid for key in file.client.keys):
            jwk = to_jwk(self.signer.public_key)
            self.onboarding.add_key(me, file.client.client_id, jwk)
        run = _Run(file, chosen, beyond)
        self._play(run)
        return run.steps

    def _play(self, run: _Run) -> None:
        proofs = KeySigner(Purpose.TOKEN, generate("ES256"))
        granted = self._token(run, proofs)
        if granted is None:
            return
        token = str(granted["access_token"])
        found = self._search(run, proofs, token)
        if not found or not found["evidence"] or not run.fields:
            return
        self._pull(run, proofs, token, str(found["evidence"][0]["ref"]))

    def _token(self, run: _Run, proofs: KeySigner) -> Any:  # noqa: ANN401 - the endpoint's answer
        purpose, now = run.file.purpose, unix(self.tokens.clock.now())
        claims = {
            "iss": run.file.client.client_id,
            "sub": run.file.client.client_id,
            "aud": self.tokens.issuer,
            "iat": now,
            "exp": now + 120,
            "jti": reference(),
        }
        detail = {
            "type": DETAILS_TYPE,
            "purpose_id": purpose.purpose_id,
            "matter_code": purpose.matter_code,
            "cert_types": [run.kind],
            "fields": list(purpose.fields[run.kind]),
        }
        request = TokenRequest(
            GRANT_TYPE,
            ASSERTION_TYPE,
            sign_compact(claims, typ="JWT", signer=self.signer),
            canonical_json([detail]).decode(),
            self._proof(proofs, self.tokens.token_endpoint, {}),
        )
        shown = {"call": "POST /oauth2/token", "assertion": claims, "authorization_details": detail}
        return run.take("token", shown, lambda: self.tokens.grant(request))

    def _search(self, run: _Run, proofs: KeySigner, token: str) -> Any:  # noqa: ANN401 - as above
        place, purpose = "/v1/evidence:search", run.file.purpose
        request = SearchRequest(
            purpose_id=purpose.purpose_id,
            case_no=_CASE,
            subject_type="111",
            subject_number=run.person.id_number,
            cert_types=[run.kind],
            operator=_OPERATOR,
        )
        shown = {"call": f"POST {place}", **_who(run), "cert_types": [run.kind]}
        return run.take(
            "search",
            shown,
            lambda: self.sharing.search(self._admitted(proofs, token, place), request),
        )

    def _pull(self, run: _Run, proofs: KeySigner, token: str, ref: str) -> None:
        place, purpose = f"/v1/certificates/{ref}:pull", run.file.purpose
        request = PullRequest(
            ref=ref,
            purpose_id=purpose.purpose_id,
            matter_code=purpose.matter_code,
            case_no=_CASE,
            fields=run.fields,
            subject_type="111",
            subject_number=run.person.id_number,
            operator=_OPERATOR,
        )
        named = {"matter_code": purpose.matter_code, "fields": run.fields}
        run.take(
            "pull",
            {"call": f"POST {place}", **_who(run), **named},
            lambda: self.sharing.pull(self._admitted(proofs, token, place), request),
        )

    def _admitted(self, proofs: KeySigner, token: str, path: str) -> Service:
        place = f"{self.tokens.issuer}{path}"
        proof = self._proof(proofs, place, {"ath": token_hash(token)})
        return self.gate.admit(Presented("DPoP", token, (proof,), "POST", place))

    def _proof(self, proofs: KeySigner, place: str, more: Mapping[str, str]) -> str:
        now = unix(self.tokens.clock.now())
        claims = {"htm": "POST", "htu": place, "iat": now, "jti": reference(), **more}
        jwk = {"jwk": to_jwk(proofs.public_key)}
        return sign_compact(claims, typ=TYP, signer=proofs, header=jwk)


def _who(run: _Run) -> dict[str, Any]:
    return {
        "purpose_id": run.file.purpose.purpose_id,
        "case_no": _CASE,
        "subject": {"id_type": "111", "id_number": str(ResidentId(run.person.id_number))},
        "operator": _OPERATOR.number,
    }
