import type { JiraConfig } from './schema.ts';

/** Where the tokens of our accounts work: those with scopes never at the site's own address. */
export function accountUrl({ accounts, organisation, base_url }: JiraConfig): string {
  if (accounts === 'invited' || organisation === undefined) return base_url;
  return `${organisation.base_url}/ex/jira/${organisation.cloud_id}`;
}
