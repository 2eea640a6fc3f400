"""Whatever a caller passes, the answer is a report or an EdgewardenError."""

import json
import random
import re
import subprocess
import sys

import pytest
from texts import ATTACK, EMAIL, TOKEN

import edgewarden
from edgewarden import (
    ArgumentTypeError,
    ArgumentValueError,
    ClosedError,
    EdgewardenError,
    InternalError,
    OptionError,
    PromptScanner,
    SessionState,
)

NOT_TEXT = [None, 5, 2**53 + 1, 1.5, float("nan"), b"text", bytearray(b"x"), object(), [], ["a"], {"a": 1}, str, Ellipsis]
SURROGATES = ["\ud800", "\udfff", "a\ud83db", "\ude00\ud83d", "\ud83d\ude00", "\ud83d" * 3 + "\ude00"]


def calls(scanner):
    """Every public call that takes a text."""
    session, stream = SessionState(), scanner.stream()
    report = scanner.scan(EMAIL)
    json_report = scanner.scan_json(json.dumps([EMAIL]))
    pseudonymizer = edgewarden.Pseudonymizer(b"0123456789abcdef")
    done = pseudonymizer.pseudonymize(EMAIL, report)
    word = edgewarden.canary_word(b"0123456789abcdef", "id")
    return {
        "scan": scanner.scan,
        "scan_json": lambda text: scanner.scan_json(json_text(text)),
        "scan_in_session": lambda text: scanner.scan_in_session(text, session),
        "explain": scanner.explain,
        "push": stream.push,
        "redact": report.redact,
        "redact json": json_report.redact,
        "redact clean": scanner.scan("").redact,
        "pseudonymize": lambda text: pseudonymizer.pseudonymize(text, report),
        "restore": done.restore,
        "canary_word": lambda text: edgewarden.canary_word(b"0123456789abcdef", text),
        "canary_line": edgewarden.canary_line,
        "canary_find": lambda text: edgewarden.canary_find(word, text),
        "canary_find word": lambda text: edgewarden.canary_find(text, EMAIL),
        "from_json": lambda text: PromptScanner.from_json(json_text(text, "canaries")),
        "disabled_rules": lambda text: PromptScanner(disabled_rules=[check_text(text)]),
    }


def json_text(text, name="a"):
    return '{"' + name + '": ["' + text + '"]}' if isinstance(text, str) else text


def check_text(text):
    if not isinstance(text, str):
        raise ArgumentTypeError("invalid_argument", "argument `text`: not a string", None, "text")
    return text


NAMES = sorted(calls(PromptScanner()))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", NOT_TEXT, ids=lambda value: type(value).__name__)
def test_what_is_no_text_is_a_type_error(scanner, name, value):
    with pytest.raises(ArgumentTypeError) as caught:
        calls(scanner)[name](value)
    error = caught.value
    assert isinstance(error, TypeError) and isinstance(error, EdgewardenError)
    assert error.code == "invalid_argument" and error.field


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("text", SURROGATES + ["\0", "a\0b", "", "\uffff\ufffe", "\U0010ffff", "\u202e" * 9], ids=ascii)
def test_no_text_is_refused(scanner, name, text):
    text = text if "json" not in name or text not in ("\0", "a\0b") else "\\u0000"
    calls(scanner)[name](text)


@pytest.mark.parametrize("halves", ["\ud800", "\udfff", "\ud83d\ude00", "\ud83d", "x\ud83d\ude00\ude00y\ud83d"], ids=ascii)
def test_places_count_the_callers_string(scanner, halves):
    text = f"{halves} {EMAIL} {halves}{halves} {TOKEN} {halves}"
    for report in (scanner.scan(text), scanner.scan_batch([text])[0], scanner.scan_in_session(text, SessionState())):
        assert [text[f.slice] for f in report.findings] == [EMAIL, TOKEN]
        assert [text[r.slice] for r in report.redactions] == [EMAIL, TOKEN]
        redacted = report.redact(text)
        assert EMAIL not in redacted and TOKEN not in redacted and redacted.count("[") == 2
    document = json_text(text)
    report = scanner.scan_json(document)
    assert [document[f.slice] for f in report.findings] == [EMAIL, TOKEN]
    json.loads(report.redact(document))
    done = edgewarden.Pseudonymizer(b"0123456789abcdef").pseudonymize(text, scanner.scan(text))
    assert [value for _, value in done.originals] == [EMAIL, TOKEN]
    word = edgewarden.canary_word(b"0123456789abcdef", "id")
    start, end = edgewarden.canary_find(word, f"{halves}{word}")
    assert f"{halves}{word}"[start:end] == word


