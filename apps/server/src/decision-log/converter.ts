import { Worker } from "node:worker_threads";
import type { ConversionReply } from "./conversion-worker.ts";
import { failureText } from "./log-folder.ts";
import type { ConversionJob, ConversionResult } from "./segment-conversion.ts";

interface Waiting {
  readonly job: ConversionJob;
  readonly resolve: (result: ConversionResult) => void;
  readonly reject: (cause: Error) => void;
}

/** Converts segments one after the other in a thread of low priority, which starts with the first. */
export class Converter {
  readonly #queue: Waiting[] = [];
  #current: Waiting | undefined;
  #worker: Worker | undefined;

  /** Resolves when the Parquet file is whole; rejects with what failed, in a few words without a path. */
  convert(job: ConversionJob): Promise<ConversionResult> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ job, resolve, reject });
      this.#next();
    });
  }

  /** Ends the thread, which must be idle. */
  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #next(): void {
    if (this.#current !== undefined) return;
    this.#current = this.#queue.shift();
    if (this.#current === undefined) return;
    this.#worker ??= this.#start();
    this.#worker.postMessage(this.#current.job);
  }

  #start(): Worker {
    const worker = new Worker(new URL("./conversion-thread.mjs", import.meta.url), { execArgv: [] });
    // A server that has nothing else to do may end: what is not converted is at the next start.
    worker.unref();
    worker.on("message", (reply: ConversionReply) => {
      this.#end((waiting) => {
        if ("result" in reply) waiting.resolve(reply.result);
        else waiting.reject(new Error(reply.failure));
      });
    });
    const lost = (cause: unknown): void => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#end((waiting) => waiting.reject(new Error(failureText(cause))));
    };
    worker.on("error", lost);
    worker.on("exit", () => lost(new Error("the thread ended")));
    return worker;
  }

  #end(tell: (waiting: Waiting) => void): void {
    const waiting = this.#current;
    this.#current = undefined;
    if (waiting !== undefined) tell(waiting);
    this.#next();
  }
}
