/**
 * Changes of our sources on their way into a process, for tests that break something on purpose and must see it found: production code
 * needs no switch for it.
 *
 * @param patches each with `file` (the end of its path), `find` and `replace`
 * @throws Error when what is to be found does not stand in the file exactly once: the source has changed, and the patch must follow
 */
export const patchSource = (path, source, patches) =>
  patches.filter(({ file }) => path.endsWith(`/${file}`)).reduce((text, { file, find, replace }) => {
    const parts = text.split(find);
    if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times, not once, what a test wants to change: ${find}`);
    return parts.join(replace);
  }, source);
