import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { createStory, Deviation } from './story.js';
import { withoutNetwork } from './withoutNetwork.js';

test('steps are told in order with what came of them, Chinese first', async () => {
  const lines: string[] = [];
  const { step } = createStory((line) => { lines.push(line); });
  expect(await step('发证', 'Issued.', async () => 7, (n) => `${n} 份`)).toBe(7);
  await step('核验', 'Verified.', async () => {});
  expect(lines).toEqual([expect.stringMatching(/^ 1\. 发证：7 份（\d+ 毫秒）\n {4}Issued\.$/), expect.stringMatching(/^ 2\. 核验（\d+ 毫秒）\n {4}Verified\.$/)]);
});

test('another answer, or one that took too long, is a deviation', async () => {
  const { step, must, within } = createStory(() => {});
  expect(() => { must('核验', 'VALID', 'REVOKED'); }).toThrow(Deviation);
  expect(() => { within('吊销', 1001, 1000); }).toThrow(Deviation);
  expect(() => { within('吊销', NaN, 1000); }).toThrow(Deviation);
  must('核验', 'VALID', 'VALID');
  within('吊销', 1000, 1000);
  await expect(step('核验', '', async () => { must('核验', 'VALID', 'REVOKED'); })).rejects.toThrow(Deviation);
});

test('without a network nothing is reached, by fetch or by a socket, and afterwards it is again', async () => {
  const server = createServer((_, response) => { response.end('here'); }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  try {
    await expect(withoutNetwork(async () => fetch(url))).rejects.toThrow(Deviation);
    const { connect } = await import('node:net');
    await expect(withoutNetwork(async () => connect((server.address() as AddressInfo).port))).rejects.toThrow(Deviation);
    expect(await withoutNetwork(async () => 7)).toBe(7);
    const response = await fetch(url, { headers: { connection: 'close' } });
    expect(await response.text()).toBe('here');
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
