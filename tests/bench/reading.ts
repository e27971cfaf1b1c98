import { createHash } from 'node:crypto';
import { createStationState, stepAt, verifyPassSync, type PassContext } from '@delta/pass';
import QRCode from 'qrcode';
import { seeded } from '../faults/random.js';
import { readQr } from '../support/readQr.js';
import { testKey } from '../vectors/deterministicSigner.js';
import { hex, issue, key, now, phone, roots, statusList, trustList, verbs } from '../vectors/world.js';
import { modulePixels, phoneFrame, type View } from './phoneFrame.js';
import { median, quantile } from './statistics.js';

/**
 * Whether a station reads phones' codes: generated frames of 640 by 480, dim, blurred, turned, tilted and noisy, every one of another
 * pass, read by the reader that stations use and judged by the core. The same seed draws the same frames.
 * `npm run bench -- reading [--frames 100] [--seed 1]`.
 */
export interface ReadingOptions { readonly frames: number; readonly seed: number }

/** QR version 10. */
const size = 57;
const share = 0.95;
const between = (random: () => number, from: number, to: number): number => from + (to - from) * random();

function drawView(random: () => number): View {
  const white = between(random, 45, 110);
  return {
    distance: between(random, 120, 180), turn: between(random, 0, 2 * Math.PI), tilt: between(random, 0, 0.3), tiltAxis: between(random, 0, 2 * Math.PI),
    shift: [between(random, -15, 15), between(random, -6, 6)], white, black: white * between(random, 0.1, 0.3), gradient: between(random, 0, 0.4),
    blur: between(random, 0.6, 1), noise: between(random, 2, 5),
  };
}

/** The codes of so many phones, each with a key of its own. `forged`: under a key that is in no trust list. */
async function phoneCodes(count: number, forged = false): Promise<string[]> {
  const codes: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const [holder, digest] = [testKey(`reading ${i}`), createHash('sha256').update(`reading ${i}`).digest()];
    const credential = await issue({ ...phone, holder: holder.publicKey, passId: new Uint8Array(digest.subarray(0, 16)), statusIndex: i } as typeof phone, forged ? key.unlisted : key['pass-31']);
    codes.push(await verbs.signProof(credential, { step: stepAt(now), nonce: new Uint8Array(digest.subarray(16, 24)) }, holder));
  }
  return codes;
}

async function station(passes: number): Promise<PassContext> {
  const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
  const trust = await verbs.openTrustList(bytes(await trustList()), { roots: roots.map((root) => ({ ...root, publicKey: bytes(root.publicKey) })) });
  const list = await verbs.openStatusList(bytes(await statusList({ size: passes + 8 })), { trust });
  return { profile: 'ap1', trust, status: (kid) => (kid === hex(key['pass-31'].kid) ? list : undefined), clock: { wall: now, monotonic: 0 }, state: createStationState(), activity: '31-activity', session: '1' };
}

export async function benchReading({ frames, seed }: ReadingOptions, say: (line: string) => void = (line) => process.stdout.write(`${line}\n`)): Promise<boolean> {
  const random = seeded(seed);
  const views = Array.from({ length: frames }, () => drawView(random));
  // Statuses 6 to 8 of the list are taken, for other tests.
  const codes = (await phoneCodes(frames + 9)).slice(9);
  const context = await station(frames + 9);
  const versions = new Set(codes.map((code) => QRCode.create([{ data: code, mode: 'alphanumeric' }], { errorCorrectionLevel: 'L' }).version));
  const times: number[] = [];
  const read = async (text: string | undefined, view: View): Promise<string | undefined> => {
    const frame = phoneFrame(text, view, random);
    const started = process.cpuUsage();
    const seen = await readQr(frame);
    const { user, system } = process.cpuUsage(started);
    times.push((user + system) / 1000);
    return seen;
  };

  let [right, wrong, admitted] = [0, 0, 0];
  for (const [i, code] of codes.entries()) {
    const seen = await read(code, views[i]!);
    if (seen === code) right += 1;
    else if (seen !== undefined) wrong += 1;
    if (seen !== undefined && verifyPassSync(seen, context).valid) admitted += 1;
  }
  const pixels = views.map((view) => modulePixels(size, view));
  say(`${frames} frames of 640 by 480, seed ${seed}; QR version ${[...versions].join(', ')} at level L; a module ${quantile(pixels, 0).toFixed(1)} to ${quantile(pixels, 1).toFixed(1)} pixels`);
  say('screen 12 to 18 cm from a lens of 60 degrees; white 45 to 110 of 255, black a tenth to three tenths of it, blur 0.6 to 1 pixels, noise 2 to 5 levels, turned any way, tilted up to 17 degrees');
  say(`one reading: ${median(times).toFixed(1)} ms of one processor, p95 ${quantile(times, 0.95).toFixed(1)} ms`);

  let good = true;
  const must = (what: string, met: boolean): void => {
    good &&= met;
    say(`${what}${met ? '' : ', NOT MET'}`);
  };
  must(`read: ${right} of ${frames}, at least ${Math.ceil(share * frames)}`, right >= share * frames);
  must(`read as something else: ${wrong}, none`, wrong === 0);
  must(`of those read, admitted by the core: ${admitted}, all`, admitted === right);

  // Controls: what must not be admitted, and what cannot be read.
  const some = views.slice(0, Math.max(5, Math.floor(frames / 5)));
  const forged = await phoneCodes(some.length, true);
  const other = forged.map((code, i) => `AP2:${createHash('sha512').update(code).digest('hex').toUpperCase().repeat(3).slice(0, codes[i]!.length - 4)}`);
  // One frame of a few may fail where the share allows none: fewer than the share by one at most.
  const readable = Math.ceil(share * some.length) - 1;
  for (const [what, texts] of [['signed by a key in no trust list', forged], ['of other data', other]] as const) {
    let [seen, entered] = [0, 0];
    for (const [i, view] of some.entries()) {
      const text = await read(texts[i], view);
      if (text === texts[i]) seen += 1;
      if (text !== undefined && verifyPassSync(text, context).valid) entered += 1;
    }
    must(`codes ${what}: ${seen} of ${some.length} read, at least ${readable}; ${entered} admitted, none`, entered === 0 && seen >= readable);
  }
  for (const [what, texts, change] of [['blurred by 1.5 modules', codes, true], ['without a code', [], false]] as const) {
    let seen = 0;
    for (const [i, view] of some.entries()) if (await read(texts[i], change ? { ...view, blur: 1.5 * modulePixels(size, view) } : view) !== undefined) seen += 1;
    must(`frames ${what}: ${seen} of ${some.length} read, none`, seen === 0);
  }
  return good;
}
