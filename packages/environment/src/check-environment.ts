import { explainMismatch, type SpaceValue } from "@longview/formats";
import { foldIn, rootKey, type RandomKey } from "@longview/statistics";
import { actionWidth, allocateObservation, readObservation } from "./observation-buffers.ts";
import { sample, type SpaceMask } from "./sample-space.ts";
import type { ObservationBuffers, VectorEnvironment } from "./vector-environment.ts";

/** One rule of the contract that an environment breaks. */
export interface Finding {
  /** Name of the rule, for lists and filters. */
  readonly rule:
    | "spaces"
    | "buffers"
    | "observation"
    | "numbers"
    | "ends"
    | "determinism"
    | "snapshot"
    | "rows"
    | "actions";
  /** One line: what was seen and what is allowed. */
  readonly message: string;
}

/** Options of {@link checkEnvironment}. */
export interface CheckOptions {
  /** Rows to make. @defaultValue 4 */
  readonly rowCount?: number;
  /** Ticks of the random rollout. @defaultValue 300 */
  readonly ticks?: number;
  /** Seed of the rollout. @defaultValue 0 */
  readonly seed?: string | number;
  /** Throws one error with all findings instead of returning them. @defaultValue false */
  readonly throwing?: boolean;
}

const MAXIMUM_FINDINGS_A_RULE = 5;

/** Collects findings, at most a few a rule and none twice. */
class Findings {
  readonly list: Finding[] = [];
  add(rule: Finding["rule"], message: string | undefined): void {
    if (message === undefined || this.list.some((finding) => finding.message === message)) return;
    if (this.list.filter((finding) => finding.rule === rule).length < MAXIMUM_FINDINGS_A_RULE)
      this.list.push({ rule, message });
  }
}

/** Fills the action buffer at random with members of the action space; the observation's `mask` is obeyed. */
function act(environment: VectorEnvironment, key: RandomKey): void {
  const { action, actionSpace, observation, observationSpace, rowCount, active } = environment;
  const width = action.length / rowCount;
  const masked = observationSpace.kind === "dict" ? observation["mask"] : undefined;
  for (let row = 0; row < rowCount; row++) {
    if (active[row] === 0) continue;
    const size = masked === undefined ? 0 : masked.length / rowCount;
    const mask: SpaceMask | undefined = masked?.subarray(row * size, (row + 1) * size);
    const value: SpaceValue = sample(actionSpace, foldIn(key, row), mask);
    for (let i = 0; i < width; i++)
      action[row * width + i] = typeof value === "number" ? value : Number(Object(value)[i]);
  }
}

/** Bytes of everything that an environment shows, in a fixed order. Rows that are not valid are left out. */
function visible(environment: VectorEnvironment, onlyRow?: number): string {
  const { rowCount, reward, objectives, costs, terminated, truncated, active } = environment;
  const parts: string[] = [];
  const rows = onlyRow === undefined ? Array.from({ length: rowCount }, (_, row) => row) : [onlyRow];
  for (const row of rows) {
    const ended = terminated[row] === 1 || truncated[row] === 1;
    const slice = (array: ArrayLike<number>): string => {
      const width = array.length / rowCount;
      let text = "";
      for (let i = row * width; i < (row + 1) * width; i++)
        text += Object.is(array[i], -0) ? "-0," : `${array[i]},`;
      return text;
    };
    const buffers = (from: ObservationBuffers): string => Object.values(from).map(slice).join("|");
    parts.push(
      [reward, objectives, costs, terminated, truncated, active].map(slice).join("|"),
      active[row] === 1 ? buffers(environment.observation) : "",
      ended ? buffers(environment.finalObservation) : "",
    );
  }
  return parts.join("\n");
}

