import { BASELINE_NAMES, simulateAtScale } from "@longview/marketplace";
import { rootKey } from "@longview/statistics";
import { peakMemory, runChild } from "./fresh-process.ts";
import { numberOption, textOption } from "./measure.ts";
import { Report } from "./row.ts";

const MEMORY_BAR = 4 * 2 ** 30;

/** What the child prints. */
interface Measured {
  readonly decisions: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly bytes: number;
  readonly stateHash: string;
}

async function measure(args: readonly string[]): Promise<Measured> {
  const name = textOption(args, "policy") ?? "random";
  const policy = BASELINE_NAMES.find((each) => each === name);
  if (policy === undefined)
    throw new RangeError(`--policy: found ${name}, allowed: ${BASELINE_NAMES.join(", ")}`);
  const began = performance.now();
  const { decisions, stateHash } = await simulateAtScale({
    users: numberOption(args, "users", 1_000_000),
    days: numberOption(args, "days", 30),
    key: rootKey("scale"),
    policy,
    workers: numberOption(args, "workers", 2),
    options: {
      creators: { capacity: numberOption(args, "creators", 20_000) },
      items: { capacity: numberOption(args, "items", 200_000) },
    },
    onDay: ({ day, decisions: pages, users }) =>
      process.stderr.write(`day ${day}: ${pages} pages, ${users} users\n`),
  });
  const { user, system } = process.cpuUsage();
  return {
    decisions,
    seconds: (performance.now() - began) / 1000,
    cpuSeconds: (user + system) / 1e6,
    bytes: peakMemory(),
    stateHash,
  };
}

/** `npm run bench -- marketplace-scale [--users N] [--items N] [--creators N] [--days N] [--workers N] [--policy NAME]` */
export async function run(args: readonly string[]): Promise<number> {
  if (args.includes("--child")) {
    process.stdout.write(JSON.stringify(await measure(args)));
    return 0;
  }
  const report = new Report("marketplace-scale", args);
  const measured: unknown = JSON.parse(await runChild("marketplace-scale", args));
  if (!isMeasured(measured)) throw new Error(`the child printed ${JSON.stringify(measured)}`);
  const users = numberOption(args, "users", 1_000_000);
  const days = numberOption(args, "days", 30);
  const each = measured.decisions / users / days;
  report.add({
    name: `marketplace/content-v1, ${users} users, ${days} days, ${each.toFixed(2)} decisions a user and day: peak memory`,
    measured: measured.bytes,
    unit: "bytes resident, the whole process",
    comparedWith: "the bar",
    ratio: MEMORY_BAR / measured.bytes,
    bar: `<= ${MEMORY_BAR}`,
    met: measured.bytes <= MEMORY_BAR,
  });
  report.add({
    name: "the same: decisions",
    measured: measured.decisions / measured.cpuSeconds,
    unit: `decisions / CPU second of all threads; ${measured.decisions} in ${measured.seconds.toFixed(0)} s`,
    comparedWith: "nothing",
    ratio: null,
    bar: null,
    met: null,
    note: `state ${measured.stateHash.slice(0, 16)}`,
  });
  return report.exitCode;
}

function isMeasured(value: unknown): value is Measured {
  return typeof value === "object" && value !== null && "decisions" in value && "stateHash" in value;
}
