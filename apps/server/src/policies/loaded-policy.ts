import type { KeyObject } from "node:crypto";
import { basename } from "node:path";
import {
  readFeatureReference,
  readGolden,
  verifyBundle,
  type FeatureReference,
  type Manifest,
} from "@longview/formats";
import { bundleFeatures, checkGolden, openBundlePolicy, type BundlePolicy } from "@longview/policies/serving";

/** A bundle that was checked whole and is ready to score. */
export class LoadedPolicy {
  readonly scorer: BundlePolicy;
  readonly manifest: Manifest;
  /** Name of the bundle's folder. */
  readonly bundle: string;
  readonly signedBy: string | undefined;
  readonly reference: FeatureReference | undefined;
  /** Names of a decision's context, in the policy's order. */
  readonly contextNames: readonly string[];
  /** Names of a candidate's features, in the policy's order; none of policies that choose among actions. */
  readonly candidateNames: readonly string[];
  /** Items of a slate that the policy was trained for. */
  readonly slots: number;
  /** Components of a MultiDiscrete action, each of which must have a candidate; 1 of other policies. */
  readonly components: number;
  #uses = 0;
  #retired = false;
  #disposed = false;

  private constructor(
    folder: string,
    {
      scorer,
      signedBy,
      reference,
    }: {
      scorer: BundlePolicy;
      signedBy: string | undefined;
      reference: FeatureReference | undefined;
    },
  ) {
    const { manifest } = scorer;
    this.scorer = scorer;
    this.manifest = manifest;
    this.bundle = basename(folder);
    this.signedBy = signedBy;
    this.reference = reference;
    const slates = manifest.distribution === "plackett-luce";
    const { context, candidates } = bundleFeatures(manifest);
    this.contextNames = context;
    this.candidateNames = candidates;
    this.slots = slates ? Number(manifest.actionSpace["slots"]) : 1;
    const sizes = manifest.actionSpace["sizes"];
    this.components =
      manifest.distribution === "multi-categorical" && Array.isArray(sizes) ? sizes.length : 1;
  }

  /**
   * Opens a bundle: hashes, signature, golden requests.
   *
   * @param trustedKeys - whose signature is asked for; undefined: nobody's
   * @throws Error one line that names the file at fault
   */
  static async open(folder: string, trustedKeys?: readonly KeyObject[]): Promise<LoadedPolicy> {
    const { manifest, signedBy } = verifyBundle(folder, { trustedKeys });
    await checkGolden(folder, readGolden(folder, manifest));
    const reference =
      manifest.files["features.json"] === undefined ? undefined : readFeatureReference(folder, manifest);
    const scorer = await openBundlePolicy(folder, manifest);
    return new LoadedPolicy(folder, { scorer, signedBy, reference });
  }

  /**
   * Runs work that needs the policy: it is not disposed of before the work ends.
   *
   * @throws Error where it was disposed of before
   */
  async use<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#disposed) throw new Error(`${this.bundle} is not live any more`);
    this.#uses++;
    try {
      return await work();
    } finally {
      this.#uses--;
      await this.#disposeWhenIdle();
    }
  }

  /** Disposes of the policy as soon as nothing uses it. */
  async retire(): Promise<void> {
    this.#retired = true;
    await this.#disposeWhenIdle();
  }

  async #disposeWhenIdle(): Promise<void> {
    if (!this.#retired || this.#uses > 0 || this.#disposed) return;
    this.#disposed = true;
    await this.scorer.dispose();
  }
}
