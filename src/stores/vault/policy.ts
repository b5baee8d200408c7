/** A name as our accounts get them; the policy is proven on it. */
const SAMPLE_NAME = 'flow-sa-000000-token';

const NEEDED = {
  data: ['create', 'read', 'update'],
  // `delete` on metadata is what closing an account needs: it removes all versions at once.
  metadata: ['create', 'delete', 'read', 'update'],
} as const;

type Area = keyof typeof NEEDED;
const AREAS = ['data', 'metadata'] as const satisfies readonly Area[];

/** The least privileges that do all of the store's work, ready to paste. */
export function policyText(mount: string): string {
  return AREAS.map((area) => {
    const list = NEEDED[area].map((capability) => `"${capability}"`).join(', ');
    return `path "${mount}/${area}/flow-*" { capabilities = [${list}] }`;
  }).join('\n');
}

/** The paths whose capabilities tell whether our policy is what it should be. */
export function probedPaths(mount: string): string[] {
  return [...AREAS.map((area) => `${mount}/${area}/${SAMPLE_NAME}`), outsider(mount)];
}

/** What is missing from, and what exceeds, the least privileges. */
export function comparePolicy(
  mount: string,
  held: Readonly<Record<string, readonly string[]>>,
): { missing: string[]; excess: string[] } {
  const missing: string[] = [];
  const excess: string[] = [];
  for (const area of AREAS) {
    const needed: readonly string[] = NEEDED[area];
    const has = held[`${mount}/${area}/${SAMPLE_NAME}`] ?? [];
    const isRoot = has.includes('root');
    for (const capability of needed) {
      if (!isRoot && !has.includes(capability)) missing.push(`${capability} on ${area}`);
    }
    for (const capability of has) {
      if (capability !== 'deny' && !needed.includes(capability)) {
        excess.push(`${capability} on ${area}`);
      }
    }
  }
  const beyond = (held[outsider(mount)] ?? []).filter((capability) => capability !== 'deny');
  if (beyond.length > 0) excess.push(`secrets of others (${beyond.join(', ')})`);
  return { missing, excess };
}

function outsider(mount: string): string {
  return `${mount}/data/not-an-account-of-flow`;
}
