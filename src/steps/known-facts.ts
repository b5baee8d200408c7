import { z } from 'zod';

import type { PageLink, SecretLink, Verification } from '../domain/account.ts';
import { credentialStep } from '../domain/operation.ts';
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
  // Some stores count the last step's labels as a new version.
  const labelled = secretLink.safeParse(factsOf(request, 'confirm')?.['secret']).data;
  if (labelled !== undefined) return labelled;
  const promoted =
    factsOf(request, 'promote') ?? factsOf(request, credentialStep(request.order.kind));
  return secretLink.safeParse(promoted?.['secret']).data;
}

/** The credential to prove and to use: in a rotation the new one, even while it still waits. */
export function credentialInHand(request: Request): SecretLink | undefined {
  if (request.operation.kind !== 'rotate' || factsOf(request, 'promote') !== null) {
    return storedCredential(request);
  }
  return secretLink.safeParse(factsOf(request, 'new-credential')?.['secret']).data;
}

export function storedPassword(request: Request): SecretLink | undefined {
  const step = request.order.kind === 'flow-user' ? 'flow-password' : 'vendor-user';
  return secretLink.safeParse(factsOf(request, step)?.['password']).data;
}

export function verificationOf(request: Request): Verification | undefined {
  return verification.safeParse(factsOf(request, 'verify')?.['verification']).data;
}

/** Where its page is now: the last step may have had to publish it anew. */
export function pageOf(request: Request): PageLink | undefined {
  const latest = pageLink.safeParse(factsOf(request, 'confirm')?.['page']).data;
  return latest ?? pageLink.safeParse(factsOf(request, 'page')?.['page']).data;
}

/** Was the account there before the app knew of it? */
export function isAdopted(request: Request): boolean {
  const step = request.order.kind === 'flow-user' ? 'flow-sign-up' : 'vendor-user';
  return request.operation.kind === 'adopt' || factsOf(request, step)?.['adopted'] === true;
}

/** Is its credential still the one that it came with, whose name at the vendor is not ours? */
export function hasForeignCredential(request: Request): boolean {
  return factsOf(request, credentialStep(request.order.kind))?.['adopted'] === true;
}
