import { mkdir, rm, writeFile } from 'node:fs/promises';
import { makeVectors, vectorText } from './writeVectors.js';

/** `npm run -w @delta/pass vectors:write`: the files anew; a test holds them against this. */
const folder = new URL('./pass/', import.meta.url);
const files = await makeVectors();
for (const side of ['valid', 'invalid']) {
  await rm(new URL(side, folder), { recursive: true, force: true });
  await mkdir(new URL(side, folder), { recursive: true });
}
for (const [place, vector] of files) await writeFile(new URL(place, folder), vectorText(vector));
console.log(`Wrote ${files.size} vectors below tests/vectors/pass.`);
