import { runProvince } from '@delta/runtime/server/runProvince';
import { province } from './province.js';

await runProvince(province);
