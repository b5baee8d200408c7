import { z } from 'zod';

import type { OpenApi, Schema } from './open-api.ts';

const anyObject = z.record(z.string(), z.unknown());
const CHOICES = ['allOf', 'anyOf', 'oneOf'] as const;

/**
 * Where the value has fields that no schema for that place knows. JSON Schema allows them, but a
 * field that the vendor does not describe is one that it will not read, or will not send.
 */
export function unknownFields(description: OpenApi, schema: Schema, value: unknown): string[] {
  return look(description, [schema], value, '');
}

function look(
  description: OpenApi,
  schemas: readonly Schema[],
  value: unknown,
  at: string,
): string[] {
  const all = schemas.flatMap((schema) => spread(description, schema));
  if (Array.isArray(value)) {
    const items = all.flatMap((schema) => schemaAt(schema['items']));
    return value.flatMap((each) => look(description, items, each, `${at}/0`));
  }
  if (typeof value !== 'object' || value === null) return [];
  if (!all.some((schema) => 'properties' in schema)) return lookFree(description, all, value, at);
  const rest = all.flatMap((schema) => schemaAt(schema['additionalProperties']));
  return Object.entries(value).flatMap(([key, each]) => {
    const known = all.flatMap((schema) =>
      schemaAt(anyObject.safeParse(schema['properties']).data?.[key]),
    );
    if (known.length > 0) return look(description, known, each, `${at}/${key}`);
    if (rest.length > 0) return look(description, rest, each, `${at}/${key}`);
    return [`${at}/${key}`];
  });
}

/** A map: any key may be there, its value has a schema or not. */
function lookFree(
  description: OpenApi,
  all: readonly Schema[],
  value: object,
  at: string,
): string[] {
  const rest = all.flatMap((schema) => schemaAt(schema['additionalProperties']));
  return Object.entries(value).flatMap(([key, each]) =>
    look(description, rest, each, `${at}/${key}`),
  );
}

/** The schema with everything that it is made of, references followed. */
function spread(description: OpenApi, schema: Schema): Schema[] {
  const whole = description.resolve(schema);
  const parts = CHOICES.flatMap((key) => {
    const list = whole[key];
    return Array.isArray(list) ? list.flatMap(schemaAt) : [];
  });
  return [whole, ...parts.flatMap((part) => spread(description, part))];
}

function schemaAt(value: unknown): Schema[] {
  const parsed = anyObject.safeParse(value);
  return parsed.success ? [parsed.data] : [];
}
