import { deriveKey, foldIn, meanInterval, type RandomKey } from "@longview/statistics";
import type { Actor } from "../baselines/actor.ts";
import type { ContentMarketplace } from "../content/content-marketplace.ts";
import type { MarketplaceId } from "../content/definition.ts";
import type { WholeMarketplaceInput } from "../content/options.ts";
import { simulateFrom, simulateWorld, type SimulateFromOptions, type WorldResult } from "./simulate-world.ts";

/** Makes an actor afresh for every world, since actors may keep state. */
export type MakeActor = () => Actor<ContentMarketplace>;

/** Two policies in the same worlds. */
export interface ComparePoliciesOptions extends SimulateFromOptions {
  readonly id?: MarketplaceId;
  readonly options?: WholeMarketplaceInput;
  readonly users?: number;
  /** World w has the key `foldIn(key, w)`, for both policies. */
  readonly key: RandomKey;
  readonly first: MakeActor;
  readonly second: MakeActor;
  /** Independent worlds. @defaultValue 20 */
  readonly worlds?: number;
  /** Confidence of the intervals. @defaultValue 0.95 */
  readonly confidence?: number;
}

/** One figure of both policies: means over worlds, and the paired difference second − first. */
export interface ComparedFigure {
  readonly first: number;
  readonly second: number;
  readonly difference: number;
  /** Student's interval of the mean of the worlds' differences: worlds are independent, users are not. */
  readonly interval: readonly [number, number];
}

/** What {@link comparePolicies} finds. */
export interface PolicyComparison {
  readonly worlds: number;
  /** `value`, `undiscountedValue`, `decisions`, `churned`, every objective and every cost, and the last day's ecosystem. */
  readonly figures: Readonly<Record<string, ComparedFigure>>;
}

/** All figures of a world by name. */
export function figuresOf(result: WorldResult): Record<string, number> {
  const { value, undiscountedValue, decisions, churned, objectives, costs, daily } = result;
  const { day: _day, ...last } = daily[daily.length - 1]!;
  return { value, undiscountedValue, ...objectives, ...costs, churned, ...last, decisions };
}

/**
 * The difference between two policies in independent worlds, each of which both live on the same luck: the same key gives
 * the same user the same luck. In a simulated world it is the true effect, up to how much worlds differ, which the paired
 * interval says.
 *
 * @throws RangeError for fewer than 2 worlds
 */
export async function comparePolicies(settings: ComparePoliciesOptions): Promise<PolicyComparison> {
  const { worlds = 20, key, first, second, confidence } = settings;
  const pairs: ResultPair[] = [];
  for (let world = 0; world < worlds; world++) {
    const run = (make: MakeActor): Promise<WorldResult> =>
      simulateWorld({ ...settings, key: foldIn(key, world), actor: make() });
    pairs.push([await run(first), await run(second)]);
  }
  return compared(pairs, confidence);
}

/** What {@link compareFrom} needs beside the world. */
export interface CompareFromOptions extends SimulateFromOptions {
  readonly first: MakeActor;
  readonly second: MakeActor;
  /** How many futures of the world's state; each is another luck from here on. @defaultValue 20 */
  readonly futures?: number;
  readonly confidence?: number;
  /** Key of what the actors draw. */
  readonly key: RandomKey;
}

/**
 * The effect of launching the second policy instead of the first from a world's present state on: both go on from forks of
 * it, on the same luck, over several futures. The world itself does not change.
 */
export async function compareFrom(
  world: ContentMarketplace,
  settings: CompareFromOptions,
): Promise<PolicyComparison> {
  const { futures = 20, first, second, key, confidence } = settings;
  const pairs: ResultPair[] = [];
  for (let future = 0; future < futures; future++) {
    const run = (make: MakeActor): Promise<WorldResult> => {
      const twin = world.fork(future);
      const actor = make();
      actor.start?.(twin, foldIn(deriveKey(key, "actor"), future));
      return simulateFrom(twin, actor, settings);
    };
    pairs.push([await run(first), await run(second)]);
  }
  return compared(pairs, confidence);
}

type ResultPair = readonly [WorldResult, WorldResult];

function compared(pairs: readonly ResultPair[], confidence = 0.95): PolicyComparison {
  if (pairs.length < 2) throw new RangeError(`comparing needs >= 2 worlds, got ${pairs.length}`);
  const sides = pairs.map(([first, second]) => [figuresOf(first), figuresOf(second)] as const);
  const figures: Record<string, ComparedFigure> = {};
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  for (const name of Object.keys(sides[0]![0])) {
    const of = (side: 0 | 1): number[] => sides.map((both) => both[side][name]!);
    const first = of(0);
    const second = of(1);
    const differences = second.map((value, i) => value - first[i]!);
    const [low, high] = meanInterval(differences, { confidence }).interval;
    figures[name] = {
      first: mean(first),
      second: mean(second),
      difference: mean(differences),
      interval: [low, high],
    };
  }
  return { worlds: pairs.length, figures };
}
