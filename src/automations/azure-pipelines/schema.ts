import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';

export const configSchema = z.strictObject({
  url: z.url().default('https://dev.azure.com'),
  /** The name in `https://dev.azure.com/<organization>`. */
  organization: z.string().regex(/^[a-z\d][a-z\d-]*$/i),
  token: z.instanceof(Secret),
  // `Web/*`: any group of the project Web.
  targets: z.array(z.string().min(1)).min(1),
  timeout_ms: z.number().int().min(50).max(120_000).default(15_000),
});

export type AzurePipelinesConfig = z.infer<typeof configSchema>;

export const projectSchema = z.object({ id: z.string().min(1), name: z.string() });
export type Project = z.infer<typeof projectSchema>;

export const projectsSchema = z.object({ value: z.array(projectSchema) });

/** The value of a secret is never there. */
const variableSchema = z.object({
  value: z.string().nullish(),
  isSecret: z.boolean().nullish(),
  isReadOnly: z.boolean().nullish(),
});
export type GroupVariable = z.infer<typeof variableSchema>;

export const groupSchema = z.object({
  id: z.number().int(),
  name: z.string(),
  type: z.string(),
  description: z.string().nullish(),
  variables: z.record(z.string(), variableSchema),
});
export type VariableGroup = z.infer<typeof groupSchema>;

export const groupsSchema = z.object({ value: z.array(groupSchema) });

/** Documented as a bare list; lists are otherwise wrapped. */
export const permissionsSchema = z.union([
  z.array(z.boolean()),
  z.object({ value: z.array(z.boolean()) }).transform(({ value }) => value),
]);
