/**
 * Hive Gateway over the zone, as a process of its own. It takes the settings of our gateway from the same variables, and from
 * DELTA_HIVE_PLANNER which of Hive's two planners to use: `stitching`, its default, or `router`, the one written in Rust.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { readSettings } from '@delta/gateway/settings';
import { runService } from '@delta/service/process';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
import * as http from '@graphql-mesh/transport-http';
import { signRequests } from './signRequests.js';

runService(async () => {
  const { supergraphFile, subgraphUrls, host, port, ...settings } = readSettings();
  const plugin = await signRequests({ subgraphUrls, ...settings });
  const gateway = createGatewayRuntime({
    supergraph: await readFile(supergraphFile, 'utf8'),
    ...(process.env.DELTA_HIVE_PLANNER === 'router' ? { unifiedGraphHandler } : {}),
    transports: { http },
    transportEntries: Object.fromEntries([...subgraphUrls].map(([name, location]) => [name, { location }])),
    plugins: () => [plugin],
    // Errors name their source as our gateway's do, and keep the code that the subgraph gave.
    subgraphErrors: { subgraphNameProp: 'province', errorCode: false },
    // Nothing is reported to anybody: `reporting` stays unset, and what is not a subgraph is not fetched.
    graphiql: false, landingPage: false, logging: false, requestId: false,
  });

  const server = createServer(gateway);
  await new Promise((resolve, reject) => { server.once('error', reject).listen(port, host, resolve); });
  return {
    url: `http://${host}:${server.address().port}/graphql`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await gateway.dispose();
    },
  };
});
