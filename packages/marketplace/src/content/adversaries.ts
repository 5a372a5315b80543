import { Draws } from "./draws.ts";
import { INTEGRITY_PURPOSE } from "./integrity-draws.ts";
import type { EngineOptions } from "./options.ts";
import type { ContentState } from "./state.ts";
import { evadedAppeal, evasionOf, nextProbe, PROBE } from "../laws/evasion.ts";

/** Creators who look for the most harmful item that is let pass. They see which of their items are held back, and no more. */
export class Adversaries {
  readonly #state: ContentState;
  readonly #options: EngineOptions;
  readonly #draws = new Draws(2);
  /** Whether the item made last was brought down to the aim. */
  #evaded = false;

  constructor(state: ContentState, options: EngineOptions) {
    this.#state = state;
    this.#options = options;
  }

  /** Draws whether a creator is one; if so, most of what they make from now on is harmful. */
  meet(creator: number): void {
    const { creators, keys } = this.#state;
    const { adversary, probe, probes, probesHeld } = this.#state.integrity;
    const { evasion } = this.#options.integrity;
    this.#draws.choose(keys, 2, INTEGRITY_PURPOSE.creator, creators.ordinal[creator]!);
    this.#draws.fill(0, 2, creator);
    const isOne = this.#draws.values[0]! < evasion.share;
    adversary[creator] = isOne ? 1 : 0;
    if (isOne) creators.risk[creator] = evasion.risk;
    probe[creator * PROBE.length + PROBE.aim] = evasion.startAim;
    probe[creator * PROBE.length + PROBE.step] = evasion.firstStep;
    probe[creator * PROBE.length + PROBE.run] = 0;
    probes[creator] = 0;
    probesHeld[creator] = 0;
  }

  /**
   * A harmful item of an adversary: takes its price in appeal, and moves the item's draw, which `items.classifier` holds, by
   * how much it scores otherwise than an ordinary creator's [logit]: severity less evasion, and the miss.
   */
  evade(item: number, creator: number): void {
    const { items, integrity, keys } = this.#state;
    const { classifier } = this.#options;
    const { evasion: law } = this.#options.integrity;
    const plain = classifier.offset + 0.5 * classifier.separation + items.classifier[item]!;
    const evasion = evasionOf(plain, integrity.probe[creator * PROBE.length + PROBE.aim]!, law);
    items.appeal[item] = evadedAppeal(items.appeal[item]!, evasion, law);
    this.#evaded = evasion > 0;
    items.classifier[item] = items.classifier[item]! + law.severity - evasion;
    if (evasion === 0) return;
    this.#draws.choose(keys, 2, INTEGRITY_PURPOSE.evasion, this.#state.creators.ordinal[creator]!);
    this.#draws.fill(0, 2, integrity.label[item]!);
    this.#draws.normals(0, 1);
    items.classifier[item] = items.classifier[item]! + law.noise * this.#draws.values[0]!;
  }

  /** How the item of the last {@link evade} fared. One below the aim that passed says nothing. */
  noteAnswer(creator: number, heldBack: boolean): void {
    if (!this.#evaded && !heldBack) return;
    const { probes, probesHeld } = this.#state.integrity;
    probes[creator] = probes[creator]! + 1;
    if (heldBack) probesHeld[creator] = probesHeld[creator]! + 1;
  }

  /** The day's end: one step of the search, up when most of the items passed. */
  learn(creator: number): void {
    const { adversary, probe, probes, probesHeld } = this.#state.integrity;
    const made = probes[creator]!;
    if (adversary[creator] === 0 || made === 0) return;
    nextProbe(
      probe,
      creator * PROBE.length,
      2 * probesHeld[creator]! >= made,
      this.#options.integrity.evasion,
    );
    probes[creator] = 0;
    probesHeld[creator] = 0;
  }
}
