import { parseArgs } from 'node:util';
import { benchBacklog } from './backlog.js';
import { benchExchange } from './exchange.js';
import { benchGuards } from './guards.js';
import { benchPass } from './pass.js';
import { benchPasses } from './passes.js';
import { benchReading } from './reading.js';
import { benchRefusals } from './refusals.js';
import { benchStart } from './start.js';

/** `npm run bench -- <name> [options]`: measurements that the documents quote, each printed with what it was measured against. */
const help = `npm run bench -- exchange [--rounds 5] [--events 10000]                  events between two provinces, against pg-boss and the business alone
npm run bench -- backlog  [--events 360000]                              a backlog is caught up in flat memory, while new events and lookups go on
npm run bench -- guards   [--rounds 9] [--seconds 4] [--clients 32]   what policy, audit and signatures cost
npm run bench -- pass     [--rounds 9]                                 what judging a pass costs beside its signatures, and how large things are
npm run bench -- passes   [--passes 1000000]                              issuing in a batch in flat memory, and the lists that come of it
npm run bench -- reading  [--frames 100] [--seed 1]                    how many phones' codes a station reads in poor light
npm run bench -- refusals [--requests 10000]                             whether refused lookups of existing and missing persons differ in time
npm run bench -- start    [--rounds 9]                                 how long a start takes, against loading a large library`;

const { positionals: [name], values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '9' }, seconds: { type: 'string', default: '4' }, clients: { type: 'string', default: '32' }, requests: { type: 'string', default: '10000' }, events: { type: 'string' }, passes: { type: 'string', default: '1000000' }, frames: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' } },
});
const number = (text: string): number => {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${text} is no positive number.\n${help}`);
  return value;
};

if (name === 'guards') process.exitCode = (await benchGuards({ rounds: number(values.rounds), seconds: number(values.seconds), clients: number(values.clients) })) ? 0 : 1;
else if (name === 'exchange') process.exitCode = (await benchExchange({ rounds: number(values.rounds), events: number(values.events ?? '10000') })) ? 0 : 1;
else if (name === 'backlog') process.exitCode = (await benchBacklog({ events: number(values.events ?? '360000') })) ? 0 : 1;
else if (name === 'pass') process.exitCode = (await benchPass({ rounds: number(values.rounds) })) ? 0 : 1;
else if (name === 'passes') process.exitCode = (await benchPasses({ passes: number(values.passes) })) ? 0 : 1;
else if (name === 'reading') process.exitCode = (await benchReading({ frames: number(values.frames), seed: number(values.seed) })) ? 0 : 1;
else if (name === 'refusals') process.exitCode = (await benchRefusals({ requests: number(values.requests) })) ? 0 : 1;
else if (name === 'start') process.exitCode = (await benchStart({ rounds: number(values.rounds) })) ? 0 : 1;
else {
  process.stderr.write(`${help}\n`);
  process.exitCode = 2;
}
