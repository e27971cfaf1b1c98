import { rm } from 'node:fs/promises';

export default async () => {
  const { cluster, directory } = globalThis.deltaTestCluster;
  await cluster.stop();
  await rm(directory, { recursive: true, force: true });
  // A handle that a test left open would keep the run from ending, and from telling what failed.
  setTimeout(() => {
    process.stderr.write(`Tests have left open what keeps this process alive: ${process.getActiveResourcesInfo().join(', ')}\n`);
    process.exit(1);
  }, 20_000).unref();
};
