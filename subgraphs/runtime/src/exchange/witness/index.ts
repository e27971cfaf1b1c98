export { reportForks, reportOwnFork } from './reportForks.js';
export { witness, type Fork } from './witness.js';
