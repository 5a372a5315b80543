import { MAXIMUM_FEATURE } from "@longview/formats";

/** Rows of numbers that were read straight from a body's bytes. JSON cannot make one, so nobody else can send it. */
export class NumberRows {
  readonly count: number;
  readonly width: number;
  /** Row after row, each number rounded to float32 as it would be on its way through a double. */
  readonly data: Float32Array;

  constructor(count: number, width: number, data: Float32Array) {
    this.count = count;
    this.width = width;
    this.data = data;
  }
}

/** Where rows ended, and what they held. */
export interface ScannedRows {
  readonly rows: NumberRows;
  /** The first byte after them. */
  readonly end: number;
}

const SPACE = 0x20;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const OPEN = 0x5b;
const CLOSE = 0x5d;

/** Digits whose number a double holds within a few of its last bits, whatever they are. */
const MOST_DIGITS = 19;
/** Powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
/** More than what a mantissa of so many digits and one division can be wrong by, relative to the number. */
const DOUBT = 2 ** -48;

let scratch = new Float32Array(1 << 15);

/**
 * Reads a JSON array of equally long arrays of numbers from bytes: several times as fast as `JSON.parse`, which makes each
 * number a double by way of the slowest exact algorithm and each row an object.
 *
 * The mantissa is summed digit by digit and divided by a power of ten. That may miss the double by its last bits, which
 * hardly ever matters to the float32 next to it; where it could, `Number` decides. So the float32 is always the one that
 * `JSON.parse` leads to.
 *
 * @param start - place of the outer bracket
 * @returns undefined where there is anything but plain numbers in rows alike: the ordinary way then says what is wrong
 */
export function scanRows(bytes: Buffer, start: number): ScannedRows | undefined {
  if (bytes[start] !== OPEN) return undefined;
  let at = start + 1;
  let filled = 0;
  let count = 0;
  let width = -1;
  for (;;) {
    while (bytes[at] === SPACE) at++;
    if (bytes[at] !== OPEN) return undefined;
    at++;
    const first = filled;
    for (;;) {
      while (bytes[at] === SPACE) at++;
      if (filled === first && bytes[at] === CLOSE) break;
      const from = at;
      const negative = bytes[at] === MINUS;
      if (negative) at++;
      let digits = 0;
      let mantissa = 0;
      const lead = at;
      let byte = bytes[at]!;
      while (byte >= ZERO && byte <= NINE) {
        mantissa = 10 * mantissa + (byte - ZERO);
        byte = bytes[++at]!;
      }
      digits = at - lead;
      // JSON allows no leading zeros.
      if (digits === 0 || (digits > 1 && bytes[lead] === ZERO)) return undefined;
      let places = 0;
      if (byte === POINT) {
        const fraction = ++at;
        byte = bytes[at]!;
        while (byte >= ZERO && byte <= NINE) {
          mantissa = 10 * mantissa + (byte - ZERO);
          byte = bytes[++at]!;
        }
        places = at - fraction;
        if (places === 0) return undefined;
        digits += places;
      }
      let value: number;
      if (byte === 0x65 || byte === 0x45) {
        while (bytes[at]! !== COMMA && bytes[at]! !== CLOSE && bytes[at]! !== SPACE && at < bytes.length)
          at++;
        const text = bytes.toString("latin1", from, at);
        if (!/^-?\d+(\.\d+)?[eE][+-]?\d+$/.test(text)) return undefined;
        value = Number(text);
      } else {
        value = places === 0 ? mantissa : mantissa / POWERS[Math.min(places, 22)]!;
        if (negative) value = -value;
        if (
          digits > MOST_DIGITS ||
          (digits > 15 && Math.fround(value * (1 - DOUBT)) !== Math.fround(value * (1 + DOUBT)))
        )
          value = Number(bytes.toString("latin1", from, at));
      }
      if (!(value >= -MAXIMUM_FEATURE && value <= MAXIMUM_FEATURE)) return undefined;
      if (filled === scratch.length) scratch = grown(scratch);
      scratch[filled++] = value;
      while (bytes[at] === SPACE) at++;
      if (bytes[at] === COMMA) at++;
      else if (bytes[at] === CLOSE) break;
      else return undefined;
    }
    at++;
    count++;
    if (width === -1) width = filled - first;
    else if (filled - first !== width) return undefined;
    while (bytes[at] === SPACE) at++;
    if (bytes[at] === COMMA) at++;
    else if (bytes[at] === CLOSE) break;
    else return undefined;
  }
  return { rows: new NumberRows(count, width, scratch.slice(0, filled)), end: at + 1 };
}

function grown(buffer: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  const larger = new Float32Array(2 * buffer.length);
  larger.set(buffer);
  return larger;
}
