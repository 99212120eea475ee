"""/dip export: the record of an onboarding, for its leads, by direct message."""

from engine.onboarding.outcome import Refused
from engine.onboarding.refusals import RefusalCode
from engine.onboarding.rights import is_lead
from engine.store import export
from engine.store.reads import Case
from handlers.parse import Typed, unescaped
from handlers.ports import SPREADSHEETS_UTF8, Facts, Office
from handlers.replies import Reply, Show, facts_of, find_meant, which


async def export_typed(office: Office, typed: Typed) -> Reply:
    target = await find_meant(office, typed, unescaped(typed.words.text))
    if target.case is None:
        return await which(office, typed, target, (typed.words.name,))
    state = target.case.state
    if not is_lead(state, typed.person) and typed.person not in office.admins:
        raise Refused(RefusalCode.NOT_A_LEAD, lead=state.leads[0] if state.leads else "")
    facts = facts_of(office, typed, case=target.case)
    office.errands.run("send a record", _send(office, facts, target.case))
    return Show(await office.words.answer("exported", facts))


async def _send(office: Office, facts: Facts, case: Case) -> None:
    found = await office.desk.read(export.record, case.state.id)
    about = (await office.words.answer("export-sent", facts)).text
    name = f"record-{case.state.short_id}"
    sent = await office.slack.send_file(facts.person, f"{name}.json", export.as_json(found), about)
    if not sent:
        await office.slack.tell_privately(facts.person, await office.words.answer("export-not-sent", facts))
        return
    await office.slack.send_file(facts.person, f"{name}.csv", SPREADSHEETS_UTF8 + export.as_csv(found), "")
