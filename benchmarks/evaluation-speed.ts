/**
 * IPS, SNIPS and DR with bootstrap intervals and diagnostics of one pass over rows × actions tables, beside NumPy.
 *
 * Both sides make the same numbers from a hash, piece by piece, outside the timed sections, and each runs in processes of its own.
 * NumPy: one thread, chunks, `einsum` for the expectations, counts · columns by OpenBLAS for the resamples; counts either by the
 * same table of bytes as ours (the fastest we found), or by `Generator.poisson` as one would write it.
 *
 * Bars: ≥ 657,000 rows per CPU second (user + system); peak resident memory of the process < 400 MB; values that agree to 1e-9.
 */
import { BanditStream, type BanditPiece } from "@longview/off-policy-evaluation";
import { rootKey } from "@longview/statistics";
import { z } from "zod";
import { peakMemory, runChild } from "./fresh-process.ts";
import { median, numberOption } from "./measure.ts";
import { runNumpy } from "./numpy/run-numpy.ts";
import { Skipped } from "./python.ts";
import { Report } from "./row.ts";

const ROUNDS = 3;
const PIECE = 8192;
const ROWS_PER_CPU_SECOND = 657_000;
const BYTES = 400e6;
const SAME = 1e-9;

const outputSchema = z.object({
  wall: z.number(),
  cpu: z.number(),
  peakBytes: z.number(),
  /** Value, lower and upper bound. */
  results: z.object({
    ips: z.tuple([z.number(), z.number(), z.number()]),
    snips: z.tuple([z.number(), z.number(), z.number()]),
    dr: z.tuple([z.number(), z.number(), z.number()]),
  }),
  numpy: z.string().optional(),
  blas: z.string().optional(),
});
type Output = z.infer<typeof outputSchema>;
const skippedSchema = z.object({ skipped: z.string() });
const ESTIMATORS = ["ips", "snips", "dr"] as const;

