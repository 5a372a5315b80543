import { uniformsInto } from "@longview/statistics";
import { RecsimEnvironment } from "../recsim/recsim-environment.ts";
import { drawSardineCatalogue, type SardineCatalogue } from "./catalogue.ts";
import type { SardineOptions } from "./options.ts";
import {
  allocateUsers,
  clickProbabilitiesInto,
  forget,
  updateUser,
  type SardineLaw,
  type SardineUsers,
} from "./user-law.ts";

/** What only oracles and tests may read. Live views of the state. */
export interface SardineTruth {
  readonly users: Readonly<SardineUsers>;
  readonly catalogue: SardineCatalogue;
}

const OBJECTIVES = ["click", "expectedClick"];
// Counters within an episode: in place of a tick, below the ticks' range from above.
const USER = 0xffff_ffff;
const FIRST_SLATE = 0xffff_fffe;
const RESPONSE = 0;
const FIRST_RESPONSE = 0x1_0000;

/**
 * SARDINE: a user with interests in topics clicks on what is similar to them, slot by slot, grows bored of a topic that
 * was clicked too often, and may drift with what was clicked.
 *
 * Observation: context = the share of the boredom threshold that each topic's recent clicks fill, the clicks on the last
 * slate, the embeddings of its items; a candidate = its embedding. An episode starts after a random slate, which SARDINE
 * shows by itself. Reward: clicks. Never terminates; truncated at the horizon, where SARDINE says terminated.
 *
 * @see docs/presets-sessions.md
 */
export class Sardine extends RecsimEnvironment {
  readonly truth: SardineTruth;
  readonly #options: SardineOptions;
  readonly #law: SardineLaw;
  readonly #catalogue: SardineCatalogue;
  readonly #users: SardineUsers;
  readonly #firstSlates: Int32Array;
  readonly #clicks: Uint8Array;
  readonly #probabilities: Float64Array;
  readonly #uniforms: Float64Array;
  readonly #topicCounts: Int32Array;

  /** @param catalogue - in place of the one that `catalogueSeed` draws; of the options' items and topics */
  constructor(
    id: string,
    options: SardineOptions,
    rowCount: number,
    catalogue = drawSardineCatalogue(options.items, options.topics, options.catalogueSeed),
  ) {
    const { slots, items, topics, attractiveness, slotDiscount } = options;
    const law: SardineLaw = {
      ...options,
      slotFactors: Float64Array.from({ length: slots }, (_, i) => attractiveness * slotDiscount ** i),
    };
    const users = allocateUsers(law, rowCount);
    const clicks = new Uint8Array(rowCount * slots);
    super({
      id,
      rowCount,
      slots,
      candidates: items,
      context: { low: 0, high: 1, shape: [topics + slots * (1 + topics)] },
      features: {
        low: Array.from({ length: topics }, () => 0),
        high: Array.from({ length: topics }, () => 1),
      },
      objectiveNames: OBJECTIVES,
      state: [...Object.values(users), clicks],
    });
    this.#options = options;
    this.#law = law;
    this.#catalogue = catalogue;
    this.#users = users;
    this.#clicks = clicks;
    this.#firstSlates = new Int32Array(rowCount * slots);
    this.#probabilities = new Float64Array(slots);
    this.#uniforms = new Float64Array(Math.max(slots, topics));
    this.#topicCounts = new Int32Array(topics);
    this.truth = { users, catalogue };
    for (let row = 0; row < rowCount; row++) {
      this.observation.candidates.set(catalogue.embeddings, row * items * topics);
      this.finalObservation.candidates.set(catalogue.embeddings, row * items * topics);
    }
  }

