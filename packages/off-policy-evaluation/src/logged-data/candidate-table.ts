import { parseTextTable } from "@longview/formats";
import { OffPolicyEvaluationError } from "../error.ts";
import { PROBABILITY_TOLERANCE } from "../log/checks.ts";

/** A policy that looks at nothing but the position: one distribution over items for each. */
export interface CandidateTable {
  /** Items, in order of first appearance. */
  readonly items: readonly string[];
  /** Positions in the log's own counting, ascending; empty when the distribution is the same everywhere. */
  readonly positions: readonly number[];
  /** Probabilities, row-major [max(1, positions), items]; each row sums to 1 within 1e-6. */
  readonly probabilities: Float64Array;
}

/**
 * Reads a candidate's table: columns `item_id, position, probability` (in any order; `position` may be absent). Pairs
 * that are not listed have probability 0.
 *
 * @param where - the file's name, for messages
 * @throws OffPolicyEvaluationError `BAD_VALUE` naming the row, for a number out of range, a pair listed twice, or a
 * position whose probabilities do not sum to 1
 * @throws DecisionLogError for a table that cannot be read, or lacks a column
 * @example
 * const candidate = parseCandidateTable("item_id,position,probability\na,1,0.25\nb,1,0.75\n", "candidate.csv");
 */
export function parseCandidateTable(text: string, where: string): CandidateTable {
  const table = parseTextTable(text, where);
  const itemAt = table.indexOf("item_id");
  const probabilityAt = table.indexOf("probability");
  const positionAt = table.columns.includes("position") ? table.indexOf("position") : undefined;
  const refuse = (row: number, what: string): OffPolicyEvaluationError =>
    new OffPolicyEvaluationError("BAD_VALUE", `${where}: row ${row + 1}: ${what}`);
  const numberOf = (field: string): number => (field === "" ? NaN : Number(field));
  const entries = table.rows.map((fields, row) => {
    const item = fields[itemAt]!;
    if (item === "") throw refuse(row, "item_id is missing");
    const probability = numberOf(fields[probabilityAt]!);
    if (!(probability >= 0 && probability <= 1))
      throw refuse(row, `probability is ${JSON.stringify(fields[probabilityAt])}; allowed: from 0 to 1`);
    const position = positionAt === undefined ? undefined : numberOf(fields[positionAt]!);
    if (position !== undefined && !(Number.isSafeInteger(position) && position >= 0))
      throw refuse(row, `position is ${JSON.stringify(fields[positionAt!])}; allowed: a whole number from 0`);
    return { item, position, probability };
  });
  const items = [...new Set(entries.map(({ item }) => item))];
  const positions = [...new Set(entries.flatMap(({ position }) => position ?? []))].sort((a, b) => a - b);
  const itemNumber = new Map(items.map((item, number) => [item, number]));
  const positionNumber = new Map(positions.map((position, number) => [position, number]));
  const probabilities = new Float64Array(Math.max(1, positions.length) * items.length).fill(NaN);
  entries.forEach(({ item, position, probability }, row) => {
    const line = position === undefined ? 0 : positionNumber.get(position)!;
    const at = line * items.length + itemNumber.get(item)!;
    if (!Number.isNaN(probabilities[at]))
      throw refuse(
        row,
        `item ${JSON.stringify(item)}${position === undefined ? "" : ` at position ${position}`} is listed before`,
      );
    probabilities[at] = probability;
  });
  for (let line = 0; line * items.length < probabilities.length; line++) {
    let sum = 0;
    for (let at = line * items.length; at < (line + 1) * items.length; at++) {
      if (Number.isNaN(probabilities[at])) probabilities[at] = 0;
      sum += probabilities[at]!;
    }
    if (!(Math.abs(sum - 1) <= PROBABILITY_TOLERANCE))
      throw new OffPolicyEvaluationError(
        "BAD_VALUE",
        `${where}: the probabilities${positions.length === 0 ? "" : ` at position ${positions[line]}`} sum to ${sum}; ` +
          `they must sum to 1 within ${PROBABILITY_TOLERANCE}`,
      );
  }
  return { items, positions, probabilities };
}

/** A table as text, which {@link parseCandidateTable} reads back to the same numbers; pairs with 0 are left out. */
export function candidateTableText({ items, positions, probabilities }: CandidateTable): string {
  const lines = [positions.length === 0 ? "item_id,probability" : "item_id,position,probability"];
  for (let line = 0; line < Math.max(1, positions.length); line++)
    items.forEach((item, k) => {
      const probability = probabilities[line * items.length + k]!;
      const name = /[",\r\n]/.test(item) ? `"${item.replaceAll('"', '""')}"` : item;
      if (probability > 0)
        lines.push(
          positions.length === 0 ? `${name},${probability}` : `${name},${positions[line]},${probability}`,
        );
    });
  return `${lines.join("\n")}\n`;
}
