import type { RowChunk } from "@longview/tensor";
import { featuresInto, type Design } from "../design.ts";
import type { Folds } from "../folds.ts";

/** Rows of each cell in chunks of one size, as the compiled objective reads them. */
export interface SoftmaxChunks {
  readonly byCell: readonly (readonly RowChunk[])[];
  /** Rows in each cell. */
  readonly rowCounts: readonly number[];
}

/** Rows of a chunk: about 262,144 logits, and not many more than a cell holds. */
export function chunkSizeFor(rowCount: number, actionCount: number): number {
  const size = Math.min(4096, Math.max(64, Math.floor(262_144 / actionCount)));
  return Math.min(size, 2 ** Math.ceil(Math.log2(Math.max(1, rowCount))));
}

/**
 * Gathers the rows of ranks below `rankLimit`. Without features rows with the same action and position are one weighted row.
 */
export function softmaxChunks(
  design: Design,
  folds: Folds,
  { chunkSize, rankLimit }: { readonly chunkSize: number; readonly rankLimit: number },
): SoftmaxChunks {
  const { rows } = design;
  const builders = folds.foldOfCell.map(() => new ChunkBuilder(design, chunkSize));
  const rowCounts = folds.foldOfCell.map(() => 0);
  const width = rows.positionCount * rows.actionCount;
  const counts = rows.featureCount === 0 ? folds.foldOfCell.map(() => new Float64Array(width)) : undefined;
  const firstRow = new Int32Array(width);
  for (let i = 0; i < rows.rowCount; i++) {
    if (folds.rank[i]! >= rankLimit) continue;
    const cell = folds.cell[i]!;
    rowCounts[cell]!++;
    if (counts === undefined) builders[cell]!.add(i, 1);
    else {
      const kind = (rows.position?.[i] ?? 0) * rows.actionCount + rows.action[i]!;
      counts[cell]![kind]!++;
      firstRow[kind] = i;
    }
  }
  counts?.forEach((own, cell) => {
    own.forEach((count, kind) => {
      if (count > 0) builders[cell]!.add(firstRow[kind]!, count);
    });
  });
  return { byCell: builders.map(({ chunks }) => chunks), rowCounts };
}

class ChunkBuilder {
  readonly chunks: { columns: Float32Array; action: Int32Array; weight: Float32Array }[] = [];
  readonly #design: Design;
  readonly #chunkSize: number;
  readonly #scratch: Float64Array;
  #filled = 0;

  constructor(design: Design, chunkSize: number) {
    this.#design = design;
    this.#chunkSize = chunkSize;
    this.#scratch = new Float64Array(design.rows.featureCount);
  }

  add(row: number, weight: number): void {
    const { positionCount, featureCount, position, action } = this.#design.rows;
    const width = positionCount + featureCount;
    if (this.#filled % this.#chunkSize === 0)
      this.chunks.push({
        columns: new Float32Array(this.#chunkSize * width),
        action: new Int32Array(this.#chunkSize),
        weight: new Float32Array(this.#chunkSize),
      });
    const chunk = this.chunks.at(-1)!;
    const at = this.#filled++ % this.#chunkSize;
    chunk.columns[at * width + (position?.[row] ?? 0)] = 1;
    featuresInto(this.#scratch, this.#design, row);
    chunk.columns.set(this.#scratch, at * width + positionCount);
    chunk.action[at] = action[row]!;
    chunk.weight[at] = weight;
  }
}
