import { Worker } from "node:worker_threads";

/** Starts a worker thread on a TypeScript file, from whatever folder the command was called in. */
export function startThread(file: URL, workerData: unknown): Worker {
  return new Worker(file, {
    workerData,
    execArgv: ["--import", import.meta.resolve("tsx")],
    // Ctrl-C is the main thread's business: it asks the others to stop.
    stdin: false,
  });
}
