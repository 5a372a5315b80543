import {
  box,
  packState,
  unpackState,
  type ObservationBuffers,
  type ResetOptions,
  type Space,
  type VectorEnvironment,
} from "@longview/environment";
import { foldIn, rootKey } from "@longview/statistics";
import type { ContentMarketplace } from "../content/content-marketplace.ts";
import { AGENCY_DAILY } from "../content/creator-agency-columns.ts";
import { CLOCK } from "../content/state.ts";
import { LEVER_BOUNDS, LEVER_NAMES } from "../laws/levers.ts";
import { PLATFORM_FEATURES, writePlatformFeatures, type PlatformDay } from "./platform-features.ts";
import { DEFAULT_RANKER_WEIGHTS, HeadRanker, RANKER_HEADS } from "./ranker-heads.ts";

const NOTHING: PlatformDay = { decisions: 0, revenue: 0, sponsored: 0 };
/** Widest value of a feature. */
const FEATURE_LIMIT = 3;

/**
 * A platform that sets its levers once a day: every row is a world of its own, one step is a day, and pages are ranked by
 * the multi-objective ranker at DEFAULT_RANKER_WEIGHTS.
 *
 * The action is one number in [0, 1] for each of LEVER_NAMES, from the least to the largest value of LEVER_BOUNDS; what is
 * outside is clipped. Reward and objectives are the day's sums over pages, divided by user slots, less the day's subsidies
 * (`revenue` and its part of the reward); costs are means over its pages. A world is truncated at its horizon, never terminated.
 */
export class PlatformLeversMarketplace implements VectorEnvironment {
  readonly id: string;
  readonly observationSpace: Space = box({
    low: -FEATURE_LIMIT,
    high: FEATURE_LIMIT,
    shape: [PLATFORM_FEATURES.length],
  });
  readonly actionSpace: Space = box({ low: 0, high: 1, shape: [LEVER_NAMES.length] });
  readonly rowCount: number;
  readonly objectiveNames: readonly string[];
  readonly costNames: readonly string[];
  readonly observation: ObservationBuffers;
  readonly finalObservation: ObservationBuffers;
  readonly active: Uint8Array;
  readonly action: Float32Array;
  readonly reward: Float64Array;
  readonly objectives: Float64Array;
  readonly costs: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  /** The worlds, one a row. */
  readonly worlds: readonly ContentMarketplace[];

  readonly #days: number;
  readonly #features: Float32Array;
  readonly #finalFeatures: Float32Array;
  readonly #ranker: HeadRanker;
  readonly #weights = Float64Array.from(RANKER_HEADS, (head) => DEFAULT_RANKER_WEIGHTS[head]);

