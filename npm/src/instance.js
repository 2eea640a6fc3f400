// The backend of WebAssembly: one module, and one instance of it at a time.

import { EdgewardenError, argument } from "./errors.js";

/**
 * @param {() => { imports: object, start: (instance: object) => object, stop: () => void }} glue
 * @param {() => unknown} [find] Where the module comes from when nobody handed it over.
 */
export function wasmBackend(glue, find) {
  let module;
  let live;
  let raw;

  function started(linked, instance) {
    raw = linked.start(instance);
    live = linked;
    return raw;
  }

  const backend = {
    kind: "wasm",
    start() {
      if (raw !== undefined) return raw;
      if (module === undefined) initSync();
      if (raw !== undefined) return raw;
      const linked = glue();
      return started(linked, new WebAssembly.Instance(module, linked.imports));
    },
    stop() {
      live?.stop();
      live = raw = undefined;
    },
  };

  /** Takes the module or its bytes; later calls do nothing. */
  function initSync(source) {
    if (module !== undefined) return;
    const given = source ?? find?.();
    if (given === undefined) {
      throw new EdgewardenError("not_initialized", "the WebAssembly module is not loaded yet: call init() first");
    }
    module = given instanceof WebAssembly.Module ? given : new WebAssembly.Module(bytesOf(given));
    backend.start();
  }

  let loading;

  /** Takes the module, its bytes or a response, or fetches it; later calls wait for the first. */
  function init(source) {
    if (module !== undefined) return Promise.resolve();
    loading ??= load(source).catch((error) => {
      // The next call may have more luck.
      loading = undefined;
      throw error;
    });
    return loading;
  }

  async function load(source) {
    const given = await (source ?? find?.());
    if (given === undefined) throw argument("source", "missing");
    const compiled = await compile(given);
    const linked = glue();
    const instance = await WebAssembly.instantiate(compiled, linked.imports);
    if (module !== undefined) return;
    module = compiled;
    started(linked, instance);
  }

  return { backend, init, initSync };
}

async function compile(given) {
  if (given instanceof WebAssembly.Module) return given;
  const isAddress = typeof given === "string" || given instanceof URL;
  const response = isAddress ? await fetch(given) : given;
  if (typeof Response !== "function" || !(response instanceof Response)) return WebAssembly.compile(bytesOf(response));
  if (!response.ok) {
    throw new EdgewardenError("not_initialized", `the WebAssembly module could not be fetched: status ${response.status}`);
  }
  // Streaming compilation insists on the media type, which not every server knows.
  const canStream = (response.headers.get("content-type") ?? "").split(";")[0].trim() === "application/wasm";
  return canStream ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

function bytesOf(source) {
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return source;
  const name = Object.prototype.toString.call(source);
  if (name === "[object ArrayBuffer]" || name === "[object SharedArrayBuffer]") return source;
  throw argument("source", "neither a WebAssembly.Module nor its bytes");
}
