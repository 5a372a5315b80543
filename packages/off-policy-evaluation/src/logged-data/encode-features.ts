import { OffPolicyEvaluationError } from "../error.ts";

/** Named columns of numbers, row-major. */
export interface EncodedFeatures {
  readonly names: readonly string[];
  /** [rows · names]; finite. */
  readonly values: Float64Array;
}

/** Categories of one column that get a number of their own; rarer ones share one. */
const LARGEST_CATEGORIES = 50;

/**
 * Turns columns as a log holds them into numbers: numbers and flags as they are, lists of numbers one column an entry, everything
 * else as categories (one column each for the 50 most frequent, one for the rest). What is missing is a category of its own, or 0
 * beside a column that says so.
 *
 * @param columns - by name, one value a row: a number, text, flag, list of numbers, or null
 * @throws OffPolicyEvaluationError `BAD_VALUE` for lists of different lengths
 */
export function encodeFeatures(
  columns: Readonly<Record<string, readonly unknown[]>>,
  rowCount: number,
): EncodedFeatures {
  const encoded = Object.entries(columns).flatMap(([name, values]) => encodeColumn(name, values));
  const out = new Float64Array(rowCount * encoded.length);
  encoded.forEach(({ numbers }, k) => {
    for (let i = 0; i < rowCount; i++) out[i * encoded.length + k] = numbers[i]!;
  });
  return { names: encoded.map(({ name }) => name), values: out };
}

interface EncodedColumn {
  readonly name: string;
  readonly numbers: ArrayLike<number>;
}

function encodeColumn(name: string, values: readonly unknown[]): EncodedColumn[] {
  const first = values.find((value) => value !== null && value !== undefined);
  if (Array.isArray(first)) return encodeLists(name, values, first.length);
  const numbers = values.map(numberOf);
  if (numbers.every((value) => value !== undefined)) return withMissing(name, numbers);
  return encodeCategories(name, values);
}

/** NaN where nothing stands, undefined where there is something else than a number. */
function numberOf(value: unknown): number | undefined {
  if (value === null || value === undefined || value === "") return NaN;
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : NaN;
  if (typeof value !== "string") return undefined;
  const number = Number(value);
  return Number.isFinite(number) && value.trim() !== "" ? number : undefined;
}

function withMissing(name: string, numbers: readonly (number | undefined)[]): EncodedColumn[] {
  const filled = Float64Array.from(numbers, (value) =>
    value === undefined || Number.isNaN(value) ? 0 : value,
  );
  const missing = Float64Array.from(numbers, (value) => Number(value === undefined || Number.isNaN(value)));
  return missing.some((flag) => flag === 1)
    ? [
        { name, numbers: filled },
        { name: `${name} missing`, numbers: missing },
      ]
    : [{ name, numbers: filled }];
}

function encodeLists(name: string, values: readonly unknown[], width: number): EncodedColumn[] {
  const out = Array.from({ length: width }, () => new Float64Array(values.length));
  values.forEach((value, row) => {
    if (value === null || value === undefined) return;
    if (!Array.isArray(value) || value.length !== width)
      throw new OffPolicyEvaluationError(
        "BAD_VALUE",
        `feature ${name}: kept row ${row + 1} has ${Array.isArray(value) ? `${value.length} entries` : "no list"} where others have ${width}`,
      );
    value.forEach((entry: unknown, k) => {
      const number = numberOf(entry);
      if (number === undefined)
        throw new OffPolicyEvaluationError(
          "BAD_VALUE",
          `feature ${name}: kept row ${row + 1}, entry ${k} is ${JSON.stringify(entry)}; it must be a number`,
        );
      out[k]![row] = Number.isNaN(number) ? 0 : number;
    });
  });
  return out.map((numbers, k) => ({ name: `${name}[${k}]`, numbers }));
}

/** A value as a person reads it, for categories and segments. */
export function categoryName(value: unknown): string {
  if (value === null || value === undefined || value === "") return "missing";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function encodeCategories(name: string, values: readonly unknown[]): EncodedColumn[] {
  const counts = new Map<string, number>();
  const names = values.map(categoryName);
  for (const category of names) counts.set(category, (counts.get(category) ?? 0) + 1);
  const ordered = [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([category]) => category);
  const kept = ordered.slice(0, LARGEST_CATEGORIES);
  const numberOfCategory = new Map(kept.map((category, k) => [category, k]));
  const columns = Array.from(
    { length: ordered.length > kept.length ? kept.length + 1 : kept.length },
    () => new Float64Array(values.length),
  );
  names.forEach((category, row) => {
    columns[numberOfCategory.get(category) ?? kept.length]![row] = 1;
  });
  return columns.map((numbers, k) => ({ name: `${name}=${kept[k] ?? "others"}`, numbers }));
}
