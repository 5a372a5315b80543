/**
 * How often the launch gate ships when growing data is looked at forty times, without an effect and with one.
 *
 * Worlds: those of `gate-launches/launch-world.ts`, 20 items, drawn anew each time; every decision is another user's. Without an
 * effect the candidate differs from the logging policy (tilts of 0.3, 0.5 and 0.7) and earns exactly the same. With an effect the
 * lift is what one look at all the data would show with a power of 90 % (and twice that). It ships at the first look at which the
 * gate's success test says "better": the lower bound of the lift is above 0.
 *
 * Bar: the gate's sequential modes ship at most 5 % of the launches without effect.
 */
import { parseGateSpec, type GateSpecInput } from "@longview/formats";
import { judgeLaunch } from "@longview/off-policy-evaluation";
import { deriveKey, foldIn, rootKey, type RandomKey } from "@longview/statistics";
import { binomialBounds } from "./gate-launches/binomial-bounds.ts";
import type { LaunchKind } from "./gate-launches/launch-kinds.ts";
import { liftVariance, POWERFUL } from "./gate-launches/launch-truth.ts";
import { drawWorld, type LaunchWorld } from "./gate-launches/launch-world.ts";
import { arrivals, GrowingLaunch, prefixLog } from "./gate-launches/looking.ts";
import { median, numberOption } from "./measure.ts";
import { Report } from "./row.ts";

const LOOKS = 40;
const ROWS_A_LOOK = 500;
const DISTANCES = [0.3, 0.5, 0.7];
const RULES = {
  unlimited: "gate, looks: unlimited",
  planned: "gate, looks: { planned: 40 }",
  once: "gate, looks: once, looked at 40 times",
  student: "t, two-sided 95 %, 40 times",
  studentOneSided: "t, one-sided 95 %, 40 times",
} as const;
type Rule = keyof typeof RULES;
const RULE_NAMES: readonly Rule[] = ["unlimited", "planned", "once", "student", "studentOneSided"];

function launchOf(lift: number): LaunchKind {
  return {
    kind: lift === 0 ? "no effect" : "real win",
    variant: "peeking",
    launches: 0,
    effects: [],
    distances: DISTANCES,
    rows: [],
    harmSource: "items",
    harmLogged: 0.008,
  };
}

function worldOf(lift: number, distance: number, key: RandomKey): LaunchWorld {
  return drawWorld(
    launchOf(lift),
    {
      effects: { engagement: lift, longRunValue: 0, newCreatorShare: 0, harm: 0.008 },
      distance,
      items: 20,
      rows: 0,
      mass: 0,
    },
    key,
  );
}

/** A world whose lift is `times` what one look at all the data shows with a power of 90 %. */
function powered(times: number, distance: number, key: RandomKey): LaunchWorld {
  if (times === 0) return worldOf(0, distance, key);
  let lift = 0.005 * times;
  // The variance depends on the candidate, and so a little on the lift.
  for (let round = 0; round < 4; round++)
    lift =
      times * POWERFUL * Math.sqrt(liftVariance(worldOf(lift, distance, key), 1) / (LOOKS * ROWS_A_LOOK));
  return worldOf(lift, distance, key);
}

/** The look at which each rule ships, from 1; 0 where it never does. */
function firstShips(world: LaunchWorld, key: RandomKey): Record<Rule, number> {
  const drawn = arrivals(world, LOOKS * ROWS_A_LOOK, key);
  const growing = new GrowingLaunch(world, LOOKS);
  const ships: Record<Rule, number> = { unlimited: 0, planned: 0, once: 0, student: 0, studentOneSided: 0 };
  for (let look = 1; look <= LOOKS; look++) {
    growing.add(drawn, (look - 1) * ROWS_A_LOOK, look * ROWS_A_LOOK);
    const bounds = growing.bounds();
    for (const rule of RULE_NAMES) if (ships[rule] === 0 && bounds[rule] > 0) ships[rule] = look;
  }
  return ships;
}

