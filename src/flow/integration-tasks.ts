import { humanTask } from '../domain/task.ts';
import type { HumanTask, TaskLink } from '../domain/task.ts';
import type { IntegrationDetails } from './flow.ts';

const NEVER_DELETE =
  'Never delete an integration to change its credentials: Flow deletes all its data with it, and reading it again takes a day or more.';

/** Adding an integration in Flow's wizard, which has no API. */
export function createIntegrationTask(baseUrl: string, details: IntegrationDetails): HumanTask {
  return humanTask({
    id: 'flow-create-integration',
    title: `Connect ${details.tile} in Flow`,
    role: 'flow-admin',
    instructions: [
      'Open Settings > Integrations > Integrations and choose Add integration.',
      `Choose the provider "${details.tile}". If Flow asks for Direct or Hybrid, choose what your other integrations use.`,
      ...enterCredential(details),
      `If Flow asks for a name, enter exactly: ${details.name}`,
      'Choose Test. Go on only when the credentials checker finds nothing wrong.',
      ...chooseServices(details.services),
    ],
    links: links(baseUrl, details),
    warnings: [
      NEVER_DELETE,
      'Use this account for Flow only: other programs would use up its rate limit and delay Flow.',
      ...details.notes,
    ],
  });
}

/** Mending or renewing an integration that is there. */
export function replaceCredentialTask(
  baseUrl: string,
  details: IntegrationDetails,
  finding: string | null,
): HumanTask {
  return humanTask({
    id: 'flow-replace-credential',
    title: `Renew the credentials of ${details.name} in Flow`,
    role: 'flow-admin',
    instructions: [
      `Open Settings > Integrations > Integrations and open the ${details.tile} integration of this account ("${details.name}" unless it was named otherwise).`,
      'Choose to edit its credentials.',
      ...enterCredential(details),
      'Save, and look at what the credentials checker says.',
      'Go back to the list of integrations and choose Actions for all integrations > Update all repos, which makes Flow read blocked repositories again.',
    ],
    links: links(baseUrl, details),
    warnings: [
      NEVER_DELETE,
      'Update all repos needs the permission level View, manage and delete for integrations.',
      ...details.notes,
    ],
    finding,
  });
}

export function disconnectTask(baseUrl: string, name: string): HumanTask {
  return humanTask({
    id: 'flow-disconnect',
    title: `Delete the integration ${name} in Flow`,
    role: 'flow-admin',
    instructions: [
      'Open Settings > Integrations > Integrations.',
      `Find the integration "${name}" and open it.`,
      'Choose Delete and confirm.',
    ],
    links: [{ label: 'Open Flow', url: baseUrl }],
    warnings: [
      'Deleting an integration deletes all the data that Flow read through it. To keep the data, connect another account in the same integration instead.',
      'You need the permission level View, manage and delete for integrations.',
    ],
  });
}

function enterCredential(details: IntegrationDetails): string[] {
  return [
    ...details.fields.map(({ label, value }) => `Field "${label}": ${value}`),
    details.credentialUrl === ''
      ? 'Take the credential from the secret store and paste it into Flow, never into Slack.'
      : 'Take the credential from the link "Open the credential" and paste it into Flow, never into Slack.',
  ];
}

const SERVICE_NAMES: Readonly<Record<string, string>> = {
  repositories: 'Repos',
  'pull-requests': 'PRs',
  tickets: 'Tickets',
};

function chooseServices(services: readonly string[]): string[] {
  const read = services.filter((service) => service !== 'webhooks');
  const names = read.map((service) => SERVICE_NAMES[service] ?? service).join(', ');
  const choose = names === '' ? [] : [`Choose Next, and as services choose exactly: ${names}`];
  const webhooks = services.includes('webhooks')
    ? ['Once Flow has imported a first repository, turn webhooks on in this integration.']
    : [];
  return [...choose, 'Save the integration.', ...webhooks];
}

function links(baseUrl: string, details: IntegrationDetails): TaskLink[] {
  const credential = { label: 'Open the credential', url: details.credentialUrl };
  return [
    { label: 'Open Flow', url: baseUrl },
    ...(details.credentialUrl === '' ? [] : [credential]),
  ];
}
