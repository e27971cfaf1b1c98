/**
 * A process that owns a cluster, for the tests of its death: `clusterOwner.js <directory>`. Says its server's number and port as one
 * line of JSON and stays until it is told to stop (SIGTERM) or killed.
 */
import { startCluster } from '@delta/runtime/db/embedded/index';

const [directory = ''] = process.argv.slice(2);
if (process.env.TEST_UMASK !== undefined) process.umask(process.env.TEST_UMASK);
const cluster = await startCluster({ directory, durable: false, log: (line) => { process.stderr.write(`${line}\n`); } });
await cluster.ensureDatabase('kept');
const alive = setInterval(() => undefined, 60_000);
process.once('SIGTERM', () => {
  clearInterval(alive);
  cluster.stop();
});
// Only now: whoever reads it may tell us to stop.
process.stdout.write(`${JSON.stringify({ pid: cluster.pid, port: cluster.port, url: cluster.url('kept') })}\n`);
