import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import express from "express";
import { PromptScanner } from "edgewarden";
import { jsonDelta, scanRequests, scanResponses, scanStream } from "edgewarden/express";
import { ATTACK, HONEST, CARD, bytesOf, eventsOf, eventually, listen, post, sendPieces } from "./support.mjs";

const scanner = new PromptScanner();

/** A server that answers with the body its handler sees. */
function echo(t, before, options = {}, after = []) {
  const app = express();
  app.use(...before, scanRequests({ scanner, ...options }), ...after);
  app.post("/", (req, res) => {
    const body = Buffer.isBuffer(req.body) ? req.body.toString() : req.body;
    res.json({ body: body ?? null, decision: req.edgewarden?.decision ?? null });
  });
  app.get("/", (req, res) => res.send("ok"));
  app.use((error, req, res, next) => res.status(500).json({ error: error.code ?? error.message }));
  return listen(t, app);
}

const readers = {
  "a parser before": [express.json()],
  "no parser": [],
  "a parser of raw bytes": [express.raw({ type: "*/*" })],
};
for (const [name, before] of Object.entries(readers)) {
  const seen = (text) => {
    const { body, decision } = JSON.parse(text);
    return { body: typeof body === "string" ? JSON.parse(body) : body, decision };
  };

  test(`honest body passes unchanged, with ${name}`, async (t) => {
    const url = await echo(t, before);
    const answer = await post(url, JSON.stringify({ message: HONEST, n: [1, null, true] }));
    assert.equal(answer.status, 200);
    assert.deepEqual(seen(answer.text), { body: { message: HONEST, n: [1, null, true] }, decision: "allow" });
  });

  test(`attack is answered with 400 and rule ids alone, with ${name}`, async (t) => {
    const url = await echo(t, before);
    const answer = await post(url, JSON.stringify({ deep: [{ message: ATTACK }] }));
    assert.equal(answer.status, 400);
    const body = JSON.parse(answer.text);
    assert.equal(body.error, "blocked");
    assert.ok(body.findings.length > 0);
    for (const finding of body.findings) assert.deepEqual(Object.keys(finding), ["ruleId", "category"]);
    assert.ok(!answer.text.includes("previous instructions"));
  });

  test(`personal data is redacted, with ${name}`, async (t) => {
    const url = await echo(t, before, { origin: "assistant" });
    const answer = await post(url, JSON.stringify({ message: `Charge ${CARD} today.`, other: 1 }));
    assert.equal(answer.status, 200);
    const { body, decision } = seen(answer.text);
    assert.equal(decision, "redact");
    assert.ok(!body.message.includes(CARD));
    assert.match(body.message, /^Charge \[[a-z-]+\] today\.$/);
    assert.equal(body.other, 1);
  });

  test(`redact: false leaves the body alone, with ${name}`, async (t) => {
    const url = await echo(t, before, { origin: "assistant", redact: false });
    const answer = await post(url, JSON.stringify({ message: CARD }));
    assert.deepEqual(seen(answer.text), { body: { message: CARD }, decision: "redact" });
  });

  test(`only the named fields count, with ${name}`, async (t) => {
    const url = await echo(t, before, { origin: "assistant", fields: ["message", "__proto__"] });
    const body = `{"message": "Ask ${CARD}.", "note": "${CARD}", "__proto__": {"a": "${CARD}"}}`;
    const text = (await post(url, body)).text;
    assert.equal(text.split(CARD).length - 1, 1);
    assert.ok(seen(text).body.note === CARD);
  });

  test(`what is no JSON is 400, with ${name}`, async (t) => {
    const url = await echo(t, before);
    const answer = await post(url, '{"message": ');
    if (name !== "a parser before") assert.deepEqual(JSON.parse(answer.text), { error: "invalid_json" });
    assert.ok(answer.status === 400 || name === "a parser before");
  });
}

test("text is scanned as text, read by a parser or not", async (t) => {
  for (const before of [[], [express.text()]]) {
    const url = await echo(t, before);
    const headers = { "content-type": "text/plain; charset=utf-8" };
    assert.equal((await post(url, ATTACK, headers)).status, 400);
    assert.deepEqual(JSON.parse((await post(url, HONEST, headers)).text), { body: HONEST, decision: "allow" });
  }
});

