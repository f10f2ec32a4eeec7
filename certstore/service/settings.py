"""Settings, from the environment (CERTSTORE_…) and `certstore.env`: the only reader of either.

Every default is safe: loopback, embedded stores in ./var, demonstration keys that mark all
they sign as specimens.
"""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from certstore.service.addresses import is_safe_place

SignedWith = Literal["RS256", "PS256", "ES256", "ES384", "EdDSA"]
_PER_MINUTE = "a minute; 0: no limit"
_PLACE = r"^(https?://\S{1,300})?$"


class Settings(BaseSettings):
    """What an operator may set; each field's name in capitals, with CERTSTORE_ before it."""

    model_config = SettingsConfigDict(
        env_prefix="CERTSTORE_", env_file="certstore.env", extra="ignore", frozen=True
    )

    data_dir: Path = Field(Path("var"), description="embedded stores, keys and caches")
    public_url: str = Field(
        "http://127.0.0.1:8000",
        description="how others reach the service; stands in what is signed",
    )
    database_url: str = Field("", description="empty: SQLite in the data folder")
    objects: str = Field("", description="empty: a folder in the data folder; or s3://bucket")
    s3_endpoint: str = ""
    s3_access_key: str = ""
    s3_secret_key: SecretStr = SecretStr("")
    s3_make_bucket: bool = Field(
        default=True, description="no: the bucket is made by an operator, with keys of its own"
    )
    nats_url: str = Field("", description="empty: events are handled in process")
    keys_dir: Path | None = Field(None, description="empty: keys/ in the data folder")
    key_passphrase: SecretStr = SecretStr("")
    key_passphrase_file: Path | None = None
    demonstration: bool = Field(
        default=True, description="make a demonstration authority when the key folder is empty"
    )
    authority_uscc: str = "11310000MB0T00015W"
    authority_name_zh: str = "示范市公安局"
    authority_name_en: str = "Demonstration City Public Security Bureau"
    city: str = "示范市"
    sandbox_url: str = Field(
        "", description="where this house's sandbox is; shown to agencies' developers"
    )
    districts: tuple[str, ...] = ("海港区", "梧桐区", "望江区", "云杉区")
    face_provider: str = Field("", description="empty: the sandbox, beside demonstration keys only")
    face_providers_file: Path | None = Field(None, description="the providers known, as TOML")
    face_credentials: dict[str, dict[str, SecretStr]] = Field(
        default_factory=dict, description="what each provider wants of us, by its id"
    )
    face_earlier_from: str = Field(
        "", description="date from which an earlier verification of the platform does"
    )
    ledger_origin: str = "certstore.example/ledger"
    witnesses_file: Path | None = Field(
        None, description="who cosigns our checkpoints, as a C2SP tlog-policy with URLs"
    )
    witness_logs: Path | None = Field(
        None, description="the logs this service is a witness of, one vkey and origin a line"
    )
    witness_name: str = Field(
        "certstore.example/witness",
        pattern=r"^[^\s+]{1,255}$",
        description="the name in our cosignatures of other logs",
    )
    peers_file: Path | None = Field(
        None, description="the other cities that are asked for our agencies, as TOML"
    )
    time_authority_url: str = Field(
        "",
        pattern=r"^(https?://\S{1,300})?$",
        description="who time-stamps documents; empty: nobody",
    )
    time_authority_roots: tuple[Path, ...] = Field(
        (), description="PEM files of the roots whose time-stamps count, earlier ones too"
    )
    time_authority_policy: str = Field(
        "", pattern=r"^([0-9]+(\.[0-9]+){1,20})?$", description="the policy asked for, as an OID"
    )
    stamp_renewal_days: int = Field(
        180, ge=1, le=3650, description="how long before a time-stamp ends another is put over it"
    )
    oidc_issuer: str = Field("", description="empty: the built-in development provider")
    oidc_client_id: str = "certstore"
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_algorithms: tuple[SignedWith, ...] = Field(
        ("RS256", "PS256", "ES256", "ES384", "EdDSA"),
        description="what ID tokens may be signed with, where the provider's metadata says so, too",
    )
    uploads_kept_days: int = Field(
        90, ge=0, le=3650, description="what was handed in, after its application was refused"
    )
    lease_open_days: int = Field(
        15, ge=1, le=365, description="how long a lease waits for all its signatures"
    )
    desk_claim_minutes: int = Field(
        30, ge=1, le=480, description="how long an officer holds a case without acting on it"
    )
    desk_raise_after_days: int = Field(
        1, ge=1, le=60, description="working days late after which a supervisor is shown a case"
    )
    four_eyes_file: Path | None = Field(
        None, description="which decisions two officers make, as TOML; empty: as bundled"
    )
    entry_hosts_file: Path | None = Field(
        None, description="the apps that hand people over to our pages, as TOML"
    )
    session_minutes: int = Field(30, ge=1, le=720)
    hosts: tuple[str, ...] = Field(
        (), description="host names the service answers to besides that of PUBLIC_URL"
    )
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = Field(
        (), description="networks whose X-Forwarded-For is believed"
    )
    webhook_networks: tuple[IPv4Network | IPv6Network, ...] = Field(
        (), description="networks that webhooks may go to besides public addresses"
    )
    webhook_loopback: bool = Field(
        default=False, description="whether webhooks may go to this machine, in a demonstration"
    )
    limit_sign_in: int = Field(
        300, ge=0, description=f"steps of signing in, an address {_PER_MINUTE}"
    )
    limit_verify: int = Field(
        1200, ge=0, description=f"scans and checkpoints to cosign, an address {_PER_MINUTE}"
    )
    limit_polling: int = Field(
        3000, ge=0, description=f"questions whether an answer has come, an address {_PER_MINUTE}"
    )
    limit_token: int = Field(600, ge=0, description=f"access tokens, an address {_PER_MINUTE}")
    limit_pull: int = Field(12_000, ge=0, description=f"searches and pulls, a client {_PER_MINUTE}")
    limit_face: int = Field(60, ge=0, description=f"face verifications, an account {_PER_MINUTE}")
    limit_relatives: int = Field(
        60, ge=0, description=f"relatives asked about, an account {_PER_MINUTE}"
    )
    limit_uploads: int = Field(60, ge=0, description=f"files handed in, an account {_PER_MINUTE}")
    limit_counter: int = Field(
        20, ge=0, description=f"questions about a person on the page /pull, a clerk {_PER_MINUTE}"
    )
    limit_decision: int = Field(
        600, ge=0, description=f"reuse decisions about a person, a client {_PER_MINUTE}"
    )
    limit_help: int = Field(
        600, ge=0, description=f"questions and guides, an address {_PER_MINUTE}"
    )
    limit_exports: int = Field(60, ge=0, description=f"downloads, an account {_PER_MINUTE}")
    rules_later_from: str = Field("", description="date from which the later rule set holds")
    endorsement_grace_from: str = Field(
        "", description="date from which an endorsement made up in 60 days keeps the years"
    )
    lifting_loss_needs_face: bool = Field(
        default=False, description="a fresh face verification before a loss is lifted on line"
    )
    sources_file: Path | None = Field(None, description="the sources asked live, as TOML")
    sources_down: tuple[str, ...] = Field((), description="sources that cannot be asked just now")
    service_points_file: Path | None = Field(
        None, description="the city's service points, as TOML; empty: the invented city's"
    )
    courier_url: str = Field(
        "",
        pattern=r"^(https?://\S{1,300})?$",
        description="the courier's system; empty: cards are collected only",
    )
    courier_name: str = Field("快递", min_length=1, max_length=50)
    courier_secret: SecretStr = Field(
        SecretStr(""), description="whsec_…, what the courier and we sign calls with"
    )
    smtp_host: str = Field("", description="the mail server; empty: no mail is sent")
    smtp_port: int = Field(587, ge=1, le=65535)
    smtp_tls: Literal["starttls", "implicit"] = Field(
        "starttls", description="how the line is secured; demanded but on this machine"
    )
    smtp_user: str = Field("", description="empty: nobody signs in")
    smtp_password: SecretStr = SecretStr("")
    smtp_from: str = Field(
        "", pattern=r"^([!-~]{1,64}@[!-~]{1,190})?$", description="the sender's address"
    )
    smtp_reports_secret: SecretStr = Field(
        SecretStr(""), description="whsec_…, what whoever reads bounces signs reports with"
    )
    sms_url: str = Field(
        "", pattern=_PLACE, description="the gateway of short messages; empty: none are sent"
    )
    sms_secret: SecretStr = Field(
        SecretStr(""), description="whsec_…, what the gateway and we sign calls with"
    )
    mini_program_url: str = Field(
        "", pattern=_PLACE, description="the gateway of mini-program messages; empty: none"
    )
    mini_program_secret: SecretStr = Field(SecretStr(""), description="whsec_…, as above")
    quiet_hours: str = Field(
        "21:00-08:00", description="when nobody is sent a message, in China's time"
    )
    messages_a_minute: int = Field(
        60, ge=1, le=100_000, description="messages sent by each channel a minute"
    )
    fallback_fonts: tuple[Path, ...] = Field((), description="TrueType files for rare characters")
    photo_level: Literal["auto", "basic", "face"] = Field(
        "auto", description="how closely photos are judged; auto: as installed, batches later"
    )
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    work_in_process: bool = Field(
        default=True, description="the web process also does the worker's jobs"
    )

    @field_validator("public_url")
    @classmethod
    def _no_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @field_validator("courier_url", "sms_url", "mini_program_url")
    @classmethod
    def _safe_other_side(cls, value: str) -> str:
        if value and not is_safe_place(value):
            raise ValueError("it is called by https, or on this machine")
        if set(value) & set("?#"):
            raise ValueError("paths are added to it: it holds no ? and no #")
        return value

    @field_validator("oidc_issuer")
    @classmethod
    def _safe_issuer(cls, value: str) -> str:
        if value and not is_safe_place(value):
            raise ValueError("an identity provider is asked by https, or on this machine")
        return value

    @property
    def keys_folder(self) -> Path:
        """Where keys lie."""
        return self.keys_dir or self.data_dir / "keys"

    @property
    def database(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.data_dir / 'certstore.db'}"

    @property
    def secure(self) -> bool:
        """Whether the service is reached by https, so that cookies may say so."""
        return self.public_url.startswith("https://")
