/**
 * What the launch gate says of 2,120 synthetic launches whose truth is known: the kinds and their numbers stand in
 * `gate-launches/launch-kinds.ts`, the specification in `gate-launches/launch-spec.ts`.
 *
 * Bars: of the launches that should not ship at most 5 % do, and none of the unsafe and the corrupted; of the real wins, sized for a
 * power of 90 %, at least 70 % do.
 */
import type { Verdict } from "@longview/formats";
import { judgeLaunch, OffPolicyEvaluationError } from "@longview/off-policy-evaluation";
import { deriveKey, foldIn, rootKey, type RandomKey } from "@longview/statistics";
import { binomialBounds } from "./gate-launches/binomial-bounds.ts";
import { KIND_NAMES, LAUNCH_KINDS, type LaunchKind, settingsOf } from "./gate-launches/launch-kinds.ts";
import { drawLog } from "./gate-launches/launch-sample.ts";
import { launchSpec } from "./gate-launches/launch-spec.ts";
import { sizedRows, truthOf } from "./gate-launches/launch-truth.ts";
import { drawWorld } from "./gate-launches/launch-world.ts";
import { numberOption, textOption } from "./measure.ts";
import { Report } from "./row.ts";

const NO_FILE = { path: "none", sha256: "0".repeat(64) };
const VERDICTS = ["SHIP", "HOLD", "NO-DECISION", "refused"] as const;

/** One launch and what the gate said. */
export interface JudgedLaunch {
  readonly launch: LaunchKind;
  readonly index: number;
  readonly rows: number;
  readonly items: number;
  readonly shouldShip: boolean;
  /** `refused`: the log can't answer at all. */
  readonly verdict: (typeof VERDICTS)[number];
  readonly codes: readonly string[];
  /** Lift of engagement: true, and as the gate estimates it. */
  readonly lift: number;
  readonly estimate: number;
  readonly seconds: number;
}

/** Options of {@link judgeOne}. */
export interface JudgeOptions {
  readonly key: RandomKey;
  readonly estimators: readonly string[];
  readonly everyActionPossible: boolean;
}

/** Draws launch `index` of a kind, and judges it. */
export async function judgeOne(
  launch: LaunchKind,
  index: number,
  { key, estimators, everyActionPossible }: JudgeOptions,
): Promise<JudgedLaunch> {
  const settings = settingsOf(launch, index);
  const world = drawWorld(launch, settings, foldIn(key, 0));
  const rows = settings.rows === "sized" ? sizedRows(world) : settings.rows;
  const { log, rowsRead, rowsQuarantined } = drawLog(world, rows, {
    key: foldIn(key, 1),
    corruption: launch.corruption,
  });
  const truth = truthOf(launch, world);
  const began = performance.now();
  let found: Pick<Verdict, "verdict" | "reasons" | "metrics"> | undefined;
  let refusal = "";
  try {
    found = await judgeLaunch(log, {
      spec: launchSpec(estimators, everyActionPossible, launch.harmLimit),
      specFile: NO_FILE,
      candidate: { label: "candidate", sha256: null },
      incumbent: { label: "logged", sha256: null },
      log: {
        files: [{ ...NO_FILE, rows: rowsRead }],
        layout: "synthetic",
        rowsRead,
        rowsKept: log.rowCount,
        rowsQuarantined,
        rowsLeftOut: 0,
        quarantineFile: null,
        violations: [],
        notChecked: [],
      },
      learnedFrom: [],
      estimatedPropensities: undefined,
      code: { version: "benchmark", commit: null, modified: null },
    });
  } catch (error) {
    if (!(error instanceof OffPolicyEvaluationError)) throw error;
    refusal = error.code;
  }
  return {
    launch,
    index,
    rows,
    items: settings.items,
    shouldShip: truth.shouldShip,
    verdict: found?.verdict ?? "refused",
    codes: found?.reasons.map(({ code }) => code) ?? [refusal],
    lift: truth.engagementLift,
    estimate: found?.metrics[0]?.lift.value ?? Number.NaN,
    seconds: (performance.now() - began) / 1000,
  };
}

/**
 * `--share S`: the first S of each kind's launches (1); `--kind NAME`; `--estimators a,b` (ips,snips,dr);
 * `--unknown-support`: the specification does not say that every item could be shown; `--list` prints each launch; `--seed TEXT`.
 */
