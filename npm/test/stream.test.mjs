import assert from "node:assert/strict";
import { test } from "node:test";
import { ATTACK, MAIL, TEXT, urlOf } from "./package.mjs";

const { PromptScanner } = await import(urlOf("js/file.js"));
const scanner = new PromptScanner();

async function through(pieces, transform) {
  let out = "";
  const source = new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
  for await (const piece of source.pipeThrough(transform)) out += piece;
  return out;
}

test("a transform releases what push and finish release", async () => {
  const text = `${TEXT} Mail ${MAIL}. ${TEXT}`.repeat(40);
  const pieces = text.match(/[^]{1,7}/g);
  const expected = scanner.stream();
  const released = pieces.map((piece) => expected.push(piece).release).join("") + expected.finish().release;
  const outputs = [];
  const found = await through(pieces, scanner.stream().transform({ onOutput: (output) => outputs.push(output) }));
  assert.equal(found, released);
  assert.ok(!found.includes(MAIL));
  assert.equal(outputs.length, pieces.length + 1);
});

test("a block ends the stream with an error that says so", async () => {
  const stream = scanner.stream({ origin: "user" });
  await assert.rejects(through([ATTACK, TEXT], stream.transform()), { code: "blocked", decision: "block" });
  assert.equal(stream.decision, "block");
  assert.equal(stream.isFinished, true);
});

test("with onBlock the stream ends in order", async () => {
  const blocked = [];
  const transform = scanner.stream({ origin: "user" }).transform({ onBlock: (output) => blocked.push(output.decision) });
  const released = await through([TEXT, ATTACK, TEXT], transform);
  assert.deepEqual(blocked, ["block"]);
  assert.ok(!released.includes("Ignore"));
});

test("a piece that is no text is an error of the stream", async () => {
  await assert.rejects(through([TEXT, 5], scanner.stream().transform()), { code: "invalid_argument", field: "piece" });
});

test("findings stay after the end", () => {
  const stream = scanner.stream();
  stream.push(`Mail ${MAIL} `);
  stream.push(TEXT.repeat(300));
  assert.equal(stream.findings.length, 1);
  assert.equal(stream.heldBytes >= 0, true);
  const end = stream.finish();
  assert.deepEqual([stream.findings.length, stream.heldBytes, stream.isFinished], [1, 0, true]);
  assert.equal(stream.decision, end.decision);
  assert.throws(() => stream.push("more"), { code: "closed" });
  assert.throws(() => stream.finish(), { code: "closed" });
});
