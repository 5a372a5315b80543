import type { DuckDBConnection } from "@duckdb/node-api";
import { ROWS_PER_FILE } from "./canonical-rows.ts";
import type { ColumnMapping } from "./column-mapping.ts";
import { DecisionLogError } from "./decision-log-error.ts";
import type { ContractRule, ContractRuleCode } from "./contract-rules.ts";
import { identifier, textRows } from "./sql.ts";

/** Where a row is: a file and its row in it, from 1, the header not counted. */
export interface RowPlace {
  readonly file: string;
  readonly row: number;
}

/** One rule that rows of a log break. */
export interface ContractViolation {
  readonly code: ContractRuleCode;
  /** What is wrong, with the column's name. */
  readonly fault: string;
  readonly allowed: string;
  /** Rows that break the rule. */
  readonly count: number;
  /** The first of them, and what stands there; undefined where nothing does. */
  readonly first: RowPlace & { readonly value: string | undefined };
}

/** What one audit of a log finds. */
export interface ContractAudit {
  /** Rows of each file. */
  readonly rowsByFile: readonly number[];
  readonly rowsRead: number;
  /** Rows that break a rule. */
  readonly rowsBroken: number;
  /** Rows whose outcomes are not complete. */
  readonly rowsLeftOut: number;
  readonly firstLeftOut: RowPlace | undefined;
  readonly violations: readonly ContractViolation[];
  /** Whether the table `rejected` holds rows. */
  readonly anyRejected: boolean;
}

/** The line that names one violation: what, how often, where first, and what is allowed. */
export function violationLine({ code, fault, allowed, count, first }: ContractViolation): string {
  const value = first.value === undefined ? "" : ` (${JSON.stringify(first.value.slice(0, 60))})`;
  const rows = count === 1 ? "1 row" : `${count} rows`;
  return `${code}: ${fault} in ${rows}, first ${first.file} row ${first.row}${value}; allowed: ${allowed}`;
}

/**
 * Audits the view `canonical`: one pass for the rules of a single row, and groupings that spill to the disk for those
 * between rows. Leaves a view `checked` (with `mask`, a bit a broken rule) and a table `rejected` (`ordinal`, `rule`).
 */
export async function auditContract(
  connection: DuckDBConnection,
  files: readonly string[],
  mapping: ColumnMapping,
  rules: readonly ContractRule[],
): Promise<ContractAudit> {
  const maskType = maskTypeOf(rules);
  const bits = rules.map(
    ({ broken }, k) => `CASE WHEN ${broken} THEN ${2n ** BigInt(k)}::${maskType} ELSE 0::${maskType} END`,
  );
  await connection.run(`CREATE TEMP VIEW checked AS SELECT *, ${bits.join(" | ")} AS mask FROM canonical`);
  await connection.run("CREATE TEMP TABLE rejected (ordinal BIGINT, rule VARCHAR, alone BOOLEAN)");
  const perRule = rules.flatMap((_, k) => {
    const broken = `FILTER (WHERE (mask & ${2n ** BigInt(k)}::${maskType}) <> 0)`;
    return [`count(*) ${broken}`, `min(ordinal) ${broken}`];
  });
  const perFile = await textRows(
    connection,
    `SELECT ordinal // ${ROWS_PER_FILE}, count(*), count(*) FILTER (WHERE mask <> 0), ` +
      `count(*) FILTER (WHERE fault IS NULL AND NOT live), min(ordinal) FILTER (WHERE fault IS NULL AND NOT live), ` +
      `${perRule.join(", ")} FROM checked GROUP BY 1 ORDER BY 1`,
  );
  const rowsByFile = files.map(() => 0);
  let rowsBroken = 0;
  let rowsLeftOut = 0;
  let leftOutAt: number | undefined;
  const found: { rule: Omit<ContractRule, "broken">; count: number; ordinal: number }[] = [];
  const counts = rules.map(() => ({ count: 0, ordinal: Infinity }));
  for (const row of perFile) {
    const numbers = row.map((text) => (text === "" ? undefined : Number(text)));
    rowsByFile[numbers[0]!] = numbers[1]!;
    rowsBroken += numbers[2]!;
    rowsLeftOut += numbers[3]!;
    leftOutAt ??= numbers[4];
    for (const [k, entry] of counts.entries()) {
      entry.count += numbers[5 + 2 * k]!;
      entry.ordinal = Math.min(entry.ordinal, numbers[6 + 2 * k] ?? Infinity);
    }
  }
  for (const [k, { count, ordinal }] of counts.entries())
    if (count > 0) found.push({ rule: rules[k]!, count, ordinal });

  await rejectDuplicates(connection, mapping);
  await rejectBackward(connection, mapping);
  const between = await textRows(
    connection,
    "SELECT rule, count(*), min(ordinal) FROM rejected GROUP BY 1 ORDER BY 1",
  );
  for (const [code = "", count, ordinal] of between)
    found.push({
      rule:
        code === "TIME_BACKWARD"
          ? {
              code,
              fault: `${mapping.timestamp} runs backward within a unit`,
              allowed: "each unit's rows in order of time",
              shown: "time_text",
            }
          : {
              code: "DECISION_ID_DUPLICATE",
              fault: `${mapping.decision_id} was seen before`,
              allowed: "an id, unique in the log",
              shown: "decision_id",
            },
      count: Number(count),
      ordinal: Number(ordinal),
    });
  const [[alone = "0"] = []] = await textRows(
    connection,
    "SELECT count(DISTINCT ordinal) FROM rejected WHERE alone",
  );
  const place = (ordinal: number): RowPlace => ({
    file: files[Math.floor(ordinal / ROWS_PER_FILE)]!,
    row: ordinal % ROWS_PER_FILE,
  });
  const shown = await shownValues(connection, found);
  return {
    rowsByFile,
    rowsRead: rowsByFile.reduce((sum, count) => sum + count, 0),
    rowsBroken: rowsBroken + Number(alone),
    rowsLeftOut,
    firstLeftOut: leftOutAt === undefined ? undefined : place(leftOutAt),
    violations: found.map(({ rule, count, ordinal }, k) => ({
      code: rule.code,
      fault: rule.fault,
      allowed: rule.allowed,
      count,
      first: { ...place(ordinal), value: shown[k] },
    })),
    anyRejected: between.length > 0,
  };
}

