import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';

const httpUrl = () => z.url({ protocol: /^https?$/ });

export const connectConfig = z.strictObject({
  /** Where your own Connect server answers. */
  connect_url: httpUrl(),
  token: z.instanceof(Secret),
  /** Id of the vault, as it stands in its address. */
  vault: z.string().regex(/^[a-z0-9]{26}$/, 'must be a vault id of 26 letters and digits'),
  /** Link for people, with `{name}` and `{vault}`; 1Password itself knows items by their ids only. */
  link: httpUrl().optional(),
  timeout_ms: z.number().int().min(100).max(120_000).default(10_000),
});

export type ConnectConfig = z.output<typeof connectConfig>;

export const failure = z.object({ status: z.number(), message: z.string().optional() });

const summary = z.object({
  id: z.string(),
  title: z.string(),
  version: z.number(),
  tags: z.array(z.string()).nullish(),
  /** Absent for an item in use. */
  state: z.string().nullish(),
});

export const summaries = z.array(summary);

const field = z.looseObject({
  id: z.string(),
  type: z.string().optional(),
  label: z.string().nullish(),
  value: z
    .string()
    .nullish()
    .transform((value) => (value == null || value === '' ? undefined : new Secret(value))),
});

/** Loose, because an item is written back whole: what we do not use must stay. */
export const item = z.looseObject({
  id: z.string(),
  version: z.number(),
  tags: z.array(z.string()).nullish(),
  fields: z.array(field).nullish(),
  sections: z.array(z.unknown()).nullish(),
});

export type Item = z.output<typeof item>;

export const health = z.object({
  version: z.string(),
  dependencies: z.array(z.object({ service: z.string(), status: z.string() })).optional(),
});

export const vaults = z.array(z.object({ id: z.string(), name: z.string() }));
