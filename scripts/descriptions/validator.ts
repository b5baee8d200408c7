import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import ajvFormats from 'ajv-formats';

import type { OpenApi, Schema } from './open-api.ts';
import { MAY_BE_NULL } from './swagger.ts';

export interface Validator {
  /** What is wrong with a request's value, one sentence each; empty when it fits. */
  refuseSent(schema: Schema, value: unknown): string[];
  /** The same for an answer's value, which may leave out fields that are always there. */
  refuseAnswered(schema: Schema, value: unknown): string[];
  /** How many such fields it leaves out; of a choice that fits nowhere, those of each branch. */
  countLeftOut(schema: Schema, value: unknown): number;
}

/** Validates against the schemas of one description, which ajv reads after a small translation. */
export function createValidator(description: OpenApi): Validator {
  const strict = createChecker(description, false);
  const relaxed = createChecker(description, true);
  return {
    refuseSent: (schema, value) => strict(schema, value).map(({ text }) => text),
    refuseAnswered: (schema, value) => relaxed(schema, value).map(({ text }) => text),
    countLeftOut: (schema, value) => {
      const missing = strict(schema, value).filter(({ keyword }) => keyword === 'required');
      return new Set(missing.map(({ text }) => text)).size;
    },
  };
}

interface Complaint {
  readonly keyword: string;
  readonly text: string;
}

function createChecker(description: OpenApi, isRelaxed: boolean) {
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false, validateFormats: true });
  ajvFormats.default(ajv);
  ajv.addSchema(
    { components: { schemas: translate(description.schemas, isRelaxed) } },
    'description',
  );
  const compiled = new Map<Schema, ValidateFunction>();
  return (schema: Schema, value: unknown): Complaint[] => {
    let validate = compiled.get(schema);
    if (validate === undefined) {
      validate = ajv.compile(translate(schema, isRelaxed) as Schema);
      compiled.set(schema, validate);
    }
    if (validate(value)) return [];
    // Fields too many are named by `unknownFields`, also where the schema would let them pass.
    const errors = (validate.errors ?? []).filter(
      ({ keyword }) => keyword !== 'additionalProperties',
    );
    return errors.map(({ keyword, instancePath, message, params }) => {
      const details = 'allowedValues' in params ? `: ${String(params['allowedValues'])}` : '';
      // One wrong field of a long list is one finding.
      const at = instancePath === '' ? 'it' : instancePath.replaceAll(/\/\d+/g, '/0');
      return { keyword, text: `${at} ${message ?? keyword}${details}` };
    });
  };
}

/**
 * From OpenAPI 3.0's dialect to JSON Schema: `nullable` becomes a choice, references lead to the
 * description. Relaxed, nothing is required; then several of `oneOf` may fit.
 */
function translate(schema: unknown, isRelaxed: boolean): unknown {
  if (Array.isArray(schema)) return schema.map((each) => translate(each, isRelaxed));
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).flatMap(([key, value]): [string, unknown][] => {
    if (key === '$ref' && typeof value === 'string')
      return [[key, value.replace('#', 'description#')]];
    if (key === 'nullable' && value === true) return [];
    if (key === 'required' && Array.isArray(value) && isRelaxed) return [];
    if (key === 'oneOf' && isRelaxed) return [['anyOf', translate(value, isRelaxed)]];
    return [[key, translate(value, isRelaxed)]];
  });
  const plain = Object.fromEntries(entries);
  if ('nullable' in schema && schema.nullable === true) return orNull(plain);
  return isRelaxed && MAY_BE_NULL in schema ? withNull(plain) : plain;
}

function orNull(schema: unknown): unknown {
  return { anyOf: [schema, { type: 'null' }] };
}

/** As part of the schema itself, so that a complaint about another value stays one complaint. */
function withNull(schema: Readonly<Record<string, unknown>>): unknown {
  const { type, enum: choices } = schema;
  if (typeof type !== 'string') return orNull(schema);
  const allowed = Array.isArray(choices) ? { enum: [...(choices as unknown[]), null] } : {};
  return { ...schema, type: [type, 'null'], ...allowed };
}
