import QRCode from 'qrcode';
import type { Frame } from '../support/readQr.js';

/** How a station's camera sees a phone: lengths in millimetres, angles in radians, light in levels of 0 to 255. */
export interface View {
  /** From the lens to the screen. */
  readonly distance: number;
  /** In the plane of the frame, any. */
  readonly turn: number;
  /** Out of that plane, about an axis in direction `tiltAxis`. */
  readonly tilt: number;
  readonly tiltAxis: number;
  /** Where the code's middle lies, from the middle of the frame, in millimetres at that distance. */
  readonly shift: readonly [x: number, y: number];
  /** Light that comes from a white and from a black module. */
  readonly white: number;
  readonly black: number;
  /** How much darker one side of the frame is than the other: 0 to 1. */
  readonly gradient: number;
  /** Standard deviation of a Gaussian, in pixels: lens out of focus. */
  readonly blur: number;
  /** Standard deviation of the sensor's noise, in levels. */
  readonly noise: number;
}

/** Taken once: in a test, a global is looked up through the context that the test runs in, hundreds of millions of times. */
const { abs, ceil, cos, exp, floor, log, max, min, sin, sqrt, tan, PI } = Math;

export const [frameWidth, frameHeight] = [640, 480];
/** A webcam's: 60 degrees across. */
const focal = frameWidth / 2 / tan(PI / 6);
/** A phone of 72 by 150 mm in portrait; the code with its quiet zone takes 60 mm of its 66 mm of screen. */
const phone = { halfWidth: 36, halfHeight: 75, screenHalfWidth: 33, screenHalfHeight: 70, code: 60 };
const quiet = 4;
const samples = 3;

/** Pixels that a module measures where the phone is held straight. */
export const modulePixels = (modules: number, { distance }: Pick<View, 'distance'>): number => phone.code / (modules + 2 * quiet) * focal / distance;

/**
 * One frame of 640 by 480: every pixel is nine rays through a pinhole onto the tilted screen, then blurred, lit and made noisy.
 * `text` undefined is a phone that shows a white screen.
 */
export function phoneFrame(text: string | undefined, view: View, random: () => number): Frame {
  const modules = text === undefined ? undefined : QRCode.create([{ data: text, mode: 'alphanumeric' }], { errorCorrectionLevel: 'L' }).modules;
  const light = blurred(drawn((x, y) => reflectance(modules, x, y), view), view.blur);
  const data = new Uint8ClampedArray(frameWidth * frameHeight * 4);
  for (let i = 0; i < light.length; i += 1) {
    const across = (i % frameWidth) / frameWidth;
    const level = (view.black + (view.white - view.black) * light[i]!) * (1 - view.gradient * across) + view.noise * gaussian(random);
    data.fill(level, 4 * i, 4 * i + 3);
    data[4 * i + 3] = 255;
  }
  return { data, width: frameWidth, height: frameHeight };
}

/** Light of a point of the phone's plane, 0 to 1: the room behind is dark, the bezel darker. */
function reflectance(modules: ReturnType<typeof QRCode.create>['modules'] | undefined, x: number, y: number): number {
  if (abs(x) > phone.halfWidth || abs(y) > phone.halfHeight) return 0.25;
  if (abs(x) > phone.screenHalfWidth || abs(y) > phone.screenHalfHeight) return 0.02;
  if (!modules) return 1;
  const unit = phone.code / (modules.size + 2 * quiet);
  const [column, row] = [floor((x + phone.code / 2) / unit) - quiet, floor((y + phone.code / 2) / unit) - quiet];
  const inside = column >= 0 && row >= 0 && column < modules.size && row < modules.size;
  return inside && modules.get(row, column) ? 0 : 1;
}

function drawn(at: (x: number, y: number) => number, { distance, turn, tilt, tiltAxis, shift }: View): Float32Array {
  const [sinTurn, cosTurn, sinAxis, cosAxis] = [sin(turn), cos(turn), sin(tiltAxis), cos(tiltAxis)];
  const slope = tan(tilt);
  const light = new Float32Array(frameWidth * frameHeight);
  for (let i = 0; i < light.length; i += 1) {
    let sum = 0;
    for (let sample = 0; sample < samples * samples; sample += 1) {
      const u = ((i % frameWidth) + (sample % samples + 0.5) / samples - frameWidth / 2) / focal;
      const v = (floor(i / frameWidth) + (floor(sample / samples) + 0.5) / samples - frameHeight / 2) / focal;
      // The plane z = distance + slope * (across the tilt's axis) meets the ray (u, v, 1) z.
      const away = -u * sinAxis + v * cosAxis;
      const z = distance / (1 - slope * away);
      const [along, across] = [(u * cosAxis + v * sinAxis) * z, away * z / cos(tilt)];
      const [x, y] = [along * cosAxis - across * sinAxis - shift[0], along * sinAxis + across * cosAxis - shift[1]];
      sum += at(x * cosTurn + y * sinTurn, y * cosTurn - x * sinTurn);
    }
    light[i] = sum / (samples * samples);
  }
  return light;
}

function blurred(light: Float32Array, deviation: number): Float32Array {
  const radius = ceil(3 * deviation);
  const weights = Float32Array.from({ length: 2 * radius + 1 }, (_, i) => exp(-((i - radius) ** 2) / (2 * deviation ** 2)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const along = (from: Float32Array, stride: number, places: number): Float32Array => {
    const to = new Float32Array(from.length);
    for (let i = 0; i < to.length; i += 1) {
      const place = floor(i / stride) % places;
      let sum = 0;
      for (let k = -radius; k <= radius; k += 1) sum += weights[k + radius]! * from[i + (min(places - 1, max(0, place + k)) - place) * stride]!;
      to[i] = sum / total;
    }
    return to;
  };
  return along(along(light, 1, frameWidth), frameWidth, frameHeight);
}

/** Box and Muller. */
const gaussian = (random: () => number): number => sqrt(-2 * log(1 - random())) * cos(2 * PI * random());
