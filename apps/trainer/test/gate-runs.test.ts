import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test, vi } from "vitest";
import { openDecisionLog } from "@longview/formats";
import {
  candidateTableText,
  collectLoggedBandit,
  parseCandidateTable,
} from "@longview/off-policy-evaluation";
import { longview } from "./helpers/command.ts";
import { at, gate, gateLine, lift, rows, tables, text, verdictIn, why } from "./helpers/gate-bench.ts";
import { COLUMNS, csvText, madeUpLog, SPEC, writeYaml } from "./helpers/made-up-log.ts";
import { contentOf, runInProcess } from "./helpers/run-in-process.ts";

const LIMIT = 60_000;
// What a killed process leaves there goes with the test's folder.
vi.stubEnv("TMPDIR", at("."));
afterAll(() => {
  vi.unstubAllEnvs();
});

describe("what is on the disk", () => {
  test("an earlier verdict is replaced with --force alone, and only by a verdict", async () => {
    const line = gateLine();
    const out = line.at(-1)!;
    expect((await runInProcess(line)).code).toBe(0);
    const before = contentOf(out);
    const again = await runInProcess(line);
    expect(again).toMatchObject({
      code: 3,
      out: "",
      errors: `longview: --out: ${out} holds a verdict already; choose another folder, or --force replaces it\n`,
    });
    expect(contentOf(out)).toEqual(before);
    const other = [...gateLine({ candidate: tables.timid }).slice(0, -1), out];
    expect((await runInProcess([...other, "--force"])).code).toBe(1);
    expect(verdictIn(out).verdict).toBe("HOLD");
    writeFileSync(join(out, "notes.txt"), "mine");
    expect(await runInProcess([...line, "--force"])).toMatchObject({
      code: 3,
      errors: `longview: --out: ${out} holds notes.txt, which no gate wrote; choose another folder\n`,
    });
    expect(readdirSync(out)).toEqual(["notes.txt", "review.html", "verdict.json"]);
  });

  test("few broken rows are set aside and said first; many forbid a decision", async () => {
    for (const [count, expected] of [
      [20, ["SHIP", "gain:click"]],
      [21, ["NO-DECISION", "invalid:contract"]],
    ] as const) {
      const spoilt = csvText(
        rows.map((row, k) => (k % 90 === 0 && k < 90 * count ? { ...row, propensity: 7 } : row)),
      );
      const aside = at(`aside-${count}.jsonl`);
      const { verdict, out } = await gate({
        log: [text(`spoilt-${count}.csv`, spoilt)],
        more: ["--quarantine", aside],
      });
      expect(why(verdict)).toEqual(expected);
      expect(verdict.log).toMatchObject({
        rowsRead: 2000,
        rowsKept: 2000 - count,
        rowsQuarantined: count,
        quarantineFile: aside,
      });
      expect(readFileSync(aside, "utf8").trimEnd().split("\n")).toHaveLength(count);
      expect(out).toContain(`notice    ${count} of 2000 rows broke the log's contract and were set aside.\n`);
      expect(verdict.log.violations[0]).toMatch(/^PROPENSITY_ABOVE_ONE: .* first .*spoilt-\d+\.csv row 1 /);
    }
  });

  test("promised shares of units are tested, and a policy that nobody promised is refused", async () => {
    const check = (verdict: Awaited<ReturnType<typeof gate>>["verdict"]): string =>
      verdict.validity.find(({ id }) => id === "sample-ratio")!.state;
    expect(check((await gate({ spec: { assignment: { first: 1, second: 1 } } })).verdict)).toBe("green");
    const { verdict } = await gate({ spec: { assignment: { first: 2, second: 1 } } });
    expect(why(verdict)).toEqual(["NO-DECISION", "invalid:sample-ratio"]);
    const told = await runInProcess(gateLine({ spec: { assignment: { first: 1, third: 1 } } }));
    expect(told.code).toBe(3);
    expect(told.errors).toMatch(
      /^longview: POLICY_UNKNOWN: policy names an unknown policy in 1000 rows, first .* row 2 \("second"\); allowed: first, third\n$/,
    );
  });
});

test("propensities that were not logged are estimated, which is said first and ships only where that is allowed", async () => {
  const mapping = writeYaml(at("unlogged.yaml"), { ...COLUMNS, propensity: undefined });
  const asked = { columns: mapping, candidate: "column:bold" };
  const { verdict, out } = await gate(asked);
  expect(out.split("\n")[0]).toBe("the log holds no propensities: they are estimated");
  expect(verdict.notices[0]).toMatch(/^Propensities were not logged: they were estimated/);
  expect(verdict.verdict).toBe("NO-DECISION");
  expect(why(verdict)).toContain("invalid:propensities");
  expect(verdict.propensityModel!.pValue).toBeGreaterThan(0.01);
  // The model knows the country, which is all that decided: its estimate is near the truth.
  expect(lift(verdict).value).toBeCloseTo(0.105, 2);
  const allowed = { ...SPEC.evidence, estimatedPropensities: true };
  const { verdict: carried } = await gate({ ...asked, spec: { evidence: allowed } });
  expect(why(carried)).not.toContain("invalid:propensities");
  expect(carried.validity.find(({ id }) => id === "propensities")!.state).toBe("amber");
});