export async function run(args: readonly string[]): Promise<number> {
  const share = numberOption(args, "share", 1);
  const only = textOption(args, "kind");
  const root = rootKey(textOption(args, "seed") ?? "gate");
  const options = {
    estimators: (textOption(args, "estimators") ?? "ips,snips,dr").split(","),
    everyActionPossible: !args.includes("--unknown-support"),
  };
  const judged: JudgedLaunch[] = [];
  for (const launch of LAUNCH_KINDS) {
    if (only !== undefined && launch.kind !== only) continue;
    const key = deriveKey(root, `${launch.kind}, ${launch.variant}`);
    for (let index = 0; index < Math.ceil(launch.launches * share); index++) {
      const one = await judgeOne(launch, index, { ...options, key: foldIn(key, index) });
      judged.push(one);
      if (args.includes("--list"))
        process.stderr.write(
          `${launch.kind} | ${launch.variant} | ${one.rows} rows, ${one.items} items | ${one.verdict} | ${one.codes.join(" ")} | ` +
            `lift ${one.lift.toFixed(4)} estimate ${one.estimate.toFixed(4)} | ${one.seconds.toFixed(2)} s\n`,
        );
    }
  }
  return reportOf(judged, args);
}

function reportOf(judged: readonly JudgedLaunch[], args: readonly string[]): number {
  const report = new Report("gate", args);
  const shipped = (some: readonly JudgedLaunch[]): number =>
    some.filter(({ verdict }) => verdict === "SHIP").length;
  const rate = (
    name: string,
    some: readonly JudgedLaunch[],
    bar: { readonly text: string; readonly met: boolean } | null,
    note = "",
  ): void => {
    if (some.length === 0) return;
    const [lower, upper] = binomialBounds(shipped(some), some.length);
    report.add({
      name: `gate: ${name}`,
      measured: shipped(some) / some.length,
      unit: "share that ships",
      comparedWith: `${shipped(some)} of ${some.length}; exact 95 % bounds ${lower.toFixed(4)} to ${upper.toFixed(4)}`,
      ratio: null,
      bar: bar?.text ?? null,
      met: bar?.met ?? null,
      ...(note === "" ? {} : { note }),
    });
  };
  const seconds = judged.reduce((sum, one) => sum + one.seconds, 0);
  const bad = judged.filter(({ shouldShip }) => !shouldShip);
  rate(
    "launches that should not ship",
    bad,
    { text: "<= 0.05", met: shipped(bad) <= 0.05 * bad.length },
    `${judged.length} launches, ${seconds.toFixed(0)} s in the gate`,
  );
  for (const kind of ["unsafe", "propensities corrupted"] as const) {
    const some = judged.filter(({ launch }) => launch.kind === kind);
    rate(kind, some, { text: "none", met: shipped(some) === 0 });
  }
  const wins = judged.filter(({ launch }) => launch.kind === "real win");
  rate("real wins", wins, { text: ">= 0.7", met: shipped(wins) >= 0.7 * wins.length });
  for (const kind of KIND_NAMES)
    for (const variant of new Set(
      judged.filter((one) => one.launch.kind === kind).map((o) => o.launch.variant),
    )) {
      const some = judged.filter(({ launch }) => launch.kind === kind && launch.variant === variant);
      const counts = VERDICTS.map(
        (name) => `${name} ${some.filter(({ verdict }) => verdict === name).length}`,
      );
      rate(`${kind} (${variant})`, some, null, `${counts.join(", ")}; ${commonest(some)}`);
    }
  process.stdout.write(`${confusionTable(judged)}\n`);
  return report.exitCode;
}

/** The commonest first reasons of launches that did not ship. */
function commonest(some: readonly JudgedLaunch[]): string {
  const counts = new Map<string, number>();
  for (const { verdict, codes } of some)
    if (verdict !== "SHIP") for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([code, count]) => `${code} ${count}`)
    .join(", ");
}

/** Kind × verdict, as documents hold it. */
function confusionTable(judged: readonly JudgedLaunch[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
  return [
    line(["kind", "launches", "should ship", ...VERDICTS]),
    line(["---", ...Array.from({ length: VERDICTS.length + 2 }, () => "---:")]),
    ...KIND_NAMES.map((kind) => {
      const some = judged.filter(({ launch }) => launch.kind === kind);
      return line([
        kind,
        some.length,
        some.filter(({ shouldShip }) => shouldShip).length,
        ...VERDICTS.map((name) => some.filter(({ verdict }) => verdict === name).length),
      ]);
    }),
  ].join("\n");
}
