import { hasCode } from '../../domain/errors.ts';
import type { AccountClient } from './account-client.ts';
import type { AzureContext } from './context.ts';
import type { AzureSelf } from './schema.ts';

/**
 * Whose token it is; undefined when Azure DevOps does not accept it. Such a token may get a sign-in
 * page with status 203. A broken answer looks the same, so the page must come twice while Azure
 * DevOps answers our own token properly.
 */
export async function holderOf(
  { client }: AzureContext,
  account: AccountClient,
): Promise<AzureSelf | undefined> {
  try {
    return await account.self();
  } catch (error) {
    if (hasCode(error, 'unauthenticated')) return undefined;
    if (!hasCode(error, 'unexpected-answer')) throw error;
  }
  await client.self();
  try {
    return await account.self();
  } catch (error) {
    if (hasCode(error, 'unauthenticated', 'unexpected-answer')) return undefined;
    throw error;
  }
}

/** Is it this member of the organisation? */
export function isHolder(
  self: AzureSelf,
  member: { readonly id: string; readonly descriptor: string },
): boolean {
  return self.subjectDescriptor === undefined
    ? self.id === member.id
    : self.subjectDescriptor === member.descriptor;
}
