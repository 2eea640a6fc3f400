// Waiting, each request by itself.

/** Resolves after a while; rejects when the signal says so. */
export function sleep(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const end = (settle) => () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      settle(signal?.reason);
    };
    const stop = end(reject);
    const timer = setTimeout(end(resolve), milliseconds);
    signal?.addEventListener("abort", stop);
  });
}

/** The promise, or the reason of the signal if that comes first. The work behind the promise goes on. */
export function aborted(promise, signal) {
  if (signal === undefined) return promise;
  let stop;
  const stopped = new Promise((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop);
  });
  return Promise.race([promise, stopped]).finally(() => signal.removeEventListener("abort", stop));
}
