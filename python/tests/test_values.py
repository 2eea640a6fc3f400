"""Answers are values, and show no text."""

import copy
import json
import pickle

import pytest
from texts import ATTACK, CLEAN, EMAIL

import edgewarden
from edgewarden import Decision, Finding, PromptScanner, Redaction, ScanReport, Severity


def everything():
    scanner = PromptScanner(canaries=["abcdefghijklmnopqrstuvwx"], allow=[{"text": EMAIL, "until": 1}])
    text = f"{ATTACK} {EMAIL}"
    report = scanner.scan(text)
    document = json.dumps({"mail": text})
    done = edgewarden.Pseudonymizer(b"0123456789abcdef").pseudonymize(text, report)
    stream = scanner.stream()
    output = stream.push(CLEAN + EMAIL + " and so on. " * 400)
    assert output.release
    session = edgewarden.SessionState()
    scanner.scan_in_session(text, session)
    report_of_json = scanner.scan_json(document)
    return {
        "scanner": scanner,
        "report": report,
        "finding": report.findings[0],
        "redaction": report.redactions[0],
        "json report": report_of_json,
        "json finding": report_of_json.findings[0],
        "bytes report": scanner.scan_bytes(text.encode()),
        "pseudonymized": done,
        "stream": stream,
        "output": output,
        "session": session,
        "pseudonymizer": edgewarden.Pseudonymizer(b"0123456789abcdef"),
        "allow entry": edgewarden.AllowEntry(EMAIL),
        "rule": scanner.rules()[0],
    }


VALUES = [
    "report", "finding", "redaction", "json report", "json finding", "bytes report", "pseudonymized", "output", "rule",
]  # fmt: skip


@pytest.mark.parametrize("name", sorted(everything()))
def test_repr_shows_no_text(name):
    shown = repr(everything()[name]) + str(everything()[name])
    for words in (EMAIL, "previous", "ferry", "0123456789", "abcdefgh"):
        assert words not in shown, shown
    assert len(shown) < 400


@pytest.mark.parametrize("name", VALUES)
def test_values_are_equal_hashable_and_picklable(name):
    one, two = everything()[name], everything()[name]
    assert one == two and hash(one) == hash(two)
    assert not one != two
    assert one != object() and one != 5
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        back = pickle.loads(pickle.dumps(one, protocol))
        assert back == one and type(back) is type(one)
    assert copy.copy(one) == one and copy.deepcopy(one) == one
    json.dumps(one.to_dict())
    with pytest.raises(AttributeError):
        one.score = 3
    with pytest.raises(AttributeError):
        one.anything = 3


def test_dictionary_has_plain_values():
    out = everything()["report"].to_dict()
    assert type(out["decision"]) is str and out["decision"] == "block"
    assert type(out["findings"][0]["category"]) is str
    assert set(out["redactions"][0]) == {"start", "end", "label"}


def test_scanner_and_session_survive_pickling():
    all_ = everything()
    scanner = pickle.loads(pickle.dumps(all_["scanner"]))
    assert scanner.scan(ATTACK) == all_["scanner"].scan(ATTACK)
    session = pickle.loads(pickle.dumps(all_["session"]))
    assert session.to_bytes() == all_["session"].to_bytes()
    with pytest.raises(TypeError):
        pickle.dumps(all_["pseudonymizer"])
    with pytest.raises(TypeError):
        pickle.dumps(all_["stream"])


def test_errors_survive_pickling():
    with pytest.raises(edgewarden.ScanError) as caught:
        PromptScanner().scan_bytes(b"ab\xff")
    back = pickle.loads(pickle.dumps(caught.value))
    assert (type(back), back.code, back.offset, str(back)) == (
        edgewarden.ScanError, "invalid_utf8", 2, str(caught.value),
    )  # fmt: skip


def test_values_can_be_made_by_hand():
    finding = Finding("a-rule", "pii", Severity.LOW, "high", 5, 0, 3)
    report = ScanReport("redact", 5, (finding,), (Redaction(0, 3, "x"),))
    assert report.decision is Decision.REDACT
    assert report.redact("abcdef") == "[x]def"
    assert report.findings == (finding,)
    assert finding.chain == ()
    with pytest.raises(edgewarden.ArgumentValueError):
        ScanReport("hush")
    with pytest.raises(edgewarden.ArgumentTypeError):
        ScanReport("block", 1, ("finding",))
    with pytest.raises(TypeError):
        Finding("a-rule")


def test_redactions_outside_the_text_do_no_harm():
    report = ScanReport("redact", 5, (), (Redaction(90, 95, "x"), Redaction(5, 2, "y")))
    assert isinstance(report.redact("é"), str)


def test_decisions_are_ordered_by_strength():
    order = [Decision.ALLOW, Decision.FLAG, Decision.REDACT, Decision.BLOCK]
    assert sorted(reversed(order)) == order
    assert max(order) is Decision.BLOCK
    assert Decision.ALLOW < "block" and "block" > Decision.FLAG and Decision.FLAG <= Decision.FLAG
    assert Severity.LOW < Severity.MEDIUM < Severity.HIGH < Severity.CRITICAL
    for other in (5, None, "hush", Severity.LOW, edgewarden.Preset.STRICT):
        with pytest.raises(TypeError):
            assert Decision.ALLOW < other
    with pytest.raises(TypeError):
        assert edgewarden.Strictness.STRICT < edgewarden.Preset.STRICT


def test_members_are_strings():
    assert Decision.BLOCK == "block" and str(Decision.BLOCK) == "block" and f"{Decision.BLOCK:>6}" == " block"
    assert json.dumps({Decision.BLOCK: Decision.FLAG}) == '{"block": "flag"}'
    assert {"block": 1}[Decision.BLOCK] == 1
    assert Decision("block") is Decision.BLOCK
    assert pickle.loads(pickle.dumps(Decision.BLOCK)) is Decision.BLOCK


def test_classes_know_where_they_are_imported_from():
    for name in edgewarden.__all__:
        thing = getattr(edgewarden, name)
        assert thing.__doc__ if name != "__version__" else True, name
        if isinstance(thing, type):
            assert thing.__module__ == "edgewarden", name
