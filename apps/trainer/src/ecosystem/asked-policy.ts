import { BASELINE_NAMES, type BaselineName } from "@longview/marketplace";
import { nearest } from "../configuration/nearest.ts";
import { UsageError } from "../exit-codes.ts";

/** A policy that a simulation was asked to play: plain data, for threads. */
export type AskedPolicy =
  | { readonly kind: "baseline"; readonly name: BaselineName }
  /** As `simulate-log` names it: `bundle:DIR` or `run:DIR`. */
  | { readonly kind: "trained"; readonly name: string };

const FORMS = [...BASELINE_NAMES, "bundle:DIR", "run:DIR"];

/** @throws {UsageError} naming the option */
export function askedPolicy(option: string, text: string): AskedPolicy {
  const baseline = BASELINE_NAMES.find((name) => name === text);
  if (baseline !== undefined) return { kind: "baseline", name: baseline };
  if (/^(?:bundle|run):./s.test(text)) return { kind: "trained", name: text };
  const near = nearest(text, FORMS);
  throw new UsageError(
    `${option}: found ${JSON.stringify(text)}, allowed: ${FORMS.join(", ")}${near === undefined ? "" : `; did you mean ${near}?`}`,
  );
}
