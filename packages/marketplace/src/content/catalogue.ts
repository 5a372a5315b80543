import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** A catalogue of videos as typed arrays, sorted by author. */
export interface Catalogue {
  readonly videoCount: number;
  readonly authorCount: number;
  /** Videos of author a are `authorStart[a] … authorStart[a + 1]`. */
  readonly authorStart: Int32Array;
  /** First tag's topic, and second tag's (the first again where there is one tag). */
  readonly topic: Int32Array;
  readonly secondTopic: Int32Array;
  /** Length [log2 minutes], within [−3, 4]. */
  readonly logMinutes: Float64Array;
  /** Age at the newest upload of the catalogue [days]. */
  readonly ageDays: Float64Array;
  /** Author of each video. */
  readonly author: Int32Array;
  /** Videos from the oldest to the newest. */
  readonly oldestFirst: Int32Array;
}

const COLUMNS = ["video_id", "author_id", "tag", "video_duration", "upload_dt"] as const;

/** Fields of one CSV line; a field in double quotes may hold commas and doubled quotes. */
function fieldsOf(line: string): string[] {
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const character = line[i]!;
    if (quoted) {
      if (character !== '"') field += character;
      else if (line[i + 1] === '"') {
        field += '"';
        i++;
      } else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === ",") {
      fields.push(field);
      field = "";
    } else field += character;
  }
  fields.push(field);
  return fields;
}

function readText(path: string): string {
  try {
    const bytes = readFileSync(path);
    return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString("utf8");
  } catch (error) {
    throw new RangeError(
      `catalogue ${path}: cannot be read (${error instanceof Error ? error.message : String(error)})`,
    );
  }
}

/**
 * Reads a KuaiRand-style catalogue, plain or gzip.
 *
 * - creators are the authors, with as many videos as they have there;
 * - the tags of a video are separated by commas. Tags are ranked by how many videos carry them (ties by text); the tag of
 *   rank r becomes topic `r mod topics`. No tag counts as a tag of its own;
 * - lengths are `video_duration` in milliseconds; a missing or zero one takes the median of the others;
 * - ages are whole days between `upload_dt` (YYYY-MM-DD) and the newest.
 *
 * @throws RangeError in one line when the file is missing, a column is missing, or a row has no author or no date
 * @see Gao et al. (2022), "KuaiRand", CC BY-SA 4.0, for the data set
 */
export function readCatalogue(path: string, topics: number): Catalogue {
  const lines = readText(path)
    .split(/\r?\n/)
    .filter((line) => line !== "");
  const header = fieldsOf(lines[0] ?? "");
  const at = COLUMNS.map((name) => {
    const place = header.indexOf(name);
    if (place < 0)
      throw new RangeError(
        `catalogue ${path}: column ${name} is missing; needed are ${COLUMNS.join(", ")}; found ${header.join(", ")}`,
      );
    return place;
  });
  const rows = lines.slice(1).map((line, index) => {
    const fields = fieldsOf(line);
    const [, author = "", tag = "", duration = "", date = ""] = at.map((place) => fields[place] ?? "");
    const day = Date.parse(`${date}T00:00:00Z`) / 86_400_000;
    if (author === "" || !Number.isFinite(day))
      throw new RangeError(
        `catalogue ${path}: line ${index + 2} needs author_id and upload_dt (YYYY-MM-DD), got "${author}" and "${date}"`,
      );
    const milliseconds = Number(duration);
    return { author, tags: tag.split(",").map((part) => part.trim()), milliseconds, day };
  });
  if (rows.length === 0) throw new RangeError(`catalogue ${path}: has no videos`);
  return arrange(rows, topics);
}

interface Row {
  readonly author: string;
  readonly tags: readonly string[];
  readonly milliseconds: number;
  readonly day: number;
}

function arrange(rows: Row[], topics: number): Catalogue {
  rows.sort((a, b) => (a.author < b.author ? -1 : a.author > b.author ? 1 : 0));
  const counts = new Map<string, number>();
  for (const row of rows) for (const tag of row.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const ranked = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const topicOf = new Map(ranked.map(([tag], rank) => [tag, rank % topics]));
  const lengths = rows
    .map((row) => row.milliseconds)
    .filter((length) => length > 0)
    .sort((a, b) => a - b);
  const median = lengths[Math.floor(lengths.length / 2)] ?? 60_000;
  const newest = rows.reduce((latest, row) => Math.max(latest, row.day), -Infinity);
  const starts: number[] = [];
  const author = Int32Array.from(rows, (row, i) => {
    if (i === 0 || rows[i - 1]!.author !== row.author) starts.push(i);
    return starts.length - 1;
  });
  const ageDays = Float64Array.from(rows, (row) => newest - row.day);
  return {
    videoCount: rows.length,
    authorCount: starts.length,
    authorStart: Int32Array.from([...starts, rows.length]),
    topic: Int32Array.from(rows, (row) => topicOf.get(row.tags[0]!)!),
    secondTopic: Int32Array.from(rows, (row) => topicOf.get(row.tags[1] ?? row.tags[0]!)!),
    logMinutes: Float64Array.from(rows, (row) =>
      Math.min(4, Math.max(-3, Math.log2((row.milliseconds > 0 ? row.milliseconds : median) / 60_000))),
    ),
    ageDays,
    author,
    oldestFirst: Int32Array.from(rows, (_, i) => i).sort((a, b) => ageDays[b]! - ageDays[a]! || a - b),
  };
}
