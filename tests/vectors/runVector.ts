import { createStationState, PassRefusal, type createPassVerbs, type KnownIssued, type PassContext, type StationRecord, type StatusList, type TrustList, type ValidPass } from '@delta/pass';
import { fromHex as bytes, toHex as hex } from '@delta/pass/lib/bytes';
import type { Vector, VectorContext } from './vector.js';

export type PassVerbs = ReturnType<typeof createPassVerbs>;


/** The lists of a context, verified in the order in which a station does. */
export async function openLists(verbs: PassVerbs, context: VectorContext): Promise<{ readonly trust: TrustList; readonly statuses: ReadonlyMap<string, StatusList>; readonly known: ReadonlyMap<string, KnownIssued> }> {
  const roots = context.roots.map((root) => ({ ...root, publicKey: bytes(root.publicKey) }));
  const trust = await verbs.openTrustList(bytes(context.trustList), { roots, ...(context.lastTrustList ? { last: context.lastTrustList } : {}) });
  const statuses = new Map<string, StatusList>();
  for (const token of context.statusLists) {
    const list = await verbs.openStatusList(bytes(token), { trust, lastIssuedAt: (kid) => context.lastStatusLists?.[kid] });
    statuses.set(list.kid, list);
  }
  const known = new Map<string, KnownIssued>();
  for (const token of context.knownIssued ?? []) {
    const list = await verbs.openKnownIssued(bytes(token), { trust });
    known.set(list.kid, list);
  }
  return { trust, statuses, known };
}

/** What verifyPass is given, with a fresh station state. */
export async function passContext(verbs: PassVerbs, context: VectorContext): Promise<PassContext> {
  const { trust, statuses, known } = await openLists(verbs, context);
  const { activity, session, risk, challenge } = context;
  return {
    profile: 'ap1', trust, status: (kid) => statuses.get(kid), knownIssued: (kid) => known.get(kid), clock: context.clock, state: createStationState(),
    ...(activity === undefined ? {} : { activity }), ...(session === undefined ? {} : { session }), ...(risk === undefined ? {} : { risk }),
    ...(challenge ? { challenge: { ...challenge, nonce: bytes(challenge.nonce) } } : {}),
  };
}

/** What a vector says of a valid pass or record: the verifier's answer without its bookkeeping. */
function plain(value: ValidPass | StationRecord): Readonly<Record<string, unknown>> {
  if ('valid' in value) {
    const { valid: _valid, profile: _profile, ...rest } = value;
    return rest;
  }
  return Object.fromEntries(Object.entries(value).map(([name, field]: [string, unknown]) => [name, field instanceof Uint8Array ? hex(field) : field]));
}

async function outcome(verbs: PassVerbs, { kind, input, context }: Omit<Vector, 'expect'>): Promise<Readonly<Record<string, unknown>>> {
  if (kind === 'stationRecord') {
    const keys = new Map(context.stationKeys!.map(({ kid, station, publicKey }) => [kid, { station, publicKey: bytes(publicKey) }]));
    return plain(await verbs.verifyStationRecord(bytes(input!), { stationKey: (kid) => keys.get(kid) }));
  }
  const ready = await passContext(verbs, context);
  if (kind === 'lists') return {};
  for (const earlier of context.before ?? []) {
    const first = await verbs.verifyPass(earlier, ready);
    if (!first.valid) throw new Error(`a code shown before was refused: ${first.refusal.code}`);
  }
  const result = await verbs.verifyPass(input!, ready);
  if (!result.valid) throw result.refusal;
  return plain(result);
}

/** The `expect` that this implementation would write under the vector. */
export async function runVector(verbs: PassVerbs, vector: Omit<Vector, 'expect'>): Promise<Vector['expect']> {
  try {
    return { valid: await outcome(verbs, vector) };
  } catch (error) {
    if (!(error instanceof PassRefusal)) throw error;
    return { refusal: error.code, number: error.entry.number, part: error.part };
  }
}
