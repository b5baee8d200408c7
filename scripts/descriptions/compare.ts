import type { Exchange } from '../../src/sandbox/kit/server.ts';
import { checkExchange } from './check-exchange.ts';
import type { Deviation } from './known-deviations.ts';
import type { OpenApi } from './open-api.ts';
import { createValidator } from './validator.ts';

/** One description and the part of a vendor's paths that it describes. */
export interface Described {
  readonly name: string;
  readonly description: OpenApi;
  /** Where its paths begin: `/wiki/api/v2`. */
  readonly base: string;
  /** It speaks for paths like these. */
  readonly within: RegExp;
}

export interface Finding {
  readonly operation: string;
  readonly wrong: string;
  readonly times: number;
}

export interface Comparison {
  readonly name: string;
  readonly exchanges: number;
  readonly operations: number;
  readonly findings: readonly Finding[];
  /** How many kinds of known deviation were met. */
  readonly known: number;
  /** Known deviations that nothing met; they can go. */
  readonly stale: readonly Omit<Finding, 'times'>[];
  /** Fields of answers that the vendor always sends and the sandbox does not. */
  readonly leftOut: number;
}

/** Holds every exchange within a description's part against it. */
export function compare(
  { name, description, base, within }: Described,
  exchanges: readonly Exchange[],
  deviations: readonly Deviation[],
): Comparison {
  const validator = createValidator(description);
  const checked = exchanges
    .filter(({ request }) => within.test(request.path))
    .map((exchange) => checkExchange(description, validator, exchange, base));
  const findings = count(
    checked.flatMap(({ operation, wrong }) => wrong.map((text) => ({ operation, wrong: text }))),
  );
  const known = deviations
    .filter(({ api }) => api === name)
    .flatMap(({ operations, wrong }) => operations.map((operation) => ({ operation, wrong })));
  const isKnown = (finding: Finding): boolean => known.some((one) => isSame(one, finding));
  return {
    name,
    exchanges: checked.length,
    operations: new Set(checked.map(({ operation }) => operation)).size,
    findings: findings.filter((finding) => !isKnown(finding)),
    known: findings.filter(isKnown).length,
    stale: known.filter((one) => !findings.some((finding) => isSame(one, finding))),
    leftOut: checked.reduce((sum, { leftOut }) => sum + leftOut, 0),
  };
}

/** The paths of exchanges that none of the descriptions speaks for. */
export function outside(
  described: readonly Pick<Described, 'within'>[],
  exchanges: readonly Exchange[],
): string[] {
  const paths = exchanges.map(({ request }) => request.path);
  return paths.filter((path) => !described.some(({ within }) => within.test(path)));
}

function isSame(one: Omit<Finding, 'times'>, other: Omit<Finding, 'times'>): boolean {
  return one.operation === other.operation && one.wrong === other.wrong;
}

function count(all: readonly Omit<Finding, 'times'>[]): Finding[] {
  const byText = new Map<string, Finding>();
  for (const one of all) {
    const key = `${one.operation} ${one.wrong}`;
    byText.set(key, { ...one, times: (byText.get(key)?.times ?? 0) + 1 });
  }
  return [...byText.values()];
}
