import { tellCompromiseStory } from './demo/compromiseStory.js';
import { runStory } from './demo/runStory.js';

/** `npm run drill:pass`: a province's issuing key is stolen. It changes the home's keys, as the real thing would. */
await runStory('演练：一省签发密钥被盗 (drill: an issuing key is stolen)', tellCompromiseStory);
