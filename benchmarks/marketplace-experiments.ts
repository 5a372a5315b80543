/**
 * Experiments inside `marketplace/content-v1` beside the true total effect, which forks of the same world under one arm each give.
 *
 * Every world is warmed up under control; then each design runs on a fork of it, and everyone is put in treatment and in control on
 * `--futures` lucks. Figures are in percent of control's mean, so that a true effect of about 0 does not blow them up.
 */
import {
  BALANCED_POLICY,
  bySlot,
  estimateEffects,
  featureScore,
  makeWholeMarketplace,
  runExperiment,
  trueEffect,
  UNIT_OF_DESIGN,
  weeklyLooks,
  wholeMarkets,
  type ExperimentRun,
  type MarketplaceDesign,
  type PlatformPolicy,
  type WholeMarketplaceInput,
} from "@longview/marketplace";
import { foldIn, rootKey, sampleRatioTest } from "@longview/statistics";
import { binomialBounds } from "./gate-launches/binomial-bounds.ts";
import { numberOption } from "./measure.ts";
import { Report } from "./row.ts";

interface Case {
  readonly name: string;
  readonly options: WholeMarketplaceInput;
  readonly treatment: PlatformPolicy;
  readonly outcome: string;
  readonly designs: readonly MarketplaceDesign[];
}

const SWITCHBACK = { kind: "switchback", length: 2, washout: 1, order: "paired" } as const;
const MORE_ADS: PlatformPolicy = { ...BALANCED_POLICY, name: "ad load 3", levers: { adLoad: 3 } };
/** Adds to the balanced score: in a test of creators, to the items of those who are treated. */
function boosted(name: string, boost: Readonly<Record<string, number>>): PlatformPolicy {
  return {
    name,
    makeScore() {
      const own = BALANCED_POLICY.makeScore();
      const more = featureScore(boost);
      let added = new Float64Array(0);
      return (scores, rows, row) => {
        if (added.length !== scores.length) added = new Float64Array(scores.length);
        own(scores, rows, row);
        more(added, rows, row);
        for (let m = 0; m < scores.length; m++) scores[m] = scores[m]! + added[m]!;
      };
    },
  };
}
/** The same for every item, so that nothing changes where all are treated. */
const EVERY_ITEM: PlatformPolicy = {
  name: "half a point for every treated item",
  makeScore() {
    const own = BALANCED_POLICY.makeScore();
    return (scores, rows, row) => {
      own(scores, rows, row);
      for (let m = 0; m < scores.length; m++) scores[m] = scores[m]! + 0.5;
    };
  },
};

const CASES: readonly Case[] = [
  {
    name: "ad load 1 to 3, revenue",
    options: {},
    treatment: MORE_ADS,
    outcome: "revenue",
    designs: [
      { kind: "user" },
      { kind: "decision" },
      { kind: "cluster" },
      SWITCHBACK,
      { kind: "budget-split" },
    ],
  },
  {
    name: "ad load 1 to 3, budgets of a quarter, revenue",
    options: { advertising: { campaigns: { dailyBudget: 0.001 } } },
    treatment: MORE_ADS,
    outcome: "revenue",
    designs: [
      { kind: "user" },
      { kind: "decision" },
      { kind: "cluster" },
      SWITCHBACK,
      { kind: "budget-split" },
    ],
  },
  {
    name: "new creators ranked higher, 120 candidates, user value",
    options: { candidates: 120 },
    treatment: boosted("new creators 2", { creatorIsNew: 2 }),
    outcome: "userValue",
    designs: [{ kind: "user" }, { kind: "cluster" }, SWITCHBACK, { kind: "co-diverted" }],
  },
  {
    name: "treated creators ranked higher, looks",
    options: {},
    treatment: EVERY_ITEM,
    outcome: "reward",
    designs: [{ kind: "creator" }, { kind: "two-sided" }],
  },
];

const WARM_DAYS = 14;

interface Sizes {
  readonly worlds: number;
  readonly users: number;
  readonly days: number;
  readonly futures: number;
}

function warmWorld({ options }: Case, { users, days }: Sizes, world: number): ExperimentRun {
  const key = foldIn(rootKey("marketplace experiments"), world);
  const whole = { ...options, days: WARM_DAYS + days + 1 };
  return runExperiment(makeWholeMarketplace({ users, options: whole, key }), {
    design: { kind: "everyone", arm: 0 },
    control: BALANCED_POLICY,
    treatment: BALANCED_POLICY,
    days: WARM_DAYS,
    key,
  });
}

interface Found {
  readonly effect: number;
  readonly truth: number;
  readonly control: number;
  readonly covered: boolean;
}

