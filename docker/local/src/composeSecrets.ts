import { join, resolve } from 'node:path';
import { repositoryRoot } from './home.js';
import { runCommand } from './runCommand.js';
import { writeComposeSecrets } from './writeComposeSecrets.js';

/** `node docker/local/dist/composeSecrets.js [folder]`: what docker/compose.yml needs for a trial on one machine. */
await runCommand(async () => {
  const directory = resolve(process.argv[2] ?? join(repositoryRoot, 'docker/secrets'));
  await writeComposeSecrets(directory);
  process.stdout.write(`Secrets for compose.yml are in ${directory}.\n`);
});
