/**
 * What serving one stakeholder blindly does to the others in `marketplace/content-v1` at its defaults, beside a balanced policy in the
 * same worlds. The policies were chosen in worlds of other keys, and then fixed.
 */
import { rootKey } from "@longview/statistics";
import {
  BALANCED_POLICY,
  BLIND_POLICIES,
  platformActor,
  STAKEHOLDERS,
  stakeholderChanges,
  stakeholderWorlds,
  type PlatformPolicy,
  type Stakeholder,
  type StakeholderChange,
} from "@longview/marketplace";
import { numberOption } from "./measure.ts";
import { Report } from "./row.ts";

const UNIT = {
  users: "user value a slot",
  creators: "livings a slot",
  advertisers: "money a slot",
  platform: "money a slot",
} as const satisfies Record<Stakeholder, string>;

type Changes = Readonly<Record<Stakeholder, StakeholderChange>>;

/** `npm run bench -- tension [--worlds 30] [--users 96] [--days 60]` */
export async function run(args: readonly string[]): Promise<number> {
  const report = new Report("tension", args);
  const worlds = numberOption(args, "worlds", 30);
  const users = numberOption(args, "users", 96);
  const days = numberOption(args, "days", 60);
  const changesOver = async (length: number): Promise<Readonly<Record<Stakeholder, Changes>>> => {
    const settings = { key: rootKey("tension, policies fixed"), worlds, users, options: { days: length } };
    const values = (policy: PlatformPolicy) => stakeholderWorlds(() => platformActor(policy), settings);
    const balanced = await values(BALANCED_POLICY);
    const against = async (served: Stakeholder): Promise<Changes> =>
      stakeholderChanges(balanced, await values(BLIND_POLICIES[served]));
    return {
      users: await against("users"),
      creators: await against("creators"),
      advertisers: await against("advertisers"),
      platform: await against("platform"),
    };
  };
  const week = await changesOver(7);
  const whole = await changesOver(days);
  for (const served of STAKEHOLDERS)
    for (const other of STAKEHOLDERS) {
      const { difference, interval, balanced } = whole[served][other];
      const own = served === other;
      const first = week[served][other];
      report.add({
        name: own
          ? `tension: ${served} served blindly, own value`
          : `tension: ${served} served blindly, ${other}`,
        measured: difference,
        unit: UNIT[other],
        comparedWith: `balanced ${balanced.toFixed(2)}; 95 % interval ${intervalText(interval)} over ${worlds} paired worlds; first week ${signed(first.difference)} ${intervalText(first.interval)}`,
        ratio: difference / Math.abs(balanced),
        bar: own ? null : "upper end < 0",
        met: own ? null : interval[1] < 0,
      });
    }
  return report.exitCode;
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
}

function intervalText([low, high]: readonly [number, number]): string {
  return `[${signed(low)}, ${signed(high)}]`;
}
