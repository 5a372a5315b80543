import { jsonText, writeFileAtomic } from "@longview/formats";
import {
  BANDIT_ESTIMATORS,
  checkEstimatorNames,
  estimateLaunch,
  type EstimatePlan,
  type LaunchLog,
} from "@longview/off-policy-evaluation";
import { chooseDisplay } from "../display/choose-display.ts";
import { estimateLines, type PrintedEstimate } from "../display/print-estimate.ts";
import { EXIT, UsageError } from "../exit-codes.ts";
import { StoppedByUser, withLaunch } from "../launch/open-launch.ts";
import { requireApart } from "../launch/output-apart.ts";
import { outcomeRanges } from "../launch/outcome-ranges.ts";
import { listenForInterrupt } from "../run/interrupt.ts";
import { requireWritableFile } from "../run/output-paths.ts";

/** The options of `longview estimate`. */
export interface EstimateCommandOptions {
  readonly log: readonly string[];
  readonly columns?: string;
  readonly candidate: string;
  readonly incumbent: string;
  readonly metric: readonly string[];
  readonly range: readonly string[];
  readonly estimators: string;
  readonly rewardModel: string;
  readonly confidence: string;
  readonly horizon: string;
  readonly discountFactor: string;
  readonly quarantine?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** `longview estimate`: what a candidate is worth on a log, by several estimators, without a verdict. Returns the exit code. */
export async function estimateCommand(options: EstimateCommandOptions): Promise<number> {
  const asked = askedOf(options);
  const ranges = rangesOf(options.range);
  requireApart(
    [
      ["--out", options.out],
      ["--quarantine", options.quarantine],
    ],
    options,
  );
  if (options.out !== undefined) requireWritableFile("--out", options.out);
  if (options.quarantine !== undefined) requireWritableFile("--quarantine", options.quarantine);
  const display = await chooseDisplay(options.json === true, 1);
  const interrupt = listenForInterrupt(display, "after the rows that are being read");
  try {
    const estimate = await withLaunch(
      { ...options, segments: [] },
      { display, stopped: interrupt.stopped },
      async ({ log, facts }): Promise<PrintedEstimate> => ({
        candidate: facts.candidate,
        incumbent: facts.incumbent,
        log: facts.log,
        propensities: facts.estimatedPropensities === undefined ? "logged" : "estimated",
        ...(await estimateLaunch(log, { ...asked, metrics: await metricsOf(log, options.metric, ranges) })),
      }),
    );
    if (interrupt.stopped()) return EXIT.interrupted;
    if (options.out !== undefined) writeFileAtomic(options.out, jsonText(estimate));
    display.close();
    process.stdout.write(
      options.json === true
        ? `${JSON.stringify(estimate)}\n`
        : `${[
            ...estimateLines(estimate),
            ...(options.out === undefined ? [] : ["", `numbers ${options.out}`]),
          ].join("\n")}\n`,
    );
    return EXIT.done;
  } catch (error) {
    if (error instanceof StoppedByUser) return EXIT.interrupted;
    throw error;
  } finally {
    display.close();
    interrupt.release();
  }
}

function askedOf(options: EstimateCommandOptions): Omit<EstimatePlan, "metrics"> {
  const named = [...new Set(options.estimators.split(",").map((name) => name.trim()))];
  const estimators = named.includes("all") ? BANDIT_ESTIMATORS.map(({ id }) => id) : named;
  checkEstimatorNames(estimators);
  const { rewardModel } = options;
  if (!isRewardModel(rewardModel))
    throw new UsageError(
      `--reward-model: found ${JSON.stringify(rewardModel)}, allowed: ${REWARD_MODELS.join(", ")}`,
    );
  const horizon = numberWithin("--horizon", options.horizon, [1, 10_000]);
  if (!Number.isInteger(horizon))
    throw new UsageError(`--horizon: found ${options.horizon}, allowed: a whole number from 1 to 10000`);
  return {
    estimators,
    rewardModel,
    horizon,
    confidence: numberWithin("--confidence", options.confidence, [0.5, 0.999_999]),
    discountFactor: numberWithin("--discount-factor", options.discountFactor, [1e-9, 1]),
    looks: "once",
    everyMetric: true,
  };
}

const REWARD_MODELS = ["auto", "linear", "logistic", "mlp"] as const;

function isRewardModel(name: string): name is (typeof REWARD_MODELS)[number] {
  return REWARD_MODELS.some((known) => known === name);
}

function numberWithin(option: string, text: string, [least, most]: readonly [number, number]): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (!(value >= least && value <= most))
    throw new UsageError(
      `${option}: found ${JSON.stringify(text)}, allowed: a number from ${least} to ${most}`,
    );
  return value;
}

/** Bounds beyond which squares of outcomes overflow. */
const LARGEST_BOUND = 1e100;

/** `METRIC=LEAST,MOST`, each metric once. */
function rangesOf(texts: readonly string[]): Map<string, readonly [number, number]> {
  const ranges = new Map<string, readonly [number, number]>();
  for (const text of texts) {
    const at = text.lastIndexOf("=");
    const metric = text.slice(0, Math.max(0, at));
    const [least = "", most = "", ...rest] = text.slice(at + 1).split(",");
    const range = [Number(least), Number(most)] as const;
    const numbers =
      least.trim() !== "" && most.trim() !== "" && range.every((bound) => Math.abs(bound) <= LARGEST_BOUND);
    if (metric === "" || rest.length > 0 || !numbers || !(range[0] < range[1]))
      throw new UsageError(
        `--range: found ${JSON.stringify(text)}, allowed: METRIC=LEAST,MOST with two numbers in order, as in revenue=0,100`,
      );
    if (ranges.has(metric)) throw new UsageError(`--range: ${metric} is given twice`);
    ranges.set(metric, range);
  }
  return ranges;
}

async function metricsOf(
  log: LaunchLog,
  named: readonly string[],
  ranges: ReadonlyMap<string, readonly [number, number]>,
): Promise<EstimatePlan["metrics"]> {
  const wanted =
    named.length > 0 ? [...new Set(named)] : ranges.size > 0 ? [...ranges.keys()] : log.metrics.slice(0, 1);
  for (const metric of [...wanted, ...ranges.keys()])
    if (!log.metrics.includes(metric))
      throw new UsageError(
        `${named.includes(metric) ? "--metric" : "--range"}: found ${JSON.stringify(metric)}, allowed: ${log.metrics.join(", ")}`,
      );
  const guessed = await outcomeRanges(
    log,
    wanted.filter((metric) => !ranges.has(metric)),
  );
  return wanted.map((metric) => ({
    metric,
    range: ranges.get(metric) ?? guessed.find((entry) => entry.metric === metric)?.range ?? [0, 1],
  }));
}
