// @ts-check
// How figures are written on the page.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const fixed = new Intl.NumberFormat("en", { minimumFractionDigits: 3, maximumFractionDigits: 3 });
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

/** A count, with separators. @param {number} value */
export const count = (value) => whole.format(value);

/** A measured quantity: three digits, whole from 100 on. @param {number} value */
export const quantity = (value) => (value >= 100 ? whole : fine).format(value);

/** A drift figure, always with three places, so that a column lines up. @param {number} value */
export const threePlaces = (value) => fixed.format(value);

/** @param {number} value - from 0 to 1 */
export const percent = (value) => `${fine.format(100 * value)} %`;

/** @param {number} value */
export const milliseconds = (value) => `${quantity(value)} ms`;

/** A probability; slates of many places have tiny ones. @param {number} value */
export function probability(value) {
  if (value === 0 || value >= 1e-4) return fine.format(value);
  const [digits = "", exponent = ""] = value.toExponential(2).split("e-");
  return `${digits} × 10⁻${Array.from(exponent, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("")}`;
}

/** @param {number} value */
export function bytes(value) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let place = 0;
  while (value >= 1000 && place < units.length - 1) {
    value /= 1000;
    place++;
  }
  return `${quantity(value)} ${units[place]}`;
}

/** A length of time in its two largest units. @param {number} seconds */
export function duration(seconds) {
  const rest = Math.max(0, Math.floor(seconds));
  if (rest < 60) return `${rest} s`;
  if (rest < 3600) return `${Math.floor(rest / 60)} min ${rest % 60} s`;
  if (rest < 86_400) return `${Math.floor(rest / 3600)} h ${Math.floor((rest % 3600) / 60)} min`;
  return `${Math.floor(rest / 86_400)} d ${Math.floor((rest % 86_400) / 3600)} h`;
}

/** Time of day. @param {number} seconds - since 1970 */
export const timeOfDay = (seconds) => clock.format(1000 * seconds);

/** Day and time. @param {number} seconds - since 1970 */
export const dayAndTime = (seconds) => day.format(1000 * seconds);
