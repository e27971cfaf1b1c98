import type { Viewer } from '@delta/schema/viewer';
import type { Outcome } from '@delta/service/metrics';

/** What the gateway knows of one request while it is executed. */
export interface RequestContext {
  readonly viewer: Viewer | null;
  /** The raw token, for the province that issued it. */
  readonly bearer: string | undefined;
  readonly requestId: string;
  /** The caller's trace, passed on while the gateway itself does not trace. */
  readonly traceparent: string | undefined;
  /** Told how it went, once answered. */
  readonly conclude?: (outcome: Outcome) => void;
  /** Set when a document is only to be planned: no subgraph is asked. */
  readonly planOnly?: boolean;
}
