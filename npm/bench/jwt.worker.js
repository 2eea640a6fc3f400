// A worker that verifies a token as often as it is asked to. `PUT /` brings tokens with their keys; `GET /ALGORITHM/WHAT?n`
// runs a candidate n times.

import * as api from "../js/jwt-worker.js";
import { candidates } from "./jwt-candidates.js";
import * as jose from "../peer/jose.js";

let all;

export default {
  async fetch(request) {
    if (request.method === "PUT") {
      const tokens = Object.entries(await request.json());
      all = Object.fromEntries(await Promise.all(tokens.map(async ([name, signed]) => [name, await candidates(api, jose, signed)])));
      return Response.json(Object.fromEntries(Object.entries(all).map(([name, works]) => [name, Object.keys(works)])));
    }
    const { pathname, search } = new URL(request.url);
    const [, algorithm, what] = decodeURIComponent(pathname).split("/");
    const work = all[algorithm][what];
    const times = Number(search.slice(1));
    for (let i = 0; i < times; i++) {
      if ((await work()) === undefined) throw new Error(`${what} finds no subject`);
    }
    return new Response("done");
  },
};
