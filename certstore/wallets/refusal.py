"""What wallets are told when something is refused: the error codes of OAuth and OpenID4VCI 1.0."""

from certstore.errors import MalformedError


class WalletRefusedError(MalformedError):
    """A wallet's request was refused; `error` is the standard's word, `status` the HTTP status.

    The detail is plain ASCII without quotes and backslashes (RFC 6749 §5.2). `challenged`: the
    answer also says in WWW-Authenticate how to prove oneself (RFC 9449 §7.1).
    """

    def __init__(
        self, error: str, detail: str, *, status: int = 400, challenged: bool = False
    ) -> None:
        """Keep the standard's word and the status."""
        super().__init__(detail, error=error)
        self.error, self.status, self.challenged = error, status, challenged


def unauthorised(error: str, detail: str) -> WalletRefusedError:
    """The refusal of an access token or of its proof at a protected place."""
    return WalletRefusedError(error, detail, status=401, challenged=True)
