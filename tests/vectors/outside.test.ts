import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { decode } from 'cborg';
import { createPassVerbs, nodePlatform, PassRefusal, type TrustedKeys } from '@delta/pass';
import { openSign1 } from '../../subgraphs/pass/src/lib/openSign1.js';
import { compressPoint } from '../../subgraphs/pass/src/lib/p256.js';
import { toBeSigned } from '../../subgraphs/pass/src/lib/sign1.js';
import { checkSignature, toLowS } from '../../subgraphs/pass/src/lib/signature.js';
import { finish } from '../../subgraphs/pass/src/lib/steps.js';
import { webPlatform } from '../../subgraphs/pass/src/platform/webPlatform.js';
import type { Platform } from '../../subgraphs/pass/src/platform/platform.js';
import { unpackStatuses } from '../../subgraphs/pass/src/status/openStatusList.js';
import { statusAt } from '../../subgraphs/pass/src/status/statusBits.js';
import { mutateText, random } from './mutations.js';

const file = <T>(name: string): T => JSON.parse(readFileSync(new URL(`./outside/${name}`, import.meta.url), 'utf8')) as T;
const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
const platforms: readonly [string, Platform][] = [['Node', nodePlatform], ['WebCrypto', webPlatform]];

async function refusalOf(run: () => unknown): Promise<string> {
  try {
    await run();
    return 'none';
  } catch (error) {
    if (error instanceof PassRefusal) return error.code;
    throw error;
  }
}

interface Wycheproof { readonly testGroups: readonly { readonly publicKey: { readonly uncompressed: string }; readonly tests: readonly { readonly tcId: number; readonly msg: string; readonly sig: string; readonly result: 'valid' | 'invalid' }[] }[] }

describe.each(platforms)('Wycheproof\'s ECDSA signatures on %s', (_, platform) => {
  test('a valid one verifies, if with the lower s, and is refused by that rule alone otherwise; an invalid one never passes', async () => {
    const counts = { valid: 0, highS: 0, invalid: 0 };
    for (const { publicKey, tests } of file<Wycheproof>('wycheproof/ecdsa_secp256r1_sha256_p1363_test.json').testGroups) {
      const key = (await platform.importKey(compressPoint(bytes(publicKey.uncompressed))))!;
      for (const { msg, sig, result } of tests) {
        const signature = bytes(sig);
        const form = await refusalOf(() => checkSignature(signature, 'credential'));
        const holds = async (value: Uint8Array): Promise<boolean> => value.length === 64 && platform.verify(key, bytes(msg), value);
        if (result === 'invalid') {
          expect(form === 'none' && await holds(signature)).toBe(false);
          counts.invalid += 1;
        } else if (form === 'SIGNATURE_HIGH_S') {
          expect(await holds(toLowS(signature))).toBe(true);
          counts.highS += 1;
        } else {
          expect([form, await holds(signature)]).toEqual(['none', true]);
          counts.valid += 1;
        }
      }
    }
    expect(counts).toEqual({ valid: 103, highS: 70, invalid: 89 });
  });
});

interface CoseExample { readonly title: string; readonly fail?: boolean; readonly input: { readonly sign0: { readonly key: { readonly x: string; readonly y: string }; readonly external?: string } }; readonly intermediates: { readonly ToBeSign_hex: string }; readonly output: { readonly cbor: string } }

const coseKey = ({ x, y }: { readonly x: string; readonly y: string }): Uint8Array =>
  compressPoint(new Uint8Array(Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])));

describe('the COSE working group\'s COSE_Sign1', () => {
  /** Its kid has two bytes, which no profile of ours takes: here only form, Sig_structure and signature are judged, as RFC 9052 does. */
  async function verifies({ input, output }: CoseExample): Promise<boolean> {
    const all = bytes(output.cbor);
    const [header, unprotected, payload, signature] = decode(all[0] === 0xd2 ? all.subarray(1) : all, { useMaps: true }) as [Uint8Array, Map<number, unknown>, Uint8Array, Uint8Array];
    const protectedMap = decode(header, { useMaps: true }) as Map<number, unknown>;
    if ((protectedMap.get(1) ?? unprotected.get(1)) !== -7) return false;
    const key = nodePlatform.importKey(coseKey(input.sign0.key))!;
    // RFC 9052, 4.4: an empty header is signed as an empty byte string.
    return nodePlatform.verify(key, toBeSigned(protectedMap.size === 0 ? new Uint8Array() : header, payload), signature);
  }
  const example = (name: string): CoseExample => file<CoseExample>(`cose/${name}.json`);

  test.each(['ecdsa-sig-01', 'sign-pass-01', 'sign-pass-03'])('%s verifies', async (name) => {
    expect(await verifies(example(name))).toBe(true);
  });
  test('sign-pass-02 verifies over external data, which the profile never has, and not without', async () => {
    const { input, intermediates, output } = example('sign-pass-02');
    const signature = bytes(output.cbor).subarray(-64);
    expect(nodePlatform.verify(nodePlatform.importKey(coseKey(input.sign0.key))!, bytes(intermediates.ToBeSign_hex), signature)).toBe(true);
    expect(await verifies(example('sign-pass-02'))).toBe(false);
  });
  test.each(['sign-fail-02', 'sign-fail-03', 'sign-fail-04', 'sign-fail-06', 'sign-fail-07'])('%s does not verify', async (name) => {
    expect(await verifies(example(name))).toBe(false);
  });
  test.each(['sign-fail-01', 'sign-fail-02', 'sign-fail-03', 'sign-fail-04', 'sign-fail-06', 'sign-fail-07', 'sign-pass-01', 'sign-pass-02', 'sign-pass-03', 'ecdsa-sig-01'])('%s is refused by the profile', async (name) => {
    const nobody: TrustedKeys = { find: () => undefined, isCompromised: () => false };
    const code = await refusalOf(() => finish(openSign1(nodePlatform, bytes(example(name).output.cbor), nobody, { part: 'credential', use: 'pass' })));
    expect(code).not.toBe('none');
  });
});

