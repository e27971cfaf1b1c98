import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGateway, type Gateway } from '@delta/gateway/server';
import { readSettings } from '@delta/gateway/settings';
import { loadBearerVerifier } from '@delta/service/bearer';
import { loadSigner } from '@delta/service/keys';
import type { Logger } from '@delta/service/log';
import { createMetrics } from '@delta/service/metrics';

export interface TestGatewayOptions {
  readonly home: string;
  readonly keys: { readonly issuers: string; signing(name: string): string };
  /** Where each subgraph answers GraphQL. */
  readonly urls: Readonly<Record<string, string>>;
  readonly log: Logger;
  readonly env: Readonly<Record<string, string>>;
}

/** The real gateway over the committed supergraph, at the test zone's addresses. */
export async function startTestGateway({ home, keys, urls, log, env }: TestGatewayOptions): Promise<Gateway> {
  const settings = readSettings({
    PORT: '0', HOST: '127.0.0.1',
    DELTA_SUPERGRAPH_FILE: fileURLToPath(new URL('../../schema/supergraph.graphql', import.meta.url)),
    DELTA_SUPERGRAPH_CACHE_FILE: join(home, 'supergraph.graphql'),
    DELTA_SUBGRAPH_URLS: Object.entries(urls).map(([name, url]) => `${name}=${url}`).join(','),
    DELTA_DOCUMENTS_FILE: join(home, 'documents.json'),
    DELTA_SIGNING_KEY_FILE: keys.signing('gateway'), DELTA_ISSUERS_FILE: keys.issuers,
    ...env,
  });
  return createGateway(settings, { signer: await loadSigner(settings.signingKeyFile), bearer: await loadBearerVerifier(settings.issuersFile), log, metrics: createMetrics('gateway') });
}
