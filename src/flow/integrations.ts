import type { FlowIntegration } from './flow.ts';

/**
 * The integration that signs in as one of our names. Flow does not publish its vendor words, so
 * "jira" also means "jira_cloud"; an equal word wins over such a longer one, a newer over an older.
 */
export function pickIntegration(
  integrations: readonly FlowIntegration[],
  vendorTypes: readonly string[],
  names: readonly string[],
): FlowIntegration | undefined {
  const wanted = names.map((name) => name.trim().toLowerCase()).filter((name) => name !== '');
  const ours = integrations.filter((each) => wanted.includes(each.username.trim().toLowerCase()));
  const words = vendorTypes.map(plain);
  const equal = ours.filter((each) => words.includes(plain(each.vendorType)));
  const alike = ours.filter((each) => words.some((word) => isAlike(plain(each.vendorType), word)));
  return newest(equal) ?? newest(alike);
}

function newest(integrations: readonly FlowIntegration[]): FlowIntegration | undefined {
  return [...integrations].sort((one, other) =>
    other.id.localeCompare(one.id, 'en', { numeric: true }),
  )[0];
}

function isAlike(one: string, other: string): boolean {
  if (one === '' || other === '') return false;
  return one.startsWith(other) || other.startsWith(one);
}

function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
