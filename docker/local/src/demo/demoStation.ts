import {
  createListMemory, createStationClock, createStationState, fingerprintOfRoots, openKnownIssued, openStatusList, openTrustList, verifyPass,
  type Challenge, type KnownIssued, type Root, type StatusList, type TrustList,
} from '@delta/pass';
import { Deviation } from './story.js';

/** What an activity asks, and which one it is. */
export interface Showing { readonly activity: string; readonly session: string; readonly risk?: 'low' | 'high'; readonly challenge?: Challenge }

export interface DemoStation {
  /** What hangs on paper in the province, to compare when the station is enrolled. */
  readonly fingerprint: string;
  /** Fetches all lists by their public routes and verifies them. @returns their bytes together */
  pull(): Promise<number>;
  /** By what it holds, and nothing else: this asks nobody. `VALID` or the refusal's code. */
  judge(text: string, showing: Showing): Promise<string>;
}

/** A station that works from lists: it pins the roots, pulls over HTTP when it may, and judges without a network. */
export async function openDemoStation(roots: readonly Root[], zoneUrl: string): Promise<DemoStation> {
  const [memory, state] = [createListMemory(), createStationState()];
  const clock = createStationClock({ wall: () => Math.floor(Date.now() / 1000), monotonic: () => Math.floor(performance.now() / 1000) });
  const [statuses, known] = [new Map<string, StatusList>(), new Map<string, KnownIssued>()];
  let trust: TrustList | undefined;

  async function fetched(url: URL): Promise<Uint8Array> {
    const response = await fetch(url, { headers: { 'cache-control': 'no-cache' }, signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Deviation(`${url.pathname}：${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }
  return {
    fingerprint: await fingerprintOfRoots(roots),
    async pull() {
      const list = await fetched(new URL('/pass/trust-list', zoneUrl));
      trust = await openTrustList(list, { roots, last: memory.last() });
      memory.noteTrustList(trust);
      let bytes = list.length;
      for (const { kid, issuer } of trust.keys.filter(({ use }) => use === 'pass')) {
        const address = trust.peers.find(({ owner }) => owner === issuer)?.address;
        if (address === undefined) throw new Deviation(`信任名单没有 ${issuer} 的地址`);
        const [status, issued] = await Promise.all([fetched(new URL(`/pass/status/${kid}`, address)), fetched(new URL(`/pass/known-issued/${kid}`, address))]);
        const opened = await openStatusList(status, { trust, lastIssuedAt: (of) => memory.lastIssuedAt(of) });
        memory.noteStatusList(opened);
        statuses.set(kid, opened);
        known.set(kid, await openKnownIssued(issued, { trust }));
        bytes += status.length + issued.length;
      }
      return bytes;
    },
    async judge(text, showing) {
      if (!trust) throw new Deviation('服务站没有信任名单');
      const outcome = await verifyPass(text, { profile: 'ap1', trust, status: (kid) => statuses.get(kid), knownIssued: (kid) => known.get(kid), clock: clock.read(), state, ...showing });
      if (outcome.valid) clock.note(outcome.now);
      return outcome.valid ? 'VALID' : outcome.refusal.code;
    },
  };
}