describe("as a process", () => {
  test(
    "ends in 0, 1, 2 for the verdicts and 3 for a mistake, and a reader that goes away stops nothing",
    async () => {
      const lines = [gateLine(), gateLine({ candidate: tables.timid }), gateLine({ candidate: tables.even })];
      const ended = await Promise.all([
        ...lines.map((line) => longview(line, at("."))),
        longview([...gateLine(), "--json"], at("."), (child) => child.stdout!.destroy()),
        longview(gateLine({ candidate: "best" }), at(".")),
      ]);
      expect(ended.map(({ code }) => code)).toEqual([0, 1, 2, 0, 3]);
      expect(ended.map(({ errors }) => errors.split("\n").length)).toEqual([1, 1, 1, 1, 2]);
      expect(ended[0]!.out).toContain("SHIP");
      expect(ended[3]!.out).toBe("");
      for (const command of ["gate", "estimate", "item-table"])
        expect(await longview([command, "--help"], at("."))).toMatchObject({ code: 0, errors: "" });
    },
    LIMIT,
  );

  test(
    "stopped or killed while it reads: nothing is written, and another run is whole",
    async () => {
      const many = text("many.csv", csvText(madeUpLog(200_000, 2)));
      const line = gateLine({ log: [many] });
      const out = line.at(-1)!;
      for (const [signal, code] of [
        ["SIGINT", 130],
        ["SIGKILL", null],
      ] as const) {
        const told = await longview(line, at("."), (child) => {
          child.stdout!.on("data", (data: Buffer) => {
            if (data.toString().includes("evidence …")) child.kill(signal);
          });
        });
        expect(told.code).toBe(code);
        expect(told.out).not.toContain("SHIP");
        expect(readdirSync(at(".")).filter((name) => name.includes(out.slice(at("").length)))).toEqual([]);
      }
      expect((await runInProcess(line)).code).toBe(0);
    },
    LIMIT,
  );
});

const data = new URL("../../../../shared/data/open-bandit/", import.meta.url);
const absent = !existsSync(data);
const dataFile = (name: string): string => fileURLToPath(new URL(`${name}.csv.gz`, data));
const example = (name: string): string =>
  fileURLToPath(new URL(`../../../examples/open-bandit/${name}.yaml`, import.meta.url));

describe("Open Bandit (skipped where the data is absent)", () => {
  const gateOf = (name: string, candidate: string, out: string): Promise<{ code: number }> =>
    runInProcess([
      "gate",
      "--log",
      dataFile(name),
      "--candidate",
      candidate,
      "--spec",
      example(name === "obd_bts_women" ? "women-bts-to-uniform" : "men-uniform-to-bts"),
      "--out",
      out,
    ]);

  test.skipIf(absent)("women, BTS to uniform: two rows carry the evidence, so NO-DECISION", async () => {
    expect((await gateOf("obd_bts_women", "uniform", at("women"))).code).toBe(2);
    const verdict = verdictIn(at("women"));
    expect(why(verdict)).toEqual(
      expect.arrayContaining(["NO-DECISION", "invalid:effective-sample-size", "invalid:largest-weight"]),
    );
    expect(verdict.weights.count).toBe(10_000);
    expect(verdict.weights.effectiveSampleSize).toBeCloseTo(2.08, 2);
    expect(verdict.weights.largestShare).toBeCloseTo(0.69, 2);
  });

  test.skipIf(absent)(
    "men, a tenth of BTS beside uniform: one paired lift says more than two estimates",
    async () => {
      const bts = at("bts-men.csv");
      await runInProcess(["item-table", "--log", dataFile("obd_bts_men"), "--out", bts]);
      const table = parseCandidateTable(readFileSync(bts, "utf8"), bts);
      const reader = await openDecisionLog({ files: [dataFile("obd_random_men")] });
      const random = await collectLoggedBandit(reader);
      reader.close();
      const items = random.actions!;
      const probabilities = Float64Array.from({ length: 3 * items.length }, (_, cell) => {
        const item = table.items.indexOf(items[cell % items.length]!);
        const line = Math.floor(cell / items.length);
        return (
          0.9 / items.length + (item < 0 ? 0 : 0.1 * table.probabilities[line * table.items.length + item]!)
        );
      });
      text("tenth.csv", candidateTableText({ items, positions: [1, 2, 3], probabilities }));
      await gateOf("obd_random_men", `table:${at("tenth.csv")}`, at("tenth"));
      const paired = verdictIn(at("tenth")).metrics[0]!;

      const { rowCount, action, position, propensity, rewards } = random;
      const click = rewards[0]!;
      const weighted = click.map(
        (reward, i) =>
          (probabilities[position![i]! * items.length + action![i]!]! / propensity![i]!) * reward,
      );
      const moments = (values: Float64Array): { mean: number; variance: number } => {
        const mean = values.reduce((sum, value) => sum + value, 0) / rowCount;
        return {
          mean,
          variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rowCount / rowCount,
        };
      };
      const [ours, theirs] = [moments(weighted), moments(click)];
      expect(paired.lift.value).toBeCloseTo(ours.mean - theirs.mean, 4);
      expect(5 * paired.standardError).toBeLessThan(Math.sqrt(ours.variance + theirs.variance));
    },
  );
});
