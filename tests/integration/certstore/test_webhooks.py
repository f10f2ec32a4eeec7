"""Webhooks, delivered to real endpoints on loopback, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from standardwebhooks.webhooks import Webhook

from certstore.chance import reference
from certstore.clock import SystemClock
from certstore.errors import ConflictError, MalformedError
from certstore.events.courier import Courier
from certstore.events.destination import Bounds, judge_address
from certstore.events.outcomes import GIVEN_UP_AFTER
from certstore.safekeeping import add_storage_key
from certstore.service.messenger import Messenger
from certstore.service.passphrase import passphrase
from certstore.service.wiring import House
from tests.endpoints import Endpoint, answer, endpoint
from tests.house import house_in, settings_in
from tests.sealed import voucher
from tests.subscribers import SCHOOL, given, happen, revoke, subscriber

SECONDS = timedelta(seconds=1)


@pytest.fixture
def house(database_url, tmp_path):
    """A whole house on either database, which sends to endpoints on this machine."""
    built = house_in(tmp_path / "house", database_url=database_url, webhook_loopback=True)
    yield built
    built.close()


@pytest.fixture
def school(house):
    return subscriber(house)


@pytest.fixture
def messenger(house):
    return Messenger(house)


def hook(house, service, place, *types):
    return house.subscription_desk.subscribe(service, place.url, types, "")


def pass_by(house, messenger, seconds, step=3):
    """Let so much time pass, in steps; a running messenger looks every second."""
    made = 0
    for _ in range(0, seconds, step):
        house.clock.skip(step * SECONDS)
        made += messenger.once()
    return made


def listed(house, service, state=None):
    return house.subscription_desk.deliveries(service, state, None, "", 100)["deliveries"]


def health(house, service):
    return house.subscription_desk.listed(service)[0]["health"]


def test_a_revocation_arrives_signed_and_is_delivered_once(tmp_path):
    house = house_in(
        tmp_path / "now", clock=SystemClock(), webhook_loopback=True
    )  # a stranger's verifier has no other
    school = subscriber(house)
    with endpoint() as place:
        secret = hook(house, school, place)["secret"]
        former = Webhook(secret)
        held = given(house)
        revoke(house, held)
        messenger = Messenger(house)
        messenger.start()
        assert place.arrived.acquire(timeout=30)
        new = Webhook(
            house.subscription_desk.rotate_secret(school, ref_of(house, school))["secret"]
        )
        house.subscription_desk.test(school, ref_of(house, school))
        assert place.arrived.acquire(timeout=30)
        messenger.stop()
        first, second = place.got
        assert former.verify(first.body, first.headers) == first.event
        assert first.event["type"] == "certstore.certificate.revoked.v1"
        assert first.headers["webhook-id"] == first.event["id"]
        assert first.headers["content-type"] == "application/cloudevents+json"
        assert len(second.headers["webhook-signature"].split()) == 2
        assert former.verify(second.body, second.headers)["type"] == "certstore.ping.v1"
        assert new.verify(second.body, second.headers)
    house.close()


def test_what_one_turn_sends_after_a_rotation_bears_both_signatures(house, school, messenger):
    """The secret is rotated while the first delivery of a turn is under way."""
    rotated = []

    def reply(_):
        if not rotated:
            rotated.append(house.subscription_desk.rotate_secret(school, ref_of(house, school)))
        return answer(200)

    with endpoint(reply) as place:
        hook(house, school, place)
        held = given(house)
        for change in ("suspended", "restored"):  # one certificate's: one after the other
            happen(house, f"certificate.{change}", certificate=held.ref)
        pass_by(house, messenger, 3)
        signatures = [len(each.headers["webhook-signature"].split()) for each in place.got]
    assert signatures == [1, 2]


def test_a_former_secret_signs_as_long_as_was_promised_and_until_then_there_is_no_newer(
    house, school, messenger
):
    desk = house.subscription_desk
    with endpoint() as place:
        first = hook(house, school, place)["secret"]
        ref = ref_of(house, school)
        second = desk.rotate_secret(school, ref)
        for hours in (0, 23):
            house.clock.skip(hours * 3600 * SECONDS)
            with pytest.raises(ConflictError) as refused:
                desk.rotate_secret(school, ref)
            assert second["former_secret_until"] in refused.value.detail
            desk.test(school, ref)
            messenger.once()
            said = place.got[-1].headers["webhook-signature"].split()
            assert said == signatures_of(place.got[-1], second["secret"], first)
        house.clock.skip(3601 * SECONDS)
        third = desk.rotate_secret(school, ref)["secret"]
        desk.test(school, ref)
        messenger.once()
        said = place.got[-1].headers["webhook-signature"].split()
        assert said == signatures_of(place.got[-1], third, second["secret"])


def test_a_former_secret_from_a_clock_that_ran_ahead_holds_no_new_one_up(house, school):
    with endpoint() as place:
        hook(house, school, place)
    ref, days = ref_of(house, school), 3 * 24 * 3600 * SECONDS
    house.clock.skip(days)
    house.subscription_desk.rotate_secret(school, ref)
    house.clock.skip(-days)
    assert house.subscription_desk.one(school, ref)["former_secret_until"] is None
    assert house.subscription_desk.rotate_secret(school, ref)["former_secret_until"] is not None


def signatures_of(got, *secrets):
    """How these secrets sign what arrived."""
    moment = datetime.fromtimestamp(int(got.headers["webhook-timestamp"]), UTC)
    return [
        Webhook(each).sign(got.headers["webhook-id"], moment, got.body.decode()) for each in secrets
    ]


def ref_of(house, service):
    return house.subscription_desk.listed(service)[0]["ref"]


def test_a_revocation_arrives_within_a_minute_after_ten_minutes_of_silence(
    house, school, messenger
):
    place, held = Endpoint(), given(house)
    hook(house, school, place)
    revoke(house, held)
    pass_by(house, messenger, 600, step=15)
    said = health(house, school)
    assert (said["state"], said["last_failure_for"], said["waiting"]) == ("failing", "no_answer", 1)
    place.up()
    back = house.clock.now()
    while held.ref not in place.subjects():
        pass_by(house, messenger, 3)
        assert house.clock.now() - back < 60 * SECONDS
    place.down()
    (got,) = place.got
    assert got.event["data"] == {"change": "revoked", "certificate": held.ref}
    assert health(house, school)["state"] == "active"
    feed = house.feed_desk.read(school, None, 9)["events"]
    assert [event["data"]["change"] for event in feed] == ["revoked", "failing"]


def test_a_certificates_events_keep_their_order_and_hold_no_others_up(house, school, messenger):
    first, second = given(house), given(house)
    broken = True

    def reply(request):
        return answer(500) if broken and request.event["subject"] == first.ref else answer(200)

    with endpoint(reply) as place:
        hook(house, school, place)
        for change in ("suspended", "restored", "suspended"):
            for held in (first, second):
                happen(house, f"certificate.{change}", certificate=held.ref)
        pass_by(house, messenger, 60)
        changes = [(one.event["subject"], one.event["data"]["change"]) for one in place.got]
        assert [c for ref, c in changes if ref == second.ref] == [
            "suspended",
            "restored",
            "suspended",
        ]
        assert {c for ref, c in changes if ref == first.ref} == {"suspended"}  # and no later one
        assert health(house, school)["waiting"] == 3
        broken = False
        place.got.clear()
        pass_by(house, messenger, 60)
        assert [one.event["data"]["change"] for one in place.got] == [
            "suspended",
            "restored",
            "suspended",
        ]
    assert [one["state"] for one in listed(house, school)] == ["delivered"] * 6


def test_a_crash_between_sending_and_noting_sends_the_same_event_again(
    house, school, messenger, monkeypatch
):
    with endpoint() as place:
        hook(house, school, place)
        revoke(house, given(house))
        house.clock.skip(3 * SECONDS)
        house.spreading_desk.spread()
        (claimed,) = house.delivery_desk.claim(9, failing=False)
        held, (due,) = house.delivery_desk._due(claimed)
        secrets = house.delivery_desk.secrets.opened(held, house.clock.now())
        house.delivery_desk._sent(held, [due], secrets)  # and here it crashes
        assert messenger.once() == 0  # somebody's claim holds still
        house.clock.skip(51 * SECONDS)
        assert messenger.once() == 1
        one, two = place.got
    assert one.headers["webhook-id"] == two.headers["webhook-id"]
    assert one.body == two.body
    assert [each["state"] for each in listed(house, school)] == ["delivered"]


def test_two_workers_never_work_on_one_subscription_and_a_lost_claim_notes_nothing(house, school):
    with endpoint() as place:
        hook(house, school, place)
        for _ in range(3):
            revoke(house, given(house))
        house.clock.skip(3 * SECONDS)
        house.spreading_desk.spread()
        desk = house.delivery_desk
        with ThreadPoolExecutor(4) as pool:
            claims = list(pool.map(lambda _: desk.claim(9, failing=False), range(8)))
        (former,) = [one for found in claims for one in found]
        house.clock.skip(51 * SECONDS)
        (claimed,) = desk.claim(9, failing=False)
        assert desk.turn(former) == 0
        assert place.got == []
        assert desk.turn(claimed) == 3
        assert len(set(place.ids())) == len(place.ids()) == 3


def test_several_workers_bring_every_event_once_and_in_order(house, school):
    refs = [given(house).ref for _ in range(4)]
    with endpoint() as place:
        hook(house, school, place)
        for change in ("suspended", "restored", "suspended", "restored"):
            for ref in refs:
                happen(house, f"certificate.{change}", certificate=ref)
        house.clock.skip(3 * SECONDS)
        with ThreadPoolExecutor(3) as pool:
            jobs = [pool.submit(Messenger(house).once) for _ in range(3)]
            assert sum(job.result() for job in jobs) == 16
        for ref in refs:
            changes = [
                one.event["data"]["change"] for one in place.got if one.event["subject"] == ref
            ]
            assert changes == ["suspended", "restored", "suspended", "restored"]


def test_revocations_go_before_what_is_less_urgent_and_pull_along_what_is_before_them(
    house, school, messenger
):
    held = given(house)
    place = Endpoint()
    hook(house, school, place)
    for n in range(9):
        happen(house, "purpose.quota_warning", client=SCHOOL, purpose=f"p-{n}")
    happen(house, "certificate.expired", certificate=held.ref)
    happen(house, "certificate.revoked", certificate=held.ref)
    pass_by(house, messenger, 6)
    place.up()
    pass_by(house, messenger, 60)
    place.down()
    changes = [one.event["data"]["change"] for one in place.got]
    assert changes[0] == "expired"
    assert "revoked" in changes[1:5]  # four go at once
    assert len(changes) == 11


def test_gone_switches_a_webhook_off_until_it_is_resumed(house, school, messenger):
    reply = {"status": 410}
    with endpoint(lambda _: answer(reply["status"])) as place, endpoint() as other:
        ref = hook(house, school, place)["ref"]
        hook(house, school, other)
        revoke(house, given(house))
        pass_by(house, messenger, 60)
        assert len(place.got) == 1
        said = house.subscription_desk.one(school, ref)["health"]
        assert (said["state"], said["disabled_for"]) == ("disabled", "gone")
        assert [one.event["data"]["change"] for one in other.got] == ["revoked", "disabled"]
        with pytest.raises(ConflictError):
            house.subscription_desk.test(school, ref)
        reply["status"] = 200
        house.subscription_desk.resume(school, ref)
        pass_by(house, messenger, 6)
        assert [one.event["data"]["change"] for one in place.got[1:]] == ["revoked"]


def test_what_nobody_takes_for_three_days_is_a_dead_letter_and_can_be_had_again(
    house, school, messenger
):
    place = Endpoint()
    ref = hook(house, school, place)["ref"]
    revoke(house, given(house))
    pass_by(house, messenger, 6)
    house.clock.skip(GIVEN_UP_AFTER)
    house.spreading_desk.forget()
    (dead,) = listed(house, school, "dead")
    assert (dead["state"], dead["last_outcome"]) == ("dead", "no_answer")
    assert health(house, school)["dead"] == 1
    place.up()
    assert pass_by(house, messenger, 60) == 0  # it is not tried by itself
    assert house.subscription_desk.redeliver(school, dead["ref"])["state"] == "waiting"
    house.subscription_desk.resume(school, ref)
    pass_by(house, messenger, 3)
    assert place.ids() == [dead["event_id"]]
    since = house.clock.now() - timedelta(hours=1)
    assert house.subscription_desk.deliver_again(school, ref, since) == 1
    pass_by(house, messenger, 3)
    place.down()
    assert place.ids() == [dead["event_id"]] * 2
    assert house.subscription_desk.deliver_again(school, ref, house.clock.now()) == 0


def test_who_may_not_be_told_any_more_gets_only_what_is_about_itself(house, school, messenger):
    with endpoint() as place:
        hook(house, school, place)
        held = given(house)
        set_state(house, school, "suspended")
        revoke(house, held)
        happen(
            house,
            "purpose.state_changed",
            client=SCHOOL,
            purpose=school.purpose_id,
            state="suspended",
        )
        pass_by(house, messenger, 120)
        assert [one.event["data"]["change"] for one in place.got] == ["state_changed"]
        set_state(house, school, "active")
        pass_by(house, messenger, 60)
        assert [one.event["data"]["change"] for one in place.got] == ["state_changed", "revoked"]


def set_state(house, service, state):
    purposes = house.archive.database  # the onboarding desk's own work, done by hand
    with purposes.write() as connection:
        connection.exec_driver_sql(
            f"UPDATE purposes SET state = '{state}' WHERE purpose_id = '{service.purpose_id}'"
        )


def test_only_the_types_asked_for_come_and_nothing_after_the_end(house, school, messenger):
    with endpoint() as place:
        ref = hook(house, school, place, "certstore.certificate.expired.v1")["ref"]
        held = given(house)
        happen(house, "certificate.expired", certificate=held.ref)
        revoke(house, held)
        pass_by(house, messenger, 6)
        assert [one.event["data"]["change"] for one in place.got] == ["expired"]
        happen(house, "certificate.expired", certificate=held.ref)
        house.clock.skip(3 * SECONDS)
        house.spreading_desk.spread()
        house.subscription_desk.remove(school, ref)
        pass_by(house, messenger, 6)
        assert len(place.got) == 1


def test_secrets_come_under_a_new_storage_key_and_still_sign(tmp_path):
    house = house_in(tmp_path / "house", webhook_loopback=True)
    school = subscriber(house)
    with endpoint() as place:
        hook(house, school, place)
        added = add_storage_key(house.settings.keys_folder, passphrase(house.settings))
        del house.__dict__["safe"]  # as after a restart
        assert house.safe.newest == added.kid
        assert house.subscription_desk.wrap_anew() == 1
        assert house.subscription_desk.wrap_anew() == 0
        house.subscription_desk.test(school, ref_of(house, school))
        assert Messenger(house).once() == 1
        assert len(place.got) == 1
    house.close()


def test_a_secret_that_does_not_open_keeps_no_other_webhook_waiting(tmp_path):
    house = house_in(tmp_path / "house", webhook_loopback=True)
    school = subscriber(house)
    with endpoint() as broken, endpoint() as good:
        ref = hook(house, school, broken)["ref"]
        hook(house, school, good)
        with house.archive.writing() as books:
            books.webhooks.change(ref, secret=b"x" * 60)
        revoke(house, given(house))
        house.clock.skip(3 * SECONDS)
        assert Messenger(house).once() == 1
        assert (len(broken.got), len(good.got)) == (0, 1)
    house.close()


def test_a_hundred_webhooks_of_which_most_are_silent_hold_nobody_up(tmp_path):
    """Ninety endpoints take the connection and say nothing; the ten others are told at once."""
    house = house_in(tmp_path / "house", webhook_loopback=True)
    hasty = Courier(Bounds(loopback=True), time_out_s=1.0)
    house.__dict__["delivery_desk"] = replace(house.delivery_desk, courier=hasty)
    held = voucher(house)

    def wait(opened):
        opened.recv(1)  # until the other side hangs up

    with endpoint(lambda _: wait) as stalled, endpoint() as good:
        for n in range(10):
            service = subscriber(house, f"client-{n}")
            given(house, f"client-{n}", held)
            for m in range(10):
                hook(house, service, good if m == 0 else stalled)
        revoke(house, held)
        house.clock.skip(3 * SECONDS)
        messenger = Messenger(house)
        messenger.start()
        for _ in range(10):
            assert good.arrived.acquire(timeout=30)
        messenger.stop()
        assert 0 < stalled.most_at_once <= 80
        assert len(good.got) == 10
    house.close()


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """A demonstration as it is without being told otherwise."""
    built = house_in(tmp_path_factory.mktemp("plain"))
    yield built
    built.close()


@pytest.mark.parametrize("near", ["localhost", "LOCALHOST.", "127.0.0.1", "[::1]", "a.localhost"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_demonstration_sends_nothing_to_its_own_machine_unless_it_is_set_to(plain, scheme, near):
    school, desk = subscriber(plain, reference()), plain.subscription_desk
    with pytest.raises(MalformedError):
        desk.subscribe(school, f"{scheme}://{near}/", (), "")


def test_a_name_that_leads_here_is_not_gone_to(plain):
    assert judge_address(ip_address("127.0.0.1"), plain.delivery_desk.courier.bounds)


def test_what_was_taken_while_it_was_set_is_not_sent_to_afterwards(plain):
    assert plain.delivery_desk.courier.send("http://127.0.0.1:9/", {}, b"").why == "not_public"


def test_the_setting_counts_in_a_demonstration_alone(tmp_path):
    for demonstration in (True, False):
        said = {"webhook_loopback": True, "demonstration": demonstration}
        built = House(settings_in(tmp_path / "house", **said), SystemClock())
        assert built._bounds.loopback is demonstration
        built.close()
