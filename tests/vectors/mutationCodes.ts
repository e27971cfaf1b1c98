import type { PassContext } from '@delta/pass';
import { readVectors } from './readVectors.js';
import { passContext, type PassVerbs } from './runVector.js';

/** The valid vectors as codes to change. */
export async function mutationCodes(verbs: PassVerbs): Promise<{ readonly text: string; readonly context: PassContext }[]> {
  const codes: { readonly text: string; readonly context: PassContext }[] = [];
  for (const { kind, input, context, expect } of readVectors().values()) {
    if (kind === 'pass' && 'valid' in expect && !context.before) codes.push({ text: input!, context: await passContext(verbs, context) });
  }
  return codes;
}
