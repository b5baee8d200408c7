export type Json = Readonly<Record<string, unknown>>;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function jsonList(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isJson) : [];
}

/** The words of a text object, or of a plain string. */
export function wordsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return isJson(value) && typeof value['text'] === 'string' ? value['text'] : '';
}

export function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
