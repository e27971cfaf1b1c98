import { createHash } from 'node:crypto';
import { openTrustList, type Root, type TrustList } from '@delta/pass';
import type { Signer } from '@delta/service/keys';
import { publicationType, trustListPath, trustListType } from '@delta/zone/trustList/trustListRoutes';
import { Refusal } from './refusal.js';
import { asRefusal } from './trustProposal.js';

/** Where the zone is, and how it is reached: mutual TLS where that is configured. */
export interface ZonePlace { readonly url: string; readonly send?: typeof fetch }

const away = (url: string) => (): never => { throw new Refusal(`The zone does not answer at ${url}.`, 'Name its address by --zone, or start it.'); };

/** The list in force, verified by these roots; undefined before the first. @throws Refusal */
export async function listInForce({ url, send = fetch }: ZonePlace, roots: readonly Root[]): Promise<TrustList | undefined> {
  const answer = await send(new URL(trustListPath, url), { signal: AbortSignal.timeout(10_000), headers: { 'cache-control': 'no-cache' } }).catch(away(url));
  const bytes = new Uint8Array(await answer.arrayBuffer());
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Refusal(`The zone answers ${answer.status}.`, 'See its log.');
  return openTrustList(bytes, { roots }).catch((error: unknown) => { throw asRefusal(error); });
}

/** Puts a list into force, in the name of the zone's operator. @throws Refusal */
export async function publishTrustList({ url, send = fetch }: ZonePlace, operator: Signer, list: Uint8Array): Promise<void> {
  const signature = await operator.sign({ dig: createHash('sha256').update(list).digest('base64url') }, { type: publicationType, audience: 'zone', expiresInSeconds: 60 });
  const answer = await send(new URL(trustListPath, url), {
    method: 'POST', body: Buffer.from(list), headers: { 'content-type': trustListType, 'x-delta-signature': signature }, signal: AbortSignal.timeout(10_000),
  }).catch(away(url));
  const text = await answer.text();
  if (answer.ok) return;
  const { errors } = JSON.parse(text) as { errors?: readonly [{ readonly message: string; readonly extensions: { readonly remedy: string } }] };
  throw new Refusal(errors?.[0].message ?? `The zone answers ${answer.status}.`, errors?.[0].extensions.remedy ?? 'See its log.');
}
