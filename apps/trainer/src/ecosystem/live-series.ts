import type { DailySeries } from "@longview/marketplace";
import type { LiveMemory } from "./work.ts";

/** What is watched while worlds run. */
export const LIVE_SERIES: readonly { readonly name: DailySeries; readonly label: string }[] = [
  { name: "usersInSession", label: "users in session" },
  { name: "satisfaction", label: "satisfaction" },
  { name: "trust", label: "trust" },
  { name: "creators", label: "creators" },
  { name: "revenue", label: "revenue a day" },
  { name: "harmPerMillion", label: "harm a million" },
  { name: "exposureGini", label: "exposure Gini" },
];

/** Shared memory of a simulation. */
export function liveMemory(worlds: number, days: number): LiveMemory {
  const series = new Float64Array(new SharedArrayBuffer(8 * worlds * days * LIVE_SERIES.length));
  series.fill(Number.NaN);
  return { daysDone: new Int32Array(new SharedArrayBuffer(4)), series };
}

/** Tells a day of a world. */
export function tellDay(
  { series, daysDone }: LiveMemory,
  place: { readonly world: number; readonly day: number; readonly days: number },
  latest: ((name: DailySeries) => number) | undefined,
): void {
  if (latest !== undefined) {
    const from = (place.world * place.days + place.day - 1) * LIVE_SERIES.length;
    LIVE_SERIES.forEach(({ name }, i) => (series[from + i] = latest(name)));
  }
  Atomics.add(daysDone, 0, 1);
}

/** One series by day: the mean over the worlds that have come so far; it ends where none has. */
export function liveMeans({ series }: LiveMemory, at: number, days: number): number[] {
  const width = LIVE_SERIES.length;
  const worlds = series.length / (days * width);
  const means: number[] = [];
  for (let day = 0; day < days; day++) {
    let sum = 0;
    let count = 0;
    for (let world = 0; world < worlds; world++) {
      const value = series[(world * days + day) * width + at]!;
      if (Number.isNaN(value)) continue;
      sum += value;
      count++;
    }
    if (count === 0) break;
    means.push(sum / count);
  }
  return means;
}
