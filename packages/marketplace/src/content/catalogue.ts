/** A catalogue of videos as typed arrays, sorted by author. */
export interface Catalogue {
  readonly videoCount: number;
  readonly authorCount: number;
  /** Videos of author a are `authorStart[a] … authorStart[a + 1]`. */
  readonly authorStart: Int32Array;
  readonly topic: Int32Array;
  readonly secondTopic: Int32Array;
  /** [log2 minutes], within [−3, 4]. */
  readonly logMinutes: Float64Array;
  /** Age at the newest upload of the catalogue [days]. */
  readonly ageDays: Float64Array;
}
