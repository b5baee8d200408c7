import { readFileSync } from 'node:fs';

import { z } from 'zod';

import { asOpenApi, isSwagger } from './swagger.ts';

export type Schema = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly schema: Schema;
}

/** One method of one path, with every reference at its top resolved. */
export interface Operation {
  readonly method: string;
  /** As described: `/orgs/{org}/invitations`. */
  readonly template: string;
  readonly parameters: readonly Parameter[];
  /** Undefined when the description knows no JSON body for it. */
  readonly requestBody: { readonly required: boolean; readonly schema: Schema } | undefined;
  /** Status (or `default`) → schema of its JSON body; undefined where none is described. */
  readonly answers: ReadonlyMap<string, Schema | undefined>;
}

/** An API description, read as far as the comparison needs it. */
export interface OpenApi {
  readonly schemas: Readonly<Record<string, Schema>>;
  /** The schema behind `{ $ref }`, or the schema itself. */
  resolve(schema: Schema): Schema;
  find(method: string, path: string): Operation | undefined;
}

const anyObject = z.record(z.string(), z.unknown());
const documentSchema = z.looseObject({
  openapi: z.string().startsWith('3.0'),
  paths: z.record(z.string(), anyObject),
  components: z.looseObject({ schemas: z.record(z.string(), anyObject) }),
});
const parameterSchema = z.object({
  name: z.string(),
  in: z.string(),
  required: z.boolean().default(false),
  schema: anyObject.default({}),
});
const content = z.record(z.string(), z.object({ schema: anyObject.optional() })).default({});
const requestBodySchema = z.object({ required: z.boolean().default(false), content });
const answerSchema = z.object({ content });
const operationSchema = z.object({
  parameters: z.array(anyObject).default([]),
  requestBody: anyObject.optional(),
  responses: z.record(z.string(), anyObject),
});

/** Reads OpenAPI 3.0 or Swagger 2.0, with or without a byte-order mark. */
export function readOpenApi(file: string): OpenApi {
  const source: unknown = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  return openOpenApi(isSwagger(source) ? asOpenApi(source) : source);
}

export function openOpenApi(source: unknown): OpenApi {
  const document = documentSchema.parse(source);
  const resolve = (schema: Schema): Schema => {
    const ref = schema['$ref'];
    return typeof ref === 'string' ? resolve(pointedAt(document, ref)) : schema;
  };
  const paths = Object.entries(document.paths).map(([template, item]) => ({
    template,
    item,
    pattern: patternOf(template),
    // A path without placeholders wins over one that has them.
    rank: template.split('{').length,
  }));
  // Read once each: validators are kept by the schema they were made for.
  const kept = new Map<string, Operation>();
  paths.sort((one, other) => one.rank - other.rank);
  return {
    schemas: document.components.schemas,
    resolve,
    find(method, path) {
      const name = method.toLowerCase();
      const hit = paths.find(({ pattern, item }) => pattern.test(path) && name in item);
      if (hit === undefined) return undefined;
      const key = `${method} ${hit.template}`;
      const operation = kept.get(key) ?? readOperation(method, hit.template, hit.item, resolve);
      kept.set(key, operation);
      return operation;
    },
  };
}

function readOperation(
  method: string,
  template: string,
  item: Schema,
  resolve: (schema: Schema) => Schema,
): Operation {
  const operation = operationSchema.parse(item[method.toLowerCase()]);
  const shared = z.array(anyObject).default([]).parse(item['parameters']);
  const body =
    operation.requestBody === undefined
      ? undefined
      : requestBodySchema.parse(resolve(operation.requestBody));
  const bodySchema = body === undefined ? undefined : jsonOf(body.content);
  return {
    method,
    template,
    parameters: [...shared, ...operation.parameters].map((parameter) =>
      parameterSchema.parse(resolve(parameter)),
    ),
    requestBody:
      bodySchema === undefined
        ? undefined
        : { required: body?.required ?? false, schema: bodySchema },
    answers: new Map(
      Object.entries(operation.responses).map(([status, answer]) => [
        status,
        jsonOf(answerSchema.parse(resolve(answer)).content),
      ]),
    ),
  };
}

function jsonOf(content: Readonly<Record<string, { schema?: Schema | undefined }>>) {
  const entry = Object.entries(content).find(([type]) => /[/+]json\b/.test(type));
  return entry?.[1].schema;
}

function pointedAt(document: Schema, ref: string): Schema {
  let found: unknown = document;
  for (const part of ref.replace(/^#\//, '').split('/')) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    found = anyObject.parse(found)[key];
  }
  return anyObject.parse(found);
}

function patternOf(template: string): RegExp {
  const source = template
    .split(/\{[^}]+\}/)
    .map((part) => part.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`))
    .join('[^/]+');
  return new RegExp(`^${source}$`);
}
