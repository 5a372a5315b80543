import { Scorecard, type ScorecardOptions, type WindowSummary } from "@longview/scorecard";
import { deriveKey } from "@longview/statistics";
import type { Actor } from "../baselines/actor.ts";
import type { ContentMarketplace } from "../content/content-marketplace.ts";
import { CONTENT_MARKETPLACE_ID, makeMarketplace } from "../content/definition.ts";
import { CLOCK } from "../content/state.ts";
import { EcosystemRecorder, type DailySeries, type EcosystemRecording } from "./ecosystem-recorder.ts";
import { recordedLives } from "./life-numbers.ts";
import { ScorecardFeed } from "./scorecard-feed.ts";
import { simulateFrom, type SimulateWorldOptions, type WorldResult } from "./simulate-world.ts";

/** One world under one policy, watched. */
export interface WatchWorldOptions extends SimulateWorldOptions {
  readonly days: number;
  /** Of the scorecard. @defaultValue those of `Scorecard` */
  readonly scorecard?: Pick<ScorecardOptions, "confidence" | "settings">;
  /** Called at every day's end. */
  readonly onDay?: (day: number, latest: (name: DailySeries) => number) => void;
}

/** What {@link watchWorld} finds. */
export interface WatchedWorld {
  readonly result: WorldResult;
  /** The scorecard of all days. */
  readonly summary: WindowSummary;
  readonly recording: EcosystemRecording;
}

/** Runs one world as `simulateWorld` does, to the same result, with its scorecard and what pictures of it are made of. */
export async function watchWorld(settings: WatchWorldOptions): Promise<WatchedWorld> {
  const { id = CONTENT_MARKETPLACE_ID, options = {}, key, actor, users = 128, days, onDay } = settings;
  const world = makeMarketplace(id, { users, options: { ...options, days: days + 1 }, key });
  const scorecard = new Scorecard({
    ...settings.scorecard,
    key: deriveKey(key, "scorecard"),
    recorded: recordedLives(world.options),
  });
  const recorder = new EcosystemRecorder(world.privileged, world.options, days);
  const feed = new ScorecardFeed(world, {
    addPages(pages) {
      scorecard.addPages(pages);
      recorder.addPages(pages);
    },
    addLives(lives) {
      scorecard.addLives(lives);
      recorder.addLives(lives);
    },
  });
  const afterStep = (): void => {
    const { clock } = world.privileged;
    const dayEnds = clock[CLOCK.tick]! % world.options.stepsPerDay === 0;
    feed.afterAnswers();
    if (dayEnds) recorder.notePayouts(feed.lives);
    feed.endTick();
    if (!dayEnds) return;
    recorder.endDay(feed.lives);
    onDay?.(clock[CLOCK.tick]! / world.options.stepsPerDay, (name) => recorder.latest(name));
  };
  actor.start?.(world, deriveKey(key, "actor"));
  const result = await simulateFrom(world, watched(actor, feed, afterStep), settings);
  afterStep();
  return { result, summary: scorecard.summarise()[0]!, recording: recorder.recording() };
}

/** The same actor; each time it is asked, the step before is over. */
function watched(
  actor: Actor<ContentMarketplace>,
  feed: ScorecardFeed,
  afterStep: () => void,
): Actor<ContentMarketplace> {
  let begun = false;
  return {
    name: actor.name,
    async act(world) {
      if (begun) afterStep();
      begun = true;
      await actor.act(world);
      feed.beforeAnswers();
    },
  };
}
