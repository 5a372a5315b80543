import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { jsonText, writeFolderAtomic } from "@longview/formats";
import { MARKETPLACE_IDS, WHOLE_MARKETPLACE_ID, type MarketplaceId } from "@longview/marketplace";
import { parseExchangeRates, ScorecardError, type ExchangeRates } from "@longview/scorecard";
import { deriveKey, foldIn, rootKey } from "@longview/statistics";
import { nearest } from "../configuration/nearest.ts";
import { readConfigurationFile } from "../configuration/read-source.ts";
import { silentDisplay } from "../display/display.ts";
import { askedPolicy } from "../ecosystem/asked-policy.ts";
import { defaultExchangeRates } from "../ecosystem/exchange-rates.ts";
import { liveMemory } from "../ecosystem/live-series.ts";
import { openLiveView } from "../ecosystem/live-view.ts";
import { makeActor } from "../ecosystem/make-actor.ts";
import { ECOSYSTEM_FILES } from "../ecosystem/output-folder.ts";
import { renderEcosystem } from "../ecosystem/page.ts";
import { ecosystemLines } from "../ecosystem/print.ts";
import { summarise } from "../ecosystem/summarise.ts";
import type { SimulationOrder, WorldOutcome, WorldWork } from "../ecosystem/work.ts";
import { runParts, ThreadError } from "../evaluation/pool.ts";
import { EXIT, UsageError } from "../exit-codes.ts";
import { listenForInterrupt } from "../run/interrupt.ts";
import { requireOwnFolder } from "../run/output-paths.ts";
import { chooseEnvironment } from "../simulate/choose-environment.ts";
import { simulatedWorld } from "../simulate/simulated-world.ts";

/** The options of `longview simulate`. */
export interface SimulateCommandOptions {
  readonly policy: string;
  readonly against?: string;
  readonly world?: string;
  readonly option: readonly string[];
  readonly days: string;
  readonly users?: string;
  readonly worlds: string;
  readonly seed: string;
  readonly exchangeRates?: string;
  readonly confidence: string;
  readonly workers?: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const DEFAULT_USERS = 256;
/** A world must be a day longer than it is watched. */
const MOST_DAYS = 3649;

/** `longview simulate`: runs a policy in whole marketplaces, shows what it does to them, and compares. Returns the exit code. */
export async function simulateCommand(options: SimulateCommandOptions): Promise<number> {
  const { out, seed } = options;
  const json = options.json === true;
  const asked = await askedOf(options);
  if (out !== undefined)
    requireOwnFolder(out, options.force === true, {
      files: Object.values(ECOSYSTEM_FILES),
      what: "simulation",
    });
  const order: SimulationOrder = { ...asked, live: liveMemory(asked.worlds, asked.days) };
  const threads =
    options.workers === undefined
      ? availableParallelism()
      : wholeOf("--workers", options.workers, { least: 1, most: 1024 });
  const view = openLiveView(order, json);
  const interrupt = listenForInterrupt(
    {
      ...silentDisplay,
      line(text) {
        view.close();
        process.stderr.write(`${text}\n`);
      },
      close: () => view.close(),
    },
    "after the worlds that are running",
  );
  try {
    const worlds = await runWorlds(order, {
      seed,
      threads,
      stopped: interrupt.stopped,
      done: (count) => view.worldDone(count),
    });
    view.close();
    if (worlds === undefined) return EXIT.interrupted;
    const { live: _live, ...plain } = order;
    const report = summarise(worlds, plain, seed);
    if (out !== undefined) {
      const page = renderEcosystem(report);
      await writeFolderAtomic(out, (folder) => {
        writeFileSync(join(folder, ECOSYSTEM_FILES.numbers), jsonText(report));
        writeFileSync(join(folder, ECOSYSTEM_FILES.page), page);
      });
    }
    const lines = [
      ...ecosystemLines(report),
      ...(out === undefined
        ? []
        : [
            "",
            `page      ${join(out, ECOSYSTEM_FILES.page)}`,
            `numbers   ${join(out, ECOSYSTEM_FILES.numbers)}`,
          ]),
    ];
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : `${lines.join("\n")}\n`);
    return EXIT.done;
  } finally {
    view.close();
    interrupt.release();
  }
}