  /**
   * @param worlds - one a row, with a horizon beyond `days`: this environment ends them itself
   * @param days - length of a trajectory
   * @throws RangeError without a world
   */
  constructor(worlds: readonly ContentMarketplace[], days: number) {
    const [first] = worlds;
    if (first === undefined) throw new RangeError("platform-levers: at least one world is needed");
    const rows = worlds.length;
    this.worlds = worlds;
    this.#days = days;
    this.id = first.id;
    this.rowCount = rows;
    this.objectiveNames = first.objectiveNames;
    this.costNames = first.costNames;
    this.#features = new Float32Array(rows * PLATFORM_FEATURES.length);
    this.#finalFeatures = new Float32Array(rows * PLATFORM_FEATURES.length);
    this.observation = { observation: this.#features };
    this.finalObservation = { observation: this.#finalFeatures };
    this.active = new Uint8Array(rows).fill(1);
    this.action = new Float32Array(rows * LEVER_NAMES.length);
    this.reward = new Float64Array(rows);
    this.objectives = new Float64Array(rows * this.objectiveNames.length);
    this.costs = new Float64Array(rows * this.costNames.length);
    this.terminated = new Uint8Array(rows);
    this.truncated = new Uint8Array(rows);
    this.#ranker = new HeadRanker(first);
  }

  reset(options: ResetOptions = {}): void {
    const key = options.key ?? (options.seed === undefined ? undefined : rootKey(options.seed));
    this.worlds.forEach((world, row) => {
      world.reset(key === undefined ? {} : { key: foldIn(key, row) });
      this.#observe(row, NOTHING);
    });
    this.#clear();
  }

  step(): void {
    this.#clear();
    for (let row = 0; row < this.rowCount; row++) this.#day(row);
  }

  #clear(): void {
    this.reward.fill(0);
    this.objectives.fill(0);
    this.costs.fill(0);
    this.truncated.fill(0);
  }

  #day(row: number): void {
    const world = this.worlds[row]!;
    this.#setLevers(world, row);
    const { stepsPerDay } = world.options;
    const objectiveCount = this.objectiveNames.length;
    const costCount = this.costNames.length;
    const day = { decisions: 0, revenue: 0, sponsored: 0 };
    for (let step = 0; step < stepsPerDay; step++) {
      for (let user = 0; user < world.rowCount; user++)
        if (world.active[user] === 1) {
          this.#ranker.rank(world, user, this.#weights, 0);
          day.decisions++;
        }
      world.step();
      for (let user = 0; user < world.rowCount; user++) {
        this.reward[row] = this.reward[row]! + world.reward[user]! / world.rowCount;
        for (let i = 0; i < objectiveCount; i++) {
          const at = row * objectiveCount + i;
          this.objectives[at] =
            this.objectives[at]! + world.objectives[user * objectiveCount + i]! / world.rowCount;
        }
        for (let i = 0; i < costCount; i++)
          this.costs[row * costCount + i] =
            this.costs[row * costCount + i]! + world.costs[user * costCount + i]!;
        if (objectiveCount > 3) day.revenue += world.objectives[user * objectiveCount + 3]!;
        if (costCount > 2) day.sponsored += world.costs[user * costCount + 2]!;
      }
    }
    for (let i = 0; i < costCount; i++)
      this.costs[row * costCount + i] =
        day.decisions > 0 ? this.costs[row * costCount + i]! / day.decisions : 0;
    this.#paySubsidies(row);
    this.#observe(row, day);
    if (world.privileged.clock[CLOCK.tick]! < this.#days * stepsPerDay) return;
    this.truncated[row] = 1;
    const at = row * PLATFORM_FEATURES.length;
    this.#finalFeatures.set(this.#features.subarray(at, at + PLATFORM_FEATURES.length), at);
    world.reset();
    this.#observe(row, NOTHING);
  }

  /** Subsidies of the day are the platform's expense: they come off its revenue, and off the reward by revenue's weight. */
  #paySubsidies(row: number): void {
    const { privileged, rowCount, options } = this.worlds[row]!;
    const paid = (privileged.agency.daily[AGENCY_DAILY.subsidies] ?? 0) / rowCount;
    this.reward[row] = this.reward[row]! - options.objectives.revenueWeight * paid;
    const revenue = row * this.objectiveNames.length + this.objectiveNames.indexOf("revenue");
    if (this.objectiveNames.includes("revenue")) this.objectives[revenue] = this.objectives[revenue]! - paid;
  }

  #setLevers(world: ContentMarketplace, row: number): void {
    const { levers } = world.privileged;
    LEVER_NAMES.forEach((name, place) => {
      const [least, largest] = LEVER_BOUNDS[name];
      const action = this.action[row * LEVER_NAMES.length + place]!;
      const share = action > 0 ? Math.min(1, action) : 0;
      levers[place] = least + share * (largest - least);
    });
  }

  #observe(row: number, day: PlatformDay): void {
    const world = this.worlds[row]!;
    const elapsed = world.privileged.clock[CLOCK.tick]! / world.options.stepsPerDay / this.#days;
    writePlatformFeatures(this.#features, row * PLATFORM_FEATURES.length, world, day, elapsed);
  }

  snapshot(): Uint8Array {
    return packState(this.id, [...this.#own(), ...this.worlds.map((world) => world.snapshot())]);
  }

  restore(snapshot: Uint8Array): void {
    const inner = this.worlds.map((world) => new Uint8Array(world.privileged.buffer.byteLength));
    unpackState(this.id, snapshot, [...this.#own(), ...inner]);
    this.worlds.forEach((world, row) => world.restore(inner[row]!));
  }

  #own() {
    return [
      this.#features,
      this.#finalFeatures,
      this.action,
      this.reward,
      this.objectives,
      this.costs,
      this.truncated,
    ];
  }
}
