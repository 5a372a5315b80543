import type { Executor, Session } from "../executor.ts";
import type { Feed } from "../feeds.ts";
import { gradients } from "../gradients.ts";
import { concatenate } from "../operations/concatenate.ts";
import { reshape } from "../operations/reshape.ts";
import { input } from "../operations/sources.ts";
import { type ParameterLayout, unflatten } from "../parameters.ts";
import { compile, type Program } from "../program.ts";
import type { Tensor, TensorData } from "../tensor.ts";
import type { BatchField } from "../updates/compile-update.ts";

export interface RowObjectiveDefinition {
  readonly name: string;
  readonly layout: ParameterLayout;
  /** What a row holds; rows that only fill up a chunk must be told by one of the fields (a weight of 0). */
  readonly fields: Readonly<Record<string, BatchField>>;
  /** Rows of every chunk. */
  readonly chunkSize: number;
  /** float32 scalar: the rows' losses, summed. */
  readonly loss: (input: {
    readonly parameters: Readonly<Record<string, Tensor>>;
    readonly rows: Readonly<Record<string, Tensor>>;
  }) => Tensor;
}

/** `chunkSize` rows, field by field. */
export type RowChunk = Readonly<Record<string, TensorData>>;

function objectiveProgram({ name, layout, fields, chunkSize, loss }: RowObjectiveDefinition): Program {
  const flat = input("parameters", [layout.size]);
  const rows = Object.entries(fields).map(([field, { rowShape, dataType }]): [string, Tensor] => [
    field,
    input(`row.${field}`, [chunkSize, ...rowShape], dataType),
  ]);
  const parameters = unflatten(flat, layout);
  const total = loss({ parameters, rows: Object.fromEntries(rows) });
  const leaves = layout.entries.map((entry) => parameters[entry.name]!);
  const slopes = gradients(total, leaves).map((slope, index) =>
    reshape(slope, [layout.entries[index]!.size]),
  );
  return compile({
    name,
    inputs: [flat, ...rows.map(([, tensor]) => tensor)],
    outputs: { value: reshape(total, [1]), gradient: concatenate(slopes, 0) },
  });
}

/**
 * A loss summed over rows, with its gradient: compiled for chunks of one size, and summed over them in float64, so that the
 * number of rows costs no precision.
 */
export class RowObjective {
  readonly #definition: RowObjectiveDefinition;
  readonly #session: Session;
  readonly #parameters: Float32Array;
  readonly #value = new Float32Array(1);
  readonly #gradient: Float32Array;

  private constructor(definition: RowObjectiveDefinition, session: Session) {
    this.#definition = definition;
    this.#session = session;
    this.#parameters = new Float32Array(definition.layout.size);
    this.#gradient = new Float32Array(definition.layout.size);
  }

  static async load(executor: Executor, definition: RowObjectiveDefinition): Promise<RowObjective> {
    return new RowObjective(definition, await executor.load(objectiveProgram(definition)));
  }

  /** Adds the chunks' gradients at `point` to `gradient` and returns their loss. */
  async addInto(gradient: Float64Array, point: Float64Array, chunks: Iterable<RowChunk>): Promise<number> {
    const { fields, chunkSize } = this.#definition;
    this.#parameters.set(point);
    let total = 0;
    for (const chunk of chunks) {
      const feeds: Record<string, Feed> = { parameters: this.#parameters };
      for (const [field, { rowShape }] of Object.entries(fields))
        feeds[`row.${field}`] = { data: chunk[field]!, shape: [chunkSize, ...rowShape] };
      await this.#session.run(feeds, { into: { value: this.#value, gradient: this.#gradient } });
      total += this.#value[0]!;
      for (let j = 0; j < gradient.length; j++) gradient[j] = gradient[j]! + this.#gradient[j]!;
    }
    return total;
  }
}
