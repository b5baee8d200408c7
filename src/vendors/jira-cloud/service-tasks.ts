import { humanTask } from '../../domain/task.ts';
import type { HumanTask } from '../../domain/task.ts';
import type { AccountSpec, VendorUser } from '../vendor.ts';
import { SERVICE_SCOPES } from './access-profile.ts';
import type { JiraConfig } from './schema.ts';

const ADMINISTRATION = { label: 'Atlassian administration', url: 'https://admin.atlassian.com' };
const DAY_MS = 24 * 60 * 60_000;

export function serviceAccountTask(config: JiraConfig, spec: AccountSpec): HumanTask {
  const site = new URL(config.base_url).hostname;
  return humanTask({
    id: 'make-service-account',
    title: `Make the Atlassian service account ${spec.displayName}`,
    role: 'vendor-admin',
    instructions: [
      'Open admin.atlassian.com, choose your organisation, then Directory > Service accounts.',
      'Click "Create a service account".',
      `Name: ${spec.displayName}`,
      `Description: ${spec.marker}`,
      `Give it access to Jira on ${site} with the role User, and to nothing else.`,
      'Save, then press "Done". Make no token yet: that is a later task.',
    ],
    links: [ADMINISTRATION],
    warnings: [
      'The first five service accounts of an organisation are free; more need Atlassian Guard.',
    ],
    finding: `No service account of the organisation has ${spec.marker} in its description yet.`,
  });
}

export function serviceTokenTask(
  spec: AccountSpec,
  user: VendorUser,
  token: { readonly name: string; readonly days: number; readonly now: Date },
): HumanTask {
  const expires = new Date(token.now.getTime() + token.days * DAY_MS).toISOString().slice(0, 10);
  return humanTask({
    id: 'create-service-token',
    title: `Make the API token of ${spec.displayName} at Atlassian`,
    role: 'vendor-admin',
    instructions: [
      `Open admin.atlassian.com, your organisation, Directory > Service accounts, and there ${user.login}.`,
      'Click "Create credentials" and choose "API token".',
      `Name: ${token.name}`,
      `Expiration: ${expires}.`,
      `Scopes: tick exactly ${SERVICE_SCOPES.join(', ')}.`,
      'Click "Create", copy the token, and hand it over with the button of this task.',
    ],
    links: [ADMINISTRATION],
    warnings: ['Never paste the token into Slack. It is shown only once.'],
    deposit: { label: 'Atlassian API token', secretName: `${spec.marker}-token` },
    pollMs: null,
  });
}
