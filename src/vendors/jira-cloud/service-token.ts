import { z } from 'zod';

import { hasCode } from '../../domain/errors.ts';
import type { ProductError } from '../../domain/errors.ts';
import type { JiraContext } from './account.ts';
import { accountUrl } from './gateway.ts';
import { openHttp } from './transport.ts';
import type { JiraLogin } from './transport.ts';

/**
 * Nothing lists the scopes of a token, so we try: what it reads shows what it has, and an issue
 * without any field, which Jira never makes, shows whether it could write.
 */
export async function checkScopes(
  { config, deps }: JiraContext,
  login: JiraLogin,
  refuse: (why: string) => ProductError,
): Promise<void> {
  const http = openHttp({ ...config, base_url: accountUrl(config) }, deps, login);
  const empty = { method: 'POST', path: '/rest/api/3/issue', body: {} } as const;
  try {
    await http.send({ ...empty, ok: [400], schema: z.unknown() });
  } catch (error) {
    if (hasCode(error, 'unauthenticated', 'missing-permission')) return;
    throw error;
  }
  throw refuse('it can change issues. Make one with exactly the scopes that the task names.');
}
