/** Edits between two words: insertions, deletions, substitutions and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i]);
  for (let j = 1; j <= b.length; j++) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, rows[i - 2]![j - 2]! + 1);
      rows[i]![j] = least;
    }
  }
  return rows[a.length]![b.length]!;
}

const plain = (word: string): string => word.toLowerCase().replaceAll(/[^a-z0-9]/g, "");

/** The known word that a typed one most likely stands for, or undefined when none is near. */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  const word = plain(typed);
  let best: string | undefined;
  let least = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const other = plain(candidate);
    // `lr`-like beginnings: `minibatch` for `minibatchSize`.
    const distance =
      word.length >= 4 && other.startsWith(word)
        ? Math.min(1, editDistance(word, other))
        : editDistance(word, other);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}
