/** An item as a brief speaks of it. */
export interface CatalogueItem {
  readonly id: string;
  /** Index into the topics. */
  readonly topic: number;
  readonly creator?: string;
  /** What it is worth to a segment in a context, in the unit of the utilities. */
  readonly utility: (segment: number, context: number) => number;
  /** What it is like: `lengthSeconds`, `ageDays`, `quality`, or whatever else the source knows, by name. */
  readonly attributes: Readonly<Record<string, number>>;
}
