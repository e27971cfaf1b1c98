import { MultiBar, Presets, type SingleBar } from 'cli-progress';

/** Where the person at the terminal reads what happens. */
export interface Screen {
  line(text: string): void;
  /** `done` of `total` of somebody's long task. */
  progress(name: string, task: string, done: number, total: number): void;
  /** Takes bars away; lines go on. */
  endProgress(): void;
}

/** Bars on a terminal; elsewhere a plain line every tenth of the way. */
export function openScreen(out: NodeJS.WriteStream): Screen {
  return out.isTTY ? screenWithBars(out) : plainScreen(out);
}

function screenWithBars(out: NodeJS.WriteStream): Screen {
  const bars = new Map<string, SingleBar>();
  let multi: MultiBar | null = null;
  const endProgress = (): void => {
    multi?.stop();
    multi = null;
    bars.clear();
  };
  return {
    line: (text) => {
      if (multi) multi.log(`${text}\n`);
      else out.write(`${text}\n`);
    },
    progress: (name, task, done, total) => {
      multi ??= new MultiBar({ stream: out, format: '  {name} {bar} {value}/{total} {task}', hideCursor: true, clearOnComplete: false, gracefulExit: false }, Presets.shades_classic);
      let bar = bars.get(name);
      if (!bar) bars.set(name, bar = multi.create(total, 0, { name: name.padEnd(9), task }));
      bar.setTotal(total);
      bar.update(done, { task });
      if ([...bars.values()].every((each) => each.getProgress() >= 1)) endProgress();
    },
    endProgress,
  };
}

function plainScreen(out: NodeJS.WriteStream): Screen {
  const tenths = new Map<string, number>();
  return {
    line: (text) => void out.write(`${text}\n`),
    progress: (name, task, done, total) => {
      const tenth = total === 0 ? 10 : Math.floor((done / total) * 10);
      const key = `${name} ${task}`;
      if ((tenths.get(key) ?? 0) >= tenth) return;
      tenths.set(key, tenth);
      out.write(`  ${name} ${task} ${tenth * 10} % (${done}/${total})\n`);
    },
    endProgress: () => {},
  };
}
