/** One thing wrong with the configuration, so that a person can mend it without asking. */
export interface ConfigProblem {
  /** `connections[0].token`; `(file)` for the file as a whole. */
  readonly key: string;
  /** What was found there; never the value of a secret. */
  readonly found: string;
  readonly problem: string;
  /** A valid example, if there is one. */
  readonly example: string | null;
}

/** All problems at once: nobody should have to mend a configuration one start at a time. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(describe(problems));
    this.problems = problems;
  }
}

function describe(problems: readonly ConfigProblem[]): string {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  const lines = problems.map(({ key, found, problem, example }) => {
    const shown =
      example === null
        ? ''
        : `\n      for example: ${example.trim().replaceAll('\n', '\n        ')}`;
    return `  ${key}: ${problem}\n      found: ${found}${shown}`;
  });
  return `The configuration has ${count}:\n${lines.join('\n')}`;
}
