import * as main from "edgewarden";
import * as scan from "edgewarden/scan";
import { check } from "./check.js";

const scanner = new main.PromptScanner();

export default {
  async fetch(request) {
    if (request.method === "GET") return new Response(`workerd: ${await check(main)}, scan ${await check(scan)}`);
    const report = scanner.scan(await request.text());
    return Response.json(report, { status: report.decision === "block" ? 422 : 200 });
  },
};
