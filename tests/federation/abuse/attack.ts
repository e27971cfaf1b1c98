import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import { keyFiles } from '@delta/local/home';
import { signContext } from '@delta/service/context';
import { loadSigner } from '@delta/service/keys';
import { lookupDocument, startTestZone, type Answer, type LookupData, type TestZone, type TestZoneOptions } from '../../support/zone.js';

/** A raw HTTP answer: attackers do not keep to GraphQL. */
export interface RawAnswer { readonly status: number; readonly headers: Headers; readonly text: string; readonly codes: readonly string[] }

export interface Attack {
  readonly zone: TestZone;
  /** POSTs to the gateway as given, headers and all. */
  raw(body: string | Buffer, headers?: Readonly<Record<string, string>>): Promise<RawAnswer>;
  /** POSTs straight to a subgraph, past the gateway. */
  direct(owner: string, body: string, headers?: Readonly<Record<string, string>>): Promise<RawAnswer>;
  /** A context that the gateway's own key signed, as who has stolen it could. */
  context(owner: string, body: string, over?: Partial<Parameters<typeof signContext>[1]>): Promise<string>;
  /** A fresh lookup of the first person of a province by a clerk of Shanghai. */
  lookUp(province?: string, token?: string | null, purpose?: string): Promise<Answer<LookupData>>;
}

/**
 * A zone for one group of attacks. After each attack the zone must answer an ordinary lookup as if nothing had been, and nothing
 * that was answered may show the inside.
 */
export function underAttack(options: TestZoneOptions = {}): { readonly now: Attack } {
  let attack: Attack;
  beforeAll(async () => {
    const zone = await startTestZone(options);
    const keys = keyFiles(zone.home);
    const post = async (url: string | URL, body: string | Buffer, headers: Readonly<Record<string, string>>): Promise<RawAnswer> => {
      const response = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
      const text = await response.text();
      expect(text).not.toMatch(inside);
      return { status: response.status, headers: response.headers, text, codes: codesIn(text) };
    };
    attack = {
      zone,
      raw: (body, headers = {}) => post(new URL('/graphql', zone.gateway.url), body, headers),
      direct: (owner, body, headers = {}) => post(zone.urls[owner]!.replace(/(\/graphql)?$/, '/graphql'), body, headers),
      context: async (owner, body, over = {}) => signContext(await loadSigner(keys.signing('gateway')), { audience: owner, viewer: null, requestId: crypto.randomUUID(), body, ...over }),
      lookUp: async (province = 'anhui', token, purpose = 'CHECK_IN') => zone.ask(lookupDocument, {
        input: { idNumber: zone.anchors(province).people[0].idNumber, purpose, clientKey: crypto.randomUUID() },
      }, token === undefined ? await zone.token() : token),
    };
  });
  afterEach(async () => {
    const wellClerk = await attack.zone.token({ subject: `after-${crypto.randomUUID()}` });
    const { data, errors } = await attack.lookUp('anhui', wellClerk);
    expect([errors, data?.shanghai?.openLookup?.lookup.member?.id]).toEqual([undefined, attack.zone.anchors('anhui').people[0].id]);
  });
  afterAll(async () => { await attack?.zone.close(); });
  return { get now() { return attack; } };
}

/** What no answer may hold: frames, paths, SQL, addresses, and ID numbers in clear. */
const inside = /node_modules|\bat \w+ \(|select .* from |postgres:\/\/|ECONN|(?<![0-9*])[1-9][0-9]{16}[0-9X](?![0-9])/i;

/** Codes of the errors in a body, in order. */
export function codesIn(text: string): string[] {
  try {
    const { errors = [] } = JSON.parse(text) as { errors?: { extensions?: { code?: string } }[] };
    return errors.map(({ extensions }) => extensions?.code ?? 'none');
  } catch {
    return [];
  }
}

export const codesOf = (answer: { readonly errors?: readonly { readonly extensions: { readonly code: string } }[] | undefined }): string[] => (answer.errors ?? []).map(({ extensions }) => extensions.code);
