// `node first.mjs WORKERD EMPTY SCANNER TIMES` asks fresh processes of `workerd serve` over loopback, on a connection that
// is open already, and prints how much longer a worker that scans takes than an empty one: medians over the processes, as
// JSON lines {"what": "...", "ms": ...}.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const [workerd, empty, scanner, times] = process.argv.slice(2);
const text = "What is the best time of year to visit the lakes in the north, and how long does the ferry take there?";
const request = `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
const LATER = 50;

const [first, later] = [[], []];
for (let i = 0; i < Number(times); i++) {
  const [nothing, scans] = [await ask(empty), await ask(scanner)];
  first.push(scans[0] - nothing[0]);
  later.push(median(scans.slice(1)) - median(nothing.slice(1)));
}
row("workerd: the first request after the start, a scan of 100 B, over an empty worker", median(first));
row("workerd: later requests, a scan of 100 B each, over an empty worker", median(later));

/** Milliseconds on the wall of each request to a fresh process. */
async function ask(folder) {
  const server = spawn(workerd, ["serve", "--control-fd=3", "config.capnp"], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  try {
    const [said] = await Promise.race([
      once(server.stdio[3], "data"),
      once(server, "exit").then(() => { throw new Error(`workerd ended in ${folder}`); }),
    ]);
    const socket = connect(JSON.parse(said).port, "127.0.0.1").setNoDelay();
    await once(socket, "connect");
    // What the start left to do in other threads shall not count.
    await sleep(100);
    const all = [];
    for (let i = 0; i <= LATER; i++) {
      const began = performance.now();
      socket.write(request);
      let answer = "";
      while (!/\r\n\r\n\d+$/.test(answer)) answer += (await once(socket, "data"))[0];
      all.push(performance.now() - began);
      if (!answer.startsWith("HTTP/1.1 200")) throw new Error(answer);
    }
    socket.destroy();
    return all;
  } finally {
    server.kill();
  }
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

function row(what, ms) {
  console.log(JSON.stringify({ what, ms }));
}
