import {
  Decision,
  EdgewardenError,
  Origin,
  PromptScanner,
  Pseudonymizer,
  SessionState,
  type ScanReport,
  type ScannerOptions,
  canaryFind,
  canaryWord,
  init,
  isEdgewardenError,
} from "edgewarden";
import { PromptScanner as Small } from "edgewarden/scan";
import { initSync } from "edgewarden/wasm";
import * as web from "edgewarden/web";
import * as worker from "edgewarden/worker";
import * as inline from "edgewarden/inline";

export async function sample(bytes: Uint8Array): Promise<string> {
  await init();
  initSync(bytes);
  const options: ScannerOptions = { preset: "strict", thresholds: { tool: { block: 500 } }, limits: { findings: 10 } };
  using scanner = new PromptScanner(options);
  const report: ScanReport = scanner.scan("text", { origin: Origin.Tool, now: 5 });
  const spans: number[] = report.findings.map((finding) => finding.end - finding.start);
  if (report.decision === Decision.Block) throw new Error(String(spans));
  const session = SessionState.fromBytes(new SessionState().toBytes());
  scanner.scanInSession("text", session);
  const place: { start: number; end: number } | null = canaryFind(canaryWord(bytes, "a"), "text");
  const [[placeholder, value] = ["", ""]] = new Pseudonymizer(bytes).pseudonymize("text", report).originals;
  const piped: ReadableStream<string> = new ReadableStream<string>().pipeThrough(scanner.stream().transform());
  for (const item of scanner.scanJson("{}").findings) item.pointer.toUpperCase();
  try {
    new Small().scan("text");
  } catch (error) {
    if (isEdgewardenError(error) && error.code === "invalid_option") return error.field ?? "";
    if (error instanceof EdgewardenError) return error.message;
  }
  return placeholder + value + String(place) + String(piped) + web.version() + worker.backend + inline.version();
}

export function mistakes(scanner: PromptScanner, small: Small): void {
  // @ts-expect-error not a text
  scanner.scan(5);
  // @ts-expect-error no such origin
  scanner.scan("text", { origin: "users" });
  // @ts-expect-error no such option
  new PromptScanner({ presett: "strict" });
  // @ts-expect-error frozen
  scanner.scan("text").score = 5;
  // @ts-expect-error scanning alone
  small.scanJson("{}");
  // @ts-expect-error streams come from a scanner
  new web.StreamScanner();
}
