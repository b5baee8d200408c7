import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';

/** Opt-in: without it no service connection is made. */
const serviceConnectionsSchema = z.strictObject({
  /** Projects that may be chosen, `*` for any rest. */
  projects: z.array(z.string().min(1)).min(1),
  type: z.enum(['generic', 'git']).default('generic'),
  // Pipelines send the credential there, so it is not for the requester to choose.
  server: z
    .url({ protocol: /^https$/ })
    .refine((url) => new URL(url).username === '' && new URL(url).password === '', {
      error: 'must carry no user name or password, e.g. https://flow.acme.example',
    }),
  username: z.string().max(200).optional(),
});
export type ServiceConnectionsConfig = z.infer<typeof serviceConnectionsSchema>;

export const configSchema = z.strictObject({
  url: z.url().default('https://dev.azure.com'),
  /** The name in `https://dev.azure.com/<organization>`. */
  organization: z.string().regex(/^[a-z\d][a-z\d-]*$/i),
  token: z.instanceof(Secret),
  // `Web/*`: any group of the project Web.
  targets: z.array(z.string().min(1)).min(1),
  service_connections: serviceConnectionsSchema.optional(),
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

const projectReferenceSchema = z.object({
  projectReference: z.object({ id: z.string().min(1), name: z.string().nullish() }),
  name: z.string().nullish(),
  description: z.string().nullish(),
});
export type ConnectionReference = z.infer<typeof projectReferenceSchema>;

/** The password or token in `authorization` is never there. */
export const connectionSchema = z.object({
  id: z.string().min(1),
  name: z.string(),
  type: z.string(),
  url: z.string().nullish(),
  description: z.string().nullish(),
  isReady: z.boolean().nullish(),
  isShared: z.boolean().nullish(),
  serviceEndpointProjectReferences: z.array(projectReferenceSchema).nullish(),
});
export type ServiceConnection = z.infer<typeof connectionSchema>;

export const connectionsSchema = z.object({ value: z.array(connectionSchema) });

/** How Azure DevOps names its failures. */
export const failureSchema = z.object({ typeKey: z.string() });
