import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import {
  BOLD,
  COLUMNS,
  csvText,
  madeUpLog,
  SPEC,
  writeParquetLog,
  writeTable,
  writeYaml,
} from "./made-up-log.ts";
import { GRID, worldOf, writeBundle } from "./simulation.ts";

/** What a command line is given in place of what is good. */
export interface Attempt {
  readonly log?: string | readonly string[];
  /** Undefined: no mapping. */
  readonly columns?: string | undefined;
  readonly candidate?: string;
  readonly spec?: string;
  readonly out?: string;
  readonly more?: readonly string[];
}

/** What is wrong, how it is given, and the answer's lines without `longview: `; `…` ends one that goes on. */
export type BrokenCase = readonly [name: string, attempt: Attempt, ...lines: string[]];

/** Good inputs in a folder, and ways to spoil them. */
export interface Inputs {
  readonly folder: string;
  readonly good: {
    readonly log: string;
    readonly columns: string;
    readonly candidate: string;
    readonly spec: string;
  };
  readonly rows: ReturnType<typeof madeUpLog>;
  readonly csv: string;
  /** Of a good decision log. */
  readonly parquet: Buffer;
  readonly bundle: string;
  /** Writes a file under a name of its own; the number before it is not in the messages that are compared. */
  file(name: string, content: string | Uint8Array): string;
  spec(changes: object): string;
  columns(changes: object): string;
  table(...lines: string[]): string;
  /** The log with its third row changed. */
  row(changes: object): string;
  /** The log with positions from 1, and another one in its third row. */
  position(position: unknown): string;
}

/** Makes the inputs. */
export async function makeInputs(folder: string): Promise<Inputs> {
  mkdirSync(join(folder, "folder.csv"), { recursive: true });
  const rows = madeUpLog().slice(0, 40);
  const csv = csvText(rows);
  const good = {
    log: join(folder, "good.csv"),
    columns: writeYaml(join(folder, "columns.yaml"), COLUMNS),
    candidate: `table:${writeTable(join(folder, "bold.csv"), BOLD)}`,
    spec: writeYaml(join(folder, "gate.yaml"), SPEC),
  };
  writeFileSync(good.log, csv);
  const parquet = readFileSync(await writeParquetLog(join(folder, "good.parquet"), rows));
  const bundle = join(folder, "bundle");
  await writeBundle(bundle, (await worldOf("tabular/gridworld-v0", GRID, 1)).environment);
  cpSync(bundle, join(folder, "damaged"), { recursive: true });
  writeFileSync(join(folder, "damaged", "policy.onnx"), "not a graph");
  mkdirSync(join(folder, "no-bundle"));
  let count = 0;
  const file = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, `${count++}-${name}`);
    writeFileSync(path, content);
    return path;
  };
  const yaml = (name: string, value: unknown): string =>
    file(name, stringify(value, { aliasDuplicateObjects: false }));
  const changed = (change: (row: object, index: number) => object): string =>
    file("log.csv", csvText(rows.map(change)));
  return {
    folder,
    good,
    rows,
    csv,
    parquet,
    bundle,
    file,
    spec: (changes) => yaml("gate.yaml", { ...SPEC, ...changes }),
    columns: (changes) => yaml("columns.yaml", { ...COLUMNS, ...changes }),
    table: (...lines) => `table:${file("t.csv", lines.join("\n"))}`,
    row: (changes) => changed((row, k) => (k === 2 ? { ...row, ...changes } : row)),
    position: (position) => changed((row, k) => ({ ...row, position: k === 2 ? position : 1 })),
  };
}
