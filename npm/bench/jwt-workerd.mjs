// `node jwt-workerd.mjs WORKERD FOLDER JOSE [--quick]` prints what verification costs in workerd, beside jose, one JSON line
// each: {"what": "...", "ns": ...}. FOLDER has a configuration that serves `jwt.worker.js`.
//
// The clock of a worker stands still while it computes, so it is measured from outside: one request verifies many times, and
// its figure is the CPU time that all threads of the process took meanwhile, as the scheduler counts it, less that of a
// request that verifies nothing. Where the system does not tell, it is the time on the wall.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { tokens } from "./jwt-tokens.mjs";
import { effortOf, median, turns } from "./turns.mjs";

const [workerd, folder, peer, ...flags] = process.argv.slice(2);
const jose = await import(pathToFileURL(peer).href);
const server = spawn(workerd, ["serve", "--control-fd=3", "config.capnp"], {
  cwd: folder,
  stdio: ["ignore", "inherit", "inherit", "pipe"],
});
try {
  const [said] = await Promise.race([
    once(server.stdio[3], "data"),
    once(server, "exit").then(() => { throw new Error(`workerd ended in ${folder}`); }),
  ]);
  const address = `http://127.0.0.1:${JSON.parse(said).port}`;
  const brought = await fetch(address, { method: "PUT", body: JSON.stringify(await tokens(jose)) });
  if (!brought.ok) throw new Error(await brought.text());
  for (const [algorithm, names] of Object.entries(await brought.json())) {
    const batch = (what, times) => cost(`${address}/${algorithm}/${encodeURIComponent(what)}`, times);
    for (const [what, ns] of Object.entries(await turns(names, batch, effortOf(flags)))) {
      console.log(JSON.stringify({ what: `workerd: ${algorithm}: ${what}`, ns: Math.round(ns) }));
    }
  }
} finally {
  server.kill();
}
process.exit(0);

/** Nanoseconds of so many runs, less those of the request itself. */
async function cost(address, times) {
  const empty = [];
  for (let i = 0; i < 3; i++) empty.push(await ask(address, 0));
  return Math.max(1, (await ask(address, times)) - median(empty));
}

async function ask(address, times) {
  const before = spent();
  const answer = await fetch(`${address}?${times}`);
  const body = await answer.text();
  if (!answer.ok || body !== "done") throw new Error(body);
  return spent() - before;
}

/** Nanoseconds that the threads of the engine have run. */
function spent() {
  const threads = `/proc/${server.pid}/task`;
  try {
    const ran = readdirSync(threads).map((id) => Number(readFileSync(`${threads}/${id}/schedstat`, "utf8").split(" ")[0]));
    return ran.reduce((sum, ns) => sum + ns);
  } catch {
    return performance.now() * 1e6;
  }
}
