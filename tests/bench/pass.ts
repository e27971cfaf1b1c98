import { generateKeyPairSync, randomBytes, verify, type KeyObject } from 'node:crypto';
import {
  cacheKeys, createNodeSigner, createPassVerbs, createStationState, credentialText, drawStatusIndex, issueCredential, nodePlatform, setStatus, stepAt, statusBytes,
  type PassContext,
} from '@delta/pass';
import { decode } from 'cborg';
import QRCode from 'qrcode';
import { createTestRoots, kidOf, newPassSigner, trustContent, trustKeyOf } from '../support/passTrust.js';
import { median } from './statistics.js';

/**
 * What judging a pass costs beside the signatures that it cannot do without, in one run, the sides taking turns every hundred
 * codes. Every code is another, nothing of an earlier one is kept but, where it says so, imported keys. Processor time, since
 * other work on the machine must not decide; the ratios are medians over the turns.
 * `npm run bench -- pass [--rounds N]`.
 */
export interface PassOptions { readonly rounds: number }

const now = Math.floor(Date.now() / 1000);
const [people, chunk] = [1000, 100];
const newKey = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { signer: createNodeSigner(privateKey), publicKey };
};
type Signed = { readonly key: KeyObject; readonly bytes: Uint8Array; readonly signature: Uint8Array };

/** The bytes under a COSE_Sign1's signature, taken apart by another library than the verifier's. */
function signedOf(credential: Uint8Array, key: KeyObject): Signed {
  const [header, , payload, signature] = decode(credential, { useMaps: true }) as [Uint8Array, unknown, Uint8Array, Uint8Array];
  const head = (length: number): number[] => (length < 24 ? [0x40 | length] : [0x58, length]);
  const bytes = Buffer.concat([Buffer.from([0x84, 0x6a]), Buffer.from('Signature1'), Buffer.from(head(header.length)), header, Buffer.from([0x40, ...head(payload.length)]), payload]);
  return { key, bytes, signature };
}
const raw = ({ key, bytes, signature }: Signed): boolean => verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, signature);

interface Person { readonly paper: string; readonly phone: string; readonly bytes: readonly [number, number]; readonly credential: Signed; readonly proof: Signed }

async function prepare(): Promise<{ readonly persons: readonly Person[]; readonly context: Omit<PassContext, 'state'> }> {
  const [issuer, status] = [newKey(), newKey()];
  const verbs = createPassVerbs(nodePlatform);
  const trust = await createTestRoots().open(trustContent(now - 60, { keys: [trustKeyOf(issuer.signer, '31', 'pass', now), trustKeyOf(status.signer, '31', 'status', now)] }));
  const statuses = await verbs.openStatusList(await verbs.signStatusList({ issuer: '31', kid: kidOf(issuer.signer), issuedAt: now - 60, bytes: statusBytes(1_000_000) }, status.signer), { trust });
  const persons: Person[] = [];
  for (let i = 0; i < people; i += 1) {
    const holder = newKey();
    const common = { issuer: '31', notBefore: now - 60, expires: now + 86_400, statusIndex: 900_000 + i };
    const credential = await issueCredential({ ...common, passId: randomBytes(16), class: 'phone', holder: holder.signer.publicKey }, issuer.signer);
    const paper = await issueCredential({ ...common, passId: randomBytes(16), class: 'paper', maskedName: '欧阳*' }, issuer.signer);
    const [step, nonce] = [stepAt(now), randomBytes(8)];
    const phone = await verbs.signProof(credential, { step, nonce }, holder.signer);
    const digest = nodePlatform.sha256(credential);
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const message = Buffer.concat([Buffer.from('AP-PROOF1'), digest, counter, nonce]);
    persons.push({
      paper: credentialText(paper), phone, bytes: [credential.length, paper.length],
      credential: signedOf(paper, issuer.publicKey), proof: { key: holder.publicKey, bytes: message, signature: await signatureOf(phone) },
    });
  }
  return { persons, context: { profile: 'ap1', trust, status: () => statuses, clock: { wall: now, monotonic: 0 } } };
}

/** The last 64 bytes of a phone's code are its proof's signature. */
async function signatureOf(text: string): Promise<Uint8Array> {
  const { fromBase45 } = await import('../vectors/base45Text.js');
  return fromBase45(text.slice(4)).slice(-64);
}

