import {
  describeRole,
  meansOf,
  notesOf,
  tokenScopes,
  tokenShape,
} from '../../lib/github-rights.ts';
import type { RightsOrder } from '../../lib/github-order.ts';
import type { AccessProfile } from '../vendor.ts';

/** `provable`: does our own credential let GitHub tell us a token's exact permissions? */
export function profileOf(spec: RightsOrder, org: string, provable: boolean): AccessProfile {
  const shape = tokenShape(spec);
  return {
    role: describeRole(spec, org),
    tokenScopes: tokenScopes(shape),
    means: meansOf(spec, shape),
    flowFields:
      spec.kind === 'automation' ? [] : [{ label: 'Authentication', value: 'Access token' }],
    notes: [
      'GitHub lets only a person register an account, accept its invitation and make its token; the app checks each of them.',
      ...notesOf(spec, shape, provable),
    ],
  };
}
