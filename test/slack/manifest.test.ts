import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';
import { parse } from 'yaml';

import { COMMAND, SHORTCUT } from '../../src/slack/ids.ts';
import { BOT_SCOPES } from '../../src/slack/scopes.ts';

interface Manifest {
  display_information: { name: string; description: string; long_description: string };
  features: {
    bot_user: { display_name: string };
    shortcuts: { name: string; callback_id: string }[];
    slash_commands: { command: string }[];
  };
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
  expect(manifest.features.shortcuts.map(({ callback_id: id }) => id)).toEqual([SHORTCUT]);
  expect(manifest.oauth_config.scopes.bot.toSorted()).toEqual(Object.keys(BOT_SCOPES).sort());
  expect(manifest.settings.event_subscriptions.bot_events).toEqual(['app_home_opened']);
});

test('the manifest keeps within Slack’s limits and needs no public address', () => {
  const { display_information: display, features, settings } = manifest;

  expect(display.name.length).toBeLessThanOrEqual(35);
  expect(display.description.length).toBeLessThanOrEqual(140);
  expect(display.long_description.length).toBeGreaterThanOrEqual(175);
  expect(features.bot_user.display_name.length).toBeLessThanOrEqual(80);
  expect(features.shortcuts[0]?.name.length).toBeLessThanOrEqual(24);
  expect(settings.socket_mode_enabled).toBe(true);
  expect(settings.interactivity.is_enabled).toBe(true);
});
