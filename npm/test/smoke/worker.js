import * as main from "edgewarden";
import * as jwt from "edgewarden/jwt";
import * as full from "edgewarden/jwt/full";
import * as scan from "edgewarden/scan";
import { check, checkTokens } from "./check.js";

const scanner = new main.PromptScanner();

export default {
  async fetch(request) {
    if (request.method === "GET") {
      const scanning = `${await check(main)}, scan ${await check(scan)}`;
      return new Response(`workerd: ${scanning}, tokens ${await checkTokens(jwt)}, full ${await checkTokens(full)}`);
    }
    const report = scanner.scan(await request.text());
    return Response.json(report, { status: report.decision === "block" ? 422 : 200 });
  },
};
