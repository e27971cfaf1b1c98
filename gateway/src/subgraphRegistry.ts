import { PlatformError } from '@delta/schema/errors';
import type { Signer } from '@delta/service/keys';
import type { Logger } from '@delta/service/log';
import type { MutualTls } from '@delta/service/tls';
import type { GatewayMetrics } from './gatewayMetrics.js';
import type { Settings } from './settings.js';
import { SubgraphDataSource } from './subgraphDataSource.js';

export interface SubgraphRegistry {
  /** The data source of a subgraph: connections and breaker outlive a reload as long as the address stays. */
  of(name: string, url: string): SubgraphDataSource;
  /** Lets go of subgraphs that the supergraph in use no longer names, once their requests under way are over. */
  keepOnly(names: readonly string[]): void;
  /** Each subgraph's breaker, for `/ready`. */
  states(): Record<string, string>;
  close(): Promise<void>;
}

export interface RegistryOptions {
  readonly settings: Settings;
  readonly zone: string;
  readonly signer: Signer;
  readonly log: Logger;
  readonly metrics: GatewayMetrics;
  readonly tls?: MutualTls | undefined;
}

export function subgraphRegistry({ settings, zone, signer, log, metrics, tls }: RegistryOptions): SubgraphRegistry {
  const sources = new Map<string, { readonly url: string; readonly source: SubgraphDataSource }>();
  const retire = ({ source }: { readonly source: SubgraphDataSource }): void => {
    setTimeout(() => { void source.close(); }, settings.deadlineMs * 4).unref();
  };
  return {
    of(name, told) {
      const url = settings.subgraphUrls.get(name) ?? told;
      const known = sources.get(name);
      if (known?.url === url) return known.source;
      if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw new PlatformError('SUPERGRAPH_INVALID', { message: `The subgraph ${name} has no usable address.` });
      if (known) retire(known);
      const source = new SubgraphDataSource({
        name, url, zone, signer, log, metrics, tls, limits: settings,
        breaker: { threshold: settings.breakerThreshold, pauseMs: settings.breakerPauseMs, longestPauseMs: settings.breakerLongestPauseMs, probeTimeoutMs: settings.probeTimeoutMs },
      });
      sources.set(name, { url, source });
      return source;
    },
    keepOnly(names) {
      for (const [name, entry] of sources) {
        if (names.includes(name)) continue;
        sources.delete(name);
        retire(entry);
      }
    },
    states: () => Object.fromEntries([...sources].map(([name, { source }]) => [name, source.state === 'open' ? 'not answering' : 'ok'])),
    close: async () => { await Promise.all([...sources.values()].map(({ source }) => source.close())); },
  };
}
