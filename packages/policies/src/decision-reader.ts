import type { ChoiceGroup } from "./choice-groups.ts";
import type { GraphFeed } from "./graph-session.ts";
import type { DistributionName } from "./policy-shape.ts";

/** What a policy decides on, as a decision log's row holds it. */
export interface LoggedDecision {
  /** A slate's context; of other policies every observation entry but the mask, one after the other. */
  readonly context: ArrayLike<number>;
  /** What may be shown; of other policies the actions that are allowed. */
  readonly candidates: readonly {
    /** Of a Discrete action its number, of a MultiDiscrete one `component:value`. */
    readonly item_id: string;
    readonly features: ArrayLike<number>;
  }[];
}

/** A decision in typed arrays, as a server holds it. */
export interface DecisionTable {
  readonly context: Float32Array;
  readonly itemIds: readonly string[];
  /** Candidates × features, row after row. */
  readonly features: Float32Array;
  readonly featureCount: number;
}

/** What a policy reads: a bundle's manifest says it. */
export interface PolicyReading {
  readonly distribution: DistributionName;
  /** Shape of one decision's part of each input, in the order of a log's context. */
  readonly observation: Readonly<Record<string, { readonly shape: readonly number[] }>>;
  /** A MultiDiscrete action space's sizes. */
  readonly actionSpace: Readonly<Record<string, unknown>>;
}

/** Turns decisions into a graph's inputs, and its outputs into scores of their candidates. */
export interface DecisionReader {
  readonly inputs: readonly string[];
  readonly output: string;
  explainMismatch(decision: LoggedDecision): string | undefined;
  /** Numbers of one row of the output. */
  width(decision: LoggedDecision): number;
  /** Inputs of `rows` rows, those beyond the decisions zero. The decisions must have the same width. */
  feeds(decisions: readonly LoggedDecision[], rows: number): Readonly<Record<string, GraphFeed>>;
  /**
   * Inputs of one decision in the first of `rows` rows, whose outputs stand in the order of its candidates. Undefined for
   * policies that do not read candidates' features.
   *
   * @throws RangeError one line with what does not fit
   */
  readonly tableFeeds:
    ((table: DecisionTable, rows: number) => Readonly<Record<string, GraphFeed>>) | undefined;
  candidateScores(decision: LoggedDecision, outputs: Readonly<Float32Array>): Float64Array;
  groups(decision: LoggedDecision, slots: number): readonly ChoiceGroup[];
}

/** @throws RangeError for a policy of continuous actions, or one that is described incompletely */
export function decisionReader(reading: PolicyReading): DecisionReader {
  switch (reading.distribution) {
    case "plackett-luce":
      return slateReader(reading);
    case "categorical":
      return actionReader(reading, undefined);
    case "multi-categorical":
      return actionReader(reading, sizesOf(reading.actionSpace));
    case "diagonal-gaussian":
      throw new RangeError(
        "its actions are continuous (diagonal-gaussian), and a decision log holds choices among candidates; allowed: plackett-luce, categorical and multi-categorical",
      );
  }
}

function sizesOf(actionSpace: Readonly<Record<string, unknown>>): readonly number[] {
  const sizes: unknown = actionSpace["sizes"];
  if (!Array.isArray(sizes) || !sizes.every((size) => Number.isSafeInteger(size)))
    throw new RangeError("actionSpace.sizes is missing");
  return sizes.map(Number);
}

function shapeOf({ observation }: PolicyReading, name: string): readonly number[] {
  const entry = observation[name];
  if (entry === undefined) throw new RangeError(`observation.${name} is missing`);
  return entry.shape;
}

function slateReader(reading: PolicyReading): DecisionReader {
  const contextSize = shapeOf(reading, "context").reduce((product, size) => product * size, 1);
  const featureCount = shapeOf(reading, "candidates").at(-1) ?? 0;
  const allowed = new Map<number, Uint8Array>();
  /** A mask that allows everything; one a size is kept, since decisions of a service are much alike. */
  function everything(count: number): Uint8Array {
    let mask = allowed.get(count);
    if (mask === undefined) {
      if (allowed.size >= 64) allowed.clear();
      allowed.set(count, (mask = new Uint8Array(count).fill(1)));
    }
    return mask;
  }
  return {
    inputs: ["context", "candidates", "mask"],
    output: "scores",
    explainMismatch({ context, candidates }) {
      if (context.length !== contextSize)
        return `context has ${context.length} numbers, the policy reads ${contextSize}`;
      const odd = candidates.findIndex(({ features }) => features.length !== featureCount);
      if (odd >= 0)
        return `candidates.${odd} has ${candidates[odd]!.features.length} features, the policy reads ${featureCount}`;
      return candidates.length === 0 ? "has no candidates" : undefined;
    },
    width: ({ candidates }) => candidates.length,
    feeds(decisions, rows) {
      const count = decisions[0]!.candidates.length;
      const context = new Float32Array(rows * contextSize);
      const candidates = new Float32Array(rows * count * featureCount);
      decisions.forEach((decision, row) => {
        context.set(decision.context, row * contextSize);
        decision.candidates.forEach(({ features }, m) =>
          candidates.set(features, (row * count + m) * featureCount),
        );
      });
      return {
        context: { data: context, shape: [rows, contextSize] },
        candidates: { data: candidates, shape: [rows, count, featureCount] },
        mask: { data: everything(rows * count), shape: [rows, count] },
      };
    },
    tableFeeds(table, rows) {
      const count = table.itemIds.length;
      if (table.context.length !== contextSize)
        throw new RangeError(`context has ${table.context.length} numbers, the policy reads ${contextSize}`);
      if (table.featureCount !== featureCount || table.features.length !== count * featureCount)
        throw new RangeError(
          `candidates have ${table.featureCount} features, the policy reads ${featureCount}`,
        );
      return {
        context: { data: padded(table.context, rows), shape: [rows, contextSize] },
        candidates: { data: padded(table.features, rows), shape: [rows, count, featureCount] },
        mask: { data: everything(rows * count), shape: [rows, count] },
      };
    },
    candidateScores: (_, outputs) => new Float64Array(outputs),
    groups: ({ candidates }, slots) => [{ first: 0, candidates: candidates.length, slots }],
  };
}

