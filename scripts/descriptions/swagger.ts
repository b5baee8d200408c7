import { z } from 'zod';

import type { Schema } from './open-api.ts';

const anyObject = z.record(z.string(), z.unknown());
const documentSchema = z.looseObject({
  swagger: z.literal('2.0'),
  paths: z.record(z.string(), anyObject),
  definitions: z.record(z.string(), anyObject).default({}),
  parameters: z.record(z.string(), anyObject).default({}),
});

/** Whether a description is in the older dialect, which Azure DevOps still uses. */
export function isSwagger(source: unknown): boolean {
  return documentSchema.safeParse(source).success;
}

/** Says the same in the words of OpenAPI 3.0, as far as the comparison needs it. */
export function asOpenApi(source: unknown): unknown {
  const { paths, definitions, parameters } = documentSchema.parse(source);
  return pointElsewhere({
    openapi: '3.0.3',
    paths: Object.fromEntries(
      Object.entries(paths).map(([template, item]) => [
        withoutCase(template),
        mapValues(item, (operation) => readOperation(operation, parameters)),
      ]),
    ),
    components: {
      schemas: mapValues(definitions, withNulls),
      parameters: mapValues(parameters, readParameter),
    },
  });
}

const operationSchema = z.looseObject({
  parameters: z.array(anyObject).default([]),
  responses: z.record(z.string(), z.looseObject({ schema: anyObject.optional() })),
});

function readOperation(operation: unknown, shared: Readonly<Record<string, Schema>>): unknown {
  const parsed = operationSchema.safeParse(operation);
  if (!parsed.success) return operation;
  const { parameters, responses } = parsed.data;
  const body = parameters.find((one) => one['in'] === 'body');
  const others = parameters.filter((one) => one !== body && bodyBehind(one, shared) === undefined);
  const schema = body?.['schema'];
  return {
    parameters: others.map(readParameter),
    ...(body === undefined
      ? {}
      : { requestBody: { required: body['required'] === true, ...json(schema) } }),
    responses: mapValues(responses, (answer) =>
      answer.schema === undefined ? {} : json(asSent(answer.schema)),
    ),
  };
}

function bodyBehind(
  parameter: Schema,
  shared: Readonly<Record<string, Schema>>,
): Schema | undefined {
  const ref = parameter['$ref'];
  if (typeof ref !== 'string') return undefined;
  const name = ref.split('/').at(-1);
  const behind = name === undefined ? undefined : shared[name];
  return behind?.['in'] === 'body' ? behind : undefined;
}

/** Type, format and choices stand beside the name here; later they moved into a schema. */
function readParameter(parameter: Schema): Schema {
  if ('$ref' in parameter || 'schema' in parameter) return parameter;
  const { name, in: where, required, ...rest } = parameter;
  return { name, in: where, required: required === true, schema: rest };
}

/**
 * Azure DevOps describes lists bare and sends them as `{ count, value }`:
 * https://learn.microsoft.com/en-us/rest/api/azure/devops/core/projects/list
 */
function asSent(schema: Schema): Schema {
  if (schema['type'] !== 'array') return schema;
  return { type: 'object', properties: { count: { type: 'integer' }, value: schema } };
}

/** The marker that a value may be null in answers; this dialect has no word for that. */
export const MAY_BE_NULL = 'x-null-in-answers';

/** Azure DevOps sends null for what has no value, which Swagger 2.0 cannot say. */
function withNulls(definition: Schema): Schema {
  const properties = anyObject.safeParse(definition['properties']).data;
  if (properties === undefined) return definition;
  const marked = mapValues(properties, (property) => ({
    ...anyObject.parse(property),
    [MAY_BE_NULL]: true,
  }));
  return { ...definition, properties: marked };
}

/** Azure DevOps does not tell the cases of its paths apart, and writes them differently itself. */
function withoutCase(template: string): string {
  return template
    .split('/')
    .map((part) => (part.startsWith('{') ? part : part.toLowerCase()))
    .join('/');
}

function json(schema: unknown): { content: unknown } {
  return { content: { 'application/json': { schema } } };
}

function mapValues<Value, Result>(
  record: Readonly<Record<string, Value>>,
  change: (value: Value) => Result,
): Record<string, Result> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

function pointElsewhere(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pointElsewhere);
  if (typeof value !== 'object' || value === null) return value;
  return mapValues({ ...value } as Record<string, unknown>, (each) =>
    typeof each === 'string' && each.startsWith('#/')
      ? each
          .replace('#/definitions/', '#/components/schemas/')
          .replace('#/parameters/', '#/components/parameters/')
      : pointElsewhere(each),
  );
}
