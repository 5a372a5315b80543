import { readlinkSync } from "node:fs";
import { setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import { failureText } from "./log-folder.ts";
import { convertSegment, type ConversionJob, type ConversionResult } from "./segment-conversion.ts";

/** What the thread answers to a job. */
export type ConversionReply = { readonly result: ConversionResult } | { readonly failure: string };

// Requests come first, but a server that is never idle must not leave its log behind: a sixth of a core stays.
// On Linux a thread has a priority of its own; elsewhere it keeps the server's.
try {
  const thread = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
  setPriority(thread, 7);
} catch {
  // Only speed depends on it.
}

parentPort?.on("message", (job: ConversionJob) => {
  let reply: ConversionReply;
  try {
    reply = { result: convertSegment(job) };
  } catch (cause) {
    reply = { failure: failureText(cause) };
  }
  parentPort?.postMessage(reply);
});
