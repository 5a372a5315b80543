import { createServer } from "node:net";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDecisionLog } from "@longview/formats";
import { writeTinyBundle } from "../../server/test/helpers/tiny-bundle.ts";
import { rankBody } from "../../server/test/helpers/rank-bodies.ts";
import { longview } from "./helpers/command.ts";
import { runInProcess } from "./helpers/run-in-process.ts";

const folder = mkdtempSync(join(tmpdir(), "longview-serve-"));
const bundle = join(folder, "bundle");
beforeAll(() => writeTinyBundle(bundle, { policyId: "first", propensityFloor: 0.1 }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const log = join(folder, "log");

test("what is typed wrongly gets one line that says what is allowed, and leaves no log", async () => {
  const file = join(folder, "file");
  writeFileSync(file, "short");
  const unbundled = join(folder, "empty");
  mkdirSync(unbundled);
  for (const [args, said] of [
    [[join(folder, "none")], /^longview: bundle: .*none: no such folder, allowed: a policy bundle/],
    [[unbundled], /^longview: .*manifest.json: not found/],
    [[bundle, "--port", "99999"], /^longview: --port: found "99999", allowed: a whole number from 0/],
    [[bundle, "--floor", "1"], /^longview: --floor: found "1", allowed: a share from 0 to below 1/],
    [[bundle, "--durability", "none"], /^longview: --durability: found "none", allowed: process or disk/],
    [[bundle, "--rotate-seconds", ""], /^longview: --rotate-seconds: found "", allowed: a number of seconds/],
    [[bundle, "--canary", "next"], /^longview: --canary: found "next", allowed: NAME=DIR:SHARE/],
    [
      [bundle, "--canary", `next=${bundle}`],
      /^longview: --canary: found .*, allowed: NAME=DIR:SHARE with a share/,
    ],
    [[bundle, "--canary", `a=${bundle}:0.5`, "--canary", `b=${bundle}:0.5`], /the shares leave nothing/],
    [[bundle, "--shadow", `main=${bundle}`], /two policies are called main/],
    [[bundle, "--bundles", join(folder, "none")], /^longview: --bundles: .*no such folder/],
    [[bundle, "--token-file", join(folder, "none")], /^longview: --token-file: .* cannot be read \(ENOENT\)/],
    [[bundle, "--token-file", file], /^longview: --token-file: .*allowed: one line of 8 to 1024/],
    [[bundle, "--trust", file], /^longview: .*file: /],
    [[bundle, "--host", "256.1.1.1", "--port", "0"], /^longview: --host: found "256.1.1.1", allowed/],
    [[bundle, "--log", file], /^longview: --log: .* is a file, allowed: a folder/],
  ] as const) {
    const { code, errors } = await runInProcess(["serve", "--log", log, ...args]);
    const lines = errors.split("\n").filter((line) => line.startsWith("longview: "));
    expect([args, code, lines.length]).toEqual([args, 3, 1]);
    expect(lines[0]).toMatch(said);
  }
});

test("a port that is taken is refused in one line", async () => {
  const taken = createServer();
  const port = await new Promise<number>((resolve) =>
    taken.listen(0, "127.0.0.1", () => {
      const address = taken.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    }),
  );
  const { code, errors } = await runInProcess(["serve", bundle, "--log", log, "--port", String(port)]);
  taken.close();
  expect(code).toBe(3);
  expect(errors).toContain(
    `longview: --port: ${port} on 127.0.0.1 is taken; choose another, or 0 for any free one\n`,
  );
});

test("a server that is told to stop exits with 0, and its log holds what it answered", async () => {
  const own = join(folder, "served");
  const answered: string[] = [];
  const { code, out } = await longview(["serve", bundle, "--port", "0", "--log", own], folder, (child) => {
    let told = "";
    child.stdout!.on("data", (data: Buffer) => {
      const before = told.includes("\n  page");
      told += data.toString();
      const [, address] = /on (http:\S+)/.exec(told) ?? [];
      if (before || address === undefined || !told.includes("\n  page")) return;
      void (async () => {
        for (let number = 0; number < 5; number++) {
          const response = await fetch(`${address}/v1/rank`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify(rankBody(number)),
          });
          const body: unknown = await response.json();
          if (typeof body === "object" && body !== null && "decision_id" in body)
            answered.push(String(body.decision_id));
        }
        child.kill("SIGTERM");
      })();
    });
  });
  expect(code).toBe(0);
  expect(out).toMatch(/^serving main first \(100 %\) on http:\/\/127.0.0.1:\d+\n/);
  expect(answered).toHaveLength(5);
  const files = readdirSync(own).filter((name) => name.endsWith(".parquet"));
  // The window in which feedback is waited for is still open, so the rows are there and none may be judged by.
  await expect(openDecisionLog({ files: files.map((name) => join(own, name)) })).rejects.toThrow(
    "none of 5 rows may be kept: 0 break the contract, 5 have incomplete outcomes",
  );
});
