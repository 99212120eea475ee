"""A process of nine small steps: one of everything that the core must handle, and nothing else."""

from datetime import timedelta

from engine.process.model import (
    Cadences,
    Clock,
    Environment,
    Field,
    FieldKind,
    Participant,
    Party,
    Process,
    Role,
    RowKind,
    Settles,
    Step,
    Task,
    TaskCheck,
    Wait,
    WaitAnswer,
    WayOn,
    When,
)

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def _task(id_: str, **more: object) -> Task:
    return Task(id_, f"Title of {id_}", f"Do {id_}", **more)


def _step(number: int, owner: Role, tasks: tuple[Task, ...], **more: object) -> Step:
    defaults = {"id": f"s{number}", "title": f"Step {number}", "short": f"S{number}", "goal": "", "page": ""}
    return Step(number=number, owner=owner, tasks=tasks, **(defaults | more))


VETTING = Wait(
    "vetting",
    Party.GLOBALSIGN,
    "Vetting",
    "Be reachable",
    expected=3 * DAY,
    clock=Clock.ELAPSED,
    ask_after=(1 * DAY, 2 * DAY, 3 * DAY),
    escalate_after_working_days=3,
    answers=(
        WaitAnswer("approved", "Approved", closes="3.2"),
        WaitAnswer("called_no_result", "They called"),
        WaitAnswer("rejected", "Rejected", rejects=True),
    ),
)
INVITATION = Wait(
    "invitation",
    Party.ELEXON,
    "Invitation",
    "Look in quarantine",
    clock=Clock.WORKING,
    ask_after=(2 * DAY, 5 * DAY),
    answers=(WaitAnswer("received", "Received", closes="0.3"),),
)
DNS = Wait("dns", Party.GLOBALSIGN, "Confirmation", "Leave it", expected=1 * HOUR, ask_after=(1 * HOUR,))

CADENCES = Cadences(
    remind_after_working_days=(1, 2, 4),
    deputy_after_working_days=5,
    lead_after_working_days=6,
    then_every_working_days=5,
    snooze_limit_days=30,
    token_days=30,
    token_warn_days=(21, 27, 29),
    certificate_warn_days=(60, 30, 14, 7, 3, 1),
    atlas_certificate_warn_days=(90, 60, 30, 7),
    dns_look_again=((timedelta(minutes=20), timedelta(minutes=2)), (2 * HOUR, timedelta(minutes=10))),
    dns_watch_every=1 * DAY,
)


def small_process(*, ids_during_vetting: bool = False) -> Process:
    dated = Field("on", "On", FieldKind.DATE, required=True)
    return Process(
        version="test",
        title="Small",
        steps=(
            _step(
                0,
                Role.LEAD,
                (
                    _task("0.1"),
                    _task("0.2", holds=(1,), fields=(dated,), starts_wait="invitation"),
                    _task("0.3", holds=(1,), owner=Role.PRIMARY_USER_ADMIN),
                    _task("0.4", holds=(3,), owner=Role.PRIMARY_CERTIFICATE_ADMIN),
                    _task("0.5", closes_from_form="people"),
                    _task("0.6", holds=(1,), when=When(participants=frozenset({Participant.DCP}))),
                ),
                waits=(INVITATION,),
            ),
            _step(
                1,
                Role.PRIMARY_USER_ADMIN,
                (
                    _task("1.1"),
                    _task(
                        "1.2",
                        fields=(
                            Field("name", "Name", FieldKind.TEXT, required=True),
                            Field("kind", "Kind", FieldKind.CHOICE, options=("a", "b")),
                            Field("number", "Number", FieldKind.CODE),
                        ),
                    ),
                    _task("1.3", when=When(participants=frozenset({Participant.DCP}))),
                ),
                needs=(0,),
                ways_on=(WayOn("support", "Support", "Ask", reopens=("1.2",)),),
            ),
            _step(2, Role.USER_ADMIN, (_task("2.1"), _task("2.2")), needs=(1,)),
            _step(
                3,
                Role.PRIMARY_CERTIFICATE_ADMIN,
                (
                    _task("3.1", starts_wait="vetting", fields=(Field("on", "On", FieldKind.DATE),)),
                    _task("3.2"),
                    _task("3.3", owner=Role.CERTIFICATE_ADMIN),
                ),
                needs=(2,),
                carried_from_uit=True,
                waits=(VETTING,),
                ways_on=(WayOn("new_identity", "New identity", "Again", reopens=("3.1", "3.2")),),
            ),
            _step(
                4,
                Role.CERTIFICATE_ADMIN,
                (
                    _task(
                        "4.0",
                        when=When(environments=frozenset({Environment.PRODUCTION})),
                        question="Already done?",
                        fields=(Field("shown", "Shown", FieldKind.CHOICE, required=True, options=("Yes", "No")),),
                        settles=Settles("shown", "Yes", ("4.1", "4.2")),
                    ),
                    _task("4.1", check=TaskCheck("csr", ("good",), attestable=True)),
                    _task("4.2"),
                ),
                needs=(3,),
            ),
            _step(
                5,
                Role.CERTIFICATE_ADMIN,
                (
                    _task(
                        "5.1",
                        closes_from_form="claim",
                        fields=(
                            Field("domain", "Domain", FieldKind.DOMAIN, required=True),
                            Field("value", "Value", FieldKind.TXT_VALUE, required=True),
                        ),
                    ),
                    _task("5.2", owner=Role.DNS_CONTACT, check=TaskCheck("dns-txt", ("ready",))),
                    _task("5.3"),
                ),
                needs=(4,),
                waits=(DNS,),
                ways_on=(WayOn("correct", "Correct", "Correct it", reopens=("5.2", "5.3")),),
            ),
            _step(6, Role.CERTIFICATE_ADMIN, (_task("6.1", check=TaskCheck("certificate", ("good",))),), needs=(5,)),
            _step(
                7,
                Role.USER_ADMIN,
                (_task("7.1", owner=Role.MESSAGE_ADMIN),),
                needs=(6,),
                opens_during_wait="vetting",
                rows=RowKind(
                    "dip_id",
                    "MPID and role",
                    (
                        Field("mpid", "MPID", FieldKind.CODE, required=True),
                        Field("role", "Role", FieldKind.CODE, required=True),
                        Field("dip_id", "DIP ID", FieldKind.CODE, required=True),
                        Field("dcp", "DCP", FieldKind.TEXT),
                    ),
                    key=("mpid", "role"),
                ),
            ),
            _step(
                8,
                Role.MESSAGE_ADMIN,
                (),
                needs=(6, 7),
                rows=RowKind(
                    "channel",
                    "Channel",
                    (
                        Field("dip_id", "DIP ID", FieldKind.CODE, required=True),
                        Field("url", "URL", FieldKind.URL, required=True),
                    ),
                    key=("dip_id",),
                ),
            ),
        ),
        roles=(),
        participants=(),
        routes=(),
        environments=(),
        role_codes=(),
        cadences=CADENCES,
        sources=(),
        ids_during_vetting=ids_during_vetting,
    )
