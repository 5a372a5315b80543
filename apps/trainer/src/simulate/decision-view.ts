import type { DecisionLogRow } from "@longview/formats";
import type { VectorEnvironment } from "@longview/environment";
import { policyShape, type ChoiceGroup, type ObservationEntry } from "@longview/policies";
import { UsageError } from "../exit-codes.ts";

type Candidate = DecisionLogRow["candidates"][number];

/** What a row of an environment is to decide, as its log row holds it. */
export interface Decision {
  readonly context: number[];
  readonly candidates: Candidate[];
  readonly groups: readonly ChoiceGroup[];
  /** Place of each candidate in the environment's own list, masked ones included. */
  readonly places: Int32Array;
}

/** An environment seen as a source of decisions among candidates. */
export interface DecisionView {
  /** Places of a decision, masked ones included. */
  readonly placeCount: number;
  /** Undefined where nothing is allowed, so that there is nothing to decide. */
  read(row: number): Decision | undefined;
  /** Writes a slate (positions into the decision's candidates) as the row's action. */
  write(row: number, decision: Decision, slate: ArrayLike<number>): void;
  /** The slate that stands in the row's action, as positions into the decision's candidates. */
  written(row: number, decision: Decision): Int32Array;
}

/** Names what stands at a candidate's place of a row. */
export type Identify = (row: number, place: number) => { readonly item: string; readonly creator: string };

/** What stands for the creator where an environment has none. */
export const NO_CREATOR = "none";

/**
 * The decisions of an environment. Of a slate all unmasked candidates are listed; a Discrete action is a slate of one
 * among the allowed actions, a MultiDiscrete one a slate of one value for each component.
 *
 * @param identify - of slate candidates. @defaultValue their place, and no creator
 * @throws {UsageError} for continuous actions, and for spaces that no log can hold
 */
export function decisionView(environment: VectorEnvironment, identify?: Identify): DecisionView {
  const { actionSpace } = environment;
  if (actionSpace.kind === "box")
    throw new UsageError(
      `environment ${environment.id}: its actions are continuous (box), and a decision log holds choices among candidates; allowed: slate, discrete and multiDiscrete actions`,
    );
  let entries: readonly ObservationEntry[];
  try {
    entries = policyShape(environment.observationSpace, actionSpace).observation;
  } catch (cause) {
    throw new UsageError(
      `environment ${environment.id}: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
  }
  switch (actionSpace.kind) {
    case "slate":
      return slateView(
        environment,
        entries,
        identify ?? ((_, place) => ({ item: String(place), creator: NO_CREATOR })),
      );
    case "discrete":
      return actionView(environment, entries, [actionSpace.size]);
    case "multiDiscrete":
      return actionView(environment, entries, actionSpace.sizes);
    default:
      throw new UsageError(`environment ${environment.id}: ${actionSpace.kind} actions cannot be logged`);
  }
}

function rowOf(environment: VectorEnvironment, { name, size }: ObservationEntry, row: number): number[] {
  return numbersOf(environment.observation[name]!, row * size, size);
}

/** A part of a buffer as plain numbers; Array.from would go through an iterator, at several times the price. */
function numbersOf(buffer: Float32Array | Uint8Array, start: number, count: number): number[] {
  const out = new Array<number>(count);
  for (let i = 0; i < count; i++) out[i] = buffer[start + i]!;
  return out;
}

function slateView(
  environment: VectorEnvironment,
  entries: readonly ObservationEntry[],
  identify: Identify,
): DecisionView {
  const entry = (name: string): ObservationEntry => entries.find((each) => each.name === name)!;
  const context = entry("context");
  const placeCount = entry("mask").size;
  const featureCount = entry("candidates").size / placeCount;
  const { mask, candidates: features } = environment.observation;
  const slots = environment.action.length / environment.rowCount;
  return {
    placeCount,
    read(row) {
      const places = allowedPlaces(mask!, row * placeCount, placeCount);
      if (places.length === 0) return undefined;
      return {
        context: rowOf(environment, context, row),
        candidates: Array.from(places, (place) => {
          const { item, creator } = identify(row, place);
          const start = (row * placeCount + place) * featureCount;
          return {
            item_id: item,
            creator_id: creator,
            features: numbersOf(features!, start, featureCount),
          };
        }),
        groups: [{ first: 0, candidates: places.length, slots }],
        places,
      };
    },
    write(row, { places }, slate) {
      for (let slot = 0; slot < slots; slot++)
        environment.action[row * slots + slot] = slot < slate.length ? places[slate[slot]!]! : -1;
    },
    written(row, { places }) {
      const own = environment.action.subarray(row * slots, (row + 1) * slots);
      return Int32Array.from(
        own.filter((place) => place >= 0),
        (place) => places.indexOf(place),
      );
    },
  };
}

function actionView(
  environment: VectorEnvironment,
  entries: readonly ObservationEntry[],
  sizes: readonly number[],
): DecisionView {
  const read = entries.filter(({ kind }) => kind !== "mask");
  const mask = entries.find(({ kind }) => kind === "mask");
  const bits = mask === undefined ? undefined : environment.observation[mask.name];
  const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, size) => sum + size, 0));
  const placeCount = sizes.reduce((sum, size) => sum + size, 0);
  const width = sizes.length;
  const candidates: Candidate[] = sizes.flatMap((size, component) =>
    Array.from({ length: size }, (_, value) => ({
      item_id: width === 1 ? String(value) : `${component}:${value}`,
      creator_id: NO_CREATOR,
      features: [],
    })),
  );
  const everywhere = Int32Array.from({ length: placeCount }, (_, place) => place);
  const groupsOf = (places: Int32Array): ChoiceGroup[] => {
    let first = 0;
    return sizes.map((size, component) => {
      const start = starts[component]!;
      const count = places.filter((place) => place >= start && place < start + size).length;
      const group = { first, candidates: count, slots: 1 };
      first += count;
      return group;
    });
  };
  const allGroups = groupsOf(everywhere);
  return {
    placeCount,
    read(row) {
      const context = read.flatMap((entry) => rowOf(environment, entry, row));
      if (bits === undefined) return { context, candidates, groups: allGroups, places: everywhere };
      const places = allowedPlaces(bits, row * placeCount, placeCount);
      const groups = groupsOf(places);
      if (groups.some((group) => group.candidates === 0)) return undefined;
      return { context, candidates: Array.from(places, (place) => candidates[place]!), groups, places };
    },
    write(row, { places }, slate) {
      for (let component = 0; component < width; component++)
        environment.action[row * width + component] = places[slate[component]!]! - starts[component]!;
    },
    written(row, { places }) {
      const own = environment.action.subarray(row * width, (row + 1) * width);
      return Int32Array.from(own, (value, component) => places.indexOf(starts[component]! + value));
    },
  };
}

function allowedPlaces(mask: Float32Array | Uint8Array, start: number, count: number): Int32Array {
  const places = new Int32Array(count);
  let found = 0;
  for (let place = 0; place < count; place++) if (mask[start + place] !== 0) places[found++] = place;
  return places.subarray(0, found);
}
