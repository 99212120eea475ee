from engine.dns.rules import fallback

T = "_globalsign-domain-verification=8gqZr-2mX_4HYTabcdefghijklmnopqrstuvwxyz01"


def test_a_rule_that_fails_is_named_without_what_it_choked_on():
    found = fallback.rule_failed("wildcard", ValueError("northwind.example"))
    assert (found.code, found.severity, found.effect) == ("rule-failed", "warning", None)
    assert "wildcard" in found.summary
    assert "northwind" not in found.seen


def test_without_a_value_or_an_answer_there_is_no_verdict_and_the_reason_is_said(case_of):
    without = fallback.no_verdict(case_of(value=None))
    assert (without.code, without.summary) == ("no-verdict", "No value was given to compare with.")
    unsure = fallback.no_verdict(case_of())
    assert (unsure.code, unsure.summary) == ("no-verdict", "From here it cannot be said whether the record is right.")


def test_values_of_globalsigns_form_are_shown_only_where_none_was_given(case_of):
    there = {"TXT": [f'"{T}"', '"v=spf1 -all"']}
    shown = fallback.values_found(case_of(value=None, everywhere=there))
    assert shown is not None
    assert (shown.code, "v=spf1" in shown.seen, T[:40] in shown.seen) == ("value-found", False, True)
    assert fallback.values_found(case_of(everywhere=there)) is None
    assert fallback.values_found(case_of(value=None, everywhere={"TXT": ['"v=spf1 -all"']})) is None
