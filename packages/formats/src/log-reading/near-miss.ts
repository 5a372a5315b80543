import { DecisionLogError } from "./decision-log-error.ts";

/**
 * The known name that `name` was probably meant to be: the same but for case and punctuation, one that contains the
 * other, or one within a third of its letters.
 */
export function nearMiss(name: string, known: readonly string[]): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  const wanted = plain(name);
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of known) {
    const other = plain(candidate);
    const contained =
      Math.min(wanted.length, other.length) >= 4 && (other.includes(wanted) || wanted.includes(other));
    const distance = contained ? Math.min(0.5, editDistance(wanted, other)) : editDistance(wanted, other);
    if (distance < bestDistance) {
      bestDistance = distance;
      best = candidate;
    }
  }
  return bestDistance <= Math.max(1, Math.floor(wanted.length / 3)) ? best : undefined;
}

/** The error for a column that is not in a file: names the file, the nearest column, and all of them. */
export function missingColumn(file: string, name: string, known: readonly string[]): DecisionLogError {
  const near = nearMiss(name, known);
  const hint = near === undefined ? "" : `; did you mean ${JSON.stringify(near)}?`;
  const shown = known.slice(0, 20).join(", ");
  const more = known.length > 20 ? `, and ${known.length - 20} more` : "";
  return new DecisionLogError(
    "MISSING_COLUMN",
    `${file}: there is no column ${JSON.stringify(name)}${hint}${hint === "" ? ";" : ""} it has: ${shown}${more}`,
  );
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++)
      row[j] = Math.min(
        previous[j]! + 1,
        row[j - 1]! + 1,
        previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    previous = row;
  }
  return previous[b.length]!;
}
