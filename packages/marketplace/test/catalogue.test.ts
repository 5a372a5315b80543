import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rootKey } from "@longview/statistics";
import { afterAll, describe, expect, test } from "vitest";
import { heuristicActor, makeContentMarketplace, simulateWorld } from "../src/index.ts";
import { readCatalogue } from "../src/content/catalogue.ts";

const folder = mkdtempSync(join(tmpdir(), "catalogue-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const SMALL = `video_id,author_id,upload_dt,video_duration,tag
1,b,2022-04-09,120000,"39,68"
2,a,2022-04-11,60000.0,39
3,b,2022-04-10,0,68
4,c,2022-04-08,,
`;

describe("a catalogue", () => {
  test("is read by author, with topics by rank of tag, lengths and ages; plain or gzip", () => {
    for (const path of [file("small.csv", SMALL), file("small.csv.gz", gzipSync(SMALL))]) {
      const catalogue = readCatalogue(path, 2);
      expect(catalogue.videoCount).toBe(4);
      expect([...catalogue.authorStart]).toEqual([0, 1, 3, 4]); // a: 1 video, b: 2, c: 1
      // tags by count: 39 and 68 twice (39 first by text), then none: topics 0, 1, 0
      expect([...catalogue.topic]).toEqual([0, 0, 1, 0]);
      expect([...catalogue.secondTopic]).toEqual([0, 1, 1, 0]);
      expect([...catalogue.logMinutes]).toEqual([0, 1, 1, 1]); // the median of 1 and 2 minutes, upper, fills gaps
      expect([...catalogue.ageDays]).toEqual([0, 2, 1, 3]);
      expect([...catalogue.oldestFirst]).toEqual([3, 1, 2, 0]);
    }
  });

  test("says in one line what is wrong", () => {
    const make = (catalogue: string) => makeContentMarketplace({ options: { catalogue } });
    expect(() => make("/no/such/file.csv")).toThrow(
      /^catalogue \/no\/such\/file\.csv: cannot be read \(ENOENT.*\)$/,
    );
    expect(() => make(file("columns.csv", "video_id,author_id,tag\n1,2,3\n"))).toThrow(
      /column video_duration is missing; needed are video_id, author_id, tag, video_duration, upload_dt; found video_id, author_id, tag$/,
    );
    expect(() => make(file("date.csv", SMALL.replace("2022-04-10", "yesterday")))).toThrow(
      /line 4 needs author_id and upload_dt/,
    );
    expect(() => make(file("empty.csv", SMALL.split("\n")[0]!))).toThrow(/has no videos/);
    expect(() => make(file("few.csv", SMALL))).toThrow(
      /has 3 authors; options\.creators\.capacity must be at most that, got 80/,
    );
  });
});

const kuairand = fileURLToPath(
  new URL("../../../../shared/data/kuairand/kuairand_pure_videos.csv.gz", import.meta.url),
);

test.skipIf(!existsSync(kuairand))(
  "a world on KuaiRand's catalogue lives (needs the shared data)",
  async () => {
    const catalogue = readCatalogue(kuairand, 8);
    expect(catalogue.videoCount).toBe(7583);
    expect(catalogue.authorCount).toBe(6510);
    const most = Math.max(
      ...catalogue.authorStart.subarray(1).map((end, a) => end - catalogue.authorStart[a]!),
    );
    expect(most).toBe(26);
    const result = await simulateWorld({
      key: rootKey(1),
      actor: heuristicActor(),
      users: 64,
      days: 10,
      options: { catalogue: kuairand },
    });
    expect(result.value).toBeGreaterThan(0);
    const world = makeContentMarketplace({ users: 8, options: { catalogue: kuairand }, key: rootKey(2) });
    const { creators, items } = world.privileged;
    const authors = [...creators.author].filter((_, creator) => creators.alive[creator] === 1);
    expect(new Set(authors).size).toBe(authors.length);
    const lengths = new Set(catalogue.logMinutes);
    items.logMinutes.forEach((length, item) => {
      if (items.alive[item] === 1) expect(lengths.has(length)).toBe(true);
    });
  },
);
