import { readFileSync } from 'node:fs';

import { parse } from 'yaml';
import { z } from 'zod';

import type { CommandView } from './wire.ts';

interface Shortcut {
  readonly id: string;
  readonly name: string;
}

/** What the app's manifest promises: its name, commands and shortcuts. */
export interface AppWords {
  readonly name: string;
  readonly commands: readonly CommandView[];
  readonly shortcuts: readonly Shortcut[];
  readonly messageShortcuts: readonly Shortcut[];
}

const manifestSchema = z.object({
  display_information: z.object({ name: z.string() }),
  features: z.object({
    slash_commands: z.array(
      z.object({
        command: z.string(),
        description: z.string(),
        usage_hint: z.string().default(''),
      }),
    ),
    shortcuts: z
      .array(z.object({ name: z.string(), type: z.string(), callback_id: z.string() }))
      .default([]),
  }),
});

export function readAppWords(): AppWords {
  const file = new URL('../../../manifest.yml', import.meta.url);
  const { display_information, features } = manifestSchema.parse(parse(readFileSync(file, 'utf8')));
  const shortcutsOf = (wanted: string): readonly Shortcut[] =>
    features.shortcuts
      .filter(({ type }) => type === wanted)
      .map(({ callback_id: id, name }) => ({ id, name }));
  return {
    name: display_information.name,
    commands: features.slash_commands.map(({ command, description, usage_hint: hint }) => ({
      command,
      description,
      verbs: hint
        .replaceAll(/^\[|\]$/g, '')
        .split('|')
        .map((verb) => verb.trim())
        .filter((verb) => verb !== ''),
    })),
    shortcuts: shortcutsOf('global'),
    messageShortcuts: shortcutsOf('message'),
  };
}
