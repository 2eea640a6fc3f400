"""The scanner as the package offers it: options as arguments, and ways to wait for it in an event loop."""

import asyncio
from typing import (
    AsyncIterable,
    AsyncIterator,
    Callable,
    Iterable,
    List,
    Mapping,
    Optional,
    Tuple,
    Type,
    TypeVar,
    Union,
)

from ._errors import OptionError
from ._names import Decision, Layer, Origin, Preset, Strictness
from ._native import JsonReport, Scanner, ScanReport, StreamOutput
from ._options import AllowOption, LimitsOption, ThresholdsOption, Time, options_json, snake_error

_S = TypeVar("_S", bound="PromptScanner")
_T = TypeVar("_T")


class PromptScanner(Scanner):
    """Scans text on its way into and out of a language model.

    Build one and keep it: building takes longer than scanning, and any number of threads may use it at once. Every
    option may be left out; an unknown or malformed one raises OptionError, whose field says which.

    preset: thresholds to start from (default: balanced).
    strictness: which rules run (default: standard).
    thresholds: by origin, what differs from the preset, such as {"user": Thresholds(flag=200)}.
    disabled_layers, disabled_rules: layers, and ids of rules, that do not run.
    allowed_hosts: hosts that links may point to, with their subdomains.
    allow: known-good exceptions, such as [AllowEntry("info@example.com", rule_id="email-address")].
    canaries: words planted in prompts; see canary_word.
    on_limit: the answer when a limit was hit and a text could not be scanned to the end (default: block).
    limits: caps that differ from the defaults.
    rules: a compiled rule set instead of the built-in one.
    """

    __slots__ = ("_options", "_rules")
    _options: str
    _rules: Optional[bytes]

    def __new__(
        cls: Type[_S],
        *,
        preset: Union[Preset, str, None] = None,
        strictness: Union[Strictness, str, None] = None,
        thresholds: Optional[Mapping[Union[Origin, str], ThresholdsOption]] = None,
        disabled_layers: Iterable[Union[Layer, str]] = (),
        disabled_rules: Iterable[str] = (),
        allowed_hosts: Iterable[str] = (),
        allow: Iterable[AllowOption] = (),
        canaries: Iterable[str] = (),
        on_limit: Union[Decision, str, None] = None,
        limits: Optional[LimitsOption] = None,
        rules: Optional[bytes] = None,
    ) -> _S:
        options = options_json(
            preset,
            strictness,
            thresholds,
            disabled_layers,
            disabled_rules,
            allowed_hosts,
            allow,
            canaries,
            on_limit,
            limits,
        )
        try:
            return cls._of(options, rules)
        except OptionError as error:
            raise snake_error(error) from None

    @classmethod
    def from_json(cls: Type[_S], options: str, rules: Optional[bytes] = None) -> _S:
        """Return a scanner with options as JSON, in the camelCase form that all languages share.

        A configuration file may hold it: {"preset": "strict", "disabledRules": ["email-address"]}.
        """
        return cls._of(options, rules)

    @classmethod
    def _of(cls: Type[_S], options: str, rules: Optional[bytes]) -> _S:
        scanner = super().__new__(cls, options, rules)
        scanner._options = options
        scanner._rules = rules
        return scanner

    async def scan_async(
        self, text: str, *, origin: Union[Origin, str] = Origin.USER, now: Optional[Time] = None
    ) -> ScanReport:
        """Scan one text; a long one on another thread, so that the event loop goes on."""
        if not isinstance(text, str) or len(text) < _LONG:  # pyright: ignore[reportUnnecessaryIsInstance]
            return self.scan(text, origin=origin, now=now)
        return await _aside(lambda: self.scan(text, origin=origin, now=now))

    async def scan_json_async(self, json: str, *, origin: Union[Origin, str] = Origin.USER) -> JsonReport:
        """Scan every string of a JSON document; a long one on another thread."""
        if not isinstance(json, str) or len(json) < _LONG:  # pyright: ignore[reportUnnecessaryIsInstance]
            return self.scan_json(json, origin=origin)
        return await _aside(lambda: self.scan_json(json, origin=origin))

    async def scan_batch_async(
        self,
        texts: Iterable[str],
        *,
        origin: Union[Origin, str] = Origin.USER,
        now: Optional[Time] = None,
    ) -> List[ScanReport]:
        """Scan several texts on another thread."""
        return await _aside(lambda: self.scan_batch(texts, origin=origin, now=now))

    async def scan_stream(
        self, pieces: AsyncIterable[str], *, origin: Union[Origin, str] = Origin.ASSISTANT
    ) -> AsyncIterator[StreamOutput]:
        """Scan the pieces of a stream as they come, and yield what each of them, then the end, yields.

        It ends at a decision to block: nothing is released from there on, and the pieces are not read further.
        """
        stream = self.stream(origin=origin)
        async for piece in pieces:
            output = stream.push(piece)
            yield output
            if output.decision is Decision.BLOCK:
                return
        yield stream.finish()

    def __reduce__(self: _S) -> Tuple[Callable[[str, Optional[bytes]], _S], Tuple[str, Optional[bytes]]]:
        return type(self).from_json, (self._options, self._rules)

    def __repr__(self) -> str:
        return f"<PromptScanner rules_revision={self.rules_revision}>"


async def _aside(work: Callable[[], _T]) -> _T:
    return await asyncio.get_running_loop().run_in_executor(None, work)


# Up to here, in code points, a scan takes about as long as the way to another thread and back.
_LONG = 16 << 10
