import { oneOf } from '@delta/service/config';
import { natsVariables } from './nats/settings.js';

/** What a service's environment says of the exchange. */
export const exchangeVariables = {
  ...natsVariables,
  /** Where this owner's events are moved: in this process, or in another replica of it, so that who is served here waits for none of it. */
  exchangeRelay: oneOf('DELTA_EXCHANGE_RELAY', ['here', 'elsewhere'] as const, { default: 'here' }),
};
