import { toProductError } from '../../domain/errors.ts';
import { ok, problem, warning } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import type { GitHubAppAuth } from '../../lib/github-app.ts';
import { path } from '../../lib/http.ts';
import { compareRights } from '../compare-rights.ts';
import { asApp } from './app-token.ts';
import type { AuthOptions } from './app-token.ts';
import type { ActionsClient } from './client.ts';
import { installationSchema } from './schema.ts';
import type { GitHubActionsConfig } from './schema.ts';

/** Doctor: reachable, authenticated, and our own rights exactly sufficient for the policy. */
export async function check(
  options: AuthOptions,
  config: GitHubActionsConfig,
  client: ActionsClient,
): Promise<Finding[]> {
  const { name } = options;
  try {
    const { headers } = await client.organisation();
    const findings =
      'token' in config.auth
        ? checkToken(name, config, headers)
        : await checkApp(options, config, config.auth);
    return [ok(name, `The organisation ${config.org} answers.`), ...findings];
  } catch (error) {
    const { message } = toProductError(error, name);
    return [problem(name, message, 'Check base_url, org and auth of this automation.')];
  }
}

function checkToken(name: string, config: GitHubActionsConfig, headers: Headers): Finding[] {
  const scopes = headers.get('x-oauth-scopes');
  if (scopes === null) {
    return [
      warning(
        `${name}: scopes`,
        'GitHub does not list the permissions of a fine-grained token, so they cannot be checked.',
        'Use a GitHub App if they are to be checked.',
      ),
    ];
  }
  const wanted = [...(wantsOrg(config) ? ['admin:org'] : []), 'repo'];
  return compareRights(`${name}: scopes`, wanted, scopes.split(', ').filter(Boolean));
}

async function checkApp(
  options: AuthOptions,
  config: GitHubActionsConfig,
  auth: GitHubAppAuth,
): Promise<Finding[]> {
  const { account, permissions } = await asApp(options, auth).send({
    method: 'GET',
    path: path`/app/installations/${auth.installation_id}`,
    schema: installationSchema,
  });
  const wanted = [
    'actions_variables: write',
    'environments: write',
    'metadata: read',
    'secrets: write',
    ...(wantsOrg(config)
      ? ['organization_actions_variables: write', 'organization_secrets: write']
      : []),
  ];
  const has = Object.entries(permissions).map(([key, level]) => `${key}: ${level}`);
  const subject = `${options.name}: installation`;
  return [
    account.login.toLowerCase() === config.org.toLowerCase()
      ? ok(subject, `The app is installed in ${config.org}.`)
      : problem(
          subject,
          `The installation belongs to ${account.login}, not to ${config.org}.`,
          'Correct installation_id or org of this automation.',
        ),
    ...compareRights(`${options.name}: permissions`, wanted, has),
  ];
}

function wantsOrg({ targets }: GitHubActionsConfig): boolean {
  return targets.includes('org');
}
