import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

test('the example admits a code once and says what to do the second time', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', './tests/support/typescript.js', 'tests/vectors/example.ts'], { cwd: fileURLToPath(new URL('../..', import.meta.url)) });
  expect(stdout).toMatch(/^AP2:[0-9A-Z $%*+./:-]+ \{\n {2}valid: true/);
  expect(stdout).toMatch(/\nPROOF_REPLAYED Ask the member/);
});
