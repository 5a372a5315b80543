import type { Worker } from "node:worker_threads";
import { startThread } from "../threads.ts";
import { failureOf } from "../run/messages.ts";
import type { Failure } from "../run/messages.ts";

/** A unit of work: a plain message with its own key; its result depends on nothing else. */
export interface Part<Work> {
  readonly key: string;
  readonly work: Work;
}

/** What a thread of the pool answers. */
export type PartReply<Result> =
  { readonly key: string; readonly result: Result } | { readonly key: string; readonly failure: Failure };

/** A failure inside a thread, with that thread's stack. */
export class ThreadError extends Error {
  override readonly name = "ThreadError";
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.lines.join("\n"));
    this.failure = failure;
  }
}

export interface PoolOptions<Result> {
  readonly file: URL;
  readonly workerData: unknown;
  readonly threads: number;
  /** A result that an earlier session already has. */
  readonly known?: (key: string) => Result | undefined;
  readonly done?: (key: string, result: Result, count: number) => void;
  /** Ends the work between two parts; the promise then resolves to undefined. */
  readonly stopped?: () => boolean;
}

/**
 * Runs parts on worker threads and returns their results in the order of the parts, whatever the number of
 * threads. Undefined when it was stopped.
 */
export async function runParts<Work, Result>(
  parts: readonly Part<Work>[],
  options: PoolOptions<Result>,
): Promise<Result[] | undefined> {
  const results = new Map<string, Result>();
  const waiting: Part<Work>[] = [];
  for (const part of parts) {
    const known = options.known?.(part.key);
    if (known === undefined) waiting.push(part);
    else results.set(part.key, known);
  }
  const threads: Worker[] = [];
  let stopped = false;
  const serve = (thread: Worker): Promise<void> =>
    new Promise((resolve, reject) => {
      const next = (): void => {
        stopped ||= options.stopped?.() ?? false;
        const part = stopped ? undefined : waiting.shift();
        if (part === undefined) resolve();
        else thread.postMessage(part);
      };
      thread.on("message", (reply: PartReply<Result>) => {
        if ("failure" in reply) {
          reject(new ThreadError(reply.failure));
          return;
        }
        results.set(reply.key, reply.result);
        options.done?.(reply.key, reply.result, results.size);
        next();
      });
      thread.on("error", (error) => reject(new ThreadError(failureOf(error))));
      thread.on("exit", (code) => reject(new Error(`a worker thread ended with code ${code}`)));
      next();
    });
  try {
    const count = Math.max(0, Math.min(options.threads, waiting.length));
    for (let index = 0; index < count; index++) threads.push(startThread(options.file, options.workerData));
    await Promise.all(threads.map(serve));
  } finally {
    for (const thread of threads) thread.removeAllListeners();
    await Promise.all(threads.map(endThread));
  }
  if (stopped) return undefined;
  return parts.map((part) => results.get(part.key)!);
}

/** Told to a thread after its last part: it closes its port. */
export const LAST_PART = "end";
/** How long a thread may take to end by itself; one that is amid a long part after a failure is ended. */
const ENDING_MILLISECONDS = 10_000;

/** Lets a thread end by itself: to end one that is loading or releasing a network takes the whole process with it. */
async function endThread(thread: Worker): Promise<void> {
  if (thread.threadId < 0) return; // it has ended
  const ended = new Promise<void>((resolve) => thread.once("exit", () => resolve()));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ENDING_MILLISECONDS);
  });
  thread.postMessage(LAST_PART);
  await Promise.race([ended, late]);
  clearTimeout(timer);
  await thread.terminate();
}
