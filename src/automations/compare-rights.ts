import { ok, problem, warning } from '../domain/finding.ts';
import type { Finding } from '../domain/finding.ts';

/** Exactly these rights: what is missing is a problem, what is too much a warning. */
export function compareRights(
  subject: string,
  wanted: readonly string[],
  has: readonly string[],
): Finding[] {
  const missing = wanted.filter((one) => !has.includes(one));
  const extra = has.filter((one) => !wanted.includes(one));
  const findings = [
    ...missing.map((one) => problem(subject, `It lacks ${one}.`, `Grant ${one}.`)),
    ...extra.map((one) =>
      warning(subject, `It has ${one}, which is not needed.`, `Take ${one} away.`),
    ),
  ];
  return findings.length > 0 ? findings : [ok(subject, `Exactly ${wanted.join(', ')}.`)];
}
