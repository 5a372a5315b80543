import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sardineCatalogue } from "../../src/sardine/catalogue.ts";
import {
  allocateUsers,
  clickProbabilitiesInto,
  forget,
  updateUser,
  type SardineLaw,
} from "../../src/sardine/user-law.ts";

const TOPICS = 3;
const law: SardineLaw = {
  topics: TOPICS,
  slots: 2,
  relevanceOffset: 0.65,
  relevanceSlope: 10,
  slotFactors: Float64Array.of(0.9, 0.9 * 0.85),
  diversityThreshold: 3,
  diversityPenalty: 2,
  interestMemory: 1,
  driftRule: "sardine",
  boredomThreshold: 3,
  boredomWindow: 5,
  recentClicks: 4,
  boredomKind: "churn",
};
const norm = Math.sqrt(0.5);
const catalogue = sardineCatalogue(Float64Array.of(1, 0, 0, norm, norm, 0, 0, 0.6, 0.8, 0, 1, 0), TOPICS);
const items = catalogue.mainTopics.length;

function userWith(own: SardineLaw, interests: readonly number[]) {
  const users = allocateUsers(own, 2);
  users.interests.set(interests, TOPICS);
  forget(own, users, 1);
  return users;
}

/** The same user the long way: lists and sets, everything recomputed from the whole past at each step. */
class PlainUser {
  interests: number[];
  shown: number[];
  log: { topic: number; time: number }[] = [];
  boredUntil = new Map<number, number>();
  readonly own: SardineLaw;
  constructor(own: SardineLaw, interests: readonly number[]) {
    this.own = own;
    this.interests = [...interests];
    this.shown = [...interests];
  }
  update(slate: readonly number[], clicks: readonly number[], time: number): void {
    const clicked = slate.filter((_, i) => clicks[i] === 1);
    for (const item of clicked) this.log.push({ topic: catalogue.mainTopics[item]!, time });
    this.log = this.log.slice(-this.own.recentClicks).filter((click) => click.time >= time + 1 - 5);
    // Bored from now until the step `window` later, unless the clicks still say so then.
    for (const [topic, until] of this.boredUntil) if (until === time + 1) this.boredUntil.delete(topic);
    for (let topic = 0; topic < TOPICS; topic++) {
      const count = this.log.filter((click) => click.topic === topic).length;
      if (count >= this.own.boredomThreshold && !this.boredUntil.has(topic))
        this.boredUntil.set(topic, time + 1 + this.own.boredomWindow);
    }
    if (clicked.length > 0 && this.own.interestMemory < 1) {
      const rows = clicked.map((item) => [
        ...catalogue.embeddings.subarray(item * TOPICS, (item + 1) * TOPICS),
      ]);
      const everything = rows.flat();
      const all = everything.reduce((sum, value) => sum + value, 0) / everything.length;
      const moved = this.interests.map((value, topic) => {
        const mean = rows.reduce((sum, row) => sum + row[topic]!, 0) / rows.length;
        const towards = this.own.driftRule === "sardine" ? all : mean;
        return this.own.interestMemory * value + (1 - this.own.interestMemory) * towards;
      });
      const length = Math.hypot(...moved);
      this.interests = moved.map((value) => value / length);
    }
    const churned = this.own.boredomKind === "churn" && this.boredUntil.size > 0;
    this.shown = this.interests.map((value, topic) => (churned || this.boredUntil.has(topic) ? 0 : value));
  }
}

const variants: readonly SardineLaw[] = (["sardine", "clicked-items"] as const).flatMap((driftRule) =>
  (["churn", "loss-of-interest"] as const).map((boredomKind) => ({
    ...law,
    driftRule,
    boredomKind,
    interestMemory: 0.8,
  })),
);

