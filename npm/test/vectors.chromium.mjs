// Chromium: `node vectors.chromium.mjs PACKAGE` runs all vectors in a page that loads the package from a server.

import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { browse, serve } from "./browser.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const read = (path) => {
  const names = readdirSync(here(path)).filter((name) => name.endsWith(".json")).sort();
  return names.map((name) => ({ name, text: readFileSync(here(path) + name, "utf8") }));
};
const files = [read("../../vectors/"), read("../../vectors/jwt/")];
const server = await serve({ "/package/": process.argv[2], "/test/": here("./") });
const { counts, faults, notes } = await browse(async (page) => {
  await page.goto(`${server.address}test/empty.html`);
  return page.evaluate(async ([files, tokenFiles]) => {
    const names = ["web", "jwt-web", "jwt-full-web"];
    const [api, tokens, fullTokens] = await Promise.all(names.map((name) => import(`/package/js/${name}.js`)));
    const { runVectors } = await import("/test/run-vectors.js");
    const { runJwtVectors } = await import("/test/run-jwt-vectors.js");
    for (const entry of [api, tokens, fullTokens]) await entry.init();
    const of = runVectors(api, files);
    const ofTokens = await runJwtVectors(tokens, tokenFiles, fullTokens);
    const faults = [...of.faults, ...ofTokens.faults];
    return { counts: { ...of.counts, ...ofTokens.counts }, faults, notes: ofTokens.notes };
  }, files);
});
server.close();
for (const line of [...notes, ...faults]) console.log(line);
console.log(`VECTORS ${JSON.stringify(counts)}`);
process.exitCode = faults.length === 0 ? 0 : 1;
