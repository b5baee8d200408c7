import type { z } from 'zod';

import { Secret } from '../domain/secret.ts';
import type { ConfigProblem } from './problem.ts';
import { EXAMPLES } from './schema.ts';

/** Says what a schema found, with the full key, what is there, and an example that would do. */
export function explain(
  issue: z.core.$ZodIssue,
  raw: unknown,
  prefix: string,
  sliceExample: string | null,
): ConfigProblem[] {
  const path =
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => [...issue.path, key])
      : [issue.path];
  return path.map((parts) => {
    const key = [
      prefix,
      ...parts.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)),
    ]
      .join('')
      .replace(/^\./, '');
    const value = parts.reduce<unknown>(
      (at, part) =>
        isRecord(at) || Array.isArray(at) ? (at as Record<PropertyKey, unknown>)[part] : undefined,
      raw,
    );
    const example = sliceExample ?? EXAMPLES[key.replaceAll(/\[\d+\]/g, '[]')] ?? null;
    const problem =
      issue.code === 'unrecognized_keys'
        ? 'is not a key that exists; is it misspelt?'
        : sentence(issue, value);
    return { key: key === '' ? '(file)' : key, found: show(value), problem, example };
  });
}

function sentence(issue: z.core.$ZodIssue, value: unknown): string {
  if (value instanceof Secret) return 'is not a place for a reference; write the value itself';
  if (value === undefined) return 'is missing';
  return issue.message.startsWith('must') ? issue.message : `is not valid: ${issue.message}`;
}

/** What was found, in short. Text that could be a pasted secret is never repeated. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value instanceof Secret) return 'a reference';
  if (typeof value !== 'string') return (JSON.stringify(value) ?? 'nothing').slice(0, 60);
  const looksSecret = value.length > 20 && !/[\s/]/.test(value);
  return looksSecret
    ? `a text of ${value.length} characters (not shown)`
    : JSON.stringify(value.slice(0, 60));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Secret)
  );
}
