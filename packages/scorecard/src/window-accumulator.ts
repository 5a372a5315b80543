import type { RandomKey } from "@longview/statistics";
import type { FieldName, LifeKind, PageEvents } from "./events.ts";
import type { FamilyAccumulator, MetricFamily, WindowFacts } from "./family.ts";
import { knowsField } from "./fields.ts";
import type { LifeTables } from "./life-tables.ts";
import type { MetricDefinition, MetricFinding } from "./metric.ts";
import { jackknifeSpread } from "./resampling/jackknife.ts";
import { GROUPS } from "./resampling/user-groups.ts";
import { UserIndex } from "./resampling/user-index.ts";
import type { MetricSettings } from "./settings.ts";
import type { MetricValue, MissingMetric, WindowSummary } from "./window-summary.ts";

/** What a {@link WindowAccumulator} is made from. */
export interface WindowAccumulatorOptions {
  readonly window: { readonly name: string; readonly start: number; readonly end: number };
  readonly families: readonly MetricFamily[];
  readonly settings: MetricSettings;
  /** Of the users' groups: the same in every window, so that windows can be compared user by user. */
  readonly key: RandomKey;
  readonly confidence: number;
}

/** What events are called in a reason. */
const SAID: Readonly<Record<LifeKind, string>> = {
  joined: "joining",
  left: "leaving",
  available: "that could be shown",
  enforced: "being penalised",
  appealed: "appealing",
  reinstated: "being reinstated",
};

/** Gathers one window: finds its pages and their users, and hands them to every family. */
export class WindowAccumulator {
  readonly #options: WindowAccumulatorOptions;
  readonly #families: readonly { readonly family: MetricFamily; readonly gathered: FamilyAccumulator }[];
  readonly #users: UserIndex;
  readonly #known = new Set<FieldName>();
  readonly #pagesByGroup = new Float64Array(GROUPS);
  #pages = 0;
  #impressions = 0;
  #first = Infinity;
  #last = -Infinity;
  #chosen = new Int32Array(0);
  #user = new Int32Array(0);
  #group = new Uint8Array(0);

  constructor(options: WindowAccumulatorOptions) {
    this.#options = options;
    this.#users = new UserIndex(options.key);
    this.#families = options.families.map((family) => ({ family, gathered: family.start(options.settings) }));
  }

  add(pages: PageEvents): void {
    const { start, end } = this.#options.window;
    const { day, unit, offsets, pageCount } = pages;
    if (this.#chosen.length < pageCount) {
      this.#chosen = new Int32Array(pageCount);
      this.#user = new Int32Array(pageCount);
      this.#group = new Uint8Array(pageCount);
    }
    let count = 0;
    for (let page = 0; page < pageCount; page++) {
      const now = day === undefined ? Number.NaN : day[page]!;
      // Time is watched as far as any page tells, also outside the window.
      if (now < this.#first) this.#first = now;
      if (now > this.#last) this.#last = now;
      // A page without a time belongs to all time only.
      if (Number.isNaN(now) ? start !== -Infinity || end !== Infinity : now < start || now >= end) continue;
      const place = this.#users.place(unit[page]!);
      this.#chosen[count] = page;
      this.#user[count] = place;
      this.#group[count] = this.#users.groups[place]!;
      this.#pagesByGroup[this.#group[count]!]!++;
      count++;
      this.#impressions += offsets[page + 1]! - offsets[page]!;
    }
    if (count === 0) return;
    this.#pages += count;
    for (const { metrics } of this.#options.families)
      for (const { requires } of metrics)
        for (const field of requires)
          if (!this.#known.has(field) && knowsField(pages, field)) this.#known.add(field);
    const block = { pages, chosen: this.#chosen, count, user: this.#user, group: this.#group };
    for (const { gathered } of this.#families) gathered.add(block);
  }

  summarise(lives: LifeTables): WindowSummary {
    const { window, confidence } = this.#options;
    const timed = this.#first <= this.#last;
    const facts: WindowFacts = {
      start: timed
        ? Math.max(window.start, window.start === -Infinity ? this.#first : -Infinity)
        : Number.NaN,
      end: timed ? Math.min(window.end, this.#last) : Number.NaN,
      groups: this.#users.groups,
      lives,
      confidence,
    };
    const metrics = this.#families.flatMap(({ family, gathered }) => {
      const missing = family.metrics.map((definition) => this.#missing(definition, lives));
      const findings = missing.every((reason) => reason !== undefined) ? [] : gathered.findings(facts);
      return family.metrics.map((definition, k) =>
        missing[k] === undefined
          ? this.#valueOf(definition, findings[k]!)
          : { definition, reason: missing[k] },
      );
    });
    return {
      name: window.name,
      start: facts.start,
      end: facts.end,
      pages: this.#pages,
      impressions: this.#impressions,
      users: this.#users.count,
      pagesByGroup: this.#pagesByGroup,
      populated: this.#users.populated,
      confidence,
      metrics,
      curves:
        this.#pages === 0 ? [] : this.#families.flatMap(({ gathered }) => gathered.curves?.(facts) ?? []),
    };
  }

  /** Why a metric cannot be had from what there is. */
  #missing({ requires, requiresLives = [] }: MetricDefinition, lives: LifeTables): string | undefined {
    if (this.#pages === 0) return "the window has no page";
    const fields = requires.filter((field) => !this.#known.has(field));
    const events = requiresLives.filter((event) => !lives.recorded(event));
    const parts = [...fields, ...events.map(({ subject, kind }) => `${subject}s ${SAID[kind]}`)];
    return parts.length === 0 ? undefined : `not in the data: ${parts.join(", ")}`;
  }

  #valueOf(definition: MetricDefinition, finding: MetricFinding): MetricValue | MissingMetric {
    if (finding.kind === "unavailable") return { definition, reason: finding.reason };
    if (finding.kind === "stated") return { definition, ...finding };
    const [least, most] = definition.bounds;
    const spread = jackknifeSpread(finding, this.#users.populated, this.#options.confidence);
    return {
      definition,
      value: finding.value,
      standardError: spread?.standardError ?? null,
      interval:
        spread === undefined
          ? null
          : [Math.max(least, spread.interval[0]), Math.min(most, spread.interval[1])],
      count: this.#users.count,
      without: finding.without,
      ...(finding.segments === undefined ? {} : { segments: finding.segments }),
    };
  }
}
