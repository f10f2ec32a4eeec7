"""The Python client of a pulling service: tokens, proofs, retries, receipts, webhooks.

    client = Client("https://…", "your-client", read_key("key.pem", passphrase), purpose)
    found = client.search(case)
    pulled = client.pull(case, found.in_force().ref)

It imports no part of the server. docs/client.md tells the whole of it.
"""

from certstore.client.answers import Evidence as Evidence
from certstore.client.answers import Found as Found
from certstore.client.answers import Freshness as Freshness
from certstore.client.answers import Origin as Origin
from certstore.client.answers import Pulled as Pulled
from certstore.client.answers import Withheld as Withheld
from certstore.client.asking import Case as Case
from certstore.client.asking import Purpose as Purpose
from certstore.client.problems import BadRequestError as BadRequestError
from certstore.client.problems import ClientError as ClientError
from certstore.client.problems import ConflictingError as ConflictingError
from certstore.client.problems import GroundMissingError as GroundMissingError
from certstore.client.problems import NoCertificateError as NoCertificateError
from certstore.client.problems import NotAuthenticatedError as NotAuthenticatedError
from certstore.client.problems import NotAvailableError as NotAvailableError
from certstore.client.problems import NotGrantedError as NotGrantedError
from certstore.client.problems import ProblemError as ProblemError
from certstore.client.problems import TooOftenError as TooOftenError
from certstore.client.problems import UnreachableError as UnreachableError
from certstore.client.problems import UnreadableError as UnreadableError
from certstore.client.problems import UntrustedError as UntrustedError
from certstore.client.receipts import Receipt as Receipt
from certstore.client.receipts import read_root as read_root
from certstore.client.receipts import verify_access_proof as verify_access_proof
from certstore.client.receipts import verify_receipt as verify_receipt
from certstore.client.service import Client as Client
from certstore.client.service import read_key as read_key
from certstore.client.webhooks import Delivery as Delivery
from certstore.client.webhooks import verify_webhook as verify_webhook
from certstore.client.wire import Patience as Patience
