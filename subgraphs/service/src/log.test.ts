import { expect, test } from '@jest/globals';
import { PlatformError } from '@delta/schema/errors';
import { createLog } from './log.js';
import { inRequest } from './requestScope.js';

class QueryFailedError extends Error {
  readonly query = 'select id_number from member where id_number = $1';
  readonly parameters = ['349999199003070012'];
  constructor(readonly driverError: Error) { super(driverError.message); }
}

function logged(write: (log: ReturnType<typeof createLog>) => void): { text: string; lines: Record<string, unknown>[] } {
  let text = '';
  write(createLog('test', { destination: { write: (line: string) => { text += line; } } }));
  return { text, lines: text.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>) };
}

test('describes a database error by its code and constraint, without SQL, parameters or values', () => {
  const driver = Object.assign(new Error('duplicate key value violates unique constraint'), { severity: 'ERROR', code: '23505', constraint: 'member_pkey', table: 'member', detail: 'Key (id_number)=(349999199003070012) already exists.' });
  const { text, lines } = logged((log) => { log.error({ err: new QueryFailedError(driver) }, 'insert failed'); });
  expect(lines[0]).toMatchObject({ msg: 'insert failed', err: { type: 'QueryFailedError', code: '23505', constraint: 'member_pkey', table: 'member' } });
  expect(text).not.toMatch(/349999199003070012|select|duplicate key/);
});

test('removes numbers, secrets and connection strings from texts, fields and messages of errors', () => {
  const { text } = logged((log) => {
    log.info({ query: '{ a }', nested: { authorization: 'Bearer x' }, note: 'of 349999199003070012' }, 'about 349999199003070012');
    log.warn(new Error('cannot reach postgres://delta:hunter2@db/anhui for 349999199003070012'));
    log.error({ err: new Error('outer', { cause: new Error('inner 349999199003070012') }) });
  });
  expect(text).not.toMatch(/349999199003070012|hunter2|Bearer x|\{ a \}/);
  expect(text).toContain('"inner [number removed]"');
});

test('carries the code of a platform error and the id of the request being served', () => {
  const { lines } = logged((log) => { inRequest('r-1', () => { log.error({ err: new PlatformError('INTERNAL') }, 'failed'); }); });
  expect(lines[0]).toMatchObject({ requestId: 'r-1', err: { code: 'INTERNAL' } });
});
