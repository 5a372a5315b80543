import type { DecisionLogChunk, DecisionLogReader } from "@longview/formats";
import { OffPolicyEvaluationError } from "../error.ts";
import { tableDistributions } from "./candidate-probabilities.ts";
import type { CandidateTable } from "./candidate-table.ts";
import type { LoggedPolicy } from "./logged-policy.ts";

const nothingLearned = { learnedFrom: [], sha256: undefined } as const;

/**
 * The policy that shows every possible item, or every possible slate, equally often: 1 / items of the log, or, where rows hold
 * their candidates, `1 / (m (m − 1) … (m − k + 1))` for slates of k out of m.
 */
export function uniformPolicy(): LoggedPolicy {
  let width: number | undefined;
  let slates = false;
  return {
    label: "uniform",
    carry: [],
    ...nothingLearned,
    prepare(reader) {
      slates = reader.report.layout === "decision-log";
      width = reader.actions?.length;
      if (!slates && width === undefined)
        throw new OffPolicyEvaluationError(
          "NOT_COMPUTABLE",
          "uniform: the log has no action column, so the number of items is unknown",
        );
    },
    probabilityOfLogged(chunk) {
      if (!slates) return new Float64Array(chunk.rowCount).fill(1 / width!);
      const { candidateCount, slateSize } = chunk;
      return Float64Array.from({ length: chunk.rowCount }, (_, i) => {
        let probability = 1;
        for (let k = 0; k < slateSize![i]!; k++) probability /= candidateCount![i]! - k;
        return probability;
      });
    },
    get distribution() {
      const count = width;
      return slates || count === undefined
        ? undefined
        : (chunk: DecisionLogChunk) => new Float64Array(chunk.rowCount * count).fill(1 / count);
    },
  };
}

/** The policy that wrote the log: its probabilities are the logged propensities. */
export function loggingPolicy(): LoggedPolicy {
  return {
    label: "logged",
    carry: [],
    ...nothingLearned,
    prepare() {},
    probabilityOfLogged(chunk) {
      if (chunk.propensity === undefined)
        throw new OffPolicyEvaluationError(
          "NOT_COMPUTABLE",
          "logged: the log holds no propensities, so what its policy would do is not known; choose another policy",
        );
      return chunk.propensity;
    },
    distribution: undefined,
  };
}

/** A policy whose probability of the logged action is a column of the log. */
export function columnPolicy(column: string): LoggedPolicy {
  let index = -1;
  return {
    label: `column:${column}`,
    carry: [],
    ...nothingLearned,
    prepare(reader) {
      index = reader.probabilities.indexOf(column);
      if (index < 0)
        throw new OffPolicyEvaluationError("BAD_OPTION", `column:${column}: the log was opened without it`);
    },
    probabilityOfLogged: (chunk) => chunk.probabilities[index]!,
    distribution: undefined,
  };
}

/** A policy that looks at nothing but the position: a table of probabilities. */
export function tablePolicy(table: CandidateTable, label: string, sha256: string): LoggedPolicy {
  let open: DecisionLogReader | undefined;
  let width = 0;
  const lines = new Map<number, Float64Array>();
  const lineOf = (chunk: DecisionLogChunk, row: number): Float64Array => {
    const at = chunk.position?.[row] ?? 0;
    let line = lines.get(at);
    if (line === undefined) {
      // Its own place is the first one, so that one line is made however far down it is.
      const position = chunk.position === undefined ? undefined : Int32Array.of(0);
      const { actions, positionBase } = open!;
      line = named(() =>
        tableDistributions(table, { actions, action: undefined, position, positionBase: positionBase + at }),
      );
      lines.set(at, line);
    }
    return line;
  };
  const named = <Result>(act: () => Result): Result => {
    try {
      return act();
    } catch (cause) {
      if (!(cause instanceof OffPolicyEvaluationError)) throw cause;
      const message = cause.message.replace("candidate table", label);
      throw new OffPolicyEvaluationError(cause.code, message, { cause });
    }
  };
  return {
    label,
    carry: [],
    learnedFrom: [],
    sha256,
    prepare(reader) {
      if (reader.actions === undefined)
        throw new OffPolicyEvaluationError(
          "NOT_COMPUTABLE",
          `${label}: the log has no action column, so a table says nothing of it`,
        );
      open = reader;
      width = reader.actions.length;
      lines.clear();
    },
    probabilityOfLogged: (chunk) =>
      Float64Array.from(chunk.action!, (action, row) => lineOf(chunk, row)[action]!),
    distribution(chunk) {
      const out = new Float64Array(chunk.rowCount * width);
      for (let row = 0; row < chunk.rowCount; row++) out.set(lineOf(chunk, row), row * width);
      return out;
    },
  };
}
