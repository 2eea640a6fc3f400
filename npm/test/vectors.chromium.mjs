// Chromium: `node vectors.chromium.mjs PACKAGE` runs all vectors in a page that loads the package from a server.

import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { browse, serve } from "./browser.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = here("../../vectors/");
const names = readdirSync(folder).filter((name) => name.endsWith(".json")).sort();
const files = names.map((name) => ({ name, text: readFileSync(folder + name, "utf8") }));
const server = await serve({ "/package/": process.argv[2], "/test/": here("./") });
const { counts, faults } = await browse(async (page) => {
  await page.goto(`${server.address}test/empty.html`);
  return page.evaluate(async (files) => {
    const api = await import("/package/js/web.js");
    const { runVectors } = await import("/test/run-vectors.js");
    await api.init();
    return runVectors(api, files);
  }, files);
});
server.close();
for (const fault of faults) console.log(fault);
console.log(`VECTORS ${JSON.stringify(counts)}`);
process.exitCode = faults.length === 0 ? 0 : 1;
