import { existsSync, readFileSync } from 'node:fs';

import { parseDocument } from 'yaml';

import { Secret } from '../domain/secret.ts';
import { ConfigError } from './problem.ts';
import type { ConfigProblem } from './problem.ts';
import { resolveReferences } from './references.ts';
import type { Surroundings } from './references.ts';
import { validate } from './validate.ts';
import type { Registries, ValidConfig } from './validate.ts';

const DEFAULT_FILE = 'config.yml';

/** The environment, for the few things that are not in the file. The only reader of process.env. */
export function surroundings(): Surroundings {
  return { env: process.env };
}

/** The file to use: the one named, else `config.yml` if there is one; undefined when there is none. */
export function findConfigFile(
  named: string | undefined,
  { env }: Surroundings,
): string | undefined {
  const wanted = named ?? env['FLOW_SERVICE_ACCOUNTS_CONFIG'];
  if (wanted === undefined) return existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined;
  if (existsSync(wanted)) return wanted;
  throw new ConfigError([
    {
      key: '(file)',
      found: wanted,
      problem: 'the configuration file does not exist',
      example: `--config ${DEFAULT_FILE}`,
    },
  ]);
}

export function readConfig(
  file: string,
  registries: Registries,
  around: Surroundings,
): ValidConfig {
  return parseConfig(readFileSync(file, 'utf8'), registries, around);
}

/** @throws ConfigError with every problem at once */
export function parseConfig(
  text: string,
  registries: Registries,
  around: Surroundings,
): ValidConfig {
  const document = parseDocument(text, { prettyErrors: true });
  const syntax = document.errors.map((error): ConfigProblem => ({
    key: '(file)',
    found: `line ${error.linePos?.[0].line ?? '?'}`,
    problem: `is not valid YAML: ${error.message.split('\n')[0] ?? ''}`,
    example: null,
  }));
  if (syntax.length > 0) throw new ConfigError(syntax);
  return checkConfig(document.toJS() as unknown, registries, around);
}

/** The same checks for a configuration that was built in memory, as the sandbox does. */
export function checkConfig(
  raw: unknown,
  registries: Registries,
  around: Surroundings,
): ValidConfig {
  const problems: ConfigProblem[] = [];
  const resolved = resolveReferences(withEnvironment(raw, around), around, problems);
  const config = validate(resolved, registries, problems);
  if (config === undefined || problems.length > 0) throw new ConfigError(dedupe(problems));
  return config;
}

/** Variables that hosting platforms set by convention fill what the file leaves out. */
const CONVENTIONS = { database_url: 'DATABASE_URL', redis_url: 'REDIS_URL' } as const;

function withEnvironment(raw: unknown, { env }: Surroundings): unknown {
  if (typeof raw !== 'object' || raw === null) return raw;
  const filled: Record<string, unknown> = { ...raw };
  for (const [key, name] of Object.entries(CONVENTIONS)) {
    const value = env[name];
    if (filled[key] === undefined && value !== undefined && value !== '')
      filled[key] = new Secret(value);
  }
  return filled;
}

/** The file's own schema and a slice's may both miss the same key. */
function dedupe(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return problems.filter(
    (problem, index) =>
      problems.findIndex(
        (other) => other.key === problem.key && other.problem === problem.problem,
      ) === index,
  );
}