/** Every design's estimates in every world, with the truth of each world. */
function findings(one: Case, sizes: Sizes): ReadonlyMap<string, Found[]> {
  const { treatment, outcome, designs } = one;
  const { days, futures } = sizes;
  const found = new Map<string, Found[]>();
  for (let w = 0; w < sizes.worlds; w++) {
    const warm = warmWorld(one, sizes, w);
    const before = bySlot(warm, outcome);
    const policies = { control: BALANCED_POLICY, treatment, days };
    const markets = wholeMarkets(warm.world, { ...policies, futures });
    for (const design of designs) {
      const key = foldIn(rootKey(`assignment ${design.kind}`), w);
      const run = runExperiment(warm.world, { ...policies, design, key, future: 0 });
      const truth = trueEffect(markets, UNIT_OF_DESIGN[design.kind], outcome);
      for (const [name, { effect, interval }] of Object.entries(estimateEffects(run, { outcome, before }))) {
        const label = `${design.kind}, ${name}`;
        const covered = interval[0] <= truth.effect && truth.effect <= interval[1];
        found.set(label, [
          ...(found.get(label) ?? []),
          { effect, truth: truth.effect, control: truth.control, covered },
        ]);
      }
    }
  }
  return found;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function effectRows(report: Report, one: Case, sizes: Sizes): void {
  for (const [label, found] of findings(one, sizes)) {
    const scale = 100 / mean(found.map(({ control }) => control));
    const errors = found.map(({ effect, truth }) => scale * (effect - truth));
    const bias = mean(errors);
    const spread = errors.reduce((sum, error) => sum + (error - bias) ** 2, 0) / (errors.length - 1);
    const covered = found.filter((one) => one.covered).length;
    const truth = scale * mean(found.map((one) => one.truth));
    if (/direct|spillover/.test(label)) {
      report.add({
        name: `experiment: ${one.name}: ${label}`,
        measured: truth + bias,
        unit: "% of control's mean",
        comparedWith: "a part of the two-sided total, no estimate of the total effect by itself",
        ratio: null,
        bar: null,
        met: null,
      });
      continue;
    }
    report.add({
      name: `experiment: ${one.name}: ${label}`,
      measured: bias,
      unit: "bias, % of control's mean",
      comparedWith: `standard error ${Math.sqrt(spread / errors.length).toFixed(1)}; says ${(truth + bias).toFixed(1)} %, truth ${truth.toFixed(1)} %; error of one experiment ${Math.sqrt(mean(errors.map((error) => error * error))).toFixed(1)}; 95 % intervals hold the truth in ${covered} of ${found.length}`,
      ratio: null,
      bar: null,
      met: null,
      note: `${sizes.worlds} worlds of ${sizes.users} users, ${WARM_DAYS} days before and ${sizes.days} days of experiment, truth from ${sizes.futures} futures`,
    });
  }
}

const NULL_DESIGNS: readonly MarketplaceDesign[] = [
  { kind: "user" },
  { kind: "decision" },
  SWITCHBACK,
  { kind: "budget-split" },
  { kind: "creator" },
  { kind: "two-sided" },
];

/** Without a treatment: how often intervals hold 0, weekly looks stop, and the sample-ratio test warns. */
function nullRows(report: Report, sizes: Sizes): void {
  const [one] = CASES;
  const held = new Map<string, number[]>();
  let stopped = 0;
  let warned = 0;
  for (let w = 0; w < sizes.worlds; w++) {
    const warm = warmWorld(one!, sizes, w);
    for (const design of NULL_DESIGNS) {
      const run = runExperiment(warm.world, {
        control: BALANCED_POLICY,
        treatment: BALANCED_POLICY,
        days: sizes.days,
        design,
        key: foldIn(rootKey(`null ${design.kind}`), w),
      });
      const ofCreators = design.kind === "creator" || design.kind === "two-sided";
      for (const outcome of ofCreators ? ["looks"] : ["userValue", "revenue"]) {
        const before = ofCreators ? undefined : bySlot(warm, outcome);
        const estimates = estimateEffects(run, { outcome, ...(before === undefined ? {} : { before }) });
        for (const [name, { interval }] of Object.entries(estimates)) {
          const label = `${outcome}: ${design.kind}, ${name}`;
          held.set(label, [...(held.get(label) ?? []), interval[0] <= 0 && 0 <= interval[1] ? 1 : 0]);
        }
      }
      if (design.kind !== "user") continue;
      const looks = weeklyLooks(run, { outcome: "userValue" });
      if (looks.some(({ interval }) => interval[0] > 0 || interval[1] < 0)) stopped++;
      const treated = run.assignment.userArm.reduce((sum, arm) => sum + arm, 0);
      if (sampleRatioTest([run.users - treated, treated], [1, 1]).pValue < 0.001) warned++;
    }
  }
  const row = (name: string, count: number, nominal: number, judged = true): void => {
    const [low, high] = binomialBounds(count, sizes.worlds, 0.999);
    report.add({
      name: `experiment: no treatment: ${name}`,
      measured: count / sizes.worlds,
      unit: "share of experiments",
      comparedWith: `${count} of ${sizes.worlds}; exact 99.9 % bounds ${low.toFixed(3)} to ${high.toFixed(3)}`,
      ratio: null,
      bar: judged ? `nominal ${nominal} inside the bounds, or on the safe side` : null,
      met: judged ? (nominal > 0.5 ? high >= nominal : low <= nominal) : null,
    });
  };
  for (const [label, holds] of held) {
    // its interval is over users alone: that arms have different campaigns is not in it
    const judged = !label.startsWith("revenue: budget-split");
    row(
      `${label}, interval holds 0`,
      holds.reduce((a, b) => a + b),
      0.95,
      judged,
    );
  }
  row("user, weekly looks ever say otherwise", stopped, 0.05);
  row("user, sample-ratio test warns at 0.001", warned, 0.001);
}

/** `npm run bench -- marketplace-experiments [--worlds 40] [--users 256] [--days 28] [--futures 3]` */
export function run(args: readonly string[]): number {
  const report = new Report("marketplace-experiments", args);
  const sizes = {
    worlds: numberOption(args, "worlds", 40),
    users: numberOption(args, "users", 256),
    days: numberOption(args, "days", 28),
    futures: numberOption(args, "futures", 3),
  };
  for (const one of CASES) effectRows(report, one, sizes);
  nullRows(report, sizes);
  return report.exitCode;
}
