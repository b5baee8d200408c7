import { randomUUID } from 'node:crypto';

/** Secret Manager's state and rules, as its discovery document gives them. */
export interface GoogleSecret {
  readonly name: string;
  annotations: Readonly<Record<string, string>>;
  labels: Readonly<Record<string, string>>;
  etag: string;
  readonly versions: { data: string; state: 'ENABLED' | 'DISABLED' | 'DESTROYED' }[];
  bindings: readonly { readonly role: string; readonly members: readonly string[] }[];
}

export class Refusal extends Error {
  readonly status: number;
  readonly kind: string;
  readonly reason: string | undefined;

  constructor(status: number, kind: string, text: string, reason?: string) {
    super(text);
    this.status = status;
    this.kind = kind;
    this.reason = reason;
  }
}

export type GoogleSecrets = ReturnType<typeof createSecrets>;

export function createSecrets() {
  const all = new Map<string, GoogleSecret>();

  function get(name: string): GoogleSecret {
    const found = all.get(name);
    if (found !== undefined) return found;
    throw new Refusal(404, 'NOT_FOUND', `Secret [projects/1234567/secrets/${name}] not found.`);
  }

  return {
    all,
    get,
    create(name: string, annotations: Record<string, string>, labels: Record<string, string>) {
      if (!/^[\w-]{1,255}$/.test(name)) throw invalid('Secret ID is invalid.');
      if (all.has(name)) {
        const text = `Secret [projects/1234567/secrets/${name}] already exists.`;
        throw new Refusal(409, 'ALREADY_EXISTS', text);
      }
      refuseAnnotations(annotations);
      refuseLabels(labels);
      const fresh = { name, annotations, labels, etag: newEtag(), versions: [], bindings: [] };
      all.set(name, fresh);
      return fresh;
    },
    annotate(name: string, annotations: Record<string, string>, etag: string | undefined) {
      const found = get(name);
      if (etag !== undefined && etag !== found.etag) {
        throw new Refusal(400, 'FAILED_PRECONDITION', 'The etag provided does not match.');
      }
      refuseAnnotations(annotations);
      found.annotations = annotations;
      found.etag = newEtag();
      return found;
    },
    add(name: string, data: string): number {
      if (Buffer.from(data, 'base64').length > 65_536) throw invalid('The payload is too large.');
      return get(name).versions.push({ data, state: 'ENABLED' });
    },
    version(name: string, id: string) {
      const { versions } = get(name);
      const number = id === 'latest' ? versions.length : Number(id);
      const found = versions[number - 1];
      if (found !== undefined) return { number, ...found };
      const text = `Secret Version [projects/1234567/secrets/${name}/versions/${id}] not found.`;
      throw new Refusal(404, 'NOT_FOUND', text);
    },
  };
}

function newEtag(): string {
  return `"${randomUUID()}"`;
}

function invalid(text: string): Refusal {
  return new Refusal(400, 'INVALID_ARGUMENT', text);
}

function refuseAnnotations(annotations: Readonly<Record<string, string>>): void {
  const keys = Object.keys(annotations);
  const size = Buffer.byteLength(Object.entries(annotations).flat().join(''));
  const isFit = keys.every((key) => /^[a-z0-9A-Z](?:[\w.-]{0,61}[a-z0-9A-Z])?$/.test(key));
  if (!isFit || size >= 16_384) throw invalid('The annotations are invalid.');
}

function refuseLabels(labels: Readonly<Record<string, string>>): void {
  const isFit = Object.entries(labels).every(
    ([key, value]) =>
      /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u.test(key) &&
      /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u.test(value),
  );
  if (!isFit || Object.keys(labels).length > 64) throw invalid('The labels are invalid.');
}
