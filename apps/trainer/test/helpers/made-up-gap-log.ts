import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { rootKey } from "@longview/statistics";
import { drawLog } from "../../../../benchmarks/gaps/log-world.ts";

/** Where a made-up log and its table of items lie. */
export interface GapLogFiles {
  readonly log: string;
  readonly items: string;
}

/**
 * Writes the log of a world whose gaps are known, with columns beside the contract's own: `query` (the topic asked for),
 * `blocked` (positions), `age` and `place`; and its items.
 */
export function writeGapLog(folder: string, users: number): GapLogFiles {
  const world = drawLog(rootKey("command"), true, users);
  const { topics, segments, contexts } = world.axes;
  const rows: string[] = [];
  let number = 0;
  for (const decision of world.decisions() as Iterable<{
    readonly unit: number;
    readonly segment: number;
    readonly context: number;
    readonly outcome: number;
    readonly candidates: readonly number[];
    readonly slate: readonly number[];
    readonly blocked: readonly number[];
    readonly wanted: number;
  }>) {
    const placeOf = (item: number): number => decision.candidates.indexOf(item);
    rows.push(
      JSON.stringify({
        decision_id: `d${number}`,
        unit_id: `u${decision.unit}`,
        session_id: `s${number}`,
        step: 0,
        timestamp: 1_700_000_000 + 130 * number++,
        policy_id: "main",
        random_key: "",
        context: [decision.context, decision.unit],
        candidates: decision.candidates.map((item) => ({
          item_id: `i${item}`,
          creator_id: `c${item % 7}`,
          features: topics.map((_, topic) => (world.topicOf[item] === topic ? 1 : 0)),
        })),
        slate: decision.slate.map(placeOf),
        slate_propensity: 0.5,
        position_propensities: decision.slate.map(() => 0.5),
        objectives: { click: decision.outcome },
        costs: {},
        terminated: true,
        truncated: false,
        outcomes_complete: true,
        query: topics[decision.wanted],
        blocked: decision.blocked.map(placeOf),
        age: segments[decision.segment],
        place: contexts[decision.context],
      }),
    );
  }
  const files = { log: join(folder, `log-${users}.jsonl`), items: join(folder, `items-${users}.csv`) };
  writeFileSync(files.log, `${rows.join("\n")}\n`);
  const items = world.topicOf.map(
    (topic, item) => `i${item},${topics[topic]},c${item % 7},${item % 12 < 2 ? 30 + item : 200 + item}`,
  );
  writeFileSync(files.items, `item_id,topic,creator_id,lengthSeconds\n${items.join("\n")}\n`);
  return files;
}