const qrVersion = (text: string, level: 'L' | 'Q'): number => QRCode.create([{ data: text, mode: 'alphanumeric' }], { errorCorrectionLevel: level }).version;

async function statusListSize(passes: number): Promise<number> {
  const [bytes, taken, signer] = [statusBytes(passes), new Set<number>(), newPassSigner()];
  while (taken.size < passes / 100) {
    const index = drawStatusIndex(passes, (one) => taken.has(one), Math.random)!;
    taken.add(index);
    setStatus(bytes, index, 'revoked');
  }
  return (await createPassVerbs(nodePlatform).signStatusList({ issuer: '31', kid: kidOf(signer), issuedAt: now, bytes }, signer)).length;
}

export async function benchPass({ rounds }: PassOptions, say: (line: string) => void = (line) => process.stdout.write(`${line}\n`)): Promise<boolean> {
  const { persons, context } = await prepare();
  const [cold, warm] = [createPassVerbs(nodePlatform), createPassVerbs(cacheKeys(nodePlatform, people))];
  const admit = (verbs: typeof cold, text: string, state: PassContext['state']): void => {
    const outcome = verbs.verifyPassSync(text, { ...context, state });
    if (!outcome.valid) throw outcome.refusal;
  };
  const must = (good: boolean): void => { if (!good) throw new Error('a signature does not verify'); };
  const sides = {
    'raw P-256 verification': (person: Person) => must(raw(person.credential)),
    'static check (paper)': (person: Person, state: PassContext['state']) => admit(cold, person.paper, state),
    'two raw verifications': (person: Person) => must(raw(person.credential) && raw(person.proof)),
    'with proof, holder key cold': (person: Person, state: PassContext['state']) => admit(cold, person.phone, state),
    'with proof, holder key cached': (person: Person, state: PassContext['state']) => admit(warm, person.phone, state),
  };
  type Side = keyof typeof sides;
  const times = Object.fromEntries(Object.keys(sides).map((side) => [side, [] as number[]])) as unknown as Record<Side, number[]>;
  for (let round = -1; round < rounds; round += 1) {
    const state = Object.fromEntries(Object.keys(sides).map((side) => [side, createStationState()])) as Record<Side, PassContext['state']>;
    for (let at = 0; at < people; at += chunk) {
      for (const side of Object.keys(sides) as Side[]) {
        const started = process.cpuUsage();
        for (let i = at; i < at + chunk; i += 1) sides[side](persons[i]!, state[side]);
        const { user, system } = process.cpuUsage(started);
        // The first round fills the cache and warms the code.
        if (round >= 0) times[side].push(user + system);
      }
    }
  }
  for (const side of Object.keys(sides) as Side[]) say(`${side}: ${Math.round(chunk / median(times[side]) * 1e6)} a second of one processor`);
  let good = true;
  const atLeast = (what: string, side: Side, against: Side, bound: number): void => {
    const ratio = median(times[side].map((time, i) => times[against][i]! / time));
    good &&= ratio >= bound;
    say(`${what}: ${ratio.toFixed(2)}, at least ${bound}${ratio >= bound ? '' : ', NOT MET'}`);
  };
  atLeast('static check to raw verification', 'static check (paper)', 'raw P-256 verification', 0.75);
  atLeast('with proof, cold, to two raw verifications', 'with proof, holder key cold', 'two raw verifications', 0.45);
  atLeast('with proof, cached, to two raw verifications', 'with proof, holder key cached', 'two raw verifications', 0.8);
  const atMost = (what: string, value: number, bound: number, unit = ''): void => {
    good &&= value <= bound;
    say(`${what}: ${value}${unit}, at most ${bound}${unit}${value <= bound ? '' : ', NOT MET'}`);
  };
  say(`credential of a phone ${persons[0]!.bytes[0]} bytes, of paper ${persons[0]!.bytes[1]} bytes; texts ${persons[0]!.phone.length} and ${persons[0]!.paper.length} characters`);
  atMost('QR version of the phone at level L', Math.max(...persons.map(({ phone }) => qrVersion(phone, 'L'))), 10);
  atMost('QR version of paper at level Q', Math.max(...persons.map(({ paper }) => qrVersion(paper, 'Q'))), 11);
  atMost('status list of 1,000,000 passes, 1% revoked', await statusListSize(1_000_000), 20 * 1024, ' bytes');
  atMost('status list of 10,000,000 passes, 1% revoked', await statusListSize(10_000_000), 153 * 1024, ' bytes');
  return good;
}
