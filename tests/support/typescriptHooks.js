/**
 * Loader hooks for the one place where Jest hands over to plain Node: its global setup. Runs our TypeScript from source, the way
 * Jest does for the tests, so that no build is needed first. DELTA_TEST_PATCHES, a JSON array, changes sources on the way
 * (patchSource.js).
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';
import { patchSource } from './patchSource.js';

const patches = JSON.parse(process.env.DELTA_TEST_PATCHES ?? '[]');

export const resolve = async (specifier, context, nextResolve) => {
  const withSource = { ...context, conditions: ['source', ...context.conditions] };
  const fromTypeScript = context.parentURL?.endsWith('.ts') && /^\.{1,2}\/.*\.js$/.test(specifier);
  return nextResolve(fromTypeScript ? specifier.replace(/\.js$/, '.ts') : specifier, withSource);
};

export const load = async (url, context, nextLoad) => {
  if (!url.endsWith('.ts')) return nextLoad(url, context);
  const file = fileURLToPath(url);
  const { code } = await transform(patchSource(file, await readFile(file, 'utf8'), patches), {
    filename: file, jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'es6' }, sourceMaps: 'inline',
  });
  return { format: 'module', source: code, shortCircuit: true };
};
