import type { RightsOrder } from '../../lib/github-order.ts';
import {
  classicShape,
  describeRole,
  isWholeOrganisation,
  meansOf,
  tokenScopes,
  wantsWebhooks,
} from '../../lib/github-rights.ts';
import type { AccessProfile } from '../vendor.ts';
import type { EnterpriseServerConfig } from './schema.ts';

export function profileOf(config: EnterpriseServerConfig, spec: RightsOrder): AccessProfile {
  const shape = classicShape(spec);
  return {
    role: describeRole(spec, config.org),
    tokenScopes: tokenScopes(shape),
    means: meansOf(spec, shape),
    flowFields:
      spec.kind === 'automation'
        ? []
        : [
            { label: 'Authentication', value: 'Access token' },
            { label: 'Base URL', value: config.base_url.replace(/\/$/, '') },
          ],
    notes: [...tokenNotes(config), ...accessNotes(spec), ...flowNotes(spec)],
  };
}

function tokenNotes({ token }: EnterpriseServerConfig): string[] {
  if (token === 'by-hand') return ['A person makes the token; the app checks it exactly.'];
  return [
    'The app makes the token by impersonation: it has no end of its own, there is one for each account, and a new one ends the old one at once.',
    'It also ends when the site administrator whose credential the app uses is removed; set token: by-hand where it must not.',
  ];
}

function accessNotes(spec: RightsOrder): string[] {
  if (spec.access === 'owner') return ['An owner can do everything in the organisation.'];
  return isWholeOrganisation(spec)
    ? []
    : [
        'Works only where the organisation’s base permission is "No permission"; otherwise choose the whole organisation.',
        'A private repository made later is not seen until it is added to the account by hand.',
        'Internal repositories are open to every account of the server, this one included.',
      ];
}

function flowNotes(spec: RightsOrder): string[] {
  if (spec.kind === 'automation') return [];
  return [
    'Flow must reach the server on port 443, by a public name with a matching certificate.',
    ...(spec.access === 'contributor' && wantsWebhooks(spec)
      ? ['Webhooks need the Owner access; as a contributor Flow imports without them.']
      : []),
    'Flow can also connect through its own GitHub App, which needs no account at all.',
  ];
}
