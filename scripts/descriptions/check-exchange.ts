import type { Exchange } from '../../src/sandbox/kit/server.ts';
import type { OpenApi, Operation, Parameter, Schema } from './open-api.ts';
import { unknownFields } from './unknown-fields.ts';
import type { Validator } from './validator.ts';

/** What is wrong with one exchange, and what its answer leaves out. */
export interface Checked {
  /** `POST /orgs/{org}/invitations`, or the path as sent when nothing describes it. */
  readonly operation: string;
  readonly wrong: readonly string[];
  readonly leftOut: number;
}

/** Compares a request and its answer with the operation that the description has for them. */
export function checkExchange(
  description: OpenApi,
  validator: Validator,
  { request, answer }: Exchange,
  base: string,
): Checked {
  const path = request.path.slice(base.length);
  const operation = description.find(request.method, path);
  if (operation === undefined) {
    return {
      operation: `${request.method} ${request.path}`,
      wrong: ['the description has no such path and method'],
      leftOut: 0,
    };
  }
  const given = answerSchema(operation, answer.status);
  const body = given.schema;
  return {
    operation: `${request.method} ${base}${operation.template}`,
    wrong: [
      ...checkPath(operation, validator, path),
      ...checkQuery(operation, validator, request.query),
      ...checkBody(operation, description, validator, request.body),
      ...(given.isKnown ? [] : [`the answer’s status ${answer.status} is not described`]),
      ...(body === undefined ? [] : checkAnswer(description, validator, body, answer)),
    ],
    leftOut: body === undefined ? 0 : validator.countLeftOut(body, answer.body),
  };
}

function answerSchema({ answers }: Operation, status: number) {
  const keys = [String(status), `${String(status)[0]}XX`, 'default'];
  const key = keys.find((each) => answers.has(each));
  return { isKnown: key !== undefined, schema: key === undefined ? undefined : answers.get(key) };
}

function checkAnswer(
  description: OpenApi,
  validator: Validator,
  schema: Schema,
  { status, body }: Exchange['answer'],
): string[] {
  const what = `in the answer ${status}`;
  return [
    ...validator.refuseAnswered(schema, body).map((text) => `${what}: ${text}`),
    ...unknownFields(description, schema, body).map((at) => `${what}: ${at} is not described`),
  ];
}

function checkBody(
  operation: Operation,
  description: OpenApi,
  validator: Validator,
  body: unknown,
): string[] {
  const { requestBody } = operation;
  if (requestBody === undefined) {
    return body === undefined ? [] : ['a body is sent, and none is described'];
  }
  if (body === undefined) return requestBody.required ? ['the body is missing'] : [];
  const { schema } = requestBody;
  return [
    ...validator.refuseSent(schema, body).map((text) => `in the body: ${text}`),
    ...unknownFields(description, schema, body).map((at) => `in the body: ${at} is not described`),
  ];
}

function checkPath(operation: Operation, validator: Validator, path: string): string[] {
  const sent = path.split('/');
  return operation.template.split('/').flatMap((part, index) => {
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    const parameter = operation.parameters.find((one) => one.in === 'path' && one.name === name);
    if (parameter === undefined) return [];
    return checkText(validator, parameter, [decodeURIComponent(sent[index] ?? '')]);
  });
}

function checkQuery(operation: Operation, validator: Validator, query: URLSearchParams): string[] {
  const known = operation.parameters.filter((parameter) => parameter.in === 'query');
  const names = [...new Set(query.keys())];
  const strange = names.filter((name) => !known.some((parameter) => parameter.name === name));
  return [
    ...strange.map((name) => `the parameter ${name} is not described`),
    ...known
      .filter(({ name, required }) => required && !names.includes(name))
      .map(({ name }) => `the parameter ${name} is missing`),
    ...known
      .filter(({ name }) => names.includes(name))
      .flatMap((parameter) => checkText(validator, parameter, query.getAll(parameter.name))),
  ];
}

/** Text from a URL, read as the described type before it is checked. */
function checkText(
  validator: Validator,
  { name, schema }: Parameter,
  texts: readonly string[],
): string[] {
  const value = schema['type'] === 'array' ? listOf(schema, texts) : read(schema, texts[0] ?? '');
  return validator.refuseSent(schema, value).map((text) => `the parameter ${name}: ${text}`);
}

function listOf(schema: Schema, texts: readonly string[]): unknown[] {
  const items = schema['items'];
  const itemSchema = typeof items === 'object' && items !== null ? { ...items } : {};
  return texts.flatMap((text) => text.split(',')).map((text) => read(itemSchema, text));
}

function read(schema: Schema, text: string): unknown {
  const { type } = schema;
  if ((type === 'integer' || type === 'number') && text !== '' && !Number.isNaN(Number(text)))
    return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
