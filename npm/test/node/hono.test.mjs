import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { streamSSE, streamText } from "hono/streaming";
import { PromptScanner } from "edgewarden";
import { guard, jsonDelta, reportOf, scanRequests, scanResponses } from "edgewarden/hono";
import { ATTACK, CARD, HONEST, bytesOf, eventsOf, eventually, listen, post, sendPieces } from "./support.mjs";

const scanner = new PromptScanner();
const block = new PromptScanner({ thresholds: { assistant: { flag: 1, block: 1, redact: 1001 } } });
const serve = (t, app) => listen(t, getRequestListener(app.fetch));

/** The same service behind both kinds of guard. */
const services = {
  "Hono middleware": (t, options = {}) => {
    const app = new Hono();
    app.use(scanRequests({ scanner, ...options }));
    app.get("/", (c) => c.text("ok"));
    app.post("/", async (c) => c.json({ body: await c.req.text(), decision: c.get("edgewarden")?.decision ?? null }));
    return serve(t, app);
  },
  "Hono middleware behind one that read the body": (t, options = {}) => {
    const app = new Hono();
    app.use(async (c, next) => {
      if (c.req.method === "POST") await c.req.arrayBuffer();
      await next();
    });
    app.use(scanRequests({ scanner, ...options }));
    app.get("/", (c) => c.text("ok"));
    app.post("/", async (c) => c.json({ body: await c.req.text(), decision: c.get("edgewarden")?.decision ?? null }));
    return serve(t, app);
  },
  "fetch wrapper": (t, options = {}) => {
    const handler = async (request) => {
      if (request.method === "GET") return new Response("ok");
      return Response.json({ body: await request.text(), decision: reportOf(request)?.decision ?? null });
    };
    return serve(t, { fetch: guard(handler, { scanner, ...options, answer: false }) });
  },
};

for (const [name, service] of Object.entries(services)) {
  test(`${name}: honest bodies pass byte for byte`, async (t) => {
    const url = await service(t);
    const json = `{"m":  ${JSON.stringify(HONEST)}, "n": 9007199254740993}`;
    assert.deepEqual(JSON.parse((await post(url, json)).text), { body: json, decision: "allow" });
    assert.equal(await (await fetch(url)).text(), "ok");
    assert.equal((await fetch(url, { method: "POST" })).status, 200);
  });

  test(`${name}: attacks are answered with 400 and rule ids alone`, async (t) => {
    const url = await service(t);
    const form = new URLSearchParams({ q: ATTACK }).toString();
    for (const [body, type] of [
      [JSON.stringify([ATTACK]), "application/json"], [ATTACK, "text/plain"], [form, "application/x-www-form-urlencoded"],
    ]) {
      const answer = await post(url, body, { "content-type": type });
      assert.equal(answer.status, 400);
      const { error, findings } = JSON.parse(answer.text);
      assert.equal(error, "blocked");
      assert.ok(findings.length > 0);
      for (const finding of findings) assert.deepEqual(Object.keys(finding), ["ruleId", "category"]);
    }
  });

  test(`${name}: secrets are redacted, in the named fields alone if there are any`, async (t) => {
    const url = await service(t);
    const body = JSON.stringify({ m: `Pay with ${CARD}.` });
    const { body: seen, decision } = JSON.parse((await post(url, body)).text);
    assert.equal(decision, "redact");
    assert.match(JSON.parse(seen).m, /^Pay with \[[a-z-]+\]\.$/);
    const form = `a=1&q=${encodeURIComponent(CARD)}&b=%26`;
    const parts = JSON.parse((await post(url, form, { "content-type": "application/x-www-form-urlencoded" })).text).body;
    assert.match(parts, /^a=1&q=%5B[a-z-]+%5D&b=%26$/);
    const chosen = await service(t, { fields: ["m"] });
    const both = JSON.parse(JSON.parse((await post(chosen, JSON.stringify({ m: CARD, n: CARD }))).text).body);
    assert.match(both.m, /^\[[a-z-]+\]$/);
    assert.equal(both.n, CARD);
    const twice = JSON.parse((await post(chosen, `{"m": "${CARD}", "m": "x"}`)).text).body;
    assert.equal(twice, '{"m":"x"}');
  });

  test(`${name}: bodies that cannot be scanned are refused`, async (t) => {
    const url = await service(t);
    for (const [body, headers, status, error] of [
      ["{", {}, 400, "invalid_json"],
      [Buffer.from([0x22, 0xff, 0x22]), {}, 400, "invalid_utf8"],
      [`${"[".repeat(5000)}${"]".repeat(5000)}`, {}, 400, "json_too_deep"],
      ["{}", { "content-type": "image/png" }, 415, "unsupported_media_type"],
      ["{}", { "content-type": "text/plain; charset=latin1" }, 415, "unsupported_charset"],
      [gzipSync("{}"), { "content-encoding": "gzip" }, 415, "unsupported_content_encoding"],
    ]) {
      const answer = await post(url, body, { "content-type": "application/json", ...headers });
      assert.deepEqual([answer.status, JSON.parse(answer.text).error], [status, error]);
    }
  });

  test(`${name}: chunks may cut characters, and the client may hang up`, async (t) => {
    const url = await service(t);
    const json = JSON.stringify({ m: "Grüße 😀 日本" });
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(json) };
    assert.ok((await sendPieces(url, headers, bytesOf(json))).includes("Grüße 😀 日本"));
    await sendPieces(url, { ...headers, "content-length": 1000 }, ["{"], { hangUp: true });
    assert.equal((await post(url, "{}")).status, 200);
  });

  test(`${name}: a body is limited by the length it tells, else while it is read`, async (t) => {
    const url = await service(t, { limitBytes: 100 });
    const told = { "content-type": "text/plain", "content-length": 101 };
    assert.match(await sendPieces(url, told, ["a".repeat(101)]), /^HTTP\/1\.1 413 .*input_too_large/s);
    const piece = Buffer.from(`3c\r\n${"a".repeat(60)}\r\n`);
    const headers = { "content-type": "text/plain", "transfer-encoding": "chunked" };
    assert.match(await sendPieces(url, headers, [piece, piece, "0\r\n\r\n"]), /^HTTP\/1\.1 413 .*input_too_large/s);
  });
}

