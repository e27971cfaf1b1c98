import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { PlatformError, errorCatalogue, isErrorCode } from './errors.js';
import { errorsDocument } from './errorsDocument.js';

test('an error carries its code and a remedy, and the details given', () => {
  const error = new PlatformError('PAGE_SIZE', { limit: 100 });
  expect(error.message).toBe(errorCatalogue.PAGE_SIZE.message);
  expect(error.extensions).toEqual({ code: 'PAGE_SIZE', remedy: errorCatalogue.PAGE_SIZE.remedy, limit: 100 });
  expect(error.http).toBe(400);
});

test('a more exact message replaces the catalogue\'s and does not appear twice', () => {
  const error = new PlatformError('PAGE_SIZE', { message: 'Too many.' });
  expect(error.message).toBe('Too many.');
  expect(error.extensions).not.toHaveProperty('message');
});

test('the cause stays within the process', () => {
  const error = new PlatformError('INTERNAL', {}, new Error('connection string'));
  expect(error.originalError?.message).toBe('connection string');
  expect(JSON.stringify(error)).not.toContain('connection string');
});

test('every code of the catalogue says what happened, the same in Chinese, and what to do', () => {
  for (const [code, { message, zh, remedy, http }] of Object.entries(errorCatalogue)) {
    expect(code).toMatch(/^[A-Z][A-Z0-9_]+$/);
    expect(message).toMatch(/\.$/);
    expect(remedy).toMatch(/[.;]$/);
    expect(zh).toMatch(/\p{Script=Han}/u);
    expect(http).toBeGreaterThanOrEqual(400);
    expect(http).toBeLessThan(600);
  }
});

test('a code is one of the catalogue, not one of Object\'s own words', () => {
  expect(isErrorCode('NOT_FOUND')).toBe(true);
  for (const other of ['toString', 'not_found', '', null, 404]) expect(isErrorCode(other)).toBe(false);
});

test('ERRORS.md is what the catalogue generates', () => {
  expect(readFileSync(new URL('../ERRORS.md', import.meta.url), 'utf8')).toBe(errorsDocument());
});
