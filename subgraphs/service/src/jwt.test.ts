import { generateKeyPairSync, sign } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { importPKCS8, importSPKI, jwtVerify, SignJWT } from 'jose';
import { readJwt, writeJwt } from './jwt.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const spki = publicKey.export({ format: 'pem', type: 'spki' }) as string;
const pkcs8 = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
const keyOf = ({ kid }: { kid: string }) => (kid === 'anhui-1' ? publicKey : undefined);
const header = { kid: 'anhui-1', typ: 'test+jwt' };
const claims = { iss: 'anhui', note: '党', exp: 9_999_999_999 };
const good = writeJwt(privateKey, header, claims);
const [head, body, signature] = good.split('.') as [string, string, string];

const base64url = (text: string): string => Buffer.from(text).toString('base64url');
/** Any header and claims with a signature that fits, as a careless or foreign signer would make them. */
const signed = (headText: string, bodyText: string): string => {
  const message = `${base64url(headText)}.${base64url(bodyText)}`;
  return `${message}.${sign(null, Buffer.from(message), privateKey).toString('base64url')}`;
};
const plain = '{"alg":"EdDSA","kid":"anhui-1","typ":"test+jwt"}';

test('reads what it wrote', () => {
  expect(readJwt(good, keyOf)).toEqual({ typ: 'test+jwt', claims });
  expect(readJwt(signed(plain, '{"a":1}'), keyOf)).toEqual({ typ: 'test+jwt', claims: { a: 1 } });
});

test('writes and reads JWTs as another implementation does', async () => {
  const key = await importSPKI(spki, 'EdDSA');
  expect((await jwtVerify(good, key, { algorithms: ['EdDSA'], typ: 'test+jwt' })).payload).toEqual(claims);
  const foreign = await new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', ...header }).sign(await importPKCS8(pkcs8, 'EdDSA'));
  expect(readJwt(foreign, keyOf)).toEqual({ typ: 'test+jwt', claims });
});

test.each([
  ['an algorithm of none', signed('{"alg":"none","kid":"anhui-1","typ":"test+jwt"}', '{}')],
  ['another algorithm', signed('{"alg":"HS256","kid":"anhui-1","typ":"test+jwt"}', '{}')],
  ['no signature', `${head}.${body}.${base64url('')}x`.slice(0, -1)],
  ['a key that nobody knows', writeJwt(privateKey, { ...header, kid: 'anhui-2' }, claims)],
  ['another body', `${head}.${base64url(JSON.stringify({ ...claims, iss: 'zone' }))}.${signature}`],
  ['a signature one byte short', `${head}.${body}.${Buffer.from(signature, 'base64url').subarray(1).toString('base64url')}`],
  ['a signature with something behind it', `${head}.${body}.${Buffer.concat([Buffer.from(signature, 'base64url'), Buffer.from([0])]).toString('base64url')}`],
  ['a signature with a large S', `${head}.${body}.${withOrderAdded(signature)}`],
])('refuses %s', (_what, message) => {
  expect(['signature', 'malformed']).toContain(readJwt(message, keyOf));
});

test.each([
  ['an extra member of the header', '{"alg":"EdDSA","kid":"anhui-1","typ":"test+jwt","crit":["exp"],"exp":1}', '{}'],
  ['an embedded key', '{"alg":"EdDSA","kid":"anhui-1","typ":"test+jwt","jwk":{}}', '{}'],
  ['no type', '{"alg":"EdDSA","kid":"anhui-1"}', '{}'],
  ['a member of the header that stands twice', '{"alg":"EdDSA","kid":"anhui-2","kid":"anhui-1","typ":"test+jwt"}', '{}'],
  ['a claim that stands twice', plain, '{"mid":"a","mid":"b"}'],
  ['a claim that stands twice, once escaped', plain, '{"mid":"a","\\u006did":"b"}'],
  ['white space', plain, '{ "mid":"a"}'],
  ['claims that are a list', plain, '[]'],
  ['claims that are no JSON', plain, '{'],
])('refuses %s although the signature fits', (_what, headText, bodyText) => {
  expect(readJwt(signed(headText, bodyText), keyOf)).toBe('malformed');
});

test.each([
  ['padding', `${head}.${body}.${signature}==`],
  ['spare bits at the end', `${head}.${body}.${signature.slice(0, -1)}${String.fromCharCode(signature.charCodeAt(85) + 1)}`],
  ['the alphabet with + and /', `${head}.${body}.${signature.slice(0, 40)}+/${signature.slice(42)}`],
  ['a line break', `${head}.${body}.\n${signature}`],
  ['two parts', `${head}.${body}`],
  ['four parts', `${good}.`],
  ['five parts, as an encrypted token has', `${good}.${body}.${body}`],
  ['more than any message has', `${head}.${'A'.repeat(20_000)}.${signature}`],
])('refuses %s as no message at all', (_what, message) => {
  expect(readJwt(message, keyOf)).toBe('malformed');
});

/** The same signature with the order of the group added to S: it fits the equation, and a lax verifier takes it for a second one. */
function withOrderAdded(original: string): string {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const bytes = Buffer.from(original, 'base64url');
  const s = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString('hex')}`) + order;
  return Buffer.concat([bytes.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse()]).toString('base64url');
}
