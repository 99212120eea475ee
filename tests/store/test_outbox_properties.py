"""Whatever happens in whatever order, a lane loses nothing, doubles nothing and never changes its order."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.onboarding.outcome import Lane, Say
from engine.store import outbox
from engine.store.dialects import Database, open_database
from engine.store.outbox import NewMessage
from engine.store.schema import upgrade
from engine.store.tables import lanes, slots
from engine.store.tables import outbox as table

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
LEASE = timedelta(seconds=60)

LANES = ("C1", "direct:U1")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from(LANES), st.sampled_from([None, "card", "step/1"])),
        st.tuples(st.just("begin"), st.none(), st.none()),
        st.tuples(st.sampled_from(["sent", "failed", "unknown", "crash"]), st.sampled_from(LANES), st.none()),
    ),
    max_size=25,
)


def opened(path: Path) -> Database:
    database = open_database(f"sqlite:///{path}")
    upgrade(database)
    return database


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_a_lane_sends_each_message_once_and_in_order_and_of_a_slot_the_last_face(steps, tmp_path: Path):
    database = opened(tmp_path / "outbox.db")
    with database.writer.begin() as connection:
        for one in (table, slots, lanes):
            connection.execute(one.delete())
        now = AT
        under_way: dict[str, outbox.Message] = {}
        went: dict[str, list[Say]] = {lane: [] for lane in LANES}
        added: dict[str, list[Say]] = {lane: [] for lane in LANES}

        def begin() -> None:
            for message in outbox.next_messages(connection, now, lease=LEASE):
                assert message.lane not in under_way, "two messages of one lane were under way"
                under_way[message.lane] = message

        def sent(message: outbox.Message) -> None:
            went[message.lane].append(message.say)
            outbox.mark_sent(connection, message.id, channel=message.lane, ts=f"1.{message.id}", now=now)

        for count, (what, lane, slot) in enumerate(steps):
            if what == "add":
                say = Say("thread/step-open", Lane.THREAD, slot=slot, subject=str(count))
                added[lane].append(say)
                outbox.add(connection, [NewMessage("O1", lane, say, now)])
            elif what == "begin":
                begin()
            elif (message := under_way.pop(lane, None)) is not None:
                if what == "sent":
                    sent(message)
                elif what == "failed":
                    outbox.mark_failed(connection, message.id, error="x", retry_at=now, now=now)
                elif what == "unknown":
                    outbox.mark_unknown(connection, message.id, error="x", again_at=now)
                else:  # the process died: only its lease's end brings the message back
                    now += LEASE
                    under_way.clear()
        now += 2 * LEASE
        under_way.clear()
        while outbox.unsent(connection):
            begin()
            assert under_way, "messages are left and none can be begun"
            for message in under_way.values():
                sent(message)
            under_way.clear()
    database.close()
    for lane in LANES:
        plain = [say.subject for say in went[lane] if say.slot is None]
        assert plain == [say.subject for say in added[lane] if say.slot is None]
        for slot in ("card", "step/1"):
            faces = [say.subject for say in went[lane] if say.slot == slot]
            wanted = [say.subject for say in added[lane] if say.slot == slot]
            assert faces[-1:] == wanted[-1:]
            assert sorted(set(faces), key=int) == faces
