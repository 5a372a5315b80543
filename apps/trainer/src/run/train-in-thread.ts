import type { RunConfiguration } from "../configuration/schema.ts";
import type { Display } from "../display/display.ts";
import { UsageError } from "../exit-codes.ts";
import { startThread } from "../threads.ts";
import { ThreadError } from "../evaluation/pool.ts";
import { failureOf } from "./messages.ts";
import type { BeginMessage, TrainingMessage, TrainingOrder } from "./messages.ts";

/** How the training of a session ended. */
export interface TrainingEnd {
  readonly finished: boolean;
  readonly iteration: number;
  readonly steps: number;
}

export interface TrainOptions {
  readonly configuration: RunConfiguration;
  readonly display: Display;
  readonly stop: Int32Array<SharedArrayBuffer>;
  /** Called once the configuration has proved to be workable: makes the run folder, and says whether to resume. */
  readonly begin: () => { folder: string; resume: boolean };
  /** Called once a run that is continued has a good checkpoint: from here on its folder is written to. */
  readonly resumed?: () => void;
}

/** Longest wait for a thread that said it has ended. */
const LEAVING_MILLISECONDS = 10_000;

/** Runs the training loop in a worker thread, so that this one stays free for the display and for Ctrl-C. */
export async function trainInThread(options: TrainOptions): Promise<TrainingEnd> {
  const { configuration, display, stop } = options;
  const order: TrainingOrder = { configuration, stop };
  const thread = startThread(new URL("./training-thread.ts", import.meta.url), order);
  let resumes = false;
  let exited = false;
  /** Whether the thread is about to end by itself. */
  let leaving = false;
  const ended = new Promise<TrainingEnd>((resolve, reject) => {
    const receive = (message: TrainingMessage): void => {
      leaving = message.kind === "ended" || message.kind === "failed";
      switch (message.kind) {
        case "ready": {
          const begin: BeginMessage = { kind: "begin", ...options.begin() };
          resumes = begin.resume;
          thread.postMessage(begin);
          return;
        }
        case "started":
          if (resumes) options.resumed?.();
          for (const warning of message.warnings) display.line(warning);
          if (message.iteration > 0)
            display.line(
              `continuing after iteration ${message.iteration} (${message.steps.toLocaleString("en-US")} decisions)`,
            );
          display.beginTraining(message.steps, configuration.training.steps);
          return;
        case "iteration":
          display.iteration(message.metrics, message.timing);
          return;
        case "ended":
          display.endTraining();
          resolve({ finished: message.finished, iteration: message.iteration, steps: message.steps });
          return;
        case "failed":
          display.close();
          reject(
            message.failure.usage ? new UsageError(message.failure.lines) : new ThreadError(message.failure),
          );
      }
    };
    thread.on("message", (message: TrainingMessage) => {
      try {
        receive(message);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
    thread.on("error", (error) => reject(new ThreadError(failureOf(error))));
    thread.on("exit", (code) => {
      exited = true;
      reject(new Error(`the training thread ended with code ${code}`));
    });
  });
  try {
    return await ended;
  } finally {
    thread.removeAllListeners();
    // A thread that is ended while it gives its native sessions back takes the process with it.
    if (leaving && !exited)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LEAVING_MILLISECONDS);
        thread.once("exit", () => {
          clearTimeout(timer);
          resolve();
        });
      });
    await thread.terminate();
  }
}
