/** One line of `doctor`: what was looked at, how it stands, and what to do about it. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'problem';
  /** "GitLab acme: token scopes". */
  readonly subject: string;
  readonly message: string;
  /** What to do; null when all is well. */
  readonly advice: string | null;
}

export function ok(subject: string, message: string): Finding {
  return { level: 'ok', subject, message, advice: null };
}

export function warning(subject: string, message: string, advice: string): Finding {
  return { level: 'warning', subject, message, advice };
}

export function problem(subject: string, message: string, advice: string): Finding {
  return { level: 'problem', subject, message, advice };
}