test("a string that a parser made of JSON is scanned as JSON", async (t) => {
  const url = await echo(t, [express.text({ type: "*/*" })]);
  const hidden = JSON.stringify({ m: ATTACK }).replaceAll(/[a-z]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
  assert.equal((await post(url, hidden)).status, 400);
});

test("forms are scanned once a parser has read them and refused before", async (t) => {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const body = new URLSearchParams({ q: ATTACK }).toString();
  assert.equal((await post(await echo(t, [express.urlencoded()]), body, headers)).status, 400);
  assert.equal((await post(await echo(t, []), body, headers)).status, 415);
});

test("a parser mounted later finds the redacted body", async (t) => {
  const url = await echo(t, [], { origin: "assistant" }, [express.json()]);
  assert.ok(!(await post(url, JSON.stringify({ m: CARD }))).text.includes(CARD));
});

test("requests without a body pass", async (t) => {
  const url = await echo(t, []);
  assert.equal(await (await fetch(url)).text(), "ok");
  assert.equal((await fetch(url, { method: "POST" })).status, 200);
});

test("flagged bodies go on with the report, and every decision is told", async (t) => {
  const seen = [];
  const strict = new PromptScanner({ thresholds: { user: { flag: 1, block: 1001, redact: 1001 } } });
  const onDecision = (report, req) => seen.push([report.decision, req.method]);
  const url = await echo(t, [], { scanner: strict, onDecision });
  assert.equal(JSON.parse((await post(url, JSON.stringify(ATTACK))).text).decision, "flag");
  assert.deepEqual(seen, [["flag", "POST"]]);
});

test("bodies that cannot be scanned are refused", async (t) => {
  const url = await echo(t, []);
  const json = JSON.stringify({ m: HONEST });
  const refusals = [
    [json, { "content-type": "application/octet-stream" }, 415, "unsupported_media_type"],
    [json, { "content-type": "multipart/form-data; boundary=x" }, 415, "unsupported_media_type"],
    [gzipSync(json), { "content-type": "application/json", "content-encoding": "gzip" }, 415,
      "unsupported_content_encoding"],
    [json, { "content-type": "application/json; charset=utf-16" }, 415, "unsupported_charset"],
    [Buffer.from([0x22, 0xff, 0x22]), { "content-type": "application/json" }, 400, "invalid_utf8"],
    [`${"[".repeat(5000)}${"]".repeat(5000)}`, { "content-type": "application/json" }, 400, "json_too_deep"],
    [`"${"a".repeat(1 << 20)}"`, { "content-type": "application/json" }, 413, "input_too_large"],
  ];
  for (const [body, headers, status, error] of refusals) {
    const answer = await post(url, body, headers);
    assert.deepEqual([answer.status, JSON.parse(answer.text).error], [status, error]);
  }
  assert.equal((await post(url, Buffer.from(json), {})).status, 415);
});

test("a document deeper than the engine's stack is refused, not crashed on", async (t) => {
  const url = await echo(t, [express.json({ limit: "10mb" })]);
  const answer = await post(url, `${"[".repeat(400_000)}${"]".repeat(400_000)}`);
  assert.ok([400, 413, 500].includes(answer.status), `${answer.status}`);
  assert.equal((await post(url, "{}")).status, 200);
});

test("characters cut by chunks are put together", async (t) => {
  const url = await echo(t, []);
  const json = JSON.stringify({ m: "Grüße 😀 日本" });
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(json) };
  const answer = await sendPieces(url, headers, bytesOf(json));
  assert.ok(answer.includes("Grüße 😀 日本"), answer);
});

test("a chunked body without a length is limited while it is read", async (t) => {
  const url = await echo(t, [], { limitBytes: 100 });
  const piece = Buffer.from(`3c\r\n${"a".repeat(60)}\r\n`);
  const headers = { "content-type": "text/plain", "transfer-encoding": "chunked" };
  assert.match(await sendPieces(url, headers, [piece, piece]), /^HTTP\/1\.1 413 .*input_too_large/s);
});

test("a client that hangs up while it sends leaves the server well", async (t) => {
  const url = await echo(t, []);
  const headers = { "content-type": "application/json", "content-length": 1000 };
  await sendPieces(url, headers, ['{"m": "half'], { hangUp: true });
  assert.equal((await post(url, "{}")).status, 200);
});

test("a body that something else consumed is a fault, not a pass", async (t) => {
  const drain = (req, res, next) => req.resume().on("end", next);
  assert.equal((await post(await echo(t, [drain]), "{}")).status, 500);
});

test("misspelt and wrong options are refused", () => {
  for (const [options, field] of [
    [undefined, "options"], [{ scanner, feilds: [] }, "feilds"], [{}, "scanner"], [{ scanner, fields: "a" }, "fields"],
    [{ scanner, origin: "nobody" }, "origin"], [{ scanner, redact: 1 }, "redact"],
    [{ scanner, onDecision: 1 }, "onDecision"], [{ scanner, limitBytes: 2 ** 53 + 1 }, "limitBytes"],
  ]) {
    assert.throws(() => scanRequests(options), { code: "invalid_option", field });
  }
  assert.throws(() => scanResponses({ scanner, select: () => "" }), { code: "invalid_option", field: "replace" });
});

