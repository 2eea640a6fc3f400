// Compiled, never run: the declared types of the middlewares fit the frameworks and refuse what the code refuses.
import type { IncomingMessage, ServerResponse } from "node:http";
import { Hono } from "hono";
import { PromptScanner } from "edgewarden";
import * as express from "edgewarden/express";
import * as hono from "edgewarden/hono";

const scanner = new PromptScanner();

/** What Express calls a handler, without its types. */
type Handler = (req: IncomingMessage & { body?: unknown }, res: ServerResponse, next: (error?: unknown) => void) => void;
export const handlers: Handler[] = [
  express.scanRequests({ scanner, fields: ["a"], origin: "tool", redact: false, limitBytes: 5 }),
  express.scanRequests({ scanner, onDecision: (report, request) => void [report.decision, request.headers] }),
  express.scanResponses({ scanner, ...express.jsonDelta("/a"), notice: "" }),
];
export const wrapped = (res: ServerResponse & { mine: 1 }): 1 => express.scanStream(res, { scanner }).mine;
export const reported = (req: IncomingMessage & express.ScannedRequest) => req.edgewarden?.findings[0]?.ruleId;

// @ts-expect-error misspelt
express.scanRequests({ scanner, feilds: [] });
// @ts-expect-error no such origin
express.scanResponses({ scanner, origin: "nobody" });
// @ts-expect-error the scanner is missing
hono.scanRequests({});

const app = new Hono<{ Variables: hono.ScanVariables }>();
app.use(hono.scanRequests({ scanner, onDecision: (report, request) => void [report.score, request.url] }));
app.use("/chat", hono.scanResponses({ scanner }));
app.post("/", (c) => c.text(c.get("edgewarden")?.decision ?? "none"));

export default {
  fetch: hono.guard(async (request, env: { NAME: string }) => new Response(env.NAME + hono.reportOf(request)?.score), {
    scanner,
    answer: { notice: "" },
  }),
};
