/** `node --import <this file> program.ts` runs our TypeScript from source. */
import { register } from 'node:module';

register('./typescriptHooks.js', import.meta.url);
