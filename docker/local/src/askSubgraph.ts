import { randomUUID } from 'node:crypto';
import type { Viewer } from '@delta/schema/viewer';
import { loadBearerVerifier } from '@delta/service/bearer';
import { contextHeader, signContext } from '@delta/service/context';
import { loadSigner } from '@delta/service/keys';
import { request } from 'undici';
import { keyFiles } from './home.js';
import { Refusal } from './refusal.js';

export interface Question {
  /** Name of the subgraph, which is the audience of the context. */
  readonly subgraph: string;
  readonly url: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Bearer token of the one who asks; anonymous without. */
  readonly token?: string | undefined;
}

/**
 * Asks one subgraph as the gateway does: verifies the token, signs a context with the development key of this home, and
 * hands the token on to the province that issued it. @returns the GraphQL answer
 * @throws Refusal when the subgraph or the home's keys are not there; PlatformError for a token that does not verify
 */
export async function askSubgraph(home: string, { subgraph, url, query, variables, token }: Question): Promise<unknown> {
  const files = keyFiles(home);
  const signer = await loadSigner(files.signing('gateway')).catch(() => { throw new Refusal(`Nothing was ever started on ${home}.`, 'Start the zone first: npm start.'); });
  const viewer: Viewer | null = token === undefined ? null : await (await loadBearerVerifier(files.issuers)).verify(token);
  const body = JSON.stringify({ query, variables });
  const headers = {
    'content-type': 'application/json',
    [contextHeader]: await signContext(signer, { audience: subgraph, viewer, requestId: randomUUID(), body }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const notRunning = (): never => { throw new Refusal(`The subgraph ${subgraph} does not answer at ${new URL(url).origin}.`, `Start it first: npm start, or npm start -w @delta/${subgraph}.`); };
  const answer = await request(url, { method: 'POST', body, headers, headersTimeout: 30_000 }).catch(notRunning);
  return answer.body.json().catch(notRunning);
}
