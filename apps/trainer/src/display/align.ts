/** Rows of cells as lines, each column as wide as its widest cell. */
export function align(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => Array.from(row[column]!).length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell + " ".repeat(widths[column]! - Array.from(cell).length))
      .join("  ")
      .trimEnd(),
  );
}
