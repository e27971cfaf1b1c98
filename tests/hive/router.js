/** Hive Gateway over the zone, as a process of its own, with the settings of our gateway from the same variables. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { file, integer, oneOf, pairs, readConfig, text } from '@delta/service/config';
import { runService } from '@delta/service/process';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
import * as http from '@graphql-mesh/transport-http';
import { signRequests } from './signRequests.js';

const variables = {
  host: text('HOST', { default: '127.0.0.1' }),
  port: integer('PORT', { default: 4001, max: 65_535 }),
  supergraphFile: file('DELTA_SUPERGRAPH_FILE'),
  subgraphUrls: pairs('DELTA_SUBGRAPH_URLS'),
  signingKeyFile: file('DELTA_SIGNING_KEY_FILE'),
  issuersFile: file('DELTA_ISSUERS_FILE'),
  /** Hive has two: `stitching`, which it takes unless told, and `router`, written in Rust. */
  planner: oneOf('DELTA_HIVE_PLANNER', ['stitching', 'router'], { default: 'stitching' }),
};

runService(async () => {
  const settings = readConfig(variables);
  const { host, port, supergraphFile, subgraphUrls, planner } = settings;
  const plugin = await signRequests(settings);
  const gateway = createGatewayRuntime({
    supergraph: await readFile(supergraphFile, 'utf8'),
    ...(planner === 'router' ? { unifiedGraphHandler } : {}),
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
