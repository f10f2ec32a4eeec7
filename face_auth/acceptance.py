"""The face desk: begins verifications and takes their results, each once.

It states facts. What they are worth to an application is decided where that is checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from certstore.certificates import Holder
from certstore.clock import Clock, local_date
from certstore.errors import ForbiddenError, NotFoundError, UnavailableError
from certstore.tables.books import Archive
from certstore.verdict import Accepted, Refused, Verdict
from face_auth.challenge import (
    Challenge,
    Occasion,
    Starter,
    StartRequest,
    State,
    Transaction,
    open_transaction,
)
from face_auth.childhood import age_on
from face_auth.judgement import judge_result
from face_auth.on_file import PlatformOnFile, ResultOnFile, Standing, platform_for, read_for
from face_auth.providers import Provider, Registry
from face_auth.pulling import Puller, Question, normalised
from face_auth.reasons import FOREIGN, Reason
from face_auth.result import FaceResult, Receipt, read_token
from face_auth.rules import FaceRule, rule_on
from face_auth.tables import FaceBook


class _UsedBeforeError(Exception):
    """The result was taken for another transaction: undo what was written for this one."""


@dataclass(frozen=True, slots=True)
class _HandIn:
    """A result in our hands, and whose browser brought it, if one did."""

    result: FaceResult
    account: str | None
    rule: FaceRule


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceDesk:
    """Begins verifications and takes their results.

    `provider` is the one that new verifications begin at; `audience` is the name by which
    providers know this service.
    """

    archive: Archive
    registry: Registry
    starters: Mapping[str, Starter]
    clock: Clock
    rules: tuple[FaceRule, ...]
    provider: str
    audience: str
    pullers: Mapping[str, Puller] = field(default_factory=dict)

    def usable(self) -> Provider | None:
        """The provider that a verification would begin at now; None: offer the other ways only."""
        found = self.registry.usable(self.provider, self.clock.now())
        return found if self.provider in self.starters else None

    def begin(
        self,
        holder: Holder,
        account: str,
        application_ref: str,
        return_to: str,
        *,
        matter: str,
        client_info: str = "",
    ) -> Challenge:
        """Begin a verification; UnavailableError when no provider can be used or reached.

        `return_to` is a path of this service (MalformedError if not), `matter` a matter's code,
        `client_info` what a provider's own script says of the browser. ForbiddenError for a
        child below the age at which somebody else must consent: no face of theirs is looked at.
        """
        self._check_age(holder)
        if self.usable() is None:
            raise UnavailableError(
                "no face verification is possible at the moment",
                where=self.provider,
                remedy="upload the identity card instead, or go to a counter",
            )
        return self._begun(
            Occasion(
                holder=holder,
                account=account,
                application_ref=application_ref,
                matter=matter,
                return_to=return_to,
                client_info=client_info,
            )
        )

    def accept(self, token: str, account: str | None = None) -> Verdict:
        """Take a signed result, once; `account` is whose browser brought it, if one did.

        Of a refused result nothing is kept unless it is this transaction's own, which has
        failed then.
        """
        receipt, rule = self._receipt()
        result = read_token(token, self.registry, receipt)
        if isinstance(result, Refused):
            return result
        return self._take(_HandIn(result, account, rule))

    def fetch(self, our_txn: str, holder: Holder, account: str) -> Verdict:
        """Ask the provider how a verification of this person and account ended, and take it, once.

        Asked about is the id that we kept. NotFoundError for another account's transaction as
        for none; UnavailableError when the provider does not answer or cannot be understood,
        and then nothing is changed.
        """
        transaction = self._mine(our_txn, account)
        provider = self.registry.usable(transaction.provider, self.clock.now())
        refused = self._not_to_ask(transaction, holder)  # nothing that could not be used
        if refused is not None or provider is None:
            return Refused((refused or Reason.PROVIDER_INACTIVE,))
        question = Question(
            our_txn=our_txn,
            provider_ref=transaction.provider_ref or "",
            nonce=transaction.nonce,
            holder=holder,
            account=account,
            begun_at=transaction.begun_at,
        )
        finding = self.pullers[provider.id].fetch(question)  # no transaction is open meanwhile
        receipt, rule = self._receipt()
        result = normalised(finding, question, transaction, provider, receipt)
        if isinstance(result, Refused):
            return result
        return self._take(_HandIn(result, account, rule))

    def outcome(self, our_txn: str, account: str) -> Standing:
        """How a transaction stands; NotFoundError for another account's as for none."""
        found = self._mine(our_txn, account)
        return Standing(found.state_at(self.clock.now()), found.reasons)

    def way_back(self, our_txn: str, account: str) -> str:
        """The path of this service that the person left from; NotFoundError as for outcome."""
        return self._mine(our_txn, account).return_to

    def results_for(self, holder: Holder, application_ref: str) -> list[ResultOnFile]:
        """Every result recorded for this person and application, the newest first.

        Accepted ones and failed ones; whether one is young enough by now is not judged here.
        """
        rule = rule_on(self.rules, local_date(self.clock.now()))
        with self.archive.reading() as books:
            recorded = FaceBook(books.connection).results_of(application_ref)
        read = (read_for(found, holder, rule) for found in recorded)
        return [result for result in read if result is not None]

    def earlier_for(self, holder: Holder, account: str) -> list[PlatformOnFile]:
        """Earlier verifications by the platform that do for this person and account today."""
        now = self.clock.now()
        with self.archive.reading() as books:
            told = books.earlier.of(account, holder)
        return platform_for(holder, told, now=now, rule=rule_on(self.rules, local_date(now)))

    def expire_overdue(self) -> int:
        """Close what nobody came back to; how many there were."""
        with self.archive.writing() as books:
            return FaceBook(books.connection).expire(self.clock.now())

    def _check_age(self, holder: Holder) -> None:
        today = local_date(self.clock.now())
        least, age = rule_on(self.rules, today).guardian_below, age_on(holder, today)
        if age is not None and age < least:
            raise ForbiddenError(
                f"no face verification is begun of a child under {least}",
                where="holder",
                remedy="a guardian verifies a face of their own, or goes to a counter",
                cause="under-age",
            )

    def _not_to_ask(self, transaction: Transaction, holder: Holder) -> Reason | None:
        """Why the provider is not asked; questions cost money, and an answer may be another's."""
        state = transaction.state_at(self.clock.now())
        if not transaction.is_of(holder):
            return Reason.SUBJECT_MISMATCH
        if state is State.EXPIRED:
            return Reason.TRANSACTION_EXPIRED
        if state is not State.OPEN:
            return Reason.TRANSACTION_CLOSED
        if transaction.provider not in self.pullers or transaction.provider_ref is None:
            return Reason.NOT_ASKED_FOR
        return None

    def _begun(self, occasion: Occasion) -> Challenge:
        transaction = self._open(occasion)  # 1 the intent: a result must find its row
        # 2 the provider
        started = self.starters[self.provider].start(self._request(transaction, occasion))
        with self.archive.writing() as books:  # 3 the id by which it knows this verification
            book = FaceBook(books.connection)
            fresh = book.started(transaction.our_txn, self.provider, started.provider_txn)
        if not fresh:
            raise UnavailableError(
                "a face provider gave an id that it gave before",
                where=self.provider,
                remedy="use another way than the face, and tell the provider",
            )
        return Challenge(started.url, transaction.our_txn)

    def _open(self, occasion: Occasion) -> Transaction:
        now = self.clock.now()
        rule = rule_on(self.rules, local_date(now))
        transaction = open_transaction(
            occasion,
            self.provider,
            now,
            lifetime=rule.transaction_lifetime,
            consent_notice=rule.consent_notice,
        )
        with self.archive.writing() as books:
            FaceBook(books.connection).add(transaction)
        return transaction

    def _request(self, transaction: Transaction, occasion: Occasion) -> StartRequest:
        return StartRequest(
            our_txn=transaction.our_txn,
            nonce=transaction.nonce,
            binding_key=transaction.binding_key,
            audience=self.audience,
            holder=occasion.holder,
            account=occasion.account,
            matter=occasion.matter,
            return_to=transaction.return_to,
            client_info=occasion.client_info,
            expires_at=transaction.expires_at,
        )

    def _receipt(self) -> tuple[Receipt, FaceRule]:
        now = self.clock.now()
        rule = rule_on(self.rules, local_date(now))
        receipt = Receipt(
            at=now,
            audience=self.audience,
            policy_version=rule.version,
            max_lifetime=rule.max_token_lifetime,
        )
        return receipt, rule

    def _mine(self, our_txn: str, account: str) -> Transaction:
        with self.archive.reading() as books:
            found = FaceBook(books.connection).find(our_txn)
        if found is None or not found.is_of_account(account):
            raise NotFoundError("there is no such face verification", where="transaction")
        return found

    def _take(self, hand_in: _HandIn) -> Verdict:
        try:
            with self.archive.writing() as books:
                return self._settle(FaceBook(books.connection), hand_in)
        except _UsedBeforeError:
            return Refused((Reason.REPLAYED,))

    def _settle(self, book: FaceBook, hand_in: _HandIn) -> Verdict:
        result = hand_in.result
        transaction = book.find(result.our_txn)
        if transaction is None:
            return Refused((Reason.TRANSACTION_UNKNOWN,))
        # The provider is the one this transaction was begun at, whatever the token says.
        provider = self.registry.provider(transaction.provider)
        if provider is None:
            return Refused((Reason.PROVIDER_UNKNOWN,))
        reasons = _reasons(book, hand_in, transaction, provider)
        if FOREIGN.intersection(reasons):
            return Refused(reasons)
        state = State.FAILED if reasons else State.PASSED
        if not book.close(transaction.our_txn, state, reasons, result.received_at):
            return self._settle(book, hand_in)  # another was first; the row says so by now
        believed = provider.lowered(result, local_date(result.received_at))
        if not book.record(believed, accepted=not reasons):
            raise _UsedBeforeError
        return Refused(reasons) if reasons else Accepted()


def _reasons(
    book: FaceBook, hand_in: _HandIn, transaction: Transaction, provider: Provider
) -> tuple[str, ...]:
    """What judge_result finds, and what only the books and the session can tell."""
    result, account = hand_in.result, hand_in.account
    verdict = judge_result(result, transaction, provider, now=result.received_at, rule=hand_in.rule)
    reasons = verdict.reasons if isinstance(verdict, Refused) else ()
    if account is not None and not transaction.is_of_account(account):
        reasons += (Reason.ACCOUNT_MISMATCH,)
    if transaction.state is not State.OPEN and book.has(result.provider, result.jti):
        reasons += (Reason.REPLAYED,)
    return reasons