/** Finaliser of MurmurHash3. */
function mixed(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Overwrites `piece` with rows `first …` of the data, the same as in evaluation_speed.py. */
function fill(piece: BanditPiece, first: number): void {
  const { reward, propensity, action, actionCount, targetProbabilities, predictedRewards } = piece;
  for (let i = 0; i < reward.length; i++) {
    let sum = 0;
    for (let k = 0, at = i * actionCount; k < actionCount; k++, at++) {
      const hash = mixed((first + i) * actionCount + k);
      const size = (hash & 0xffff) + 1;
      targetProbabilities[at] = size;
      predictedRewards[at] = (hash >>> 16) / 65536;
      sum += size;
    }
    for (let at = i * actionCount; at < (i + 1) * actionCount; at++)
      targetProbabilities[at] = targetProbabilities[at]! / sum;
    const draw = mixed((first + i) ^ 0x9e3779b9);
    action[i] = draw % actionCount;
    propensity[i] = ((draw >>> 8) % 97) / 97 / 40 + 0.25 / actionCount;
    reward[i] = (draw >>> 16) % 3 === 0 ? 1 : 0;
  }
}

function pieceOf(rows: number, actions: number): BanditPiece {
  return {
    reward: new Float64Array(rows),
    propensity: new Float64Array(rows),
    action: new Int32Array(rows),
    actionCount: actions,
    targetProbabilities: new Float64Array(rows * actions),
    predictedRewards: new Float64Array(rows * actions),
  };
}

interface Size {
  readonly rows: number;
  readonly actions: number;
  readonly replicates: number;
}

/** The child's work: streams the data, and times what the library does. */
function measure({ rows, actions, replicates }: Size): Output {
  let cpu = 0;
  let wall = 0;
  const timed = <Value>(work: () => Value): Value => {
    const began = performance.now();
    const used = process.cpuUsage();
    const value = work();
    const { user, system } = process.cpuUsage(used);
    cpu += (user + system) / 1e6;
    wall += (performance.now() - began) / 1000;
    return value;
  };
  const stream = timed(() => new BanditStream({ key: rootKey("evaluation speed"), replicates }));
  let piece = pieceOf(Math.min(PIECE, rows), actions);
  for (let first = 0; first < rows; first += PIECE) {
    const size = Math.min(PIECE, rows - first);
    if (piece.reward.length !== size) piece = pieceOf(size, actions);
    fill(piece, first);
    timed(() => stream.add(piece));
  }
  const found = timed(() => stream.results());
  const three = ({ value, lower, upper }: (typeof found)["ips"]): [number, number, number] => [
    value,
    lower,
    upper,
  ];
  return {
    wall: rows / wall,
    cpu: rows / cpu,
    peakBytes: peakMemory(),
    results: { ips: three(found.ips), snips: three(found.snips), dr: three(found.dr) },
  };
}

function parsedOutput(text: string): Output {
  const parsed: unknown = JSON.parse(text);
  const skipped = skippedSchema.safeParse(parsed);
  if (skipped.success) throw new Skipped(skipped.data.skipped);
  return outputSchema.parse(parsed);
}

/** `--rows N` (1,000,000), `--actions N` (80), `--replicates N` (100). */
export async function run(args: readonly string[]): Promise<number> {
  const size = {
    rows: numberOption(args, "rows", 1_000_000),
    actions: numberOption(args, "actions", 80),
    replicates: numberOption(args, "replicates", 100),
  };
  if (args.includes("--child")) {
    process.stdout.write(JSON.stringify(measure(size)));
    return 0;
  }
  const options = Object.entries(size).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const ours: Output[] = [];
  const theirs: Record<"table" | "poisson", Output[]> = { table: [], poisson: [] };
  let skipped: string | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(parsedOutput(await runChild("evaluation-speed", options)));
    for (const counts of ["table", "poisson"] as const)
      try {
        if (skipped === undefined)
          theirs[counts].push(
            parsedOutput(
              await runNumpy("evaluation_speed.py", [
                ...options,
                "--piece",
                String(PIECE),
                "--counts",
                counts,
              ]),
            ),
          );
      } catch (error) {
        if (!(error instanceof Skipped)) throw error;
        skipped = error.message;
      }
  }
  const report = new Report("evaluation-speed", args);
  const cpu = median(ours.map((output) => output.cpu));
  const work = `${size.rows} rows × ${size.actions} actions, IPS + SNIPS + DR, ${size.replicates} resamples`;
  for (const counts of ["table", "poisson"] as const) {
    const others = theirs[counts];
    const rate = others.length === 0 ? null : median(others.map((output) => output.cpu));
    report.add({
      name: `evaluation: rows per CPU second${counts === "table" ? "" : ", beside NumPy's own Poisson counts"}`,
      measured: cpu,
      unit: "rows/s",
      comparedWith:
        rate === null
          ? "nothing"
          : `NumPy ${others[0]!.numpy} (${others[0]!.blas}, ${counts === "table" ? "our table of bytes for counts" : "Generator.poisson for counts"}), ${Math.round(rate)} rows/s`,
      ratio: rate === null ? null : cpu / rate,
      bar: counts === "table" ? `>= ${ROWS_PER_CPU_SECOND} rows per CPU second` : null,
      met: counts === "table" ? cpu >= ROWS_PER_CPU_SECOND : null,
      note: `${work}; median of ${ROUNDS} interleaved rounds${skipped === undefined ? "" : `; NumPy skipped: ${skipped}`}`,
    });
  }
  const peak = Math.max(...ours.map(({ peakBytes }) => peakBytes));
  const [table] = theirs.table;
  report.add({
    name: "evaluation: peak resident memory",
    measured: peak / 1e6,
    unit: "MB",
    comparedWith: table === undefined ? "nothing" : `NumPy, ${(table.peakBytes / 1e6).toFixed(0)} MB`,
    ratio: table === undefined ? null : table.peakBytes / peak,
    bar: "< 400 MB",
    met: peak < BYTES,
    note: `the whole process, with the data's pieces of ${PIECE} rows`,
  });
  if (table !== undefined) {
    const difference = Math.max(
      ...ESTIMATORS.map((name) => Math.abs(ours[0]!.results[name][0] - table.results[name][0])),
    );
    report.add({
      name: "evaluation: largest difference of values",
      measured: difference,
      unit: "reward",
      comparedWith: "NumPy on the same data",
      ratio: null,
      bar: `<= ${SAME}`,
      met: difference <= SAME,
      note: ESTIMATORS.map(
        (name) => `${name} ${text(ours[0]!.results[name])} and ${text(table.results[name])}`,
      ).join("; "),
    });
  }
  return report.exitCode;
}

function text([value, lower, upper]: readonly [number, number, number]): string {
  return `${value.toPrecision(6)} [${lower.toPrecision(5)}, ${upper.toPrecision(5)}]`;
}