def test_place_of_a_fault_counts_the_callers_string(scanner):
    with pytest.raises(edgewarden.ScanError) as caught:
        scanner.scan_json('["\ud83d\ude00\ud83d\ude00", b]')
    assert (caught.value.code, caught.value.offset) == ("invalid_json", 9)


def test_attack_hides_in_no_surrogates(scanner):
    assert scanner.scan("\ud800" + ATTACK + "\udfff").decision == "block"


def test_random_strings_are_scanned(scanner):
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    pool = [0x20, 0x41, 0xE9, 0x200B, 0xD83D, 0xDE00, 0x1F600, 0xE0041, 0xFFFF, 0, 0x0A, 0x202E]
    for _ in range(300):
        text = "".join(chr(chance.choice(pool)) for _ in range(chance.randrange(60))) + EMAIL
        report = scanner.scan(text)
        for finding in report.findings:
            assert 0 <= finding.start <= finding.end <= len(text), f"seed {seed}"
        assert isinstance(report.redact(text), str)
        assert [f.span for f in scanner.scan_in_session(text, SessionState()).findings][:1] == [
            f.span for f in report.findings
        ][:1], f"seed {seed}"


@pytest.mark.parametrize("value", [None, 5, "text", [1], object()], ids=lambda value: type(value).__name__)
def test_what_is_no_bytes_is_a_type_error(scanner, value):
    for call in (
        scanner.scan_bytes,
        SessionState.from_bytes,
        edgewarden.Pseudonymizer,
        lambda value: edgewarden.canary_word(value, "id"),
        scanner.scan_bytes(b"").redact,
    ):
        with pytest.raises(ArgumentTypeError):
            call(value)
    if value is not None:
        with pytest.raises(ArgumentTypeError):
            PromptScanner(rules=value)


def test_faults_of_values_are_value_errors(scanner):
    for call, code, field in [
        (lambda: scanner.scan_bytes(b"ab\xff"), "invalid_utf8", None),
        (lambda: scanner.scan_json("{"), "invalid_json", None),
        (lambda: scanner.scan_json("[" * 999), "json_too_deep", None),
        (lambda: SessionState.from_bytes(b""), "invalid_session", None),
        (lambda: PromptScanner(rules=b"none"), "rule_set_not_recognised", None),
        (lambda: edgewarden.Pseudonymizer(b"short"), "invalid_argument", "key"),
        (lambda: edgewarden.canary_word(b"short", "id"), "invalid_argument", "key"),
        (lambda: scanner.scan("", origin="nobody"), "invalid_argument", "origin"),
        (lambda: scanner.scan("", origin="\ud800"), "invalid_argument", "origin"),
        (lambda: scanner.scan("", now=-1), "invalid_argument", "now"),
        (lambda: scanner.scan("", now=2**53 + 1), "invalid_argument", "now"),
        (lambda: scanner.scan("", now=10**40), "invalid_argument", "now"),
        (lambda: PromptScanner.from_json("{"), "invalid_json", None),
    ]:
        with pytest.raises(ValueError) as caught:
            call()
        assert isinstance(caught.value, EdgewardenError)
        assert (caught.value.code, caught.value.field) == (code, field)
        assert code in edgewarden.error_catalogue()


def test_arguments_of_the_wrong_type(scanner):
    import datetime

    for call, field in [
        (lambda: scanner.scan("", origin=5), "origin"),
        (lambda: scanner.scan("", origin=None), "origin"),
        (lambda: scanner.scan("", now="today"), "now"),
        (lambda: scanner.scan("", now=1.5), "now"),
        (lambda: scanner.scan("", now=True), "now"),
        (lambda: scanner.scan_batch("text"), "texts"),
        (lambda: scanner.scan_batch(b"text"), "texts"),
        (lambda: scanner.scan_batch(None), "texts"),
        (lambda: scanner.scan_batch(["a", None]), "texts.1"),
        (lambda: scanner.scan_in_session("", None), "session"),
        (lambda: edgewarden.Pseudonymizer(b"0" * 16).pseudonymize("", None), "report"),
        (lambda: edgewarden.Pseudonymizer(b"0" * 16).pseudonymize("", scanner.scan_bytes(b"")), "report"),
    ]:
        with pytest.raises(ArgumentTypeError) as caught:
            call()
        assert (caught.value.code, caught.value.field) == ("invalid_argument", field)
    with pytest.raises(ArgumentValueError):
        scanner.scan("", now=datetime.datetime(2030, 1, 1))
    for call in (lambda: scanner.scan(), lambda: scanner.scan("", who="x"), lambda: PromptScanner(presett="strict")):
        with pytest.raises(TypeError):
            call()


