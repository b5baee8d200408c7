import type { KnownBlock } from '@slack/types';

import type { Kind } from '../../domain/request.ts';
import { context, plain, section } from '../blocks.ts';
import type { Catalogue, ConnectionWords } from '../catalogue.ts';
import { FIELD } from '../ids.ts';
import { ACCESS, SERVICES } from '../sentences.ts';
import { join, say, words } from '../text.ts';
import { checkboxes, input, radio, select, textInput } from './inputs.ts';
import type { Draft } from './request-form.ts';

/** The inputs that one kind of account needs and the others do not. */
export function kindBlocks(kind: Kind, draft: Draft, catalogue: Catalogue): KnownBlock[] {
  if (kind === 'flow-user') return flowUserBlocks(draft, catalogue);
  const vendor = vendorBlocks(kind, draft, catalogue);
  return kind === 'automation' ? [...automationBlocks(draft, catalogue), ...vendor] : vendor;
}

/** Connections that can serve a kind: automations need a Git host. */
export function connectionsFor(kind: string, catalogue: Catalogue): readonly ConnectionWords[] {
  return kind === 'automation'
    ? catalogue.connections.filter(({ git }) => git)
    : catalogue.connections;
}

function vendorBlocks(kind: Kind, draft: Draft, catalogue: Catalogue): KnownBlock[] {
  const offered = connectionsFor(kind, catalogue);
  if (offered.length === 0) {
    return [
      section(
        say`:warning: *No connection is configured for this.* Please ask the operator of this app to add one; the command “doctor” says more.`,
      ),
    ];
  }
  const only = offered.length === 1 ? offered[0] : undefined;
  const chosen = offered.find(({ id }) => id === draft.connection) ?? only;
  const choices = offered.map(({ id, name, vendorName }) => ({
    value: id,
    label: name,
    hint: vendorName,
  }));
  const choice = input(
    { field: FIELD.connection, dependsOn: kind, label: 'Connection', dispatch: true },
    select(FIELD.connection, choices, 'Choose a Git host or ticket system', chosen?.id),
  );
  if (chosen === undefined) {
    return [
      choice,
      context(say`Choose a connection to see its access levels and what can be chosen there.`),
    ];
  }
  return [choice, ...servicesBlocks(kind, chosen), ...accessBlocks(kind, chosen)];
}

/** Flow reads nothing through an automation's account, so there is nothing to choose. */
function servicesBlocks(kind: Kind, connection: ConnectionWords): KnownBlock[] {
  if (kind === 'automation') return [];
  const services = connection.services.map((id) => ({ value: id, label: SERVICES[id] }));
  const proposed = connection.services.filter((id) => id !== 'webhooks');
  return [
    input(
      { field: FIELD.services, dependsOn: connection.id, label: 'What Flow reads' },
      checkboxes(FIELD.services, services, proposed),
    ),
  ];
}

function accessBlocks(kind: Kind, connection: ConnectionWords): KnownBlock[] {
  const { owner, contributor } = connection.accessWords;
  const levels = [
    { value: 'contributor', label: `${ACCESS.contributor}: ${contributor.label}` },
    { value: 'owner', label: `${ACCESS.owner}: ${owner.label}` },
  ];
  return [
    input(
      { field: FIELD.access, dependsOn: connection.id, label: 'Access level' },
      radio(FIELD.access, levels),
    ),
    context(
      join([
        say`*${ACCESS.contributor}*: ${words(contributor.hint, 400)}`,
        say`*${ACCESS.owner}*: ${words(owner.hint, 400)}`,
        kind === 'automation'
          ? say`Choose the lowest level that is enough.`
          : say`Choose the lowest level that is enough. Webhooks usually need the owner level.`,
      ]),
    ),
    input(
      {
        field: FIELD.scope,
        dependsOn: connection.id,
        label: `Where: ${connection.scopeWord}`,
        hint: 'The account sees nothing outside of what you choose.',
      },
      {
        type: 'multi_external_select',
        action_id: FIELD.scope,
        min_query_length: 0,
        placeholder: plain(`Search for a ${connection.scopeWord}`, 150),
      },
    ),
  ];
}

function automationBlocks(draft: Draft, catalogue: Catalogue): KnownBlock[] {
  const { automations } = catalogue;
  if (automations.length === 0) {
    return [
      section(
        say`:warning: *No pipeline system is configured.* Please ask the operator of this app to add one; the command “doctor” says more.`,
      ),
    ];
  }
  const only = automations.length === 1 ? automations[0] : undefined;
  const chosen = automations.find(({ id }) => id === draft.automation) ?? only;
  const choices = automations.map(({ id, name }) => ({ value: id, label: name }));
  return [
    input(
      { field: FIELD.process, label: 'Automated process', hint: 'As your colleagues call it.' },
      textInput({ field: FIELD.process, max: 100, example: 'Nightly release' }),
    ),
    input(
      { field: FIELD.automation, label: 'Where it runs', dispatch: true },
      select(FIELD.automation, choices, 'Choose a pipeline system', chosen?.id),
    ),
    ...(chosen === undefined ? [] : targetBlocks(chosen.id, chosen.targetHint)),
    input(
      {
        field: FIELD.secretName,
        label: 'Name of the credential there',
        hint: 'Pipelines read it under this name. Capital letters, digits and underscores.',
      },
      textInput({
        field: FIELD.secretName,
        max: 100,
        value: 'FLOW_SERVICE_TOKEN',
        example: 'FLOW_SERVICE_TOKEN',
      }),
    ),
    input(
      { field: FIELD.hideFromReports, label: "Flow's reports", optional: true },
      checkboxes(
        FIELD.hideFromReports,
        [{ value: 'hide', label: "Hide this account from Flow's reports" }],
        ['hide'],
      ),
    ),
  ];
}

function targetBlocks(automation: string, hint: string): KnownBlock[] {
  return [
    input(
      { field: FIELD.target, dependsOn: automation, label: 'Place in it', hint },
      {
        type: 'external_select',
        action_id: FIELD.target,
        min_query_length: 0,
        placeholder: plain('Search for a place', 150),
      },
    ),
  ];
}

function flowUserBlocks(draft: Draft, catalogue: Catalogue): KnownBlock[] {
  const roles = [
    { value: 'permissions', label: 'Named permissions', hint: 'Reads only what you name below' },
    {
      value: 'admin',
      label: 'Admin',
      hint: "Needed only to change Flow's users, teams or settings",
    },
  ];
  const choice = input(
    { field: FIELD.role, label: 'Role in Flow', dispatch: true },
    radio(FIELD.role, roles, draft.role),
  );
  if (draft.role === 'admin') {
    return [
      choice,
      section(
        say`:warning: *Flow's Admin sees and can change everything:* the data of every team and member, users and roles, integrations and API keys. Flow advises to have one or two Admins only, so the approvers are told.`,
      ),
    ];
  }
  if (draft.role !== 'permissions') return [choice];
  const objects = catalogue.flowObjects.map((value) => ({
    value,
    label: value.replaceAll('_', ' '),
  }));
  const fits = objects.length <= 10;
  const element = fits
    ? checkboxes(FIELD.permissions, objects, [])
    : ({
        type: 'multi_static_select',
        action_id: FIELD.permissions,
        options: objects.slice(0, 100).map(({ value, label }) => ({
          text: plain(label, 75),
          value,
        })),
      } as const);
  return [
    choice,
    input({ field: FIELD.permissions, label: 'It may read through the API' }, element),
  ];
}
