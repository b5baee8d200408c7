import type { RightsOrder } from '../../lib/github-order.ts';
import {
  describeRole,
  meansOf,
  notesOf,
  tokenScopes,
  tokenShape,
} from '../../lib/github-rights.ts';
import type { AccessProfile } from '../vendor.ts';
import type { ManagedUsersConfig } from './schema.ts';

export function profileOf(config: ManagedUsersConfig, spec: RightsOrder): AccessProfile {
  const shape = tokenShape(spec);
  const provable = !('token' in config.auth);
  return {
    role: describeRole(spec, config.org),
    tokenScopes: tokenScopes(shape),
    means: meansOf(spec, shape),
    flowFields:
      spec.kind === 'automation' ? [] : [{ label: 'Authentication', value: 'Access token' }],
    notes: [
      `The account exists only in the enterprise ${config.enterprise}, and signs in only through its identity provider.`,
      ...(config.scim === 'idp'
        ? [
            'A person makes the user in the identity provider and makes its token; the app checks both.',
          ]
        : ['A person signs in as the account to make its token; the app checks it.']),
      ...notesOf(spec, shape, provable),
    ],
  };
}