/** A source of chunks that notes when it is cancelled. */
function source(chunks, seen = {}) {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setImmediate(resolve));
      if (chunks.length === 0) return controller.close();
      const chunk = chunks.shift();
      controller.enqueue(typeof chunk === "string" ? encoder.encode(chunk) : new Uint8Array(chunk));
    },
    cancel() {
      seen.isCancelled = true;
    },
  });
}

const answerers = {
  "Hono middleware": (t, response, options = {}) => {
    const app = new Hono();
    app.use(scanResponses({ scanner, ...options }));
    app.get("/", () => response());
    return serve(t, app);
  },
  "fetch wrapper": (t, response, answer = {}) => serve(t, { fetch: guard(response, { scanner, answer }) }),
};

const get = async (url) => {
  const response = await fetch(url);
  return { status: response.status, headers: response.headers, text: await response.text() };
};

for (const [name, answering] of Object.entries(answerers)) {
  const text = { "content-type": "text/plain; charset=utf-8" };

  test(`${name}: honest answers arrive byte for byte`, async (t) => {
    const said = "Grüße 😀, the notes say 日本 twice.\n".repeat(100);
    assert.equal((await get(await answering(t, () => new Response(source(bytesOf(said)), { headers: text })))).text, said);
    const bytes = new Uint8Array([0xff, 0xd8, 0]);
    const picture = await answering(t, () => new Response(bytes, { headers: { "content-type": "image/png" } }));
    assert.deepEqual(new Uint8Array(await (await fetch(picture)).arrayBuffer()), bytes);
    assert.equal((await get(await answering(t, () => new Response(null, { status: 204 })))).status, 204);
  });

  test(`${name}: secrets are redacted and stale headers dropped`, async (t) => {
    const said = `Charge ${CARD} today.`;
    const headers = { ...text, "content-length": `${said.length}`, etag: '"a"', "x-kept": "yes" };
    const answer = await get(await answering(t, () => new Response(source(bytesOf(said)), { status: 201, headers })));
    assert.deepEqual([answer.status, answer.headers.get("etag"), answer.headers.get("x-kept")], [201, null, "yes"]);
    assert.match(answer.text, /^Charge \[[a-z-]+\] today\.$/);
    const whole = await get(await answering(t, () => new Response(said, { headers })));
    assert.match(whole.text, /^Charge \[[a-z-]+\] today\.$/);
  });

  test(`${name}: a block ends the answer and stops its source`, async (t) => {
    const seen = {};
    const chunks = [`${HONEST} `.repeat(400), ATTACK, ..." And more of it.".repeat(4000).match(/.{1,1000}/gs)];
    const options = { scanner: block, notice: "[stopped]" };
    const answer = await get(await answering(t, () => new Response(source(chunks, seen), { headers: text }), options));
    assert.ok(answer.text.endsWith("[stopped]"));
    assert.ok(!answer.text.includes("previous instructions"));
    assert.ok(seen.isCancelled && chunks.length > 0);
  });

  test(`${name}: JSON is scanned whole`, async (t) => {
    const redacted = await get(await answering(t, () => Response.json({ n: 1, card: CARD })));
    assert.match(JSON.parse(redacted.text).card, /^\[[a-z-]+\]$/);
    const blocked = await get(await answering(t, () => Response.json([ATTACK]), { scanner: block }));
    assert.deepEqual([blocked.status, JSON.parse(blocked.text).error], [502, "blocked"]);
    const tooLong = await get(await answering(t, () => Response.json(["a".repeat(100)]), { limitBytes: 50 }));
    assert.deepEqual([tooLong.status, JSON.parse(tooLong.text).error], [502, "input_too_large"]);
  });

  test(`${name}: compressed answers do not go out`, async (t) => {
    const packed = () => new Response(gzipSync(CARD), { headers: { ...text, "content-encoding": "gzip" } });
    const answer = await get(await answering(t, packed));
    assert.deepEqual([answer.status, JSON.parse(answer.text).error], [500, "unsupported_content_encoding"]);
  });

  test(`${name}: events keep their form`, async (t) => {
    const words = `Charge ${CARD} soon. 😀`.split(/(?<= )/);
    const events = [...words.map((w) => `data: ${JSON.stringify({ delta: w })}\n\n`), "data: [DONE]\n\n"];
    const headers = { "content-type": "text/event-stream" };
    const response = () => new Response(source(events.flatMap(bytesOf)), { headers });
    const answer = await get(await answering(t, response, jsonDelta("/delta")));
    const seen = eventsOf(answer.text).map(({ data }) => data);
    assert.equal(seen.pop(), "[DONE]");
    assert.match(seen.map((data) => JSON.parse(data).delta).join(""), /^Charge \[[a-z-]+\] soon\. 😀$/);
  });

  test(`${name}: a reader that goes away stops the source`, async (t) => {
    const seen = {};
    const chunks = `${HONEST}\n`.repeat(20_000).match(/.{1,500}/gs);
    const url = await answering(t, () => new Response(source(chunks, seen), { headers: text }));
    const control = new AbortController();
    const reader = (await fetch(url, { signal: control.signal })).body.getReader();
    await reader.read();
    control.abort();
    await reader.closed.catch(() => {});
    await eventually(() => seen.isCancelled);
  });
}

