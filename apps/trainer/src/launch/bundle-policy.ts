import { join } from "node:path";
import {
  sha256OfFile,
  type DecisionLogChunk,
  type DecisionLogReader,
  type Manifest,
} from "@longview/formats";
import { OffPolicyEvaluationError, type LoggedPolicy } from "@longview/off-policy-evaluation";
import { bundleFeatures, openBundlePolicy, parseServedPolicyId } from "@longview/policies";
import { UsageError } from "../exit-codes.ts";
import { CARRIED_COLUMNS, carriedDecision, type CarriedDecision } from "./carried-decision.ts";

/** Rows of a chunk, scored. */
interface ScoredChunk {
  readonly decisions: readonly CarriedDecision[];
  readonly scores: readonly Float64Array[];
}

/**
 * An exported policy as a logged one: it scores each row's own candidates with its `policy.onnx`, just as
 * `simulate-log` does when it decides, so a log of the bundle itself gives back its propensities.
 *
 * A chunk's columns are JSON: ask the reader for a few thousand rows at a time.
 *
 * @throws {UsageError} one line that names the bundle's file which is missing or damaged, or its continuous actions
 */
export async function bundlePolicy(folder: string): Promise<LoggedPolicy> {
  const label = `bundle:${folder}`;
  const policy = await openBundlePolicy(folder).catch((cause: unknown) => {
    throw new UsageError(`${label}: ${cause instanceof Error ? cause.message : String(cause)}`);
  });
  const scored = new WeakMap<DecisionLogChunk, Promise<ScoredChunk>>();
  let files: readonly string[] = [];
  let actions: ReadonlyMap<string, number> | undefined;

  const refuse = (chunk: DecisionLogChunk, row: number, problem: string): OffPolicyEvaluationError =>
    new OffPolicyEvaluationError(
      "BAD_VALUE",
      `${label}: ${files[chunk.file[row]!] ?? "log"} row ${chunk.row[row]}: ${problem}`,
    );

  const decisionsOf = (chunk: DecisionLogChunk): CarriedDecision[] =>
    Array.from({ length: chunk.rowCount }, (_, row) => {
      const decision = carriedDecision(chunk, row);
      if (typeof decision === "string") throw refuse(chunk, row, decision);
      const problem = policy.explainMismatch(decision);
      if (problem !== undefined) throw refuse(chunk, row, problem);
      return decision;
    });

  const score = (chunk: DecisionLogChunk): Promise<ScoredChunk> => {
    const known = scored.get(chunk);
    if (known !== undefined) return known;
    const decisions = decisionsOf(chunk);
    const result = policy.scores(decisions).then((scores) => ({ decisions, scores }));
    scored.set(chunk, result);
    return result;
  };

  const distribution = async (chunk: DecisionLogChunk): Promise<Float64Array> => {
    const { decisions, scores } = await score(chunk);
    const width = actions?.size ?? 0;
    const out = new Float64Array(chunk.rowCount * width);
    decisions.forEach(({ candidates }, row) => {
      const probabilities = policy.distribution(scores[row]!);
      candidates.forEach(({ item_id }, m) => {
        const action = actions?.get(item_id);
        if (action !== undefined) out[row * width + action]! += probabilities[m]!;
      });
    });
    return out;
  };

  return {
    label,
    carry: CARRIED_COLUMNS,
    async prepare(reader: DecisionLogReader) {
      if (reader.report.layout !== "decision-log")
        throw new OffPolicyEvaluationError(
          "NOT_COMPUTABLE",
          `${label}: scores context and candidates of a decision log, and ${reader.report.files[0]!.path} is read by the layout ${reader.report.layout}`,
        );
      files = reader.report.files.map(({ path }) => path);
      checkFeatures(label, policy.manifest, reader);
      actions =
        reader.slateSize === 1 && reader.actions !== undefined
          ? new Map(reader.actions.map((item, number) => [item, number]))
          : undefined;
      // One row shows whether the features fit at all, before anything is computed.
      for await (const chunk of reader.chunks({ rows: 1 })) {
        decisionsOf(chunk);
        break;
      }
    },
    async probabilityOfLogged(chunk) {
      const { decisions, scores } = await score(chunk);
      return Float64Array.from(decisions, (decision, row) =>
        Math.exp(policy.logProbability(decision, scores[row]!, decision.slate)),
      );
    },
    get distribution() {
      return actions === undefined ? undefined : distribution;
    },
    learnedFrom: policy.manifest.lineage.logs,
    sha256: sha256OfFile(join(folder, "manifest.json")),
  };
}

/** A row's numbers are in the order of the policy that decided: another policy may read others at the same places. */
function checkFeatures(label: string, manifest: Manifest, reader: DecisionLogReader): void {
  const own = bundleFeatures(manifest);
  for (const { id } of reader.policies ?? []) {
    const logged = reader.policyFeatures[parseServedPolicyId(id).bundle];
    if (logged === undefined) continue;
    for (const part of ["context", "candidates"] as const) {
      const at = Array.from({ length: Math.max(own[part].length, logged[part].length) }, (_, i) => i).find(
        (i) => own[part][i] !== logged[part][i],
      );
      if (at !== undefined)
        throw new OffPolicyEvaluationError(
          "BAD_VALUE",
          `${label}: reads ${own[part][at] ?? "nothing"} where the rows of policy ${id} hold ${logged[part][at] ?? "nothing"} ` +
            `(${part}, place ${at}): it can be valued on logs of policies with its own features in its own order alone`,
        );
    }
  }
}
