"""Builds the house once, from settings: the only place where parts meet."""

from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

from certstore.authority import AuthorityName, KeyRing
from certstore.clock import Clock, SystemClock
from certstore.collection import CollectionDesk
from certstore.errors import MalformedError
from certstore.holdings import HoldingsDesk
from certstore.keys import KeySigner, Purpose
from certstore.ledger import LedgerDesk
from certstore.objects import ObjectStore
from certstore.presentation import PresentationDesk
from certstore.service.glyphs import RareGlyphs
from certstore.service.key_room import open_key_room, sandbox_face_signer
from certstore.service.openid import HttpProvider
from certstore.service.passphrase import passphrase
from certstore.service.settings import Settings
from certstore.sharing import SharingDesk
from certstore.sign_in import SignInDesk
from certstore.status_desk import StatusDesk
from certstore.storage.database import Database
from certstore.storage.migrations import upgrade
from certstore.storage.objects_local import LocalObjects
from certstore.tables.books import Archive
from certstore.token_desk import TokenDesk
from certstore.trust import TrustList, parse_trust_list
from certstore.working_days import WorkCalendar
from face_auth.acceptance import FaceDesk
from face_auth.providers import read_registry
from face_auth.rules import read_rules as read_face_rules
from face_auth.sandbox import SandboxProvider
from issuance.application import Application
from issuance.apply import ApplyDesk
from issuance.checklist import ChecklistDesk
from issuance.document.fontset import FontSet
from issuance.document.layout import A4_VOUCHER
from issuance.document.press import Press
from issuance.issue import IssuanceDesk
from issuance.review import ReviewDesk
from issuance.sealing import Sealer
from issuance.tables import ApplicationBook
from verifiers.materials.photo import judge_photo
from verifiers.materials.photo_profile import read_profile
from verifiers.materials.rules import RuleBook, load_rules
from verifiers.scanning.desk import ScanDesk

D = TypeVar("D")


