import asyncio
import time

import pytest
from texts import ATTACK, CLEAN, EMAIL

import edgewarden
from edgewarden import Decision


async def pieces_of(text, size=7):
    for at in range(0, len(text), size):
        yield text[at : at + size]


async def test_answers_are_the_same(scanner):
    for text in (CLEAN, ATTACK, f"mail {EMAIL} " * 2000):
        assert await scanner.scan_async(text, origin="tool") == scanner.scan(text, origin="tool")
    document = '{"a": "' + f"mail {EMAIL} " * 2000 + '"}'
    assert await scanner.scan_json_async(document) == scanner.scan_json(document)
    assert await scanner.scan_json_async("[]") == scanner.scan_json("[]")
    assert await scanner.scan_batch_async([CLEAN, ATTACK]) == scanner.scan_batch([CLEAN, ATTACK])


async def test_loop_goes_on_during_a_long_scan(scanner):
    ticks = 0

    async def tick():
        nonlocal ticks
        while True:
            await asyncio.sleep(0.001)
            ticks += 1

    ticker = asyncio.create_task(tick())
    text = CLEAN * 20_000
    began = time.perf_counter()
    await scanner.scan_async(text)
    await scanner.scan_batch_async([text])
    assert time.perf_counter() - began > 0.01
    ticker.cancel()
    assert ticks >= 3


async def test_many_at_once(scanner):
    texts = [f"{CLEAN} {i} {EMAIL}" * (1 + i * 20) for i in range(40)]
    reports = await asyncio.gather(*(scanner.scan_async(text) for text in texts))
    assert list(reports) == scanner.scan_batch(texts)


async def test_stream_is_scanned_as_it_comes(scanner):
    shown = "".join([output.release async for output in scanner.scan_stream(pieces_of(f"mail {EMAIL}, please."))])
    assert shown == "mail [email-address], please."


async def test_stream_ends_at_a_block(scanner):
    read = 0

    async def endless():
        nonlocal read
        async for piece in pieces_of(ATTACK + " " + CLEAN * 10_000):
            read += 1
            yield piece

    outputs = [output async for output in scanner.scan_stream(endless(), origin="tool")]
    assert outputs[-1].decision is Decision.BLOCK
    assert "previous instructions" not in "".join(output.release for output in outputs)
    assert read < 10_000


@pytest.mark.parametrize("value", [None, 5, b"text"])
async def test_bad_input_is_the_same_error(scanner, value):
    for call in (scanner.scan_async, scanner.scan_json_async, lambda v: scanner.scan_batch_async([v])):
        with pytest.raises(edgewarden.ArgumentTypeError):
            await call(value)
