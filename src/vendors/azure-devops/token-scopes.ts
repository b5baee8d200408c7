/** Scopes as the API calls them, and as the form for new tokens does. */
const WORDS: Readonly<Record<string, string>> = {
  app_token: 'Full access',
  'vso.build': 'Build: Read',
  'vso.build_execute': 'Build: Read & execute',
  'vso.code': 'Code: Read',
  'vso.code_write': 'Code: Read & write',
  'vso.code_manage': 'Code: Read, write, & manage',
  'vso.graph': 'Graph: Read',
  'vso.graph_manage': 'Graph: Read & manage',
  'vso.identity': 'Identity: Read',
  'vso.memberentitlementmanagement_write': 'Member Entitlement Management: Read & write',
  'vso.project': 'Project and Team: Read',
  'vso.tokenadministration': 'Token Administration: Read & manage',
  'vso.work': 'Work Items: Read',
};

export function scopeWords(scopes: readonly string[]): string[] {
  return scopes.map((scope) => WORDS[scope] ?? scope);
}

/** The scopes of a token as a list without repetition. */
export function scopeList(scope: string | null | undefined): string[] {
  const scopes = (scope ?? '').split(' ').filter((part) => part !== '');
  return [...new Set(scopes)].toSorted();
}
