import { z } from 'zod';

export interface ConfigKey {
  /** `auth.app_id`, `policy.rules[].name`. */
  readonly path: string;
  /** As a document writes it; undefined where there is none or a person would write it otherwise. */
  readonly fallback: string | undefined;
}

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly default?: unknown;
}

/** Every key that a schema takes, read from the schema itself. */
export function keysOf(schema: z.ZodType): ConfigKey[] {
  const shape = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape;
  const keys = walk(shape, '');
  return keys.filter(({ path }, index) => keys.findIndex((key) => key.path === path) === index);
}

function walk(shape: Shape, path: string): ConfigKey[] {
  const choices = [...(shape.anyOf ?? []), ...(shape.oneOf ?? [])];
  if (choices.length > 0) return choices.flatMap((choice) => walk(choice, path));
  if (shape.items !== undefined && isObject(shape.items)) return walk(shape.items, `${path}[]`);
  if (!isObject(shape)) return [{ path, fallback: written(shape.default) }];
  const inner = Object.entries(shape.properties ?? {});
  return inner.flatMap(([name, value]) => walk(value, path === '' ? name : `${path}.${name}`));
}

/** People are always `{ users, groups }`, and a record of anything has no keys of its own. */
function isObject({ properties }: Shape): boolean {
  if (properties === undefined) return false;
  const names = Object.keys(properties);
  return names.length > 0 && names.join() !== 'users,groups';
}

function written(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}
