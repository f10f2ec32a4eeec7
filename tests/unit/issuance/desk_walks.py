"""Ways into the officers' desk that several tests take."""

from certstore.callers import Officer
from issuance.conduct import APPLICANT
from issuance.procedure import Action
from issuance.tables import ApplicationBook
from tests.residents import drafted, resident

HAIGANG = Officer("杜民警", "1063", "海港派出所")
CHIEF = Officer("彭所长", "1100", "梧桐派出所", supervisor=True)
YES = {"dwelling": "yes"}


def clear_case(house, key="shen_xiaozhou", address="听雨路东段77号3号楼1202室"):
    """A case whose decision is satisfied whole, and that an officer decides all the same."""
    draft = drafted(house, key, address=address)
    checked = house.apply_desk.check(resident(key), draft.ref)
    assert checked.decision.automatic
    now = house.clock.now()
    with house.archive.writing() as books:
        application = ApplicationBook(books.connection).locked(draft.ref)
        said = {"submitted_at": now, "decision": checked.as_json()}
        house.conduct.act(books, application, Action.SUBMIT, APPLICANT, now, **said)
    return draft.ref


def steps(house, ref):
    """(who, step) of everything an officer or the worker did to a case."""
    with house.archive.reading() as books:
        events = ApplicationBook(books.connection).events(ref)
    return [(who, step) for _, who, step in events if who != "applicant"]
