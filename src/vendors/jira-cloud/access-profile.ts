import type { Access } from '../../domain/request.ts';
import type { AccessProfile, AccountSpec } from '../vendor.ts';
import { accountUrl } from './gateway.ts';
import type { JiraConfig } from './schema.ts';

/** The least that reads issues and people; boards and sprints come with the issues. */
export const SERVICE_SCOPES = ['read:jira-user', 'read:jira-work'] as const;

/**
 * Flow asks for no administrator. `owner` is for sites whose permission schemes let only project
 * administrators create issues or see every security level.
 */
export function profileOf(
  config: JiraConfig,
  wish: Pick<AccountSpec, 'access' | 'address'> & Partial<Pick<AccountSpec, 'login'>>,
): AccessProfile {
  const isService = config.accounts === 'service';
  return {
    role: roleWords(config, wish.access),
    // An ordinary Atlassian API token has no scopes: it may do whatever its account may do.
    tokenScopes: isService ? SERVICE_SCOPES : [],
    means: means(wish.access),
    flowFields: [
      { label: 'Authentication', value: 'Access token' },
      { label: 'Base URL', value: accountUrl(config) },
      { label: 'Email', value: emailOf(wish, isService) },
      { label: 'Token', value: 'The API token from the secret store' },
    ],
    notes: [
      'Flow needs Browse projects and Create issues in every project; without Create issues tickets are wrong or missing.',
      'Where a permission scheme lets every Jira user browse a project, the account sees that project too.',
      'Projects with issue security show only what the account’s role may see.',
      'Service management projects are listed in Flow but not processed.',
      ...(isService
        ? [
            'The token of a service account works only at api.atlassian.com, never at the site’s own address. If Flow does not take that base URL, ask for an ordinary account instead.',
          ]
        : ['Jira cannot take the API token back: the account itself deletes it, or it expires.']),
    ],
  };
}

/** A service account has an address of Atlassian's making. */
function emailOf(
  { login, address }: Pick<AccountSpec, 'address'> & Partial<Pick<AccountSpec, 'login'>>,
  isService: boolean,
): string {
  if (!isService) return address;
  return login?.includes('@') === true
    ? login
    : 'The address that Atlassian gave the service account';
}

export function roleWords(config: JiraConfig, access: Access): string {
  return `${config.project_roles[access]} of the chosen projects, no Jira administrator`;
}

function means(access: Access): string[] {
  const reads = 'Flow can read issues, sprints and workflows of the chosen projects.';
  return access === 'owner'
    ? [
        reads,
        'The account can also administer the chosen projects, which Flow itself does not need.',
        'It cannot administer Jira.',
      ]
    : [
        reads,
        'The account could create issues, because Flow reads the issue types that way; Flow creates none.',
        'It can administer neither a project nor Jira.',
      ];
}
