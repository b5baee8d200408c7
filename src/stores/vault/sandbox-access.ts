import { randomUUID } from 'node:crypto';

export type Policy = Readonly<Record<string, readonly string[]>>;

interface TokenEntry {
  readonly policy: Policy;
  readonly policies: readonly string[];
  readonly until: number;
}

/** Tokens with leases, and policies with prefix globs, as Vault's core has them. */
export function createAccess(now: () => number) {
  const tokens = new Map<string, TokenEntry>();

  function issue(policy: Policy, policies: readonly string[], seconds: number): string {
    const token = `hvs.${randomUUID().replaceAll('-', '')}`;
    tokens.set(token, {
      policy,
      policies,
      until: seconds === 0 ? Infinity : now() + seconds * 1000,
    });
    return token;
  }

  function living(token: string | undefined): TokenEntry | undefined {
    const found = tokens.get(token ?? '');
    return found !== undefined && now() < found.until ? found : undefined;
  }

  return {
    issue,
    living,
    revokeAll: () => tokens.clear(),
    setPolicy(policy: Policy): void {
      for (const [token, entry] of tokens) tokens.set(token, { ...entry, policy });
    },
    /** The capabilities of the longest matching rule; `deny` when none matches. */
    capabilities(entry: TokenEntry, path: string): readonly string[] {
      if (entry.policies.includes('root')) return ['root'];
      const rules = Object.entries(entry.policy)
        .filter(([rule]) =>
          rule.endsWith('*') ? path.startsWith(rule.slice(0, -1)) : path === rule,
        )
        .sort(([a], [b]) => b.length - a.length);
      return rules[0]?.[1] ?? ['deny'];
    },
  };
}

export type Access = ReturnType<typeof createAccess>;
