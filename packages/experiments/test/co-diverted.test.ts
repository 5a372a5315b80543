import { foldIn, uniform } from "@longview/statistics";
import { expect, test } from "vitest";
import { createDesign, differenceInMeans, type DesignSpecInput } from "../src/index.ts";
import { replication } from "./helpers/draws.ts";

const USERS = 300;
const CREATORS = 300;
const DAYS = 12;

/**
 * A corpus that must be discovered: creators have values from 0 to 1, one in five is known at the start, and the others are known
 * after fifteen views. Each day a user views ten creators out of a random hundred that may be shown. Control shows the best known
 * ones; treatment gives three of the ten places to unknown creators. So exploring costs its own viewers and serves all who share
 * the corpus.
 *
 * @returns mean value a view of each user
 */
function simulate(
  run: number,
  explores: (user: number) => boolean,
  visible: (user: number, creator: number) => boolean,
): Float64Array {
  const key = replication("corpus", run);
  const quality = Float64Array.from({ length: CREATORS }, (_, creator) => uniform(key, creator, 0));
  const views = Int32Array.from({ length: CREATORS }, (_, creator) => (creator % 5 === 0 ? 15 : 0));
  const value = new Float64Array(USERS);
  const candidates: number[] = [];
  for (let day = 0; day < DAYS; day++) {
    const today = foldIn(key, day);
    for (let user = 0; user < USERS; user++) {
      candidates.length = 0;
      for (let draw = 0; draw < 100; draw++) {
        const creator = Math.floor(uniform(today, user, draw) * CREATORS);
        if (visible(user, creator)) candidates.push(creator);
      }
      const known = candidates
        .filter((creator) => views[creator]! >= 15)
        .sort((a, b) => quality[b]! - quality[a]!);
      const unknown = candidates.filter((creator) => views[creator]! < 15);
      const places = explores(user) ? Math.min(3, unknown.length) : 0;
      const shown = [...unknown.slice(0, places), ...known.slice(0, 10 - places)];
      for (const creator of shown) {
        views[creator]!++;
        value[user]! += quality[creator]! / (10 * DAYS);
      }
    }
  }
  return value;
}

/** Effect of exploring that an experiment of this design sees. */
function experiment(run: number, spec: DesignSpecInput & { kind: "user" | "co-diverted" }): number {
  const key = foldIn(replication("corpus design", run), 0);
  const pairs = {
    count: USERS,
    user: Int32Array.from({ length: USERS }, (_, i) => i),
    creator: Int32Array.from({ length: CREATORS }, (_, i) => i),
  };
  const arm = new Uint8Array(USERS);
  const corpus = new Uint8Array(CREATORS);
  const design = createDesign({ kind: "co-diverted" }, key);
  if (spec.kind === "user") createDesign({ kind: "user" }, key).armsInto(arm, pairs);
  else design.armsInto(arm, pairs);
  design.corpusArmsInto(corpus, pairs);
  const outcome = simulate(
    run,
    (user) => arm[user] === 1,
    (user, creator) => spec.kind === "user" || corpus[creator] === arm[user],
  );
  return differenceInMeans({ outcome, arm }).effect;
}

test(
  "exploring helps all, a user test says that it harms, and a co-diverted test has the sign right (4 worlds)",
  { timeout: 60_000 },
  () => {
    const mean = (values: Float64Array): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    for (let run = 0; run < 4; run++) {
      const truth =
        mean(
          simulate(
            run,
            () => true,
            () => true,
          ),
        ) -
        mean(
          simulate(
            run,
            () => false,
            () => true,
          ),
        );
      expect(truth).toBeGreaterThan(0.05);
      expect(experiment(run, { kind: "user" })).toBeLessThan(-0.02);
      expect(experiment(run, { kind: "co-diverted" })).toBeGreaterThan(0.02);
    }
  },
);
