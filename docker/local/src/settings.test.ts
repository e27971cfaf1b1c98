import { expect, test } from '@jest/globals';
import { portClaims, readSettings } from './settings.js';

test('without variables every service has its documented port', () => {
  const settings = readSettings({});
  expect(settings.ports).toEqual({ gateway: 4000, zone: 4010, issuer: 4020, shanghai: 4031, jiangsu: 4032, zhejiang: 4033, anhui: 4034 });
  expect(settings.databasePorts).toEqual({ zone: 54310, shanghai: 54331, jiangsu: 54332, zhejiang: 54333, anhui: 54334 });
});

test('an owner with its own PostgreSQL claims no port for an embedded one', () => {
  const settings = readSettings({ DELTA_ANHUI_DATABASE_URL: 'postgres://db.example/anhui' });
  expect(portClaims(settings, ['anhui']).map(({ variable }) => variable)).toEqual(['DELTA_ANHUI_PORT']);
  expect(portClaims(settings, ['zone']).map(({ variable }) => variable)).toEqual(['DELTA_ZONE_PORT', 'DELTA_ZONE_POSTGRES_PORT']);
});

test('PORT moves the gateway, unless its own variable says otherwise', () => {
  expect(readSettings({ PORT: '5000' }).ports['gateway']).toBe(5000);
  expect(readSettings({ PORT: '5000', DELTA_GATEWAY_PORT: '6000' }).ports['gateway']).toBe(6000);
});

test.each([
  [{ DELTA_ZONE_PORT: '70000', DELTA_ANHUI_PORT: 'x' }, /DELTA_ZONE_PORT must.*DELTA_ANHUI_PORT must/],
  [{ DATABASE_URL: 'postgres://db/one' }, /five owners.*DELTA_ANHUI_DATABASE_URL/],
  [{ DATABASE_OWNER_URL: 'postgres://db/one' }, /DATABASE_OWNER_URL would be one/],
  [{ DELTA_ANHUI_DATABASE_OWNER_URL: 'postgres://db/a' }, /DELTA_ANHUI_DATABASE_OWNER_URL is set without DELTA_ANHUI_DATABASE_URL/],
  [{ DELTA_MODE: 'production' }, /DELTA_MODE is production/],
  [{ DELTA_ANHUI_DATABASE_URL: 'mysql://db' }, /DELTA_ANHUI_DATABASE_URL must be a URL that begins with postgres/],
  [{ DELTA_ANHUI_DATABASE_URL: 'postgres://db/a', DELTA_ZONE_DATABASE_URL: 'postgres://db/a' }, /another owner has/],
])('%j is refused with the variables named', (env, reason) => {
  expect(() => readSettings(env)).toThrow(reason);
});
