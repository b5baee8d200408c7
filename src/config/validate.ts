import { z } from 'zod';

import { contradictions } from './contradictions.ts';
import { explain, isRecord, show } from './explain-issue.ts';
import type { ConfigProblem } from './problem.ts';
import { configSchema } from './schema.ts';
import type { RawConfig } from './schema.ts';

/** What configuration needs to know of an adapter; registries deliver it. */
export interface AdapterSlice {
  readonly id: string;
  readonly name: string;
  readonly schema: z.ZodType;
  readonly example: string;
}

export interface Registries {
  readonly vendors: readonly AdapterSlice[];
  readonly automations: readonly AdapterSlice[];
  readonly mailboxes: readonly AdapterSlice[];
  readonly stores: readonly AdapterSlice[];
  readonly knowledge: readonly AdapterSlice[];
  readonly flow: AdapterSlice;
}

export interface ValidConfig extends RawConfig {
  /** Adapter slices by their place, as their own schemas deliver them: `store`, `connections[0]`. */
  readonly slices: ReadonlyMap<string, unknown>;
}

/** Checks the whole tree, adapter slices included; adds every problem found to `problems`. */
export function validate(
  raw: unknown,
  registries: Registries,
  problems: ConfigProblem[],
): ValidConfig | undefined {
  const parsed = configSchema.safeParse(raw ?? {});
  if (!parsed.success) {
    for (const issue of parsed.error.issues) problems.push(...explain(issue, raw, '', null));
  }
  const slices = checkSlices(raw, registries, problems);
  if (!parsed.success) return undefined;
  problems.push(...contradictions(parsed.data));
  return { ...parsed.data, slices };
}

interface Slot {
  readonly key: string;
  readonly value: unknown;
  readonly chooser: string | null;
  readonly shared: readonly string[];
  readonly choices: readonly AdapterSlice[];
}

function checkSlices(
  raw: unknown,
  registries: Registries,
  problems: ConfigProblem[],
): Map<string, unknown> {
  const slices = new Map<string, unknown>();
  for (const slot of slotsOf(raw, registries)) {
    const value = isRecord(slot.value) ? slot.value : {};
    const chosen = slot.chooser === null ? slot.choices[0] : pick(slot, value, problems);
    if (chosen === undefined) continue;
    const own = Object.fromEntries(
      Object.entries(value).filter(([name]) => !slot.shared.includes(name)),
    );
    const schema = chosen.schema instanceof z.ZodObject ? chosen.schema.strict() : chosen.schema;
    const parsed = schema.safeParse(own);
    if (parsed.success) slices.set(slot.key, parsed.data);
    else
      for (const issue of parsed.error.issues)
        problems.push(...explain(issue, own, slot.key, chosen.example));
  }
  return slices;
}

function slotsOf(raw: unknown, registries: Registries): Slot[] {
  const root = isRecord(raw) ? raw : {};
  const single = (
    key: 'mailboxes' | 'store' | 'knowledge',
    choices: readonly AdapterSlice[],
  ): Slot[] =>
    key in root ? [{ key, value: root[key], chooser: 'type', shared: ['type'], choices }] : [];
  const many = (
    key: string,
    chooser: string,
    shared: readonly string[],
    choices: readonly AdapterSlice[],
  ): Slot[] =>
    listOf(root[key]).map((value, index) => ({
      key: `${key}[${index}]`,
      value,
      chooser,
      shared,
      choices,
    }));
  return [
    ...('flow' in root
      ? [
          {
            key: 'flow',
            value: root['flow'],
            chooser: null,
            shared: [],
            choices: [registries.flow],
          },
        ]
      : []),
    ...single('mailboxes', registries.mailboxes),
    ...single('store', registries.stores),
    ...single('knowledge', registries.knowledge),
    ...many('connections', 'vendor', ['id', 'name', 'vendor', 'admin'], registries.vendors),
    ...many('automations', 'type', ['id', 'name', 'type'], registries.automations),
  ];
}

function pick(
  slot: Slot,
  value: Record<string, unknown>,
  problems: ConfigProblem[],
): AdapterSlice | undefined {
  const wanted = value[slot.chooser ?? ''];
  const chosen = slot.choices.find(({ id }) => id === wanted);
  if (chosen !== undefined || wanted === undefined) return chosen;
  problems.push({
    key: `${slot.key}.${slot.chooser}`,
    found: show(wanted),
    problem: `must be one of ${slot.choices.map(({ id }) => id).join(', ')}`,
    example: slot.choices[0]?.id ?? null,
  });
  return undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