  step(): void {
    this.checkSlates();
    const { rowCount, action, slots, ticks, reward, objectives, truncated } = this;
    const { horizon } = this.#options;
    const clicks = this.#clicks;
    const probabilities = this.#probabilities;
    for (let row = 0; row < rowCount; row++) {
      const tick = ticks[row]!;
      this.#respond(row, action, tick, RESPONSE);
      let clicked = 0;
      let expected = 0;
      for (let i = 0; i < slots; i++) {
        clicked += clicks[row * slots + i]!;
        expected += probabilities[i]!;
      }
      reward[row] = clicked;
      objectives[2 * row] = clicked;
      objectives[2 * row + 1] = expected;
      updateUser(this.#law, this.#users, row, this.#catalogue, action, clicks, row * slots, tick + 1);
      this.#observe(row, action);
      ticks[row] = tick + 1;
      truncated[row] = tick + 1 >= horizon ? 1 : 0;
      if (truncated[row] === 1) this.end(row);
    }
  }

  protected begin(row: number): void {
    this.#drawInterests(row);
    forget(this.#law, this.#users, row);
    const { slots, candidateCount, episodeKeys: keys } = this;
    const uniforms = this.#uniforms;
    const slates = this.#firstSlates;
    uniformsInto(uniforms, 0, slots, keys[2 * row]!, keys[2 * row + 1]!, FIRST_SLATE, 0);
    for (let i = 0; i < slots; i++) slates[row * slots + i] = Math.floor(uniforms[i]! * candidateCount);
    this.#respond(row, slates, FIRST_SLATE, FIRST_RESPONSE);
    updateUser(this.#law, this.#users, row, this.#catalogue, slates, this.#clicks, row * slots, 0);
    this.#observe(row, slates);
  }

  /** Uniform components in the topics of a mask, which is drawn until it has `topicsPerUser`, give or take one. */
  #drawInterests(row: number): void {
    const { topics, topicsPerUser } = this.#options;
    const { interests } = this.#users;
    const key0 = this.episodeKeys[2 * row]!;
    const key1 = this.episodeKeys[2 * row + 1]!;
    const uniforms = this.#uniforms;
    const threshold = 1 - topicsPerUser / topics;
    const draws = topics + (topics & 1);
    const start = row * topics;
    uniformsInto(interests, start, topics, key0, key1, USER, 0);
    let liked = 0;
    for (let attempt = 1; liked < topicsPerUser - 1 || liked > topicsPerUser + 1; attempt++) {
      uniformsInto(uniforms, 0, topics, key0, key1, USER, attempt * draws);
      liked = 0;
      for (let topic = 0; topic < topics; topic++) if (uniforms[topic]! > threshold) liked++;
    }
    let squares = 0;
    for (let topic = 0; topic < topics; topic++) {
      if (!(uniforms[topic]! > threshold)) interests[start + topic] = 0;
      squares += interests[start + topic]! ** 2;
    }
    const norm = Math.sqrt(squares);
    for (let i = start; i < start + topics; i++) interests[i] = interests[i]! / norm;
  }

  /** Writes the row's clicks on its slate. */
  #respond(row: number, slates: Int32Array, entity: number, firstDraw: number): void {
    const { slots, episodeKeys: keys } = this;
    const uniforms = this.#uniforms;
    const probabilities = this.#probabilities;
    const clicks = this.#clicks;
    const start = row * slots;
    clickProbabilitiesInto(
      probabilities,
      this.#law,
      this.#users,
      row,
      this.#catalogue,
      slates,
      start,
      this.#topicCounts,
    );
    uniformsInto(uniforms, 0, slots, keys[2 * row]!, keys[2 * row + 1]!, entity, firstDraw);
    for (let i = 0; i < slots; i++) clicks[start + i] = uniforms[i]! < probabilities[i]! ? 1 : 0;
  }

  #observe(row: number, slates: Int32Array): void {
    const { slots } = this;
    const { topics, boredomThreshold } = this.#options;
    const { clickCounts } = this.#users;
    const { embeddings } = this.#catalogue;
    const context = this.observation.context;
    let at = row * (topics + slots * (1 + topics));
    for (let i = row * topics; i < (row + 1) * topics; i++)
      context[at++] = clickCounts[i]! < boredomThreshold ? clickCounts[i]! / boredomThreshold : 1;
    for (let i = row * slots; i < (row + 1) * slots; i++) context[at++] = this.#clicks[i]!;
    for (let i = row * slots; i < (row + 1) * slots; i++)
      for (let topic = 0; topic < topics; topic++) context[at++] = embeddings[slates[i]! * topics + topic]!;
  }
}
