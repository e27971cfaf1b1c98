import { expect, test } from '@jest/globals';
import type { Viewer } from '@delta/schema/viewer';
import { requireOwnViewer, requireViewer } from './requireViewer.js';

const viewer: Viewer = { issuer: 'i', subject: 's', role: 'member', province: '31', organization: null, member: null };
const services = { entry: { code: '31' } };

test('nobody is asked to sign in, and another province\'s viewer to stay in scope', () => {
  expect(requireViewer({ viewer })).toBe(viewer);
  expect(requireOwnViewer({ viewer, services })).toBe(viewer);
  expect(() => requireViewer({ viewer: null })).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
  expect(() => requireOwnViewer({ viewer: null, services })).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
  for (const province of ['32', null]) expect(() => requireOwnViewer({ viewer: { ...viewer, province }, services })).toThrow(expect.objectContaining({ code: 'OUT_OF_SCOPE' }));
});
