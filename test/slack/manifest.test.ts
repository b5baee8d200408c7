import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';
import { parse } from 'yaml';

import { COMMAND, FUNCTION, MESSAGE_SHORTCUT, SHORTCUT } from '../../src/slack/ids.ts';
import { functionSchema } from '../../src/slack/payloads.ts';
import { BOT_SCOPES } from '../../src/slack/scopes.ts';
import { outputsOf } from '../../src/slack/views/workflow-messages.ts';
import { aRequest, anAccount } from './builders.ts';

interface Parameter {
  type: string;
  name: string;
  is_required: boolean;
}

interface Manifest {
  display_information: { name: string; description: string; long_description: string };
  features: {
    bot_user: { display_name: string };
    shortcuts: { name: string; callback_id: string }[];
    slash_commands: { command: string }[];
  };
  functions: Record<
    string,
    {
      title: string;
      description: string;
      input_parameters: Record<string, Parameter>;
      output_parameters: Record<string, Parameter>;
    }
  >;
  oauth_config: { scopes: { bot: string[] } };
  settings: {
    event_subscriptions: { bot_events: string[] };
    interactivity: { is_enabled: boolean };
    socket_mode_enabled: boolean;
  };
}

const manifest = parse(
  readFileSync(new URL('../../manifest.yml', import.meta.url), 'utf8'),
) as Manifest;

test('the manifest declares exactly the command, shortcut, scopes and events that the code uses', () => {
  expect(manifest.features.slash_commands.map(({ command }) => command)).toEqual([COMMAND]);
  expect(manifest.features.shortcuts.map(({ callback_id: id }) => id)).toEqual([
    SHORTCUT,
    MESSAGE_SHORTCUT,
  ]);
  expect(Object.keys(manifest.functions)).toEqual([FUNCTION]);
  expect(manifest.oauth_config.scopes.bot.toSorted()).toEqual(Object.keys(BOT_SCOPES).sort());
  expect(manifest.settings.event_subscriptions.bot_events).toEqual([
    'app_home_opened',
    'function_executed',
    'user_change',
  ]);
});

test('the manifest keeps within Slack’s limits and needs no public address', () => {
  const { display_information: display, features, settings } = manifest;

  expect(display.name.length).toBeLessThanOrEqual(35);
  expect(display.description.length).toBeLessThanOrEqual(140);
  expect(display.long_description.length).toBeGreaterThanOrEqual(175);
  expect(features.bot_user.display_name.length).toBeLessThanOrEqual(80);
  for (const { name } of features.shortcuts) expect(name.length).toBeLessThanOrEqual(24);
  expect(settings.socket_mode_enabled).toBe(true);
  expect(settings.interactivity.is_enabled).toBe(true);
});

test('the workflow’s step gives out what the manifest promises, and asks for what the code reads', () => {
  const step = manifest.functions[FUNCTION]!;
  const outputs = outputsOf(aRequest(), anAccount());
  const inputs = Object.keys(functionSchema.shape.inputs.shape);

  expect(Object.keys(step.output_parameters).toSorted()).toEqual(Object.keys(outputs).sort());
  expect(Object.keys(step.input_parameters).toSorted()).toEqual(inputs.toSorted());
  for (const [id, parameter] of Object.entries({
    ...step.input_parameters,
    ...step.output_parameters,
  })) {
    expect(parameter.name).toBe(id);
    expect(['string', 'slack#/types/user_id']).toContain(parameter.type);
  }
});
