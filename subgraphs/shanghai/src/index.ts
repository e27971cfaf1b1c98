import { runProvince } from '@delta/runtime/server/runProvince';
import { province } from './province.js';

runProvince(province);
