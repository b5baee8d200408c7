import { accountIdOf } from '../domain/operation.ts';
import type { PageSection } from '../domain/page.ts';
import type { Order, Request } from '../domain/request.ts';
import { accountSpec, connectionOf, credentialDays } from './account-spec.ts';
import type { Ports } from './ports.ts';

type VendorOrder = Exclude<Order, { readonly kind: 'flow-user' }>;

/** What an account may do, and how it is rotated and closed, with the app and without it. */
export function pageSections(request: Request, ports: Ports): PageSection[] {
  const { order } = request;
  return order.kind === 'flow-user'
    ? flowUserSections(request, ports, order.address)
    : vendorSections(request, ports, order);
}

function flowUserSections(request: Request, ports: Ports, address: string): PageSection[] {
  const where = ports.storeName;
  return [
    {
      title: 'How to rotate',
      paragraphs: [
        'Flow allows one API key per user: between deleting the old key and using the new one there is a gap.',
        byCommand('rotate', request),
      ],
      steps: [
        `Sign in to Flow as ${address}; the password is in ${where}.`,
        'Settings > API keys: delete the old key, then create a new one and copy it.',
        `Store the new value in ${where} as a new version of the same secret.`,
      ],
    },
    {
      title: 'How to close',
      paragraphs: [byCommand('close', request)],
      steps: [
        'Delete its API key in Flow.',
        'Delete the user in Flow.',
        `Remove both secrets from ${where}.`,
      ],
    },
  ];
}

function vendorSections(request: Request, ports: Ports, order: VendorOrder): PageSection[] {
  const profile = connectionOf(request, ports).vendor.profile(accountSpec(request, ports));
  const where = ports.storeName;
  const used =
    order.kind === 'integration'
      ? 'the Flow integration'
      : `${order.secretName} in ${order.target}`;
  const never =
    order.kind === 'integration'
      ? [
          'Never delete the Flow integration to change its credentials: that deletes its data. Edit it.',
        ]
      : [];
  return [
    { title: 'What it may do', paragraphs: [...profile.means, ...profile.notes], steps: [] },
    {
      title: 'How to rotate',
      paragraphs: [...never, byCommand('rotate', request)],
      steps: [
        `Make a new token with the same scopes, living ${credentialDays(request)} days.`,
        `Store it in ${where} as a new version of the same secret.`,
        `Update ${used}, check that it works, then revoke the old token.`,
      ],
    },
    {
      title: 'How to close',
      paragraphs: [byCommand('close', request)],
      steps: [
        `Disconnect ${used}.`,
        'Revoke the token and remove the user.',
        `Remove the secret from ${where}.`,
      ],
    },
  ];
}

/** The app does it best; the steps say what has to happen should the app be gone. */
function byCommand(what: 'rotate' | 'close', request: Request): string {
  const id = accountIdOf(request);
  const more = what === 'close' ? ' and why' : '';
  return `In Slack, type /flow-service-account ${what} ${id}${more}. By hand it takes these steps:`;
}