class House:
    """Every desk of one installation, built as they are asked for and kept."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        """Take the settings; `clock` is moved in demonstrations and tests only."""
        self.settings = settings
        self.clock = clock or SystemClock()
        self.started = self.clock.now()

    def find(self, kind: type[D]) -> D:
        """The desk of this kind."""
        return cast("D", getattr(self, _NAMES[kind]))

    def prepare(self) -> None:
        """Bring the stores up to date and open what must be open before the first request."""
        if not self.keys.demonstration and not self.settings.oidc_issuer:
            raise MalformedError(
                "nobody could sign in: built-in identities stand beside demonstration keys only",
                where="CERTSTORE_OIDC_ISSUER",
                remedy="name the OpenID provider that people sign in with",
            )
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        upgrade(self.database)
        self.status_desk.open_first()
        _ = (self.keys, self.trust, self.objects)

    def close(self) -> None:
        """Give back connections and files."""
        self.objects.close()
        self.database.close()

    # -- stores ----------------------------------------------------------------------------

    @cached_property
    def database(self) -> Database:
        """The database."""
        return Database(self.settings.database)

    @cached_property
    def archive(self) -> Archive:
        """The books."""
        return Archive(self.database)

    @cached_property
    def objects(self) -> ObjectStore:
        """The objects."""
        if self.settings.objects.startswith("s3://"):
            # Slow to import, and needed where S3 is used only.
            from certstore.storage.objects_s3 import (  # noqa: PLC0415
                Bucket,
                S3Objects,
                prepare_bucket,
            )

            bucket = Bucket(
                name=self.settings.objects.removeprefix("s3://"),
                endpoint=self.settings.s3_endpoint,
                access_key=self.settings.s3_access_key,
                secret_key=self.settings.s3_secret_key.get_secret_value(),
            )
            if self.settings.s3_make_bucket:
                prepare_bucket(bucket)
            return S3Objects(bucket)
        folder = self.settings.objects or self.settings.data_dir / "objects"
        return LocalObjects(Path(folder))

    # -- keys and trust --------------------------------------------------------------------

    @cached_property
    def authority(self) -> AuthorityName:
        """The authority this house issues for."""
        s = self.settings
        return AuthorityName(s.authority_uscc, s.authority_name_zh, s.authority_name_en)

    @cached_property
    def keys(self) -> KeyRing:
        """The signers."""
        return open_key_room(
            self.settings.keys_folder,
            passphrase(self.settings),
            self.authority,
            self.clock.now(),
            demonstration=self.settings.demonstration,
        )

    @property
    def demonstration(self) -> bool:
        """Whether sandboxes are open: wanted by the settings, and beside demonstration keys only.

        Demonstration keys in the folder of a house that wants no demonstration open nothing.
        """
        return self.settings.demonstration and self.keys.demonstration

    @property
    def trust_jws(self) -> str:
        """The trust list as it is published."""
        return (self.settings.keys_folder / "trust-list.jws").read_text("ascii")

    @cached_property
    def trust(self) -> TrustList:
        """The trust list, verified with our own root."""
        return parse_trust_list(self.trust_jws, self.keys.root, self.clock.now())

    # -- desks -----------------------------------------------------------------------------

    @cached_property
    def ledger_desk(self) -> LedgerDesk:
        """Checkpoints and proofs."""
        return LedgerDesk(
            archive=self.archive,
            signer=self.keys.signer(Purpose.LEDGER),
            clock=self.clock,
            origin=self.settings.ledger_origin,
        )

    @cached_property
    def status_desk(self) -> StatusDesk:
        """Status lists."""
        return StatusDesk(
            archive=self.archive,
            signer=self.keys.signer(Purpose.STATUS),
            clock=self.clock,
            issuer=self.settings.public_url,
        )

    @cached_property
    def collection_desk(self) -> CollectionDesk:
        """Batches of source authorities."""
        profile = read_profile()
        return CollectionDesk(
            archive=self.archive,
            objects=self.objects,
            trust=self.trust,
            clock=self.clock,
            judge_photo=lambda jpeg: judge_photo(jpeg, profile=profile).outcome,
        )

    @cached_property
    def holdings_desk(self) -> HoldingsDesk:
        """What residents hold."""
        return HoldingsDesk(archive=self.archive, objects=self.objects, clock=self.clock)

    @cached_property
    def presentation_desk(self) -> PresentationDesk:
        """Codes shown on line."""
        return PresentationDesk(
            archive=self.archive,
            signer=self.keys.signer(Purpose.PRESENTATION),
            clock=self.clock,
            origin=self.settings.ledger_origin,
        )

    @cached_property
    def token_desk(self) -> TokenDesk:
        """Access tokens."""
        return TokenDesk(
            archive=self.archive,
            signer=self.keys.signer(Purpose.TOKEN),
            clock=self.clock,
            issuer=self.settings.public_url,
        )

    @cached_property
    def sharing_desk(self) -> SharingDesk:
        """Pulls."""
        return SharingDesk(
            archive=self.archive,
            clock=self.clock,
            receipt_signer=self.keys.signer(Purpose.RECEIPT),
            issuer=self.settings.public_url,
            origin=self.settings.ledger_origin,
        )

    @cached_property
    def openid_issuer(self) -> str:
        """The identity provider: the one configured, or the built-in one."""
        return self.settings.oidc_issuer or f"{self.settings.public_url}/development-identity"

    @cached_property
    def sign_in_desk(self) -> SignInDesk:
        """Sessions."""
        s = self.settings
        secret = s.oidc_client_secret.get_secret_value()
        return SignInDesk(
            archive=self.archive,
            provider=HttpProvider(self.openid_issuer, s.oidc_client_id, secret),
            clock=self.clock,
            client_id=s.oidc_client_id,
            redirect_uri=f"{s.public_url}/sign-in/return",
            session_time=timedelta(minutes=s.session_minutes),
        )

    @cached_property
    def sandbox_key(self) -> KeySigner:
        """The sandbox face provider's own key; only in a demonstration."""
        return sandbox_face_signer(self.settings.keys_folder, passphrase(self.settings))

    @cached_property
    def sandbox_provider(self) -> SandboxProvider:
        """The face verification sandbox."""
        return SandboxProvider(self.archive, self.sandbox_key, self.clock)

    @cached_property
    def face_desk(self) -> FaceDesk:
        """Face results."""
        demonstration = self.demonstration
        registry = read_registry(self._face_providers(), demonstration=demonstration)
        starters: dict[str, Any] = {}
        if demonstration:
            began, ends = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
            registry = registry.with_key("sandbox", self.sandbox_key.public_key, began, ends)
            starters["sandbox"] = self.sandbox_provider
        return FaceDesk(
            archive=self.archive,
            registry=registry,
            starters=starters,
            clock=self.clock,
            rules=read_face_rules(),
            provider=self.settings.face_provider or ("sandbox" if demonstration else ""),
            audience=self.settings.public_url,
        )

    def _face_providers(self) -> str | None:
        """The providers' file; none known in production until one is named."""
        if self.settings.face_providers_file is not None:
            return self.settings.face_providers_file.read_text("utf-8")
        return None if self.keys.demonstration else "provider = []"

    @cached_property
    def rules(self) -> RuleBook:
        """The rules of reuse."""
        return load_rules(_day(self.settings.rules_later_from))

    @cached_property
    def checklist_desk(self) -> ChecklistDesk:
        """Reuse decisions for applications."""
        return ChecklistDesk(
            archive=self.archive,
            face=self.face_desk,
            rules=self.rules,
            clock=self.clock,
            city=self.settings.city,
            sources_down=self.settings.sources_down,
            later_from=_day(self.settings.rules_later_from),
        )

    @cached_property
    def fonts(self) -> FontSet:
        """The document fonts."""
        return FontSet.bundled(self.settings.fallback_fonts)

    @cached_property
    def glyphs(self) -> RareGlyphs:
        """Draws names that system fonts cannot."""
        return RareGlyphs(self.fonts)

    @cached_property
    def sealer(self) -> Sealer:
        """Signs what is issued."""
        document = self.keys.signer(Purpose.DOCUMENT)
        return Sealer(
            press=Press(layout=A4_VOUCHER, fonts=self.fonts, signer=document),
            fonts=self.fonts,
            code_signer=self.keys.signer(Purpose.CODE),
            credential_signer=self.keys.signer(Purpose.CREDENTIAL),
            authority=self.authority,
            public_url=self.settings.public_url,
            specimen=self.keys.demonstration,
        )

    @cached_property
    def issuance_desk(self) -> IssuanceDesk:
        """Issuing."""
        return IssuanceDesk(
            archive=self.archive,
            objects=self.objects,
            sealer=self.sealer,
            statuses=self.status_desk,
            clock=self.clock,
            origin=self.settings.ledger_origin,
            city=self.settings.city,
        )

    @cached_property
    def calendar(self) -> WorkCalendar:
        """Working days."""
        return WorkCalendar.load()

    @cached_property
    def apply_desk(self) -> ApplyDesk:
        """Applications."""
        return ApplyDesk(
            archive=self.archive,
            checklist=self.checklist_desk,
            issuance=self.issuance_desk,
            face=self.face_desk,
            countersigner=self.keys.signer(Purpose.RECEIPT),
            calendar=self.calendar,
            clock=self.clock,
            city=self.settings.city,
            districts=self.settings.districts,
        )

    @cached_property
    def review_desk(self) -> ReviewDesk:
        """Reviews."""
        return ReviewDesk(
            archive=self.archive,
            issuance=self.issuance_desk,
            calendar=self.calendar,
            clock=self.clock,
            origin=self.settings.ledger_origin,
            agency_uscc=self.settings.authority_uscc,
        )

    def application(self, ref: str) -> Application:
        """An application, whoever's it is: for the operator's own work, never for a route."""
        with self.archive.reading() as books:
            return ApplicationBook(books.connection).get(ref)

    @cached_property
    def scan_desk(self) -> ScanDesk:
        """Scans, on line."""
        return ScanDesk(
            archive=self.archive,
            trust=self.trust,
            root=self.keys.root,
            presentations=self.presentation_desk,
            objects=self.objects,
            clock=self.clock,
        )


_NAMES: dict[type, str] = {
    LedgerDesk: "ledger_desk",
    StatusDesk: "status_desk",
    CollectionDesk: "collection_desk",
    HoldingsDesk: "holdings_desk",
    ObjectStore: "objects",
    PresentationDesk: "presentation_desk",
    TokenDesk: "token_desk",
    SharingDesk: "sharing_desk",
    SignInDesk: "sign_in_desk",
    SandboxProvider: "sandbox_provider",
    FaceDesk: "face_desk",
    ChecklistDesk: "checklist_desk",
    IssuanceDesk: "issuance_desk",
    ApplyDesk: "apply_desk",
    ReviewDesk: "review_desk",
    ScanDesk: "scan_desk",
    RuleBook: "rules",
}


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