/** A server that answers with these chunks, one at a time. */
function answering(t, chunks, { options = {}, type = "text/plain; charset=utf-8", finish } = {}) {
  const app = express();
  app.use(scanResponses({ scanner, ...options }));
  app.get("/", async (req, res) => {
    res.setHeader("content-type", type);
    for (const chunk of chunks) {
      if (res.writableEnded || res.destroyed) break;
      res.write(chunk);
      await new Promise((resolve) => setImmediate(resolve));
    }
    finish?.(res);
    res.end();
  });
  return listen(t, app);
}

const get = async (url, init) => {
  const response = await fetch(url, init);
  return { status: response.status, headers: response.headers, text: await response.text() };
};

test("honest answers arrive byte for byte, however they are cut", async (t) => {
  const text = "Grüße 😀, the notes say 日本 twice.\n".repeat(200);
  assert.equal((await get(await answering(t, bytesOf(text)))).text, text);
});

test("personal data in a streamed answer is redacted, even when it comes letter by letter", async (t) => {
  const { text } = await get(await answering(t, bytesOf(`You can charge it to ${CARD}, it is valid.`)));
  assert.match(text, /^You can charge it to \[[a-z-]+\], it is valid\.$/);
});

test("a blocked answer ends with the notice and its source is told", async (t) => {
  const seen = [];
  const block = new PromptScanner({ thresholds: { assistant: { flag: 1, block: 1, redact: 1001 } } });
  const chunks = [`${HONEST} `.repeat(400), ATTACK, ` ${"And more of it. ".repeat(4000)}`];
  const options = { scanner: block, notice: "[stopped]", onDecision: (output) => seen.push(output.decision) };
  const { text } = await get(await answering(t, [...chunks, CARD], { options }));
  assert.ok(text.endsWith("[stopped]"), text.slice(-80));
  assert.ok(!text.includes("And more") && !text.includes("previous instructions"));
  assert.ok(text.startsWith(HONEST));
  assert.equal(seen.at(-1), "block");
});

test("stale headers do not go out, and others do", async (t) => {
  const app = express();
  app.use(scanResponses({ scanner }));
  app.get("/", (req, res) => {
    const text = `Charge ${CARD}.`;
    res.writeHead(201, "Made", { "content-type": "text/plain", "content-length": text.length, "x-kept": "yes" });
    res.end(text);
  });
  app.get("/send", (req, res) => res.send(`<p>${CARD}</p>`));
  const url = await listen(t, app);
  const { status, headers, text } = await get(url);
  assert.deepEqual([status, headers.get("x-kept")], [201, "yes"]);
  assert.match(text, /^Charge \[[a-z-]+\]\.$/);
  const sent = await get(`${url}/send`);
  assert.equal(sent.headers.get("etag"), null);
  assert.match(sent.text, /^<p>\[[a-z-]+\]<\/p>$/);
});

test("JSON answers are scanned whole: redacted, or answered with 502", async (t) => {
  const block = new PromptScanner({ thresholds: { assistant: { flag: 1, block: 1, redact: 1001 } } });
  for (const [use, status] of [[scanner, 200], [block, 502]]) {
    const app = express();
    app.use(scanResponses({ scanner: use }));
    app.get("/", (req, res) => res.json({ mail: CARD, attack: use === block ? ATTACK : "" }));
    const answer = await get(await listen(t, app));
    assert.equal(answer.status, status);
    const body = JSON.parse(answer.text);
    if (status === 200) assert.match(body.mail, /^\[[a-z-]+\]$/);
    else assert.equal(body.error, "blocked");
  }
});

test("pictures pass unseen, compressed answers do not go out", async (t) => {
  const bytes = Buffer.from([0xff, 0xd8, 0x00, 0xfe]);
  const app = express();
  app.use(scanResponses({ scanner }));
  app.get("/picture", (req, res) => res.type("image/jpeg").end(bytes));
  app.get("/packed", (req, res) => res.type("text/plain").set("content-encoding", "gzip").end(gzipSync(CARD)));
  const url = await listen(t, app);
  assert.deepEqual(Buffer.from(await (await fetch(`${url}/picture`)).arrayBuffer()), bytes);
  const packed = await get(`${url}/packed`);
  assert.deepEqual([packed.status, packed.text], [500, '{"error":"unsupported_content_encoding"}']);
});

const delta = (content, more = {}) => `data: ${JSON.stringify({ choices: [{ delta: { content }, ...more }] })}\n\n`;

