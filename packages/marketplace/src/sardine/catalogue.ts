import { rootKey, uniformsInto } from "@longview/statistics";

/** The items of a SARDINE world, which no user and no seed of a reset changes. */
export interface SardineCatalogue {
  /** `[items, topics]`, each row of norm 1. */
  readonly embeddings: Float64Array;
  /** `[items]`: the topic of an item's largest component. */
  readonly mainTopics: Uint8Array;
  /** Largest norm of an item, by which scores are divided. */
  readonly largestNorm: number;
}

/** Main topics and largest norm of given embeddings. The first of equal components is the main one. */
export function sardineCatalogue(embeddings: Float64Array, topics: number): SardineCatalogue {
  const items = embeddings.length / topics;
  const mainTopics = new Uint8Array(items);
  let largestNorm = 0;
  for (let item = 0; item < items; item++) {
    let main = 0;
    let squares = 0;
    for (let topic = 0; topic < topics; topic++) {
      const value = embeddings[item * topics + topic]!;
      squares += value * value;
      if (value > embeddings[item * topics + main]!) main = topic;
    }
    mainTopics[item] = main;
    largestNorm = Math.max(largestNorm, Math.sqrt(squares));
  }
  return { embeddings, mainTopics, largestNorm };
}

/**
 * Draws a catalogue by the law with which SARDINE generates items: two or three topics (one half each), uniform
 * components in them, zero elsewhere, then norm 1.
 *
 * @param seed - of the catalogue alone
 * @see SARDINE `simulator.py`, `_init_item_embeddings`
 */
export function drawSardineCatalogue(items: number, topics: number, seed: number): SardineCatalogue {
  const key = rootKey(`sardine catalogue ${seed}`);
  const embeddings = new Float64Array(items * topics);
  const uniforms = new Float64Array(topics + 4);
  const order = new Int32Array(topics);
  for (let item = 0; item < items; item++) {
    uniformsInto(uniforms, 0, topics + 4, key.first | 0, key.second | 0, item, 0);
    for (let topic = 0; topic < topics; topic++) order[topic] = topic;
    const count = Math.min(topics, uniforms[topics]! < 0.5 ? 2 : 3);
    let squares = 0;
    for (let i = 0; i < count; i++) {
      const other = i + Math.floor(uniforms[topics + 1 + i]! * (topics - i));
      const topic = order[other]!;
      order[other] = order[i]!;
      squares += uniforms[topic]! ** 2;
      embeddings[item * topics + topic] = uniforms[topic]!;
    }
    const norm = Math.sqrt(squares);
    for (let topic = 0; topic < topics; topic++)
      embeddings[item * topics + topic] = embeddings[item * topics + topic]! / norm;
  }
  return sardineCatalogue(embeddings, topics);
}
