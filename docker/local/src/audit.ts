import { auditHelp, readAuditOptions } from './auditOptions.js';
import { auditStatus } from './auditStatus.js';
import { homeDirectory } from './home.js';
import { runCommand } from './runCommand.js';
import { openScreen } from './screen.js';
import { verifyAudit } from './verifyAudit.js';

/** `npm run audit`: holds the audit chains against themselves and their witnesses, or says what they hold. */
await runCommand(async () => {
  const options = readAuditOptions(process.argv.slice(2), process.env);
  if (options === 'help') {
    process.stdout.write(`${auditHelp}\n`);
    return;
  }
  const place = { home: homeDirectory(process.env), env: process.env, screen: openScreen(process.stdout) };
  if (options.act === 'status') await auditStatus(options, place);
  else if (!(await verifyAudit(options, place))) process.exitCode = 1;
});
