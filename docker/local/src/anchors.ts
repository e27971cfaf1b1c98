import { province as anhui } from '@delta/anhui';
import { province as jiangsu } from '@delta/jiangsu';
import { anchorsOf, type Anchors } from '@delta/runtime/synthetic/index';
import { province as shanghai } from '@delta/shanghai';
import { province as zhejiang } from '@delta/zhejiang';
import { Refusal } from './refusal.js';

const definitions = [shanghai, jiangsu, zhejiang, anhui];

/** The offices and people of a province that documents and examples name, from its configuration alone. */
export function anchorsOfProvince(code: string): Anchors {
  const definition = definitions.find(({ entry }) => entry.code === code);
  if (!definition) throw new Refusal(`The province ${code} has no demonstration data.`, 'Give --organization or --member.');
  return anchorsOf(definition.synthetic);
}