test("Hono's own streams are scanned", async (t) => {
  const app = new Hono();
  app.use(scanResponses({ scanner, ...jsonDelta("/delta") }));
  app.get("/text", (c) => streamText(c, async (stream) => {
    for (const piece of ["Pay with 4111 ", "1111 1111", " 1111 now."]) await stream.write(piece);
  }));
  app.get("/events", (c) => streamSSE(c, async (stream) => {
    for (const delta of ["4111 1111 ", "1111 1111", " is it"]) await stream.writeSSE({ data: JSON.stringify({ delta }) });
  }));
  const url = await serve(t, app);
  assert.match((await get(`${url}/text`)).text, /^Pay with \[[a-z-]+\] now\.$/);
  const said = eventsOf((await get(`${url}/events`)).text).map(({ data }) => JSON.parse(data).delta).join("");
  assert.match(said, /^\[[a-z-]+\] is it$/);
});

test("the middlewares for Workers import nothing of Node", async () => {
  const start = fileURLToPath(import.meta.resolve("edgewarden/hono"));
  const seen = new Set();
  const visit = async (path) => {
    if (seen.has(path)) return;
    seen.add(path);
    const source = await readFile(path, "utf8");
    assert.doesNotMatch(source, /\bnode:|\brequire\(|\bprocess\.|\bBuffer\b/, path);
    for (const [, name] of source.matchAll(/from "([^"]+)"/g)) {
      assert.ok(name.startsWith("./"), name);
      await visit(fileURLToPath(new URL(name, `file://${path}`)));
    }
  };
  await visit(start);
  assert.ok(seen.size >= 3);
});

test("misspelt and wrong options are refused", () => {
  for (const make of [() => scanRequests({ scaner: scanner }), () => scanResponses({ scanner, ntice: "" }),
    () => guard(() => {}, { scanner, answer: { notice: 1 } }), () => guard(() => {}, {})]) {
    assert.throws(make, { code: "invalid_option" });
  }
});
