import type { TimingRow } from "@longview/formats";
import type { IterationMetrics } from "@longview/policy-gradient";
import type { RunConfiguration } from "../configuration/schema.ts";

/** What the training thread is started with. */
export interface TrainingOrder {
  readonly configuration: RunConfiguration;
  /** A flag in shared memory: 1 asks the thread to save and stop after the iteration it is in. */
  readonly stop: Int32Array<SharedArrayBuffer>;
}

/** Main thread → training thread, once the configuration has proved to be workable. */
export interface BeginMessage {
  readonly kind: "begin";
  readonly folder: string;
  readonly resume: boolean;
}

/** Training thread → main thread. */
export type TrainingMessage =
  | { readonly kind: "ready" }
  | {
      readonly kind: "started";
      readonly iteration: number;
      readonly steps: number;
      readonly warnings: readonly string[];
    }
  | { readonly kind: "iteration"; readonly metrics: IterationMetrics; readonly timing: TimingRow }
  | { readonly kind: "ended"; readonly finished: boolean; readonly iteration: number; readonly steps: number }
  | { readonly kind: "failed"; readonly failure: Failure };

/** An error as it crosses threads. */
export interface Failure {
  readonly usage: boolean;
  readonly lines: readonly string[];
  readonly stack: string;
}

/** Turns whatever was thrown into a message; configuration mistakes keep their one-line form. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { usage: false, lines: [String(error)], stack: String(error) };
  const usage = error.name === "UsageError" || error.name === "ConfigurationError";
  const path = "path" in error && typeof error.path === "string" ? error.path : "";
  const message =
    path !== "" && !error.message.startsWith(path) ? `${path}: ${error.message}` : error.message;
  return { usage, lines: message.split("\n"), stack: error.stack ?? message };
}
