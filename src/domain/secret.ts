const PLACEHOLDER = '[secret]';

/**
 * A value that refuses to print itself: string conversion, JSON, `util.inspect` and structured
 * clones show a placeholder or nothing. Only adapters call `reveal()`, at the moment of sending.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    live.add(new WeakRef(this));
  }

  reveal(): string {
    return this.#value;
  }

  equals(other: Secret): boolean {
    return this.#value === other.reveal();
  }

  toString(): string {
    return PLACEHOLDER;
  }

  toJSON(): string {
    return PLACEHOLDER;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return PLACEHOLDER;
  }
}

const live = new Set<WeakRef<Secret>>();

/**
 * Replaces every living secret value in a text, also in its URL-encoded and base64 forms.
 * The last line of defence for logs and error texts, not a licence to pass secrets there.
 */
export function scrub(text: string): string {
  let clean = text;
  for (const reference of live) {
    const secret = reference.deref();
    if (secret === undefined) live.delete(reference);
    else for (const form of formsOf(secret)) clean = clean.replaceAll(form, PLACEHOLDER);
  }
  return clean;
}

/** True when a text carries a living secret value in any of its usual forms. */
export function carriesSecret(text: string): boolean {
  for (const reference of live) {
    const secret = reference.deref();
    if (secret === undefined) live.delete(reference);
    else if (formsOf(secret).some((form) => text.includes(form))) return true;
  }
  return false;
}

const known = new WeakMap<Secret, readonly string[]>();

/** Worked out once: every log line and every write asks for them. */
function formsOf(secret: Secret): readonly string[] {
  const kept = known.get(secret) ?? forms(secret.reveal());
  known.set(secret, kept);
  return kept;
}

// Shorter values ("a", "1") would blank ordinary words; no credential we handle is that short.
const SHORTEST = 8;

function forms(value: string): string[] {
  if (value.length < SHORTEST) return [];
  const base64 = btoa(String.fromCodePoint(...new TextEncoder().encode(value)));
  return [...new Set([value, encodeURIComponent(value), base64, base64.replace(/=+$/, '')])];
}
