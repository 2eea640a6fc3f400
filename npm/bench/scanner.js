// A worker that compiles, instantiates and scans once at its start, as a deployment would, and then for each request.

import { PromptScanner } from "../js/worker.js";

const scanner = new PromptScanner();
scanner.scan("What is the best time of year to visit the lakes in the north, and how long does the ferry take there?");

export default {
  async fetch(request) {
    return new Response(String(scanner.scan(await request.text()).score));
  },
  test() {},
};