/** A bit a rule. */
export function maskTypeOf(rules: readonly ContractRule[]): "UBIGINT" | "UHUGEINT" {
  if (rules.length > 128)
    throw new DecisionLogError(
      "BAD_MAPPING",
      `column mapping: has too many metrics; at most 30 are read at once`,
    );
  return rules.length <= 64 ? "UBIGINT" : "UHUGEINT";
}

async function shownValues(
  connection: DuckDBConnection,
  found: readonly { rule: { shown: string }; ordinal: number }[],
): Promise<(string | undefined)[]> {
  if (found.length === 0) return [];
  const wanted = [...new Set(found.map(({ ordinal }) => ordinal))];
  const rows = await connection.runAndReadAll(
    `SELECT ordinal::DOUBLE, ${found.map(({ rule }, k) => `(${rule.shown})::VARCHAR AS ${identifier(`s${k}`)}`).join(", ")} ` +
      `FROM checked WHERE ordinal IN (${wanted.join(", ")})`,
  );
  const byOrdinal = new Map(rows.getRowsJson().map((row) => [Number(row[0]), row]));
  return found.map(({ ordinal }, k) => {
    const value = byOrdinal.get(ordinal)?.[k + 1];
    return typeof value === "string" ? value : undefined;
  });
}

/** The first row of an id stays; later ones are rejected. */
async function rejectDuplicates(connection: DuckDBConnection, mapping: ColumnMapping): Promise<void> {
  if (mapping.decision_id === undefined) return;
  // Grouping hashes takes a third of the room that ids do; the few ids that are left are then compared whole.
  await connection.run(
    `CREATE TEMP TABLE suspects AS SELECT h FROM (SELECT hash(decision_id) AS h FROM checked ` +
      `WHERE live AND decision_id <> '') GROUP BY h HAVING count(*) > 1`,
  );
  const [[count] = []] = await textRows(connection, "SELECT count(*) FROM suspects");
  if (count !== "0")
    await connection.run(
      `INSERT INTO rejected SELECT ordinal, 'DECISION_ID_DUPLICATE', mask = 0 FROM (` +
        `SELECT ordinal, mask, row_number() OVER (PARTITION BY decision_id ORDER BY ordinal) AS occurrence ` +
        `FROM checked WHERE live AND decision_id <> '' AND hash(decision_id) IN (SELECT h FROM suspects)` +
        `) WHERE occurrence > 1`,
    );
  await connection.run("DROP TABLE suspects");
}

/** Rows earlier than one that came before them in the same unit are rejected. */
async function rejectBackward(connection: DuckDBConnection, mapping: ColumnMapping): Promise<void> {
  if (mapping.unit_id === undefined || mapping.timestamp === undefined) return;
  // A log in order of time as a whole is in order within each unit: that is seen in one pass, without grouping.
  const [[backward] = []] = await textRows(
    connection,
    `SELECT count(*) FROM (SELECT time < lag(time) OVER () AS back FROM checked WHERE live AND time IS NOT NULL) ` +
      `WHERE back`,
  );
  if (backward === "0") return;
  await connection.run(
    `INSERT INTO rejected SELECT ordinal, 'TIME_BACKWARD', mask = 0 FROM (SELECT ordinal, mask, time < max(time) OVER (` +
      `PARTITION BY unit_id ORDER BY ordinal ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS back ` +
      `FROM checked WHERE live AND time IS NOT NULL AND unit_id <> '') WHERE back`,
  );
}