test("events keep their form while the text in them is scanned", async (t) => {
  const words = `Dear Ada, charge ${CARD} soon. 😀`.split(/(?<= )/);
  const chunks = [
    ": warming up with secrets\n\n", delta(""), ...words.map((word) => delta(word, { index: 0 })), "data: [DONE]\n\n",
  ];
  const options = jsonDelta("/choices/0/delta/content");
  const url = await answering(t, chunks.flatMap(bytesOf), { options, type: "text/event-stream" });
  const { text } = await get(url);
  assert.ok(!text.includes("secrets") && !text.includes(CARD));
  const events = eventsOf(text.replaceAll(/^:\n\n/gm, ""));
  assert.equal(events.at(-1).data, "[DONE]");
  const said = events.slice(0, -1).map(({ data }) => JSON.parse(data).choices[0].delta.content).join("");
  assert.match(said, /^Dear Ada, charge \[[a-z-]+\] soon\. 😀$/);
});

test("what stands beside the text of an event is scanned too", async (t) => {
  const chunks = [delta("Hello. ", { tool: `mail ${CARD}` }), `data: {"tool": "${CARD}"}\n\n`, "data: [DONE]\n\n"];
  const options = jsonDelta("/choices/0/delta/content");
  const { text } = await get(await answering(t, chunks, { options, type: "text/event-stream" }));
  assert.ok(!text.includes(CARD), text);
  assert.ok(text.includes("Hello. "));
});

test("plain events and line ends of every kind are understood", async (t) => {
  const chunks = ["data: one\r\n", "\r", "\ndata: two\rdata: lines\r\r", `event: x\nid: 7\ndata:  ${CARD}\n\n`];
  const { text } = await get(await answering(t, chunks, { type: "text/event-stream" }));
  assert.ok(!text.includes(CARD));
  assert.match(eventsOf(text).map(({ data }) => data).join(""), /^onetwo\nlines \[[a-z-]+\]$/);
});

test("a blocked event stream ends with an error event", async (t) => {
  const block = new PromptScanner({ thresholds: { assistant: { flag: 1, block: 1, redact: 1001 } } });
  const options = { scanner: block, ...jsonDelta("/choices/0/delta/content") };
  const words = `${HONEST} ${ATTACK} And more of it.`.split(/(?<= )/).map((word) => delta(word));
  const { text } = await get(await answering(t, [...words, "data: [DONE]\n\n"], { options, type: "text/event-stream" }));
  const last = eventsOf(text).at(-1);
  assert.equal(last.event, "error");
  const { error, findings } = JSON.parse(last.data);
  assert.equal(error, "blocked");
  assert.ok(findings.every((finding) => Object.keys(finding).join() === "ruleId,category"));
  assert.ok(!text.includes("And more") && !text.includes("[DONE]"));
});

test("scanStream guards one answer", async (t) => {
  const app = express();
  app.get("/", (req, res) => {
    scanStream(res, { scanner }).type("text/plain");
    res.write("Ask 4111 1111 11");
    res.end("11 1111.");
  });
  assert.match((await get(await listen(t, app))).text, /^Ask \[[a-z-]+\]\.$/);
});

test("a reader that goes away stops the answer and frees the stream", async (t) => {
  let isClosed = false;
  const app = express();
  app.use(scanResponses({ scanner }));
  app.get("/", (req, res) => {
    res.type("text/plain");
    const timer = setInterval(() => res.write(`${HONEST}\n`.repeat(50)), 5);
    res.on("close", () => {
      clearInterval(timer);
      isClosed = true;
    });
  });
  const url = await listen(t, app);
  const control = new AbortController();
  const response = await fetch(url, { signal: control.signal });
  const reader = response.body.getReader();
  await reader.read();
  control.abort();
  await reader.closed.catch(() => {});
  await eventually(() => isClosed);
  assert.equal((await fetch(`${url}/none`)).status, 404);
});

test("a fault while scanning an answer cuts it off", async (t) => {
  const broken = { scan() {}, stream: () => ({ push: () => { throw new Error("fault"); }, finish() {}, close() {} }) };
  const url = await answering(t, [HONEST], { options: { scanner: broken } });
  await assert.rejects(get(url));
});

test("answers to HEAD and without a body pass", async (t) => {
  const app = express();
  app.use(scanResponses({ scanner }));
  app.get("/", (req, res) => res.send(HONEST));
  app.get("/empty", (req, res) => res.sendStatus(204));
  const url = await listen(t, app);
  assert.equal((await get(url, { method: "HEAD" })).status, 200);
  assert.equal((await get(`${url}/empty`)).status, 204);
});
