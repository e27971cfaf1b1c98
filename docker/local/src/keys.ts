import { homeDirectory } from './home.js';
import { keysOfMembers, keysOfMembersHelp } from './keysOfMembers.js';
import { keysOfService, keysOfServiceHelp } from './keysOfService.js';
import { Refusal } from './refusal.js';
import { runCommand } from './runCommand.js';

/** What the command can do, told apart by whose keys are meant. */
const kinds = [
  { option: '--service', run: keysOfService, help: keysOfServiceHelp },
  { option: '--province', run: keysOfMembers, help: keysOfMembersHelp },
];
const help = kinds.map((kind) => kind.help).join('\n\n');

/** `npm run keys`: replaces keys while everything runs. */
await runCommand(async () => {
  const argv = process.argv.slice(2);
  if (argv.includes('--help')) {
    process.stdout.write(`${help}\n`);
    return;
  }
  const kind = kinds.find(({ option }) => argv.some((word) => word === option || word.startsWith(`${option}=`)));
  if (!kind) throw new Refusal('Whose keys?', `\n${help}`);
  await kind.run(argv, { home: homeDirectory(process.env), env: process.env, say: (line) => { process.stdout.write(`${line}\n`); } });
});
