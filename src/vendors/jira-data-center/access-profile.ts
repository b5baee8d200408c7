import type { Access } from '../../domain/request.ts';
import type { AccessProfile, AccountSpec } from '../vendor.ts';
import type { JiraConfig } from './schema.ts';

/**
 * Flow asks for no administrator. `owner` is for installations whose permission schemes let only
 * project administrators create issues or see every security level.
 */
export function profileOf(config: JiraConfig, wish: Pick<AccountSpec, 'access'>): AccessProfile {
  return {
    role: roleWords(config, wish.access),
    // A personal access token of Jira Data Center may do whatever its account may do.
    tokenScopes: [],
    means: means(wish.access),
    flowFields: [
      { label: 'Authentication', value: 'Access token' },
      { label: 'Base URL', value: config.base_url },
    ],
    notes: [
      'The token has no scopes of its own: it may do whatever the account may, so the account is kept small.',
      'Flow needs Browse projects and Create issues in every project; without Create issues tickets are wrong or missing.',
      'Where a permission scheme lets every Jira user browse a project, the account sees that project too.',
      'Projects with issue security show only what the account’s role may see.',
      'Service management projects are listed in Flow but not processed.',
      'When the token expires Flow stops reading: renew it before that day.',
      'Flow must reach this Jira on port 443 with a public certificate; its addresses may have to be allowed.',
      'After a move to Jira Cloud, Flow needs a new integration; changing the Base URL does not work.',
    ],
  };
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
