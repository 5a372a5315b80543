import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { jsonText, parseGateSpec, sha256OfFile, writeFolderAtomic } from "@longview/formats";
import { checkEstimatorNames, judgeLaunch, OffPolicyEvaluationError } from "@longview/off-policy-evaluation";
import pico from "picocolors";
import { readConfigurationFile } from "../configuration/read-source.ts";
import { chooseDisplay } from "../display/choose-display.ts";
import { EXIT, UsageError, VERDICT_EXIT } from "../exit-codes.ts";
import { StoppedByUser, withLaunch } from "../launch/open-launch.ts";
import { requireApart } from "../launch/output-apart.ts";
import { renderReview } from "../review/render-review.ts";
import { verdictLines } from "../review/verdict-lines.ts";
import { listenForInterrupt } from "../run/interrupt.ts";
import { codeVersion } from "../run/lineage.ts";
import { requireWritableFile, requireWritableFolder } from "../run/output-paths.ts";

/** The options of `longview gate`. */
export interface GateCommandOptions {
  readonly log: readonly string[];
  readonly columns?: string;
  readonly candidate: string;
  readonly incumbent?: string;
  readonly spec: string;
  readonly out: string;
  readonly quarantine?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Files of a gate's folder. */
export const GATE_FILES = { verdict: "verdict.json", page: "review.html" } as const;

/** `longview gate`: judges a launch on a log. Returns the exit code, which is the verdict. */
export async function gateCommand(options: GateCommandOptions): Promise<number> {
  const written = readConfigurationFile(options.spec);
  const spec = parseGateSpec(written, options.spec);
  await namingSpec(options.spec, () => checkEstimatorNames(spec.estimators));
  if (
    options.incumbent !== undefined &&
    written["incumbent"] !== undefined &&
    options.incumbent !== spec.incumbent
  )
    throw new UsageError(
      `--incumbent: found ${JSON.stringify(options.incumbent)}, and ${options.spec} was written for ${JSON.stringify(spec.incumbent)}`,
    );
  const incumbent = options.incumbent ?? spec.incumbent;
  requireApart(
    [
      ["--out", options.out],
      ["--quarantine", options.quarantine],
    ],
    { ...options, incumbent },
  );
  requireGateFolder(options.out, options.force === true);
  if (options.quarantine !== undefined) requireWritableFile("--quarantine", options.quarantine);
  const display = await chooseDisplay(options.json === true, 1);
  const interrupt = listenForInterrupt(display, "after the rows that are being read");
  try {
    const verdict = await withLaunch(
      {
        ...options,
        incumbent,
        ...(options.incumbent === undefined ? { incumbentPlace: `${options.spec}: incumbent` } : {}),
        ...(spec.assignment === undefined ? {} : { policies: Object.keys(spec.assignment) }),
        segments: spec.segments,
      },
      { display, stopped: interrupt.stopped },
      async ({ log, facts }) =>
        namingSpec(options.spec, () =>
          judgeLaunch(log, {
            spec,
            specFile: { path: options.spec, sha256: sha256OfFile(options.spec) },
            ...facts,
            code: codeVersion(),
          }),
        ),
    );
    if (interrupt.stopped()) return EXIT.interrupted;
    const page = renderReview(verdict);
    await writeFolderAtomic(options.out, (folder) => {
      writeFileSync(join(folder, GATE_FILES.verdict), jsonText(verdict));
      writeFileSync(join(folder, GATE_FILES.page), page);
    });
    display.close();
    process.stdout.write(
      options.json === true
        ? `${JSON.stringify(verdict)}\n`
        : `${[
            ...verdictLines(verdict, process.stdout.isTTY ? pico : pico.createColors(false)),
            "",
            `page      ${join(options.out, GATE_FILES.page)}`,
            `numbers   ${join(options.out, GATE_FILES.verdict)}`,
          ].join("\n")}\n`,
    );
    return VERDICT_EXIT[verdict.verdict];
  } catch (error) {
    if (error instanceof StoppedByUser) return EXIT.interrupted;
    throw error;
  } finally {
    display.close();
    interrupt.release();
  }
}

/** What a specification asks for and the log or the program lacks is told with the specification's file. */
async function namingSpec<Result>(file: string, act: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof OffPolicyEvaluationError && error.code === "BAD_OPTION")
      throw new UsageError(`${file}: ${error.message}`);
    throw error;
  }
}

/** A folder that an earlier gate wrote is replaced when asked; nothing else is. */
function requireGateFolder(folder: string, force: boolean): void {
  if (folder.trim() !== "" && resolve(folder) === process.cwd())
    throw new UsageError(`--out: ${folder} is the folder that this runs in; choose one that can be replaced`);
  requireWritableFolder("--out", folder);
  const known: readonly string[] = Object.values(GATE_FILES);
  const found = existsSync(folder) ? readdirSync(folder) : [];
  if (found.length === 0) return;
  const strange = found.find((name) => !known.includes(name));
  if (strange !== undefined)
    throw new UsageError(`--out: ${folder} holds ${strange}, which no gate wrote; choose another folder`);
  if (!force)
    throw new UsageError(
      `--out: ${folder} holds a verdict already; choose another folder, or --force replaces it`,
    );
}