/** One row's numbers with zeros for the rows beyond it; of one row the numbers themselves. */
function padded(data: Float32Array, rows: number): Float32Array {
  if (rows === 1) return data;
  const out = new Float32Array(rows * data.length);
  out.set(data);
  return out;
}

/** @param sizes - of a MultiDiscrete action's components; undefined for a Discrete action */
function actionReader(reading: PolicyReading, sizes: readonly number[] | undefined): DecisionReader {
  const entries = Object.entries(reading.observation)
    .filter(([name]) => name !== "mask")
    .map(([name, { shape }]) => ({ name, shape, size: shape.reduce((product, size) => product * size, 1) }));
  const contextSize = entries.reduce((sum, { size }) => sum + size, 0);
  const masked = reading.observation["mask"] !== undefined;
  const actionCount =
    sizes === undefined ? Number(reading.actionSpace["size"]) : sizes.reduce((sum, size) => sum + size, 0);
  if (!Number.isSafeInteger(actionCount)) throw new RangeError("actionSpace.size is missing");
  const starts = (sizes ?? []).map((_, i) => sizes!.slice(0, i).reduce((sum, size) => sum + size, 0));

  /** The logit of a candidate, or −1. */
  const logitOf = (item: string): number => {
    const [component, value] = sizes === undefined ? [0, item] : partsOf(item);
    const size = sizes === undefined ? actionCount : sizes[component];
    if (size === undefined || !/^\d{1,9}$/.test(value) || Number(value) >= size) return -1;
    return (starts[component] ?? 0) + Number(value);
  };
  return {
    inputs: [...entries.map(({ name }) => name), ...(masked ? ["mask"] : [])],
    output: "logits",
    explainMismatch({ context, candidates }) {
      if (context.length !== contextSize)
        return `context has ${context.length} numbers, the policy reads ${contextSize}`;
      const odd = candidates.find(({ item_id }) => logitOf(item_id) < 0);
      if (odd !== undefined)
        return `candidate ${JSON.stringify(odd.item_id)} is no action of the policy's; allowed: ${sizes === undefined ? `0 … ${actionCount - 1}` : `component:value, with values below ${sizes.join(", ")}`}`;
      return candidates.length === 0 ? "has no candidates" : undefined;
    },
    width: () => actionCount,
    tableFeeds: undefined,
    feeds(decisions, rows) {
      const feeds: Record<string, GraphFeed> = {};
      let offset = 0;
      for (const { name, shape, size } of entries) {
        const data = new Float32Array(rows * size);
        decisions.forEach(({ context }, row) => {
          for (let i = 0; i < size; i++) data[row * size + i] = context[offset + i]!;
        });
        feeds[name] = { data, shape: [rows, ...shape] };
        offset += size;
      }
      if (masked) {
        const mask = new Uint8Array(rows * actionCount);
        decisions.forEach(({ candidates }, row) => {
          for (const { item_id } of candidates) mask[row * actionCount + logitOf(item_id)] = 1;
        });
        feeds["mask"] = { data: mask, shape: [rows, actionCount] };
      }
      return feeds;
    },
    candidateScores: ({ candidates }, outputs) =>
      Float64Array.from(candidates, ({ item_id }) => outputs[logitOf(item_id)]!),
    groups({ candidates }, slots) {
      if (sizes === undefined) return [{ first: 0, candidates: candidates.length, slots }];
      const groups: { first: number; candidates: number; slots: number }[] = [];
      let component = -1;
      candidates.forEach(({ item_id }, at) => {
        const [own] = partsOf(item_id);
        if (own !== component) groups.push({ first: at, candidates: 0, slots: 1 });
        component = own;
        groups.at(-1)!.candidates++;
      });
      return groups;
    },
  };
}

function partsOf(item: string): readonly [component: number, value: string] {
  const at = item.indexOf(":");
  return at < 1 ? [-1, ""] : [Number(item.slice(0, at)), item.slice(at + 1)];
}
