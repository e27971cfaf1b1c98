import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyFiles } from '@delta/local/home';
import { provinces } from '@delta/schema/provinces';
import type { Viewer } from '@delta/schema/viewer';
import { contextHeader, signContext } from '@delta/service/context';
import { loadSigner } from '@delta/service/keys';
import type { DrillZone } from './zone.js';

const query = '{ NAME { members(first: 1) { edges { node { id } } } } }';

/**
 * Somebody from elsewhere asks each province for what it does not show. That is recorded there, and the heads of the audit's chain go
 * to all others by the exchange: the platform's own events, among those of the drill.
 */
export async function startVisitors(zone: DrillZone): Promise<{ stop(): Promise<void> }> {
  const gateway = await loadSigner(keyFiles(zone.home).signing('gateway'));
  let stopped = false;
  const visit = async (): Promise<void> => {
    while (!stopped) {
      for (const { slug, code } of provinces) {
        const url = zone.owners.get(slug)?.url;
        if (url === undefined) continue;
        const viewer: Viewer = { issuer: 'drill', subject: 'visitor', role: 'station_clerk', province: code === '31' ? '32' : '31', organization: null, member: null };
        const body = JSON.stringify({ query: query.replace('NAME', slug) });
        const headers = { 'content-type': 'application/json', [contextHeader]: await signContext(gateway, { audience: slug, viewer, requestId: randomUUID(), body }) };
        await fetch(url, { method: 'POST', body, headers, signal: AbortSignal.timeout(2_000) }).then((answer) => answer.text()).catch(() => undefined);
      }
      await sleep(500);
    }
  };
  const visiting = visit();
  return { stop: async () => { stopped = true; await visiting; } };
}
