const BLOCKS = Array.from("▁▂▃▄▅▆▇█");

/** A series as a line of blocks from its least to its greatest value, thinned to `width` by averaging neighbours. */
export function sparkline(values: readonly number[], width: number): string {
  const size = Math.max(1, Math.ceil(values.length / width));
  const means: number[] = [];
  for (let start = 0; start < values.length; start += size) {
    const block = values.slice(start, start + size);
    means.push(block.reduce((sum, value) => sum + value, 0) / block.length);
  }
  const least = Math.min(...means);
  const spread = Math.max(...means) - least;
  return means
    .map((mean) => {
      const share = spread > 0 ? (mean - least) / spread : 0.5;
      return BLOCKS[Math.min(BLOCKS.length - 1, Math.floor(share * BLOCKS.length))]!;
    })
    .join("");
}
