import { chmod, mkdtemp, readdir, readFile, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from '@jest/globals';

/**
 * A folder for each test's runs. After each of them nothing is left of any run, however it ended: no folder, and (where /proc tells) no
 * process that knows of one.
 * @returns the folder of the test that runs
 */
export function withFaultsPlace(): () => string {
  let place = '';
  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), 'delta-faults-test-'));
    // As root the database servers run under another account, which must pass through.
    await chmod(place, 0o711);
  });
  afterEach(async () => {
    const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^[0-9]+$/.test(name) && Number(name) !== process.pid);
    const about = await Promise.all(pids.flatMap((pid) => ['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => ''))));
    expect([await readdir(place), about.filter((text) => text.includes(place))]).toEqual([[], []]);
    await rmdir(place);
  });
  return () => place;
}
