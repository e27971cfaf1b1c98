import { rm } from 'node:fs/promises';

export default async () => {
  const { cluster, directory } = globalThis.deltaTestCluster;
  await cluster.stop();
  await rm(directory, { recursive: true, force: true });
};