/** World w has the key `foldIn(key, w)`, under every policy. */
async function runWorlds(
  order: SimulationOrder,
  how: {
    readonly seed: string;
    readonly threads: number;
    readonly stopped: () => boolean;
    readonly done: (count: number) => void;
  },
): Promise<WorldOutcome[] | undefined> {
  const key = deriveKey(rootKey(how.seed), "simulate");
  const parts = Array.from({ length: order.worlds }, (_, world) => ({
    key: String(world),
    work: { world, key: foldIn(key, world) } satisfies WorldWork,
  }));
  try {
    return await runParts<WorldWork, WorldOutcome>(parts, {
      file: new URL("../ecosystem/simulation-thread.ts", import.meta.url),
      workerData: order,
      threads: how.threads,
      stopped: how.stopped,
      done: (_key, _result, count) => how.done(count),
    });
  } catch (error) {
    if (error instanceof ThreadError && error.failure.usage) throw new UsageError(error.failure.lines);
    throw error;
  }
}

async function askedOf(options: SimulateCommandOptions): Promise<Omit<SimulationOrder, "live">> {
  const policies = [
    askedPolicy("--policy", options.policy),
    ...(options.against === undefined ? [] : [askedPolicy("--against", options.against)]),
  ];
  const days = wholeOf("--days", options.days, { least: 1, most: MOST_DAYS });
  const worlds = wholeOf("--worlds", options.worlds, { least: 1, most: 10_000 });
  const users =
    options.users === undefined
      ? undefined
      : wholeOf("--users", options.users, { least: 1, most: 1_000_000 });
  const confidence = Number(options.confidence);
  if (!(confidence >= 0.5 && confidence < 1))
    throw new UsageError(
      `--confidence: found ${JSON.stringify(options.confidence)}, allowed: from 0.5 to below 1`,
    );
  const {
    id,
    options: worldOptions,
    rows,
  } = await worldOf(
    options,
    policies.some(({ kind }) => kind === "trained"),
  );
  const { environment } = await simulatedWorld(id, { ...worldOptions, days: days + 1 }, 1);
  for (const policy of policies) await makeActor(policy, { id, options: worldOptions });
  return {
    id,
    options: worldOptions,
    days,
    worlds,
    users: users ?? rows ?? DEFAULT_USERS,
    policies,
    confidence,
    exchangeRates: ratesOf(options.exchangeRates, environment.objectiveNames.includes("revenue")),
  };
}

function ratesOf(file: string | undefined, money: boolean): ExchangeRates {
  if (file === undefined) return defaultExchangeRates(money);
  try {
    return parseExchangeRates(readConfigurationFile(file), file);
  } catch (error) {
    if (error instanceof ScorecardError) throw new UsageError(error.message);
    throw error;
  }
}

interface ChosenWorld {
  readonly id: MarketplaceId;
  readonly options: Readonly<Record<string, unknown>>;
  readonly rows: number | undefined;
}

/** The world of `--world`, else the one that the first trained policy learned in, else the whole marketplace. */
async function worldOf(
  { world, option, policy, against }: SimulateCommandOptions,
  trained: boolean,
): Promise<ChosenWorld> {
  if (world !== undefined) requireMarketplace(world);
  const environment = world ?? (trained ? undefined : WHOLE_MARKETPLACE_ID);
  if (option.some((each) => /^\s*days\s*=/.test(each)))
    throw new UsageError("--option days: is said with --days");
  const chosen = await chooseEnvironment({
    ...(environment === undefined ? {} : { environment }),
    set: option,
    policy: [policy, ...(against === undefined ? [] : [against])],
  }).catch((error: unknown) => {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(error.lines.map((line) => line.replace(/^--set\b/, "--option")));
  });
  const { days: _days, ...options } = chosen.options;
  const mode = options["actionMode"];
  if (mode !== undefined && mode !== "slate")
    throw new UsageError(
      `--option actionMode: found ${JSON.stringify(mode)}, allowed: slate, since policies are asked for slates`,
    );
  return { id: requireMarketplace(chosen.id), options, rows: chosen.rows };
}

function requireMarketplace(id: string): MarketplaceId {
  const known = MARKETPLACE_IDS.find((each) => each === id);
  if (known !== undefined) return known;
  const near = nearest(id, MARKETPLACE_IDS);
  throw new UsageError(
    `--world: found ${JSON.stringify(id)}, allowed: ${MARKETPLACE_IDS.join(", ")}${near === undefined ? "" : `; did you mean ${near}?`}`,
  );
}

function wholeOf(
  option: string,
  text: string,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    throw new UsageError(
      `${option}: found ${JSON.stringify(text)}, allowed: a whole number from ${least.toLocaleString("en-US")} to ${most.toLocaleString("en-US")}`,
    );
  return value;
}
