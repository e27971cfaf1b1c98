import { readdirSync, readFileSync } from 'node:fs';
import type { Vector } from './vector.js';

/** The committed vectors by the names of their files, such as `invalid/01-alg-is-none.json`. */
export function readVectors(): ReadonlyMap<string, Vector> {
  const folder = new URL('./pass/', import.meta.url);
  const names = ['valid', 'invalid'].flatMap((side) => readdirSync(new URL(side, folder)).sort().map((name) => `${side}/${name}`));
  return new Map(names.map((name) => [name, JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Vector]));
}
