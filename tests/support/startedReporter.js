/** Says which file starts: where a run stands still, the last one named is where. */
export default class {
  onTestFileStart({ path }) {
    process.stderr.write(`RUNS ${path.slice(process.cwd().length + 1)}\n`);
  }
}