@pytest.mark.parametrize(
    "options, field",
    [
        ({"preset": "hush"}, "preset"),
        ({"preset": 5}, "preset"),
        ({"preset": object()}, "preset"),
        ({"strictness": b"strict"}, "strictness"),
        ({"disabled_layers": "fuzzy"}, "disabled_layers"),
        ({"disabled_layers": ["fuzzy", "hush"]}, "disabled_layers.1"),
        ({"disabled_rules": None}, "disabled_rules"),
        ({"disabled_rules": [5]}, "disabled_rules.0"),
        ({"allowed_hosts": {"a": 1}}, "allowed_hosts"),
        ({"canaries": [None]}, "canaries.0"),
        ({"allow": [{"rule_id": "x"}]}, "allow.0.text"),
        ({"allow": [{"text": "x", "until": -1}]}, "allow.0.until"),
        ({"allow": [{"text": "x", "hush": 1}]}, "allow.0.hush"),
        ({"allow": ["x"]}, "allow.0"),
        ({"thresholds": {"nobody": {}}}, "thresholds.nobody"),
        ({"thresholds": {"user": {"flag": 1002}}}, "thresholds.user.flag"),
        ({"thresholds": {"user": {"flag": float("nan")}}}, "thresholds.user.flag"),
        ({"thresholds": {5: {}}}, "thresholds"),
        ({"thresholds": []}, "thresholds"),
        ({"on_limit": "hush"}, "on_limit"),
        ({"limits": {"input_bytes": 2**53 + 1}}, "limits.input_bytes"),
        ({"limits": {"input_bytes": 10**400}}, "limits.input_bytes"),
        ({"limits": {"findings": -1}}, "limits.findings"),
        ({"limits": {"findings": True}}, "limits.findings"),
        ({"limits": {"hush_hush": 1}}, "limits.hush_hush"),
    ],
    ids=repr,
)
def test_option_that_is_wrong_is_named(options, field):
    with pytest.raises(OptionError) as caught:
        PromptScanner(**options)
    assert (caught.value.code, caught.value.field) == ("invalid_option", field)
    assert f"`{field}`" in str(caught.value)
    if "hush" not in field:
        assert "hush" not in str(caught.value)
    assert isinstance(caught.value, ValueError)


def test_use_after_the_end_is_closed(scanner):
    stream = scanner.stream()
    stream.push("a")
    stream.finish()
    for call in (
        lambda: stream.push("b"),
        stream.finish,
        lambda: stream.decision,
        lambda: stream.score,
        lambda: stream.findings,
        lambda: stream.held_bytes,
    ):
        with pytest.raises(ClosedError) as caught:
            call()
        assert caught.value.code == "closed"
    assert stream.is_finished


def test_panic_becomes_an_error_and_the_process_lives(scanner):
    from edgewarden import _native

    for _ in range(3):
        with pytest.raises(InternalError) as caught:
            _native.panic_probe()
        assert caught.value.code == "internal"
    assert scanner.scan(ATTACK).decision == "block"


def test_iterator_that_fails_is_heard(scanner):
    def texts():
        yield "a"
        raise KeyError("mine")

    with pytest.raises(KeyError):
        scanner.scan_batch(texts())


def test_string_subclasses_are_read_as_they_are(scanner):
    class Odd(str):
        def encode(self, *_):
            return b"something else"

        def __str__(self):
            return "something else"

    assert scanner.scan(Odd(ATTACK)).decision == "block"
    assert scanner.scan(Odd("\ud800" + ATTACK)).decision == "block"


def test_messages_hold_no_text(scanner):
    words = "marmalade"
    for call in (
        lambda: scanner.scan_json('{"marmalade": }'),
        lambda: scanner.scan("", origin=words),
        lambda: PromptScanner.from_json('{"preset": "marmalade"}'),
        lambda: PromptScanner(disabled_layers=[words]),
        lambda: scanner.scan_bytes(b"marmalade\xff"),
    ):
        with pytest.raises(EdgewardenError) as caught:
            call()
        assert words not in str(caught.value) + repr(caught.value)
        assert re.fullmatch("[a-z].*[^.]", str(caught.value))


def test_calls_at_the_end_of_the_interpreter():
    script = """
import edgewarden
class Late:
    def __init__(self):
        self.scanner = edgewarden.PromptScanner()
        self.stream = self.scanner.stream()
    def __del__(self):
        report = self.scanner.scan("mail ada@example.org \\ud800")
        assert report.score and repr(report.findings)
        self.stream.push("text")
        self.stream.finish()
        try:
            self.stream.push("more")
        except Exception as error:
            print(type(error).__name__)
late = Late()
edgewarden.late = late
late.itself = late
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done
    assert done.stderr == "" and done.stdout in ("ClosedError\n", ""), done
