import { createPublicKey, createPrivateKey } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { generateKeyPair } from '@delta/service/keys';
import { readJwt, writeJwt } from '@delta/service/jwt';
import { importJWK, jwtVerify, SignJWT } from 'jose';

/** `node subgraphs/service/bench/signatures.js` after a build: processor time of one signature and one verification, ours and jose's. */
const { privateKey, publicKey } = await generateKeyPair('gateway');
const [ownPrivate, ownPublic] = [createPrivateKey({ key: privateKey, format: 'jwk' }), createPublicKey({ key: publicKey, format: 'jwk' })];
const [joseKey, josePublic] = [await importJWK(privateKey, 'EdDSA'), await importJWK(publicKey, 'EdDSA')];
const header = { kid: privateKey.kid, typ: 'delta-context+jwt' };
const viewer = { issuer: 'https://id.example/shanghai', subject: 'u1', role: 'station_clerk', province: '31', organization: '31-01980f3e-7c1a-7a52-8f00-1234567890ab', member: null };
const now = Math.floor(Date.now() / 1000);
const claims = { vwr: viewer, req: crypto.randomUUID(), dig: 'x'.repeat(43), jti: crypto.randomUUID(), iss: 'gateway', aud: 'anhui', iat: now, exp: now + 3_000 };
const message = writeJwt(ownPrivate, header, claims);

const work = {
  'sign, jose': () => new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', ...header }).sign(joseKey),
  'sign, ours': async () => writeJwt(ownPrivate, header, claims),
  'verify, jose': () => jwtVerify(message, () => josePublic, { algorithms: ['EdDSA'], typ: header.typ, issuer: 'gateway', audience: 'anhui', requiredClaims: ['exp', 'iat'] }),
  'verify, ours': async () => readJwt(message, () => ownPublic),
};

/** Microseconds of processor time and of waiting, each the mean over `count` calls, `together` of them at once. */
async function measure(count, together, call) {
  const [started, used] = [performance.now(), process.cpuUsage()];
  for (let done = 0; done < count; done += together) await Promise.all(Array.from({ length: together }, call));
  const { user, system } = process.cpuUsage(used);
  return { processor: (user + system) / count, elapsed: ((performance.now() - started) * 1_000) / count };
}

// Interleaved, so that a disturbance of the machine meets all alike; the median of five rounds.
const rounds = [];
for (let round = 0; round < 6; round += 1) {
  for (const [name, call] of Object.entries(work)) {
    for (const together of [1, 20]) rounds.push({ round, name, together, ...await measure(2_000, together, call) });
  }
}
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)].toFixed(0);
for (const name of Object.keys(work)) {
  for (const together of [1, 20]) {
    const own = rounds.filter((entry) => entry.round > 0 && entry.name === name && entry.together === together);
    process.stdout.write(`${name.padEnd(14)} ${String(together).padStart(2)} at once: ${median(own.map(({ processor }) => processor)).padStart(4)} µs of processor, ${median(own.map(({ elapsed }) => elapsed)).padStart(4)} µs elapsed\n`);
  }
}
