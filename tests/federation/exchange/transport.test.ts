import { httpWire, natsWire } from '../../support/wires.js';
import { createNatsServer } from '../../support/natsServer.js';
import { withNatsServer } from '../../support/withNatsServer.js';
import { transportContract } from './transport.contract.js';

transportContract('HTTP', async () => ({ wire: httpWire(), close: async () => undefined }));

withNatsServer('the contract of a transport', () => {
  transportContract('NATS JetStream', async () => {
    const server = await createNatsServer();
    await server.start();
    return { wire: natsWire(server.url), close: () => server.close() };
  });

  transportContract('NATS JetStream that takes less than a batch', async () => {
    const server = await createNatsServer('max_payload: 65536');
    await server.start();
    return { wire: natsWire(server.url), close: () => server.close() };
  });
});