interface StatusVector { readonly name: string; readonly bits: number; readonly cborHex: string; readonly set?: Readonly<Record<string, number>>; readonly byteArrayHex?: string }

describe.each(platforms)('the status list draft\'s vectors on %s', (_, platform) => {
  const vectors = file<readonly StatusVector[]>('status-list/status-list-cbor.json');
  const open = (vector: StatusVector): Promise<Uint8Array> => {
    const hex = vector.cborHex.replace(/^.*encoded:/, '');
    return finish(unpackStatuses(platform, decode(bytes(hex), { useMaps: true })));
  };

  test('two bits hold the statuses that the draft says, and valid everywhere else', async () => {
    const vector = vectors.find(({ name }) => name === '2-bit long')!;
    const list = await open(vector);
    let others = 0;
    for (let i = 0; i < list.length * 4; i += 1) if (vector.set![i] === undefined && statusAt(list, i) !== 0) others += 1;
    expect(others).toBe(0);
    for (const [index, value] of Object.entries(vector.set!)) expect(statusAt(list, Number(index))).toBe(value);
  });
  test('the short list is the bytes that the draft shows', async () => {
    const vector = vectors.find(({ name }) => name === '2-bit short')!;
    expect(Buffer.from(await open(vector)).toString('hex')).toBe(vector.byteArrayHex);
  });
  test('a list of one bit a pass is refused: the profile has two', async () => {
    expect(await refusalOf(() => open(vectors.find(({ name }) => name === '1-bit long')!))).toBe('MALFORMED');
  });
});

interface Dgc { readonly description: string; readonly prefix: string; readonly certificate: string; readonly validationClock: string; readonly expect: { readonly valid?: true; readonly refusal?: string } }

describe.each(platforms)('the EU\'s health certificates on %s', (_, platform) => {
  test.each(file<readonly Dgc[]>('hc1/dgc.json'))('$description', async ({ prefix, certificate, validationClock, expect: expected }) => {
    const whole = new X509Certificate(Buffer.from(certificate, 'base64')).publicKey.export({ format: 'der', type: 'spki' }).subarray(-65);
    const publicKey = compressPoint(new Uint8Array(whole));
    const imported = (await platform.importKey(publicKey))!;
    // The kid is eight bytes of the certificate's digest; the rest of the EU's trust lies outside of this.
    const kid = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(certificate, 'base64'))).subarray(0, 8).toString('hex');
    const trust: TrustedKeys = {
      find: (wanted) => (wanted === kid ? { kid, issuer: 'AT', use: 'pass', algorithm: -7, publicKey, from: 0, until: Infinity, imported } : undefined),
      isCompromised: () => false,
    };
    const now = Date.parse(validationClock) / 1000;
    const verbs = createPassVerbs(platform);
    const at = (wall: number) => verbs.verifyPass(prefix, { profile: 'hc1', trust, clock: { wall, monotonic: 0 } });
    const outcome = await at(now);
    expect(outcome.valid ? 'valid' : outcome.refusal.code).toBe(expected.refusal ?? 'valid');
    if (!outcome.valid) return;
    expect(outcome).toMatchObject({ issuer: 'AT', profile: 'hc1' });
    const late = await at(outcome.expires);
    expect(late.valid || late.refusal.code).toBe('EXPIRED');
    const next = random(1);
    for (let i = 0; i < 300; i += 1) {
      // Compressed data have more than one form, so some may pass; what must not happen is an exception.
      await verbs.verifyPass(mutateText(prefix, (below) => Math.floor(next() * below)), { profile: 'hc1', trust, clock: { wall: now, monotonic: 0 } });
    }
  });
});
