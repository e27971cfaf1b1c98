import type { Logger } from './log.js';

type Line = (message?: unknown) => void;

/** Apollo's libraries log through this: their notes at debug level, and no error that they turn into text with all it holds. */
export function apolloLogger(log: Logger): { debug: Line; info: Line; warn: Line; error: Line } {
  const line = (level: 'debug' | 'warn' | 'error'): Line => (message) => {
    if (message instanceof Error) log[level]({ err: message }, 'apollo');
    else if (typeof message === 'string') log[level](message.slice(0, 300));
  };
  return { debug: line('debug'), info: line('debug'), warn: line('warn'), error: line('error') };
}
