import { env } from 'node:process';

// @apollo/gateway sends usage data to its maker unless told not to, and asks when it is constructed: this module is imported
// before it. Set here and not by the operator, since forgetting it would send data out of the zone.
env['APOLLO_TELEMETRY_DISABLED'] = '1';

export const telemetryDisabled = true;
