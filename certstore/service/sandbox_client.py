"""The key and the people with which the sandbox plays an agency's client."""

from certstore.authorization.resource_gate import ResourceGate
from certstore.authorization.token_desk import TokenDesk
from certstore.keys import KeySigner, Purpose, generate, read_private_key, write_private_key
from certstore.onboarding.applying import OnboardingDesk
from certstore.onboarding.trying import InventedPerson, TryingDesk
from certstore.service.demo_cast import cast
from certstore.service.passphrase import passphrase
from certstore.service.settings import Settings
from certstore.sharing.desk import SharingDesk


def open_trying_desk(
    settings: Settings,
    *,
    onboarding: OnboardingDesk,
    tokens: TokenDesk,
    gate: ResourceGate,
    sharing: SharingDesk,
) -> TryingDesk:
    """The desk with a key of its own, made at first use, and the residents of the invented city."""
    people = [
        InventedPerson(key, person["name"], person["id_number"])
        for key, person in cast(settings.districts).items()
        if "id_number" in person
    ]
    return TryingDesk(
        onboarding=onboarding,
        tokens=tokens,
        gate=gate,
        sharing=sharing,
        signer=_signer(settings),
        people=people,
    )


def _signer(settings: Settings) -> KeySigner:
    path, secret = settings.data_dir / "sandbox" / "client.key.pem", passphrase(settings)
    if not path.exists():
        write_private_key(path, generate("ES256"), secret)
    return KeySigner(Purpose.TOKEN, read_private_key(path, secret))
