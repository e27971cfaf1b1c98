import type { Logger } from '@delta/service/log';
import { counter, type Metrics } from '@delta/service/metrics';
import type { Fork } from './witness.js';

/** Says loudly, once, that an owner contradicted its own audit chain. The two signed heads are in `audit_witness`. */
export function reportForks(log: Logger, metrics: Metrics): (fork: Fork) => void {
  const found = counter(metrics, 'delta_checkpoint_forks_total', 'Audit checkpoints that contradict one signed before, by who signed.', ['owner']);
  return ({ owner, seq }) => {
    found.inc({ owner });
    log.error({ code: 'CHECKPOINT_FORKED', owner, seq }, 'an audit chain contradicts what its owner signed before');
  };
}

/** Says loudly that another keeps two of this owner's own heads that cannot both be true. */
export const reportOwnFork = (log: Logger) => (by: string, { seq }: { readonly seq: string }): void => {
  log.error({ code: 'CHECKPOINT_FORKED', by, seq }, 'another owner holds a checkpoint of ours that our audit chain contradicts');
};
