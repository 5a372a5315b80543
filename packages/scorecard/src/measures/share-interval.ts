import { normalQuantile } from "@longview/statistics";

/**
 * Wilson's score interval of a share of independent subjects.
 *
 * @param hits - from 0 to `count`
 * @param count - at least 1
 * @see Wilson (1927), "Probable inference, the law of succession, and statistical inference"
 */
export function shareInterval(hits: number, count: number, confidence = 0.95): [number, number] {
  const z = normalQuantile(0.5 + confidence / 2);
  const share = hits / count;
  const scale = 1 + (z * z) / count;
  const middle = (share + (z * z) / (2 * count)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count));
  return [hits === 0 ? 0 : middle - half, hits === count ? 1 : middle + half];
}
