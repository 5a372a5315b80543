import type { Feeds, TensorValue } from "./feeds.ts";
import type { Program } from "./program.ts";
import type { TensorData } from "./tensor.ts";
import type { UpdateProgram } from "./updates/compile-update.ts";
import { Update } from "./updates/run-update.ts";

export interface RunOptions {
  /** Arrays that receive outputs instead of new ones; their lengths must fit. */
  readonly into?: Readonly<Record<string, TensorData>>;
}

/** A program made ready to run; everyone who loads the same program shares it. */
export interface Session {
  readonly program: Program;
  run(feeds: Feeds, options?: RunOptions): Promise<Record<string, TensorValue>>;
  dispose(): Promise<void>;
}

/** What an execution library must offer. */
export interface ExecutorBackend {
  /** The library and, where it has several, its backend. */
  readonly name: string;
  load(program: Program): Promise<Session>;
}

export const EXECUTOR_NAMES = ["auto", "onnxruntime", "tensorflow"] as const;
export type ExecutorName = (typeof EXECUTOR_NAMES)[number];

/** Runs programs; a program is loaded once, whatever object carries it. */
export class Executor {
  readonly #backend: ExecutorBackend;
  readonly #sessions = new Map<string, Promise<Session>>();

  constructor(backend: ExecutorBackend) {
    this.#backend = backend;
  }

  get name(): string {
    return this.#backend.name;
  }

  /** The session of a program; the second call with the same hash returns the first one's. */
  async load(program: Program): Promise<Session> {
    const existing = this.#sessions.get(program.hash);
    if (existing !== undefined) return existing;
    const forget = (): void => void this.#sessions.delete(program.hash);
    const session = this.#backend.load(program).then((inner): Session => ({
      program: inner.program,
      run: (feeds, options) => inner.run(feeds, options),
      dispose: () => {
        forget();
        return inner.dispose();
      },
    }));
    this.#sessions.set(program.hash, session);
    session.catch(forget);
    return session;
  }

  async loadUpdate(program: UpdateProgram): Promise<Update> {
    return new Update(program, await this.load(program.program), (replay) => this.load(replay));
  }

  async dispose(): Promise<void> {
    for (const session of this.#sessions.values()) await (await session).dispose();
    this.#sessions.clear();
  }
}

/**
 * Loads an execution library. `auto` is ONNX Runtime.
 * @throws when the library cannot be loaded
 */
export async function createExecutor(name: ExecutorName = "auto"): Promise<Executor> {
  if (name === "tensorflow") {
    const { createTensorFlowBackend } = await import("./executors/tensorflow.ts");
    return new Executor(await createTensorFlowBackend());
  }
  const { createOnnxRuntimeBackend } = await import("./executors/onnxruntime.ts");
  return new Executor(await createOnnxRuntimeBackend());
}
