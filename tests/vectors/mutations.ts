import { createStationState, PassRefusal, type PassContext } from '@delta/pass';
import { base45, fromBase45 } from './base45Text.js';
import type { PassVerbs } from './runVector.js';

/** Small reproducible random numbers (mulberry32): 0 up to 1. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const characters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:\naÿ７';
export type Draw = (below: number) => number;

const ofText: readonly ((text: string, draw: Draw) => string)[] = [
  (text, draw) => { const i = draw(text.length); return text.slice(0, i) + characters[draw(characters.length)]! + text.slice(i + 1); },
  (text, draw) => { const i = draw(text.length + 1); return text.slice(0, i) + characters[draw(characters.length)]! + text.slice(i); },
  (text, draw) => { const i = draw(text.length); return text.slice(0, i) + text.slice(i + 1 + draw(4)); },
  (text, draw) => { const i = draw(text.length - 1); return text.slice(0, i) + text[i + 1]! + text[i]! + text.slice(i + 2); },
  (text, draw) => text.slice(0, draw(text.length)),
  (text, draw) => { const i = draw(text.length); return text.slice(0, i) + text.slice(i, i + 3).toLowerCase() + text.slice(i + 3); },
];

const ofBytes: readonly ((bytes: Uint8Array, draw: Draw) => Uint8Array)[] = [
  (bytes, draw) => { const i = draw(bytes.length); return bytes.map((byte, at) => (at === i ? byte ^ (1 << draw(8)) : byte)); },
  (bytes, draw) => { const i = draw(bytes.length); return bytes.map((byte, at) => (at === i ? draw(256) : byte)); },
  (bytes, draw) => { const i = draw(bytes.length); return Uint8Array.from([...bytes.subarray(0, i), draw(256), ...bytes.subarray(i)]); },
  (bytes, draw) => { const i = draw(bytes.length); return Uint8Array.from([...bytes.subarray(0, i), ...bytes.subarray(i + 1 + draw(3))]); },
  (bytes, draw) => { const [from, to] = [draw(bytes.length), draw(bytes.length)]; const copy = bytes.slice(); copy.copyWithin(to, from, from + 1 + draw(16)); return copy; },
  (bytes, draw) => { const copy = bytes.slice(); for (let i = 0; i < 1 + draw(4); i += 1) copy[draw(copy.length)] = draw(256); return copy; },
];

/** Bytes that are not the valid ones. */
export function mutateBytes(bytes: Uint8Array, draw: Draw): Uint8Array {
  for (;;) {
    const changed = ofBytes[draw(ofBytes.length)]!(bytes, draw);
    if (Buffer.compare(changed, bytes) !== 0) return changed;
  }
}

/** A text that is not the valid one. */
export function mutateText(text: string, draw: Draw): string {
  for (;;) {
    const changed = draw(2) === 0
      ? ofText[draw(ofText.length)]!(text, draw)
      : text.slice(0, 4) + base45(ofBytes[draw(ofBytes.length)]!(fromBase45(text.slice(4)), draw));
    if (changed !== text) return changed;
  }
}

export interface MutationResult { readonly accepted: readonly string[]; readonly thrown: readonly string[]; readonly refusals: ReadonlyMap<string, number> }

/** Shows changed codes to a station that admits the unchanged ones: none may enter, and nothing but a refusal may come out. */
export function tryMutations(verbs: PassVerbs, codes: readonly { readonly text: string; readonly context: PassContext }[], count: number, seed: number): MutationResult {
  const next = random(seed);
  const draw: Draw = (below) => Math.floor(next() * below);
  const [accepted, thrown, refusals] = [[] as string[], [] as string[], new Map<string, number>()];
  for (let i = 0; i < count; i += 1) {
    const { text, context } = codes[i % codes.length]!;
    const changed = mutateText(text, draw);
    try {
      const outcome = verbs.verifyPassSync(changed, { ...context, state: createStationState() });
      if (outcome.valid) accepted.push(changed);
      else if (!(outcome.refusal instanceof PassRefusal)) thrown.push(changed);
      else refusals.set(outcome.refusal.code, (refusals.get(outcome.refusal.code) ?? 0) + 1);
    } catch (error) {
      thrown.push(`${changed}: ${String(error)}`);
    }
  }
  return { accepted, thrown, refusals };
}