function checkSpaces(environment: VectorEnvironment, findings: Findings): boolean {
  const { actionSpace, observationSpace, rowCount } = environment;
  try {
    const width = actionWidth(actionSpace);
    const expected = actionSpace.kind === "box" ? Float32Array : Int32Array;
    if (!(environment.action instanceof expected) || environment.action.length !== width * rowCount)
      findings.add(
        "buffers",
        `action must be a ${expected.name} of ${rowCount} × ${width}, got ${describe(environment.action)}`,
      );
    const wanted = allocateObservation(observationSpace, rowCount);
    for (const which of ["observation", "finalObservation"] as const) {
      const buffers = environment[which];
      for (const [name, like] of Object.entries(wanted)) {
        const got = buffers[name];
        if (got === undefined || got.constructor !== like.constructor || got.length !== like.length)
          findings.add(
            "buffers",
            `${which}.${name} must be a ${describe(like)}, got ${got === undefined ? "nothing" : describe(got)}`,
          );
      }
      for (const name of Object.keys(buffers))
        if (!Object.hasOwn(wanted, name))
          findings.add("buffers", `${which}.${name} is not in the observation space`);
    }
  } catch (error) {
    findings.add("spaces", error instanceof Error ? error.message : String(error));
  }
  const sizes: [string, ArrayLike<number>, number][] = [
    ["active", environment.active, rowCount],
    ["reward", environment.reward, rowCount],
    ["terminated", environment.terminated, rowCount],
    ["truncated", environment.truncated, rowCount],
    ["objectives", environment.objectives, rowCount * environment.objectiveNames.length],
    ["costs", environment.costs, rowCount * environment.costNames.length],
  ];
  for (const [name, array, size] of sizes)
    if (array.length !== size)
      findings.add("buffers", `${name} must have ${size} values, has ${array.length}`);
  for (const names of [environment.objectiveNames, environment.costNames])
    if (new Set(names).size !== names.length)
      findings.add("spaces", `names are repeated: ${names.join(", ")}`);
  if (!/(?:-|\/)v\d+$/.test(environment.id))
    findings.add("spaces", `id "${environment.id}" must end in -v and a number`);
  return findings.list.length === 0;
}

function describe(array: ArrayLike<number>): string {
  return `${array.constructor.name} of ${array.length}`;
}

/** Everything that must hold after a reset or a step. */
function checkState(environment: VectorEnvironment, findings: Findings, when: string): void {
  const { rowCount, observationSpace, active, terminated, truncated } = environment;
  for (let row = 0; row < rowCount; row++) {
    if (active[row] === 1)
      findings.add(
        "observation",
        explainMismatch(
          observationSpace,
          readObservation(observationSpace, environment.observation, row),
          `${when}: observation`,
        ),
      );
    const flags = [active[row]!, terminated[row]!, truncated[row]!];
    if (flags.some((flag) => flag > 1))
      findings.add(
        "ends",
        `${when}: active, terminated and truncated must be 0 or 1, got ${flags.join(", ")}`,
      );
    if (terminated[row] === 1 && truncated[row] === 1)
      findings.add("ends", `${when}: a row is terminated and truncated at once; terminated wins`);
    if (terminated[row] === 1 || truncated[row] === 1)
      findings.add(
        "observation",
        explainMismatch(
          observationSpace,
          readObservation(observationSpace, environment.finalObservation, row),
          `${when}: finalObservation`,
        ),
      );
  }
  const numbers = {
    reward: environment.reward,
    objectives: environment.objectives,
    costs: environment.costs,
  };
  for (const [name, values] of Object.entries(numbers))
    for (let i = 0; i < values.length; i++)
      if (!Number.isFinite(values[i]))
        findings.add("numbers", `${when}: ${name}[${i}] must be finite, got ${values[i]}`);
}

function checkRows(
  make: (rowCount: number) => VectorEnvironment,
  options: Required<CheckOptions>,
  findings: Findings,
): void {
  const environment = make(options.rowCount);
  if (environment.resetRow === undefined || options.rowCount < 2) return;
  const twin = make(options.rowCount);
  environment.reset({ seed: options.seed });
  twin.reset({ seed: options.seed });
  environment.resetRow(0);
  const key = rootKey("rows");
  for (let tick = 0; tick < Math.min(options.ticks, 50); tick++) {
    for (const each of [environment, twin]) {
      act(each, foldIn(key, tick));
      each.step();
    }
    for (let row = 1; row < options.rowCount; row++)
      if (visible(environment, row) !== visible(twin, row))
        return findings.add(
          "rows",
          `resetRow(0) changed row ${row} at tick ${tick}; rows must not touch each other`,
        );
  }
}

