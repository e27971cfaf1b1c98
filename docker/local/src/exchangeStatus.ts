import { setTimeout as sleep } from 'node:timers/promises';
import { exchangeTable } from './exchangeTable.js';
import type { ExchangeOptions } from './exchangeOptions.js';
import { ownerDatabaseUrl } from './ownerDatabase.js';
import { owners, readSettings } from './settings.js';
import { watchOwner } from './watchOwner.js';

const everyMs = 1_000;
/** On: a screen of its own, without a cursor, and lines that are cut rather than wrapped. Off: as it was. */
const [on, off] = ['\u001b[?1049h\u001b[?25l\u001b[?7l', '\u001b[?7h\u001b[?25h\u001b[?1049l'];
const [home, restOfLine, restOfScreen] = ['\u001b[H', '\u001b[K', '\u001b[J'];

/**
 * Shows how far events have come between all owners of this machine: once, or again every second until `end` is aborted. What it
 * showed last stays on the terminal.
 * @throws Refusal, ConfigError when there is no such zone
 */
export async function exchangeStatus({ once, zone }: ExchangeOptions, { env: given, out, end }: { readonly env: NodeJS.ProcessEnv; readonly out: NodeJS.WriteStream; readonly end: AbortSignal }): Promise<void> {
  const env = zone === undefined ? given : { ...given, DELTA_HOME: zone };
  const { ports } = readSettings(env);
  const watches = await Promise.all(owners.map(async (name) => watchOwner({
    name, url: `http://127.0.0.1:${ports[name]}`, databaseUrl: await ownerDatabaseUrl(name, env), peers: owners.filter((other) => other !== name),
  })));
  const look = async (): Promise<string[]> => {
    const now = new Date();
    return exchangeTable(await Promise.all(watches.map((watch) => watch.look())), now);
  };
  try {
    let lines = await look();
    if (!once && out.isTTY) {
      out.write(on);
      try {
        while (!end.aborted) {
          const shown = [`Exchange 跨省数据交换  ${new Date().toLocaleTimeString('sv')}  (Ctrl-C ends 退出)`, '', ...lines].slice(0, out.rows - 1);
          out.write(home + shown.map((line) => line + restOfLine).join('\n') + restOfScreen);
          await sleep(everyMs, undefined, { signal: end }).catch(() => undefined);
          if (!end.aborted) lines = await look();
        }
      } finally {
        out.write(off);
      }
    }
    out.write(`${lines.join('\n')}\n`);
  } finally {
    await Promise.all(watches.map((watch) => watch.close()));
  }
}
