import { z } from 'zod';

import type { PageLink, SecretLink, Verification } from '../domain/account.ts';
import { factsOf } from '../domain/request.ts';
import type { Request } from '../domain/request.ts';

const secretLink = z.object({
  store: z.string(),
  name: z.string(),
  version: z.string(),
  url: z.string(),
});

const pageLink = z.object({ id: z.string(), url: z.string() });

const verification = z.object({
  identity: z.string(),
  role: z.string(),
  scopes: z.array(z.string()),
  sees: z.object({ count: z.number(), noun: z.string(), sample: z.array(z.string()) }),
  expiresAt: z.string().nullable(),
  isNot: z.array(z.string()),
  at: z.string(),
});

/** Where the account's credential is, once the step that stores it has been through. */
export function storedCredential(request: Request): SecretLink | undefined {
  const step = request.order.kind === 'flow-user' ? 'flow-key' : 'credential';
  return secretLink.safeParse(factsOf(request, step)?.['secret']).data;
}

export function storedPassword(request: Request): SecretLink | undefined {
  const step = request.order.kind === 'flow-user' ? 'flow-password' : 'vendor-user';
  return secretLink.safeParse(factsOf(request, step)?.['password']).data;
}

export function verificationOf(request: Request): Verification | undefined {
  return verification.safeParse(factsOf(request, 'verify')?.['verification']).data;
}

export function pageOf(request: Request): PageLink | undefined {
  return pageLink.safeParse(factsOf(request, 'page')?.['page']).data;
}
