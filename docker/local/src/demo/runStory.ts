import { runCommand } from '../runCommand.js';
import { openDemoZone, type DemoZone } from './demoZone.js';
import { createStory, Deviation, type Story } from './story.js';

const say = (line: string): void => { process.stdout.write(`${line}\n`); };

/** Tells a story on the zone that runs, or on one that is started for it. Exit code 1 when anything goes otherwise than it must. */
export async function runStory(title: string, tell: (zone: DemoZone, story: Story) => Promise<void>): Promise<void> {
  await runCommand(async () => {
    const started = performance.now();
    say(title);
    const zone = await openDemoZone(process.env);
    say(zone.started ? `已启动全区 (the zone was started, ${((performance.now() - started) / 1000).toFixed(1)} s)` : '使用正在运行的全区 (the zone that runs is used)');
    try {
      await tell(zone, createStory(say));
      say(`全部符合，${((performance.now() - started) / 1000).toFixed(1)} 秒 (all as it must be)`);
    } catch (error) {
      if (!(error instanceof Deviation)) throw error;
      process.stderr.write(`不符合：${error.message}\n`);
      process.exitCode = 1;
    } finally {
      await zone.close();
    }
  });
  // Connections that are kept alive must not keep the terminal.
  process.exit();
}