/** Largest difference between the gate's own lower bounds on prefixes of a log and those used here. */
async function disagreement(world: LaunchWorld, key: RandomKey): Promise<number> {
  const drawn = arrivals(world, LOOKS * ROWS_A_LOOK, key);
  const growing = new GrowingLaunch(world, LOOKS);
  let largest = 0;
  for (let look = 1; look <= LOOKS; look++) {
    const rows = look * ROWS_A_LOOK;
    growing.add(drawn, rows - ROWS_A_LOOK, rows);
    if (look % 13 !== 1) continue;
    const bounds = growing.bounds();
    for (const [rule, looks] of [
      ["unlimited", "unlimited"],
      ["planned", { planned: LOOKS }],
      ["once", "once"],
    ] as const) {
      const lower = await gateLower(world, { drawn, rows, looks });
      largest = Math.max(largest, Math.abs(lower - bounds[rule]));
    }
  }
  return largest;
}

async function gateLower(
  world: LaunchWorld,
  {
    drawn,
    rows,
    looks,
  }: {
    readonly drawn: ReturnType<typeof arrivals>;
    readonly rows: number;
    readonly looks: NonNullable<GateSpecInput["looks"]>;
  },
): Promise<number> {
  const none = { path: "none", sha256: "0".repeat(64) };
  const verdict = await judgeLaunch(prefixLog(world, drawn, rows), {
    spec: parseGateSpec(
      {
        name: "Peeking",
        estimand: { states: "all", attributionWindow: "at once", interference: "none" },
        primary: { metric: "engagement", range: [0, 1] },
        looks,
        estimators: ["ips"],
        evidence: { effectiveSampleSize: 0 },
      } satisfies GateSpecInput,
      "peeking.ts",
    ),
    specFile: none,
    candidate: { label: "candidate", sha256: null },
    incumbent: { label: "logged", sha256: null },
    log: {
      files: [{ ...none, rows }],
      layout: "synthetic",
      rowsRead: rows,
      rowsKept: rows,
      rowsQuarantined: 0,
      rowsLeftOut: 0,
      quarantineFile: null,
      violations: [],
      notChecked: [],
    },
    learnedFrom: [],
    estimatedPropensities: undefined,
    code: { version: "benchmark", commit: null, modified: null },
  });
  return verdict.metrics[0]!.lift.lower ?? -Infinity;
}

/** `--worlds N` (2,000) without an effect, and a quarter of them with each effect. */
export async function run(args: readonly string[]): Promise<number> {
  const worlds = numberOption(args, "worlds", 2000);
  const report = new Report("peeking", args);
  const root = rootKey("peeking");
  for (const times of [0, 1, 2]) {
    const key = deriveKey(root, `effect ${times}`);
    const count = times === 0 ? worlds : Math.ceil(worlds / 4);
    const ships = Array.from({ length: count }, (_, world) => {
      const own = foldIn(key, world);
      return firstShips(powered(times, DISTANCES[world % DISTANCES.length]!, foldIn(own, 0)), foldIn(own, 1));
    });
    for (const rule of RULE_NAMES) {
      const looks = ships.map((first) => first[rule]).filter((look) => look > 0);
      const [lower, upper] = binomialBounds(looks.length, count);
      const barred = times === 0 && (rule === "unlimited" || rule === "planned");
      report.add({
        name: `peeking: ${times === 0 ? "no effect" : `effect of ${times === 1 ? "90 % power" : "twice that"} at the end`}; ${RULES[rule]}`,
        measured: looks.length / count,
        unit: "share that ships",
        comparedWith: `${looks.length} of ${count}; exact 95 % bounds ${lower.toFixed(4)} to ${upper.toFixed(4)}`,
        ratio: null,
        bar: barred ? "<= 0.05" : null,
        met: barred ? looks.length <= 0.05 * count : null,
        note:
          `${LOOKS} looks of ${ROWS_A_LOOK} decisions` +
          (looks.length === 0 ? "" : `; those that ship do so at look ${median(looks)} (median)`),
      });
    }
  }
  const key = deriveKey(root, "check");
  let largest = 0;
  for (let world = 0; world < 3; world++)
    largest = Math.max(
      largest,
      await disagreement(
        powered(world, DISTANCES[world]!, foldIn(key, world)),
        foldIn(foldIn(key, world), 1),
      ),
    );
  report.add({
    name: "peeking: bounds used here against the gate's own",
    measured: largest,
    unit: "largest difference",
    comparedWith: "judgeLaunch on prefixes of three logs",
    ratio: null,
    bar: "<= 1e-9",
    met: largest <= 1e-9,
  });
  return report.exitCode;
}
