import { randomUUID } from 'node:crypto';

import { z } from 'zod';

import { refuseLabels } from './sandbox-kv.ts';
import type { Kv, KvVersion } from './sandbox-kv.ts';

interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

const writeBody = z.strictObject({
  options: z.strictObject({ cas: z.int().min(0).optional() }).optional(),
  // Only strings are hashed in audit logs; a number would appear there in the clear.
  data: z.record(z.string(), z.string()),
});

export function writeData(kv: Kv, name: string, body: unknown, casRequired: boolean): Answer {
  const sent = writeBody.safeParse(body);
  if (!sent.success) return failed(400, 'no data provided');
  if (casRequired && sent.data.options?.cas === undefined) {
    return failed(400, 'check-and-set parameter required for this call');
  }
  const version = kv.write(name, sent.data.options?.cas, sent.data.data);
  if (version === undefined) {
    return failed(400, 'check-and-set parameter did not match the current version');
  }
  return data(versionBody(kv, name, version));
}

export function readData(kv: Kv, name: string): Answer {
  const current = kv.current(name);
  if (current === undefined) return absent();
  const metadata = versionBody(kv, name, kv.get(name)?.current ?? 0);
  const gone = current.deletedAt !== '' || current.destroyed;
  return {
    status: gone ? 404 : 200,
    body: { data: { data: gone ? null : current.data, metadata } },
  };
}

export function readMetadata(kv: Kv, name: string): Answer {
  const entry = kv.get(name);
  if (entry === undefined) return absent();
  const versions = [...entry.versions].map(([number, version]) => [number, times(version)]);
  return data({
    cas_required: false,
    created_time: entry.createdAt,
    current_version: entry.current,
    custom_metadata: entry.labels,
    delete_version_after: '0s',
    max_versions: 0,
    versions: Object.fromEntries(versions) as unknown,
  });
}

const metadataBody = z.strictObject({ custom_metadata: z.record(z.string(), z.unknown()) });

export function writeMetadata(kv: Kv, name: string, body: unknown): Answer {
  const sent = metadataBody.safeParse(body);
  if (!sent.success) return failed(400, 'custom_metadata validation failed');
  const labels = sent.data.custom_metadata;
  const refusal = refuseLabels(labels);
  if (refusal !== undefined) return failed(400, refusal);
  kv.label(name, labels as Record<string, string>);
  return { status: 204 };
}

export function data(body: unknown): Answer {
  return { status: 200, body: { request_id: randomUUID(), data: body } };
}

export function failed(status: number, message: string): Answer {
  return { status, body: { errors: [message] } };
}

function absent(): Answer {
  return { status: 404, body: { errors: [] } };
}

function versionBody(kv: Kv, name: string, version: number): unknown {
  const entry = kv.get(name);
  const state = entry?.versions.get(version);
  return {
    ...(state === undefined ? {} : times(state)),
    custom_metadata: entry?.labels ?? null,
    version,
  };
}

function times({ createdAt, deletedAt, destroyed }: KvVersion) {
  return { created_time: createdAt, deletion_time: deletedAt, destroyed };
}