/**
 * Runs the conformance kit on an environment: buffers and types, observations inside their space, finite numbers, ends and
 * final observations, no reset of buffers' identity, determinism by seed and key, snapshots that replay to the byte, and
 * independence of `resetRow`.
 *
 * @param make - makes a fresh environment with as many rows as it is told; called a few times
 * @returns what is wrong, or an empty list
 * @throws Error with all findings, when `throwing`
 * @example
 * checkEnvironment((rowCount) => makeVectorEnvironment("CartPole-v1", { rowCount }), { throwing: true });
 */
export function checkEnvironment(
  make: (rowCount: number) => VectorEnvironment,
  options: CheckOptions = {},
): readonly Finding[] {
  const settings = { rowCount: 4, ticks: 300, seed: 0, throwing: false, ...options };
  const findings = new Findings();
  const environment = make(settings.rowCount);
  // Beyond a wrong size every other check would only repeat it.
  if (checkSpaces(environment, findings)) {
    try {
      rollout(environment, make(environment.rowCount), settings, findings);
      checkRows(make, settings, findings);
    } catch (error) {
      findings.add(
        "actions",
        `threw during a rollout with valid actions: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  if (settings.throwing && findings.list.length > 0)
    throw new Error(
      `checkEnvironment ${environment.id}: ${findings.list.length} findings\n${findings.list.map(({ rule, message }) => `- ${rule}: ${message}`).join("\n")}`,
    );
  return findings.list;
}

function rollout(
  environment: VectorEnvironment,
  twin: VectorEnvironment,
  options: Required<CheckOptions>,
  findings: Findings,
): void {
  const key = rootKey(`checkEnvironment ${options.seed}`);
  const identities = [environment.reward, environment.action, ...Object.values(environment.observation)];
  environment.reset({ seed: options.seed });
  // The twin has a past, which a reset must wipe out; and the key of a seed is the seed.
  twin.reset({ seed: "another" });
  act(twin, foldIn(key, -1));
  twin.step();
  twin.reset({ key: rootKey(options.seed) });
  checkState(environment, findings, "after reset");
  if (visible(environment) !== visible(twin))
    findings.add(
      "determinism",
      "reset({ seed }) and reset({ key: rootKey(seed) }) must start alike, whatever came before",
    );
  const middle = Math.floor(options.ticks / 2);
  let snapshot: Uint8Array | undefined;
  const trace: string[] = [];
  let same = true;
  for (let tick = 0; tick < options.ticks; tick++) {
    if (tick === middle) {
      snapshot = environment.snapshot();
      if (!equalBytes(snapshot, environment.snapshot()))
        findings.add("snapshot", "two snapshots of one state differ");
    }
    for (const each of [environment, twin]) {
      act(each, foldIn(key, tick));
      each.step();
    }
    checkState(environment, findings, `tick ${tick}`);
    const now = visible(environment);
    if (same && now !== visible(twin)) {
      same = false;
      findings.add("determinism", `tick ${tick}: the same seed and actions gave another step`);
    }
    if (tick >= middle) trace.push(now);
  }
  const final = environment.snapshot();
  const after = [environment.reward, environment.action, ...Object.values(environment.observation)];
  if (after.some((buffer, i) => buffer !== identities[i]))
    findings.add("buffers", "a buffer was replaced; write in place");
  if (snapshot !== undefined)
    for (const [who, each] of [
      ["itself", environment],
      ["a fresh environment", twin],
    ] as const)
      replay(each, who, { snapshot, final, trace, middle, key }, findings);
}

function replay(
  environment: VectorEnvironment,
  who: string,
  past: { snapshot: Uint8Array; final: Uint8Array; trace: readonly string[]; middle: number; key: RandomKey },
  findings: Findings,
): void {
  environment.restore(past.snapshot);
  if (!equalBytes(environment.snapshot(), past.snapshot))
    return findings.add(
      "snapshot",
      `restored into ${who}, the state's snapshot differs from the one restored`,
    );
  for (const [i, expected] of past.trace.entries()) {
    act(environment, foldIn(past.key, past.middle + i));
    environment.step();
    if (visible(environment) !== expected)
      return findings.add("snapshot", `restored into ${who}, step ${i + 1} differs from the original's`);
  }
  if (!equalBytes(environment.snapshot(), past.final))
    findings.add("snapshot", `restored into ${who}, the last snapshot differs from the original's`);
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
