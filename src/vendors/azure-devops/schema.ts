import { z } from 'zod';

import { Secret } from '../../domain/secret.ts';

const baseUrl = (url: string) =>
  z
    .url()
    .transform((value) => value.replace(/\/+$/, ''))
    .default(url);

export const configSchema = z
  .strictObject({
    /** The name in `https://dev.azure.com/<organization>`. */
    organization: z.string().regex(/^[a-z\d][a-z\d-]*$/i),
    /** A personal access token of a Project Collection Administrator; for administration only. */
    token: z.instanceof(Secret).optional(),
    /** Instead of a token: an application of Microsoft Entra that is such an administrator. */
    entra: z
      .strictObject({
        tenant_id: z.uuid(),
        client_id: z.uuid(),
        client_secret: z.instanceof(Secret),
        login_url: baseUrl('https://login.microsoftonline.com'),
      })
      .optional(),
    /** What each account costs: `express` is Basic, `advanced` is Basic + Test Plans. */
    license: z.enum(['express', 'advanced']).default('express'),
    url: baseUrl('https://dev.azure.com'),
    entitlements_url: baseUrl('https://vsaex.dev.azure.com'),
    identity_url: baseUrl('https://vssps.dev.azure.com'),
    timeout_ms: z.number().int().positive().optional(),
  })
  .refine(({ token, entra }) => (token === undefined) !== (entra === undefined), {
    path: ['token'],
    error: 'give either token, such as env:AZURE_DEVOPS_TOKEN, or entra, and not both',
  });

export type AzureConfig = z.infer<typeof configSchema>;

export const selfSchema = z.object({
  authenticatedUser: z.object({
    id: z.string(),
    subjectDescriptor: z.string().optional(),
    providerDisplayName: z.string().optional(),
  }),
});
export type AzureSelf = z.infer<typeof selfSchema>['authenticatedUser'];

export const entitlementSchema = z.object({
  id: z.string().min(1),
  user: z.object({
    principalName: z.string(),
    descriptor: z.string().min(1),
    displayName: z.string().nullish(),
  }),
  accessLevel: z.object({ status: z.string() }),
  /** Year 1 for somebody who was never there. */
  lastAccessedDate: z.string().optional(),
});
export type Entitlement = z.infer<typeof entitlementSchema>;

/** The reference calls the list `items`, older answers `members`. */
export const entitlementPageSchema = z.object({
  items: z.array(entitlementSchema).nullish(),
  members: z.array(entitlementSchema).nullish(),
  continuationToken: z.string().nullish(),
});

export const addedSchema = z.object({
  isSuccess: z.boolean(),
  operationResult: z
    .object({
      errors: z
        .array(z.object({ key: z.union([z.number(), z.string()]), value: z.string().nullish() }))
        .nullish(),
    })
    .nullish(),
  userEntitlement: entitlementSchema.nullish(),
});
export type Added = z.infer<typeof addedSchema>;

export const membershipsSchema = z.object({
  value: z.array(z.object({ containerDescriptor: z.string() })),
});

export const descriptorSchema = z.object({ value: z.string() });

export const groupsSchema = z.object({
  value: z.array(
    z.object({ descriptor: z.string(), displayName: z.string(), principalName: z.string() }),
  ),
});
export type AzureGroup = z.infer<typeof groupsSchema>['value'][number];

export const tokenSchema = z.object({
  authorizationId: z.string(),
  displayName: z.string().nullish(),
  scope: z.string().nullish(),
  validFrom: z.string(),
  validTo: z.string(),
  isValid: z.boolean(),
  /** The organisations it works in; none or several is more than ours. */
  targetAccounts: z.array(z.string()).nullish(),
  /** A one-way mark of the token's value, by which we find the one that we hold. */
  crossCompanyCorrelatingId: z.string().nullish(),
});
export type AzureToken = z.infer<typeof tokenSchema>;

export const tokenPageSchema = z.object({
  value: z.array(tokenSchema),
  continuationToken: z.string().nullish(),
});

export const projectSchema = z.object({ id: z.string(), name: z.string() });
export type AzureProject = z.infer<typeof projectSchema>;

export const projectsSchema = z.object({ value: z.array(projectSchema) });
export const repositoriesSchema = z.object({ value: z.array(z.object({ id: z.string() })) });
