import { z } from 'zod';

import { ProductError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Clock } from '../../lib/clock.ts';
import { createHttp, path } from '../../lib/http.ts';
import type { Http, HttpAnswer } from '../../lib/http.ts';
import { orGone } from '../or-gone.ts';
import {
  groupsSchema,
  metadataSchema,
  projectsSchema,
  tokenSchema,
  variableSchema,
} from './schema.ts';
import type { GitlabCiConfig, Variable } from './schema.ts';
import { apiPath } from './target.ts';
import type { Place } from './target.ts';

export type GitlabCiClient = ReturnType<typeof openClient>;

export interface VariableWish {
  readonly key: string;
  readonly value: Secret;
  readonly description: string;
}

// GitLab's access levels: variables of a project need Maintainer, those of a group Owner.
const MAINTAINER = 40;
const OWNER = 50;

export function openClient(config: GitlabCiConfig, clock: Clock, name: string) {
  const http = createHttp({
    name,
    baseUrl: `${config.base_url.replace(/\/$/, '')}/api/v4`,
    clock,
    timeoutMs: config.timeout_ms,
    headers: () => ({ 'private-token': config.token.reveal() }),
    explain: (answer) => explain(answer, name),
  });
  return { ...variables(http, config), ...lookingAround(http) };
}

function variables(http: Http, config: GitlabCiConfig) {
  const at = (place: Place, key: string) => apiPath(place) + path`/variables/${key}`;
  // The same key may exist once per environment scope.
  const only = ({ scope }: Place) => ({ 'filter[environment_scope]': scope });
  const shape = ({ scope }: Place, { value, description }: VariableWish) => ({
    value: value.reveal(),
    description,
    variable_type: 'env_var',
    masked: true,
    protected: config.protected,
    raw: true,
    environment_scope: scope,
  });
  return {
    async find(place: Place, key: string): Promise<Variable | undefined> {
      const request = { method: 'GET', path: at(place, key), query: only(place) } as const;
      const found = await orGone(http.send({ ...request, schema: variableSchema }));
      if (found !== undefined) return found;
      // 404 stands for a missing variable and for a missing project alike.
      await http.send({
        method: 'GET',
        path: apiPath(place),
        schema: z.object({ id: z.number() }),
      });
      return undefined;
    },
    create: (place: Place, wish: VariableWish): Promise<Variable> =>
      http.send({
        method: 'POST',
        path: `${apiPath(place)}/variables`,
        body: {
          key: wish.key,
          ...shape(place, wish),
          ...(config.hidden ? { masked_and_hidden: true } : {}),
        },
        schema: variableSchema,
      }),
    replace: (place: Place, wish: VariableWish): Promise<Variable> =>
      http.send({
        method: 'PUT',
        path: at(place, wish.key),
        query: only(place),
        body: shape(place, wish),
        schema: variableSchema,
      }),
    async remove(place: Place, key: string): Promise<void> {
      const request = { method: 'DELETE', path: at(place, key), query: only(place) } as const;
      await http.send({ ...request, ok: [204, 404], schema: z.unknown() });
    },
  };
}

function lookingAround(http: Http) {
  return {
    projects: (search: string) =>
      http.send({
        method: 'GET',
        path: '/projects',
        query: {
          ...searching(search),
          min_access_level: MAINTAINER,
          simple: true,
          membership: true,
        },
        schema: projectsSchema,
      }),
    groups: (search: string) =>
      http.send({
        method: 'GET',
        path: '/groups',
        query: { ...searching(search), min_access_level: OWNER },
        schema: groupsSchema,
      }),
    version: async () =>
      (await http.send({ method: 'GET', path: '/metadata', schema: metadataSchema })).version,
    ownToken: () =>
      http.send({ method: 'GET', path: '/personal_access_tokens/self', schema: tokenSchema }),
  };
}

function searching(search: string) {
  return { per_page: 100, ...(search === '' ? {} : { search }) };
}

/** "The key is taken" is a 400 at GitLab, told apart from other 400s by looking again. */
function explain({ status }: HttpAnswer, name: string): ProductError | undefined {
  if (status !== 403) return undefined;
  return new ProductError('missing-permission', {
    subject: name,
    message: `Our token for ${name} may not manage CI/CD variables there; it needs the scope api and the role Maintainer in the project, or Owner in the group.`,
  });
}
