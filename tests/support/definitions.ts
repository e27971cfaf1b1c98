import { province as anhui } from '@delta/anhui';
import { province as jiangsu } from '@delta/jiangsu';
import type { ProvinceDefinition } from '@delta/runtime/server/province';
import { province as shanghai } from '@delta/shanghai';
import { province as zhejiang } from '@delta/zhejiang';

/** The four provinces as configured, by slug. */
export const definitions: Readonly<Record<string, ProvinceDefinition>> = { shanghai, jiangsu, zhejiang, anhui };
