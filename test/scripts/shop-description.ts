import { openOpenApi } from '../../scripts/descriptions/open-api.ts';
import { asOpenApi } from '../../scripts/descriptions/swagger.ts';

const thing = { $ref: '#/components/schemas/thing' };

/** A small OpenAPI 3.0 description with the habits of the vendors' large ones. */
export const shop = {
  openapi: '3.0.3',
  paths: {
    '/things': {
      get: {
        parameters: [
          { $ref: '#/components/parameters/limit' },
          { name: 'sort', in: 'query', schema: { type: 'string', enum: ['name', 'age'] } },
          {
            name: 'tag',
            in: 'query',
            schema: { type: 'array', items: { type: 'string', maxLength: 1 } },
          },
          { name: 'open', in: 'query', schema: { type: 'boolean' } },
        ],
        responses: {
          200: { content: { 'application/json': { schema: { type: 'array', items: thing } } } },
        },
      },
      post: {
        requestBody: { $ref: '#/components/requestBodies/thing' },
        responses: {
          201: { content: { 'application/json; charset=utf-8': { schema: thing } } },
        },
      },
    },
    '/things/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
      get: {
        parameters: [{ name: 'view', in: 'query', required: true, schema: { type: 'string' } }],
        responses: { 200: { content: { 'application/json': { schema: thing } } } },
      },
      delete: { responses: { 204: { description: 'gone' } } },
    },
  },
  components: {
    parameters: {
      limit: { name: 'limit', in: 'query', schema: { type: 'integer', maximum: 100 } },
    },
    requestBodies: {
      thing: {
        required: true,
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['name'],
              additionalProperties: true,
              properties: {
                name: { type: 'string' },
                size: { type: 'string', enum: ['small', 'large'] },
              },
            },
          },
        },
      },
    },
    schemas: {
      thing: {
        allOf: [
          {
            type: 'object',
            required: ['id', 'name'],
            properties: {
              id: { type: 'integer' },
              name: { type: 'string' },
              made: { type: 'string', format: 'date-time' },
            },
          },
          {
            type: 'object',
            properties: {
              owner: {
                nullable: true,
                oneOf: [
                  { $ref: '#/components/schemas/owner' },
                  { type: 'object', required: ['team'], properties: { team: { type: 'string' } } },
                ],
              },
              tags: { type: 'array', items: { type: 'string' } },
            },
          },
        ],
      },
      owner: {
        type: 'object',
        required: ['login'],
        properties: { login: { type: 'string' }, email: { type: 'string', nullable: true } },
      },
    },
  },
};

const organization = { in: 'path', name: 'organization', required: true, type: 'string' };
const version = { $ref: '#/parameters/version' };

/** The same in Swagger 2.0, with the habits of Azure DevOps. */
export const oldShop = openOpenApi(
  asOpenApi({
    swagger: '2.0',
    paths: {
      '/{organization}/_apis/Things': {
        get: {
          parameters: [organization, version],
          responses: { 200: { schema: { type: 'array', items: { $ref: '#/definitions/Thing' } } } },
        },
        post: {
          parameters: [
            organization,
            version,
            { in: 'body', name: 'body', required: true, schema: { $ref: '#/definitions/Thing' } },
          ],
          responses: { 200: { schema: { $ref: '#/definitions/Thing' } } },
        },
      },
    },
    definitions: {
      Thing: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string' },
          kind: { type: 'string', enum: ['small', 'large'] },
        },
      },
    },
    parameters: {
      version: { name: 'api-version', in: 'query', required: true, type: 'string' },
    },
  }),
);
