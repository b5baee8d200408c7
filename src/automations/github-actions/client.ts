import sodium, { base64_variants, from_base64, ready, to_base64 } from 'libsodium-wrappers';
import { z } from 'zod';

import { ProductError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import { explainAnswer } from '../../lib/github-explain.ts';
import { createHttp, path } from '../../lib/http.ts';
import type { Http, HttpAnswer } from '../../lib/http.ts';
import { orGone } from '../or-gone.ts';
import { createAuthorization } from './app-token.ts';
import type { AuthOptions } from './app-token.ts';
import {
  environmentsSchema,
  foundRepositoriesSchema,
  publicKeySchema,
  repositoriesSchema,
  repositoryIdSchema,
  secretSchema,
  selectedSchema,
  variableSchema,
} from './schema.ts';
import type { GitHubActionsConfig } from './schema.ts';
import { apiPath } from './target.ts';
import type { Place } from './target.ts';

export type ActionsClient = ReturnType<typeof openClient>;

const PAGE = 100;
const nothing = z.unknown();

export function openClient(options: AuthOptions, config: GitHubActionsConfig) {
  const authorization = createAuthorization(options, config.auth);
  const http = createHttp({
    ...options,
    headers: async () => ({
      accept: 'application/vnd.github+json',
      authorization: await authorization(),
    }),
    explain: (answer: HttpAnswer) => explainAnswer(answer, options.name, options.clock),
  });
  return {
    ...secrets(http, config),
    ...variables(http, config),
    ...lookingAround(http, config),
  };
}

/** Organisation-wide secrets and variables must say which repositories may use them. */
async function visibility(http: Http, place: Place, config: GitHubActionsConfig) {
  if (place.kind !== 'org') return {};
  const { org_visibility, org_repositories } = config;
  if (org_visibility !== 'selected') return { visibility: org_visibility };
  const ids: number[] = [];
  for (const name of org_repositories) {
    const [owner = '', repo = ''] = name.split('/');
    const at = path`/repos/${owner}/${repo}`;
    const found = await orGone(http.send({ method: 'GET', path: at, schema: repositoryIdSchema }));
    if (found === undefined) throw unknownRepository(name);
    ids.push(found.id);
  }
  return { visibility: org_visibility, selected_repository_ids: ids };
}

function unknownRepository(name: string): ProductError {
  return new ProductError('invalid-config', {
    subject: name,
    message: `GitHub has no repository ${name}, or our credential cannot see it, but org_repositories names it. Correct the list, or give the app access to it.`,
  });
}

function secrets(http: Http, config: GitHubActionsConfig) {
  return {
    findSecret: (place: Place, name: string) =>
      orGone(
        http.send({
          method: 'GET',
          path: apiPath(place, config.org) + path`/secrets/${name}`,
          schema: secretSchema,
        }),
      ),
    /** Sealed for the place's own key: nobody between here and there can read it. */
    async putSecret(place: Place, name: string, value: Secret): Promise<void> {
      const key = await http.send({
        method: 'GET',
        path: `${apiPath(place, config.org)}/secrets/public-key`,
        schema: publicKeySchema,
      });
      await http.send({
        method: 'PUT',
        path: apiPath(place, config.org) + path`/secrets/${name}`,
        body: {
          encrypted_value: await seal(value, key.key),
          key_id: key.key_id,
          ...(await visibility(http, place, config)),
        },
        ok: [201, 204],
        schema: nothing,
      });
    },
    /** Repositories that may use a secret of the organisation whose visibility is `selected`. */
    async selectedRepositories(name: string): Promise<string[]> {
      const found = await http.send({
        method: 'GET',
        path: path`/orgs/${config.org}/actions/secrets/${name}/repositories`,
        query: { per_page: PAGE },
        schema: selectedSchema,
      });
      return found.repositories.map(({ full_name }) => full_name);
    },
    async deleteSecret(place: Place, name: string): Promise<void> {
      await orGone(
        http.send({
          method: 'DELETE',
          path: apiPath(place, config.org) + path`/secrets/${name}`,
          ok: [204],
          schema: nothing,
        }),
      );
    },
  };
}

function variables(http: Http, config: GitHubActionsConfig) {
  return {
    findVariable: async (place: Place, name: string): Promise<string | undefined> =>
      (
        await orGone(
          http.send({
            method: 'GET',
            path: apiPath(place, config.org) + path`/variables/${name}`,
            schema: variableSchema,
          }),
        )
      )?.value,
    async createVariable(place: Place, name: string, value: string): Promise<void> {
      await http.send({
        method: 'POST',
        path: `${apiPath(place, config.org)}/variables`,
        body: { name, value, ...(await visibility(http, place, config)) },
        ok: [201],
        schema: nothing,
      });
    },
    async deleteVariable(place: Place, name: string): Promise<void> {
      await orGone(
        http.send({
          method: 'DELETE',
          path: apiPath(place, config.org) + path`/variables/${name}`,
          ok: [204],
          schema: nothing,
        }),
      );
    },
  };
}

function lookingAround(http: Http, config: GitHubActionsConfig) {
  return {
    organisation: () =>
      http.exchange({ method: 'GET', path: path`/orgs/${config.org}`, schema: nothing }),
    latestRepositories: () =>
      http.send({
        method: 'GET',
        path: path`/orgs/${config.org}/repos`,
        query: { per_page: PAGE, sort: 'pushed' },
        schema: repositoriesSchema,
      }),
    searchRepositories: async (words: string) => {
      const query = { q: `${words} in:name org:${config.org}`, per_page: PAGE };
      const schema = foundRepositoriesSchema;
      return (await http.send({ method: 'GET', path: '/search/repositories', query, schema }))
        .items;
    },
    environments: async (fullName: string): Promise<string[]> => {
      const [owner = '', repo = ''] = fullName.split('/');
      const found = await orGone(
        http.send({
          method: 'GET',
          path: path`/repos/${owner}/${repo}/environments`,
          query: { per_page: PAGE },
          schema: environmentsSchema,
        }),
      );
      return (found?.environments ?? []).map(({ name }) => name);
    },
  };
}

async function seal(value: Secret, publicKey: string): Promise<string> {
  await ready;
  const key = from_base64(publicKey, base64_variants.ORIGINAL);
  return to_base64(sodium.crypto_box_seal(value.reveal(), key), base64_variants.ORIGINAL);
}
