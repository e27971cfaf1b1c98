import { homeDirectory } from './home.js';
import { keysOfMembers, keysOfMembersHelp } from './keysOfMembers.js';
import { keysOfPeers, keysOfPeersHelp } from './keysOfPeers.js';
import { keysOfService, keysOfServiceHelp } from './keysOfService.js';
import { Refusal } from './refusal.js';
import { runCommand } from './runCommand.js';

type Words = readonly string[];
const has = (option: string) => (argv: Words): boolean => argv.some((word) => word === option || word.startsWith(`${option}=`));

/** What the command can do, told apart by whose keys are meant. */
const kinds = [
  { isMeant: has('--service'), run: keysOfService, help: keysOfServiceHelp },
  { isMeant: has('--province'), run: keysOfMembers, help: keysOfMembersHelp },
  { isMeant: ([word]: Words): boolean => word === 'peers', run: keysOfPeers, help: keysOfPeersHelp },
];
const help = kinds.map((kind) => kind.help).join('\n\n');

/** `npm run keys`: replaces keys while everything runs. */
await runCommand(async () => {
  const argv = process.argv.slice(2);
  if (argv.includes('--help')) {
    process.stdout.write(`${help}\n`);
    return;
  }
  const kind = kinds.find(({ isMeant }) => isMeant(argv));
  if (!kind) throw new Refusal('Whose keys?', `\n${help}`);
  await kind.run(argv, { home: homeDirectory(process.env), env: process.env, say: (line) => { process.stdout.write(`${line}\n`); } });
});
