import { counter, gauge, type Metrics } from '@delta/service/metrics';
import type { PullServices } from './services.js';
import type { Shelf } from './shelf.js';

/** How old the lists are by which passes are judged here. Labels are keys of the signed trust list, never more. */
export function passListMetrics(metrics: Metrics, shelf: Shelf, now: () => Date): PullServices['refused'] {
  const age = gauge(metrics, 'delta_pass_list_age_seconds', 'Seconds since a list in use was made: the trust list, and each issuing key\'s status list.', ['list', 'kid'], async () => {
    age.reset();
    const seconds = now().getTime() / 1000;
    if (shelf.trust) age.set({ list: 'TRUST', kid: '' }, seconds - shelf.trust.issuedAt);
    for (const [kid, { issuedAt }] of shelf.status) age.set({ list: 'STATUS', kid }, seconds - issuedAt);
  });
  const silence = gauge(metrics, 'delta_pass_list_silence_seconds', 'Seconds since the owner of a list last answered for it; absent when it never did in this process.', ['list', 'kid'], async () => {
    silence.reset();
    for (const [name, { answeredAt }] of shelf.asked) {
      const [list = '', kid = ''] = name.split(' ');
      if (answeredAt !== undefined) silence.set({ list, kid }, (performance.now() - answeredAt) / 1000);
    }
  });
  const refusals = counter(metrics, 'delta_pass_list_refusals_total', 'Lists that were refused, by the code of the pass\'s catalogue, or could not be had (UNREACHABLE).', ['list', 'code']);
  return (list, code) => { refusals.inc({ list, code }); };
}
