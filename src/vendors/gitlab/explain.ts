import { ProductError } from '../../domain/errors.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import type { HttpAnswer } from '../../lib/http.ts';
import { refusalSchema } from './schema.ts';
import type { GitlabConfig } from './schema.ts';

/** What GitLab's 401 and 403 say about our own token; undefined where the status says it all. */
export function explain(
  config: GitlabConfig,
  name: string,
  { status, body }: HttpAnswer,
): ProductError | undefined {
  if (status === 401) {
    return fail(
      'unauthenticated',
      name,
      `${name} no longer accepts our own token. Make a new one with the scope "api" and put it into the configuration.`,
    );
  }
  if (status !== 403) return undefined;
  const refusal = refusalSchema.safeParse(body).data;
  if (refusal?.error === 'insufficient_scope') {
    return fail(
      'missing-permission',
      name,
      `Our own token at ${name} lacks the scope "${refusal.scope ?? 'api'}". Make a new one with the scope "api" and put it into the configuration.`,
    );
  }
  const why = explainNoAccount(name, String(refusal?.message));
  if (why !== undefined) return why;
  const role =
    config.ownership === 'group' ? `Owner of the group ${config.group ?? ''}` : 'administrator';
  return fail(
    'missing-permission',
    name,
    `${name} does not let our own token do this: its user must be ${role}.`,
  );
}

/** Why no service account is made: said with 400 for a group's, with 403 for the instance's. */
export function explainNoAccount(name: string, words: string): ProductError | undefined {
  if (/limit|seats|maximum/i.test(words)) {
    return fail(
      'limit-reached',
      name,
      `${name} allows no more service accounts. Delete one that is no longer used, or raise the plan's limit.`,
    );
  }
  return /permission to create a service account/i.test(words)
    ? fail(
        'missing-permission',
        name,
        `${name} does not let our own token create service accounts. On a self-managed GitLab an administrator can allow it under Admin, Settings, General, Account and limit.`,
      )
    : undefined;
}

function fail(code: ErrorCode, subject: string, message: string): ProductError {
  return new ProductError(code, { subject, message });
}
