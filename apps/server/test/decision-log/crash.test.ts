import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, expect, test } from "vitest";
import { rootKey, uniform } from "@longview/statistics";
import { newFolder, openTestLog, readLog } from "./helpers.ts";
import { servedDecision } from "./served-decisions.ts";

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
function temporary(): string {
  const folder = newFolder();
  folders.push(folder);
  return folder;
}

/** What a child said before it was killed. */
interface Acknowledged {
  /** The unit of each decision, by id. */
  readonly units: Map<string, string>;
  /** The click of each report that joined, by decision. */
  readonly clicks: Map<string, number>;
}

/** Lets a child append to the log in `folder`, kills it `milliseconds` after it has opened it. */
async function killedChild(
  folder: string,
  number: number,
  milliseconds: number,
  said: Acknowledged,
): Promise<void> {
  const script = new URL("./appending-child.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, ["--import", "tsx", script, folder, String(number)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  for await (const line of createInterface({ input: child.stdout })) {
    const [kind, id = "", what = "", click = ""] = line.split(" ");
    if (kind === "open") setTimeout(() => child.kill("SIGKILL"), milliseconds);
    // The last line may be cut short.
    if (kind === "decision" && /^u\d+$/.test(what)) said.units.set(id, what);
    if (kind === "feedback" && what === "joined") said.clicks.set(id, Number(click));
  }
  await ended;
  expect(child.signalCode).toBe("SIGKILL");
}

const key = rootKey("kills");

test.concurrent.each([0, 1])(
  "after 10 kills at any moment every acknowledged decision is in the log once, with its report (log %i)",
  { timeout: 60_000 },
  async (chain) => {
    const folder = temporary();
    const said: Acknowledged = { units: new Map(), clicks: new Map() };
    for (let kill = 0; kill < 10; kill++)
      await killedChild(folder, 10 * chain + kill, 700 * uniform(key, chain, kill) ** 2, said);
    const clock = { time: Date.now() / 1000 + 1000 };
    const log = await openTestLog(folder, clock, { attributionSeconds: 0 });
    await log.maintain();
    expect(log.statistics).toMatchObject({
      openSegments: 0,
      unreadableSegments: 0,
      conversions: { failed: 0 },
    });
    await log.close();
    expect(readdirSync(join(folder, "write-ahead"))).toEqual([]);
    // The reader refuses an id that is there twice.
    const { rows, report } = await readLog(folder, ["decision_id", "unit_id", "objectives"]);
    expect(report.violations).toEqual([]);
    const logged = new Map(rows.map((row) => [String(row.decision_id), row]));
    expect(logged.size).toBe(rows.length);
    expect(said.units.size).toBeGreaterThan(100);
    for (const [id, unit] of said.units) expect(logged.get(id)?.unit_id).toBe(unit);
    for (const [id, click] of said.clicks) expect(logged.get(id)?.objectives).toEqual({ click });
  },
);

test("a segment whose removal was cut short behind any file is in the log once", async () => {
  const folder = temporary();
  const clock = { time: 1000 };
  let log = await openTestLog(folder, clock, { attributionSeconds: 10 });
  const { ids } = log.append([servedDecision(0), servedDecision(1)]);
  await log.close();
  log = await openTestLog(folder, clock, { attributionSeconds: 10 });
  await log.feedback([{ decisionId: ids[1]!, objectives: { click: 5 } }]);
  await log.close();
  const away = temporary();
  const writeAhead = join(folder, "write-ahead");
  const files = ["000001.wal", "000001.feedback.wal", "000001.sealed.json"];
  for (const name of files) copyFileSync(join(writeAhead, name), join(away, name));
  clock.time = 1500;
  for (let removed = 0; removed <= files.length; removed++) {
    for (const name of files.slice(removed)) copyFileSync(join(away, name), join(writeAhead, name));
    log = await openTestLog(folder, clock, { attributionSeconds: 10 });
    await log.maintain();
    await log.close();
    expect(readdirSync(writeAhead)).toEqual([]);
    const { rows } = await readLog(folder, ["decision_id", "objectives"]);
    expect(rows.map(({ decision_id, objectives }) => [decision_id, objectives])).toEqual([
      [ids[0], { click: 0 }],
      [ids[1], { click: 5 }],
    ]);
  }
  expect(JSON.parse(readFileSync(join(folder, "log.json"), "utf8"))).toMatchObject({ last_segment: 1 });
});
