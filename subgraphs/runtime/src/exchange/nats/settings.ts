import { file, integer, urls } from '@delta/service/config';

/** The broker that carries the exchange's messages in the place of HTTP, where one is named. */
export const natsVariables = {
  natsUrls: urls('DELTA_NATS_URL', { protocols: ['nats:', 'tls:'], optional: true }),
  natsCredentialsFile: file('DELTA_NATS_CREDENTIALS_FILE', { optional: true }),
  natsReplicas: integer('DELTA_NATS_REPLICAS', { default: 1, min: 1, max: 5 }),
};

export interface NatsSettings { readonly natsUrls: readonly string[] | undefined; readonly natsCredentialsFile: string | undefined; readonly natsReplicas: number }
