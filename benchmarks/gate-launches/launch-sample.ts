import type { LaunchBlock, LaunchLog } from "@longview/off-policy-evaluation";
import { foldIn, type RandomKey, shuffleInto, uniformsInto } from "@longview/statistics";
import { loggedPropensities } from "./corrupted-propensities.ts";
import type { CorruptionName } from "./launch-kinds.ts";
import { GROUPS, type LaunchWorld, METRICS, NOISE, USER_EFFECT } from "./launch-world.ts";

/** A drawn log. */
export interface LaunchSample {
  readonly log: LaunchLog;
  readonly rowsRead: number;
  /** Rows whose propensity is 0, as a reader sets them aside. */
  readonly rowsQuarantined: number;
}

const FIRST_DAY = 1_700_000_000;
const DAYS = 14;
const MOST_DECISIONS = 7;
/** Of a decision: action, three outcomes. */
const DRAWS = 4;

/** Draws `rows` decisions of a world with the logging policy, and what the candidate would have done. */
export function drawLog(
  world: LaunchWorld,
  rows: number,
  { key, corruption }: { readonly key: RandomKey; readonly corruption?: CorruptionName | undefined },
): LaunchSample {
  const { items, logging, candidate, means } = world;
  const unit = visits(rows, foldIn(key, 0));
  const user = new Float64Array(2);
  const draws = new Float64Array(DRAWS);
  const userKey = foldIn(key, 1);
  const rowKey = foldIn(key, 2);
  const cells = new Int32Array(rows);
  const rewards = METRICS.map(() => new Float64Array(rows));
  const [engagement, longRunValue, newCreatorShare, harm] = rewards;
  for (let i = 0; i < rows; i++) {
    uniformsInto(user, 0, 2, userKey.first, userKey.second, unit[i]!, 0);
    uniformsInto(draws, 0, DRAWS, rowKey.first, rowKey.second, i, 0);
    const start = Math.floor(user[0]! * GROUPS) * items;
    let cell = start;
    for (let left = draws[0]! - logging[cell]!; left > 0 && cell < start + items - 1;)
      left -= logging[++cell]!;
    // Rounding may leave a hair of probability after the last item that is shown at all.
    while (logging[cell] === 0) cell--;
    cells[i] = cell;
    const effect = user[1]! < 0.5 ? -USER_EFFECT : USER_EFFECT;
    engagement![i] = draws[1]! < means.engagement[cell]! + effect ? 1 : 0;
    longRunValue![i] = means.longRunValue[cell]! + NOISE * (2 * draws[2]! - 1);
    newCreatorShare![i] = means.newCreatorShare[cell]!;
    harm![i] = draws[3]! < means.harm[cell]! ? 1 : 0;
  }
  const propensity = loggedPropensities(corruption, world, { cells, key: foldIn(key, 3) });
  const kept = Int32Array.from(cells.keys()).filter((i) => propensity[i]! > 0);
  const shown = itemsShown(world);
  const width = shown.length;
  const numberOf = new Int32Array(items).fill(-1);
  shown.forEach((item, number) => (numberOf[item] = number));
  const keptCells = Int32Array.from(kept, (i) => cells[i]!);
  const distribution = new Float64Array(kept.length * width);
  keptCells.forEach((cell, row) => {
    const start = cell - (cell % items);
    for (let k = 0; k < width; k++) distribution[row * width + k] = candidate[start + shown[k]!]!;
  });
  const whole: LaunchBlock = {
    rowCount: kept.length,
    rewards: rewards.map((values) => Float64Array.from(kept, (i) => values[i]!)),
    propensity: Float64Array.from(kept, (i) => propensity[i]!),
    candidate: Float64Array.from(keptCells, (cell) => candidate[cell]!),
    incumbent: undefined,
    candidateDistribution: distribution,
    unit: Float64Array.from(kept, (i) => unit[i]!),
    time: Float64Array.from(kept, (i) => FIRST_DAY + (i / rows) * DAYS * 86_400),
    action: keptCells.map((cell) => numberOf[cell % items]!),
    carried: { group: Array.from(keptCells, (cell) => `group ${Math.floor(cell / items)}`) },
  };
  return {
    log: inMemory(
      whole,
      shown.map((item) => `item ${item}`),
    ),
    rowsRead: rows,
    rowsQuarantined: rows - kept.length,
  };
}

/** The user of each decision: 1 to 7 decisions each, in any order. */
function visits(rows: number, key: RandomKey): Int32Array {
  const unit = new Int32Array(rows);
  const draw = new Float64Array(2);
  for (let at = 0, user = 0; at < rows; user++) {
    uniformsInto(draw, 0, 2, key.first, key.second, user, 0);
    const count = 1 + Math.floor(draw[0]! * MOST_DECISIONS);
    unit.fill(user, at, Math.min(rows, at + count));
    at += count;
  }
  shuffleInto(unit, foldIn(key, 1));
  return unit;
}

/** Items that some group is shown: a log knows no others. */
function itemsShown({ logging, items }: LaunchWorld): number[] {
  return Array.from({ length: items }, (_, item) => item).filter((item) =>
    logging.some((p, cell) => cell % items === item && p > 0),
  );
}

const ROWS = 65_536;

function inMemory(whole: LaunchBlock, actions: readonly string[]): LaunchLog {
  const width = actions.length;
  return {
    rowCount: whole.rowCount,
    metrics: METRICS,
    actions,
    positionBase: 0,
    policies: undefined,
    features: ["group"],
    *blocks(rows = ROWS) {
      for (let from = 0; from < whole.rowCount; from += rows) {
        const to = Math.min(whole.rowCount, from + rows);
        yield {
          rowCount: to - from,
          rewards: whole.rewards.map((values) => values.subarray(from, to)),
          propensity: whole.propensity.subarray(from, to),
          candidate: whole.candidate.subarray(from, to),
          incumbent: undefined,
          candidateDistribution: whole.candidateDistribution?.subarray(from * width, to * width),
          unit: whole.unit?.subarray(from, to),
          time: whole.time?.subarray(from, to),
          action: whole.action?.subarray(from, to),
          carried: { group: whole.carried?.["group"]?.slice(from, to) ?? [] },
        };
      }
    },
  };
}
