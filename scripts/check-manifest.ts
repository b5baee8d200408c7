import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { z } from 'zod';

import { COMMAND, FUNCTION, MESSAGE_SHORTCUT, SHORTCUT } from '../src/slack/ids.ts';
import { BOT_SCOPES } from '../src/slack/scopes.ts';

const manifestSchema = z.object({
  features: z.object({
    app_home: z.object({ home_tab_enabled: z.boolean() }),
    shortcuts: z.array(z.object({ callback_id: z.string() })),
    slash_commands: z.array(z.object({ command: z.string() })),
  }),
  functions: z.record(z.string(), z.unknown()),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
  settings: z.object({
    event_subscriptions: z.object({ bot_events: z.array(z.string()) }),
    interactivity: z.object({ is_enabled: z.boolean() }),
    function_runtime: z.string(),
  }),
});

/** What the app asks of Slack, compared with what it uses; a misspelt scope passes Slack's schema. */
export function checkManifest(text: string): string[] {
  const parsed = manifestSchema.safeParse(parse(text));
  if (!parsed.success) {
    return parsed.error.issues.map(
      ({ path, message }) => `manifest.yml: ${path.join('.')}: ${message}`,
    );
  }
  const { features, functions, oauth_config: oauth, settings } = parsed.data;
  return [
    ...differences('scopes', oauth.scopes.bot, Object.keys(BOT_SCOPES)),
    ...differences(
      'commands',
      features.slash_commands.map(({ command }) => command),
      [COMMAND],
    ),
    ...differences(
      'shortcuts',
      features.shortcuts.map(({ callback_id: id }) => id),
      [SHORTCUT, MESSAGE_SHORTCUT],
    ),
    ...differences('events', settings.event_subscriptions.bot_events, [
      'app_home_opened',
      'function_executed',
      'user_change',
    ]),
    ...differences('functions', Object.keys(functions), [FUNCTION]),
    ...(settings.function_runtime === 'remote'
      ? []
      : ['manifest.yml: steps of workflows need function_runtime: remote']),
    ...(settings.interactivity.is_enabled ? [] : ['manifest.yml: interactivity is off']),
    ...(features.app_home.home_tab_enabled ? [] : ['manifest.yml: the Home tab is off']),
  ];
}

const SCHEMA_FILE = 'manifest.schema.1.0.0.json';

/** Slack's own schema for manifests; undefined when the folder does not have it. */
export function checkAgainstSchema(text: string, folder: string): string[] | undefined {
  const file = join(folder, SCHEMA_FILE);
  if (!existsSync(file)) return undefined;
  const schema = JSON.parse(readFileSync(file, 'utf8')) as object;
  const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(
    schema,
  );
  if (validate(parse(text))) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message = 'is not valid' }) => `manifest.yml: ${instancePath} ${message}`,
  );
}

function differences(what: string, has: readonly string[], wants: readonly string[]): string[] {
  return [
    ...has
      .filter((one) => !wants.includes(one))
      .map((one) => `manifest.yml: ${what}: ${one} is not used`),
    ...wants
      .filter((one) => !has.includes(one))
      .map((one) => `manifest.yml: ${what}: ${one} is missing`),
  ];
}