describe.each(variants)("drift $driftRule, boredom $boredomKind", (own) => {
  test("a user's state is that of a plain bookkeeper, whatever was shown and clicked", () => {
    const item = fc.integer({ min: 0, max: items - 1 });
    const bit = fc.integer({ min: 0, max: 1 });
    const step = fc.tuple(fc.tuple(item, item), fc.tuple(bit, bit));
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const start = [0.6, 0, 0.8];
        const users = userWith(own, start);
        const plain = new PlainUser(own, start);
        steps.forEach(([slate, clicks], time) => {
          const slates = Int32Array.of(0, 0, ...slate);
          updateUser(own, users, 1, catalogue, slates, Uint8Array.of(0, 0, ...clicks), 2, time);
          plain.update(slate, clicks, time);
          for (let topic = 0; topic < TOPICS; topic++) {
            const at = TOPICS + topic;
            expect(users.bored[at]).toBe(plain.boredUntil.has(topic) ? 1 : 0);
            expect(users.timeouts[at]).toBe((plain.boredUntil.get(topic) ?? time + 1 + 5) - time - 1);
            expect(users.clickCounts[at]).toBe(plain.log.filter((click) => click.topic === topic).length);
            expect(users.interests[at]).toBeCloseTo(plain.interests[topic]!, 12);
            expect(users.currentInterests[at]).toBeCloseTo(plain.shown[topic]!, 12);
          }
        });
        expect(users.interests.subarray(0, TOPICS).every((value) => value === 0)).toBe(true);
      }),
      { numRuns: 200, seed: 11 },
    );
  });
});

test("three clicks on a topic within the window silence the user for five steps", () => {
  const users = userWith(law, [1, 0, 0]);
  const silent: boolean[] = [];
  for (let time = 0; time < 12; time++) {
    const click = time < 3 ? 1 : 0;
    updateUser(law, users, 1, catalogue, Int32Array.of(0, 3), Uint8Array.of(click, 0), 0, time);
    silent.push(users.currentInterests[TOPICS] === 0);
  }
  expect(silent).toEqual([false, false, true, true, true, true, true, false, false, false, false, false]);
});

test("SARDINE's drift adds one number to every topic: liked or not, clicked or not", () => {
  const own = { ...law, interestMemory: 0.95 };
  const users = userWith(own, [1, 0, 0]);
  updateUser(own, users, 1, catalogue, Int32Array.of(2, 3), Uint8Array.of(1, 0), 0, 0);
  const mean = (0.6 + 0.8) / 3;
  const moved = [0.95 + 0.05 * mean, 0.05 * mean, 0.05 * mean];
  moved.forEach((value, topic) =>
    expect(users.interests[TOPICS + topic]).toBeCloseTo(value / Math.hypot(...moved), 14),
  );
});

test("click probabilities are α·γ^i times the logistic of the similarity", () => {
  const users = userWith(law, [0.6, 0.8, 0]);
  const out = new Float64Array(2);
  clickProbabilitiesInto(out, law, users, 1, catalogue, Int32Array.of(9, 9, 1, 2), 2, new Int32Array(TOPICS));
  const relevance = (score: number) => 1 / (1 + Math.exp(-10 * (score - 0.65)));
  expect(out[0]).toBeCloseTo(0.9 * relevance((0.6 + 0.8) * norm), 14);
  expect(out[1]).toBeCloseTo(0.9 * 0.85 * relevance(0.48), 14);
});

test("a slate with too many items of one topic is less attractive as a whole", () => {
  const own = { ...law, slots: 3, slotFactors: Float64Array.of(1, 0.85, 0.7225) };
  const users = userWith(own, [0.6, 0.8, 0]);
  const varied = new Float64Array(3);
  const monotonous = new Float64Array(3);
  clickProbabilitiesInto(varied, own, users, 1, catalogue, Int32Array.of(0, 0, 2), 0, new Int32Array(TOPICS));
  clickProbabilitiesInto(
    monotonous,
    own,
    users,
    1,
    catalogue,
    Int32Array.of(0, 0, 1),
    0,
    new Int32Array(TOPICS),
  );
  expect(catalogue.mainTopics[1]).toBe(0);
  expect(monotonous[0]).toBeCloseTo(varied[0]! / 2, 14);
});
