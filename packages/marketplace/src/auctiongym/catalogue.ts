import { deriveKey, normalQuantile, rootKey, uniformsInto } from "@longview/statistics";

/** The ads of an AuctionGym world: `advertisers × ads`, row-major. */
export interface AuctionCatalogue {
  /** `[advertisers, ads, dimensions]`. */
  readonly embeddings: Float64Array;
  /** `[advertisers, ads]`: logit of a click in the average context. */
  readonly intercepts: Float64Array;
  /** `[advertisers, ads]`: what a click is worth to the advertiser, > 0. */
  readonly values: Float64Array;
}

/** Sizes and spread of a catalogue. */
export interface AuctionCatalogueShape {
  readonly advertisers: number;
  readonly ads: number;
  readonly dimensions: number;
  readonly embeddingDeviation: number;
  readonly catalogueSeed: number;
}

/**
 * Draws a catalogue by AuctionGym's law: embeddings `N(0, deviation)`, values `LogNormal(0.1, 0.2)`, intercepts
 * `−3 − U(0, 1)`. Its comment says that intercepts are uniform in [−4.5, −1.5]; the code is followed.
 *
 * @see AuctionGym `main.py`, `parse_config`
 */
export function drawAuctionCatalogue(shape: AuctionCatalogueShape): AuctionCatalogue {
  const { advertisers, ads, dimensions, embeddingDeviation, catalogueSeed } = shape;
  const root = rootKey(`auctiongym catalogue ${catalogueSeed}`);
  const uniforms = (purpose: string, count: number): Float64Array => {
    const key = deriveKey(root, purpose);
    const values = new Float64Array(count);
    uniformsInto(values, 0, count, key.first | 0, key.second | 0, 0, 0);
    return values;
  };
  return {
    embeddings: uniforms("embeddings", advertisers * ads * dimensions).map(
      (draw) => embeddingDeviation * normalQuantile(draw),
    ),
    intercepts: uniforms("intercepts", advertisers * ads).map((draw) => -3 - draw),
    values: uniforms("values", advertisers * ads).map((draw) => Math.exp(0.1 + 0.2 * normalQuantile(draw))),
  };
}
