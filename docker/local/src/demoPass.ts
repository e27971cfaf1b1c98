import { tellPassStory } from './demo/passStory.js';
import { runStory } from './demo/runStory.js';

/** `npm run demo:pass`: issue, prove, verify with and without a network, revoke, paper. */
await runStory('一证通行：发证、出示、核验、吊销 (one pass, any province)', tellPassStory);
