// `node smoke-chromium.mjs PAGES SCREENSHOT` opens what Vite built and reads what the page says.

import { browse, serve } from "./browser.mjs";

const [pages, screenshot] = process.argv.slice(2);
const server = await serve({ "/": pages });
const rows = await browse(async (page) => {
  await page.goto(server.address);
  await page.waitForFunction(() => document.querySelector("#state").textContent !== "loading", undefined, { timeout: 20_000 });
  await page.screenshot({ path: screenshot });
  if (page.said.length > 0) throw new Error(page.said.join("\n"));
  return page.evaluate(() => [...document.querySelectorAll("tr")].slice(1).map((row) => [...row.cells].map((c) => c.textContent)));
});
server.close();
for (const row of rows) console.log(`Chromium, built by Vite: ${row.join(" | ")}`);
const decisions = rows.map((row) => row[1]).join();
if (!/^allow,block,.*,verified$/.test(decisions) || rows[2][0] !== "Write to [email-address] please.") throw new Error(decisions);
