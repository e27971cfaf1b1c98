import { homeDirectory } from './home.js';
import { requestToken } from './requestToken.js';
import { runCommand } from './runCommand.js';
import { readTokenOptions, tokenHelp } from './tokenOptions.js';

/** `npm run --silent token`: one token on standard output and nothing else, so that `$(...)` takes it. */
await runCommand(async () => {
  const wish = readTokenOptions(process.argv.slice(2));
  process.stdout.write(`${wish === 'help' ? tokenHelp : await requestToken(homeDirectory(process.env), wish)}\n`);
});
