// Chromium over a server on the loopback, for the tests that need a browser.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { createRequire } from "node:module";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/**
 * Serves folders on a free port of 127.0.0.1.
 * @param {Record<string, string>} folders Path on the server to folder, such as `{ "/": "dist" }`.
 */
export async function serve(folders) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    const prefix = Object.keys(folders).filter((p) => path.startsWith(p)).sort((a, b) => b.length - a.length)[0];
    const file = join(folders[prefix] ?? "", path.slice((prefix ?? "").length) || "index.html");
    try {
      if (prefix === undefined) throw new Error("no such folder");
      const body = await readFile(file);
      response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { address: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

/**
 * Runs `visit` with a page of a fresh browser; what the page logs is collected in `page.said`.
 * @param {(page: import("playwright-core").Page) => Promise<T>} visit
 * @template T
 */
export async function browse(visit) {
  const modules = process.env.EDGEWARDEN_NODE_MODULES;
  const { chromium } = createRequire(join(modules, "package.json"))("playwright-core");
  const options = { executablePath: process.env.EDGEWARDEN_CHROMIUM, args: ["--no-sandbox"] };
  const browser = await chromium.launch(options);
  try {
    const page = await browser.newPage({ viewport: { width: 900, height: 700 } });
    page.said = [];
    page.on("console", (message) => page.said.push(message.text()));
    page.on("pageerror", (error) => page.said.push(String(error)));
    return await visit(page);
  } finally {
    await browser.close();
  }
}
