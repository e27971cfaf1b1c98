import { parseArgs } from 'node:util';
import { askSubgraph } from './askSubgraph.js';
import { Refusal } from './refusal.js';
import { runCommand } from './runCommand.js';
import { owners, readSettings } from './settings.js';

const usage = `npm run --silent ask -- --subgraph ${owners.join('|')} [--token TOKEN] 'QUERY' ['VARIABLES as JSON']`;

/** `npm run --silent ask`: one GraphQL request straight to a subgraph, signed with the development key of the gateway. */
await runCommand(async () => {
  const { values, positionals } = parseArgs({ strict: true, allowPositionals: true, options: { help: { type: 'boolean' }, subgraph: { type: 'string' }, token: { type: 'string' } } });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const [query, variables, ...more] = positionals;
  if (query === undefined || more.length > 0) throw new Refusal('One query, and at most one object of variables.', usage);
  const subgraph = owners.find((owner) => owner === values.subgraph);
  if (!subgraph) throw new Refusal('Which subgraph?', usage);
  // Refuses DELTA_MODE=production: there a gateway has a key of its own, which nobody borrows.
  const { home, ports } = readSettings(process.env);
  const answer = await askSubgraph(home, { subgraph, url: `http://127.0.0.1:${ports[subgraph]}/graphql`, query, variables: parseVariables(variables), token: values.token });
  process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
});

function parseVariables(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Told below, without repeating the text: it may hold a number.
  }
  throw new Refusal('The variables are no JSON object.', usage);
}
