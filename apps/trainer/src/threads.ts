import { Worker } from "node:worker_threads";

/**
 * Starts a worker thread on a TypeScript file, from whatever folder the command was called in.
 *
 * @param file - the thread's TypeScript module
 * @param data - what the module finds as `workerData.data`
 */
export function startThread(file: URL, data: unknown): Worker {
  return new Worker(new URL("./thread-bootstrap.mjs", import.meta.url), {
    workerData: { file: file.href, data },
    execArgv: [],
  });
}
