// Candidates that take turns, so that what else the machine does meets all of them alike.

/**
 * Median nanoseconds of each candidate.
 * @param {string[]} names
 * @param {(name: string, times: number) => Promise<number>} batch Nanoseconds that so many runs take.
 * @param {{ rounds: number, batchMs: number }} effort
 * @returns {Promise<Record<string, number>>}
 */
export async function turns(names, batch, { rounds, batchMs }) {
  const times = {};
  for (const name of names) {
    // The engine does its best only after many calls.
    await batch(name, WARM);
    times[name] = Math.max(1, Math.ceil((batchMs * 1e6) / ((await batch(name, WARM)) / WARM)));
  }
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    // Each comes first as often as the others.
    for (let i = 0; i < names.length; i++) {
      const name = names[(round + i) % names.length];
      samples[name].push((await batch(name, times[name])) / times[name]);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(samples[name])]));
}

/** The middle value; the upper one of two. */
export function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** How much effort goes into a figure. */
export const effortOf = (flags) => (flags.includes("--quick") ? { rounds: 7, batchMs: 10 } : { rounds: 41, batchMs: 30 });

const WARM = 300;
