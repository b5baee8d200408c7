import { z } from 'zod';

import { ProductError, hasCode } from '../../domain/errors.ts';
import { accountTokens, openOrganisationHttp } from '../../lib/atlassian-organisation.ts';
import { createHttp, path } from '../../lib/http.ts';
import type { Http } from '../../lib/http.ts';
import type { VendorDeps } from '../vendor.ts';
import { serviceAccountsSchema, tenantSchema } from './schema.ts';
import type { JiraConfig, OrganisationConfig, ServiceAccount } from './schema.ts';

export type Organisation = ReturnType<typeof openOrganisation>;

/** A bound for a list that would never end; an organisation has far fewer. */
const LAST_PAGE = 50;

/** Atlassian's administration of the organisation that the site belongs to. */
export function openOrganisation(
  { id, api_key: key, base_url: baseUrl }: OrganisationConfig,
  config: JiraConfig,
  deps: VendorDeps,
) {
  const options = { clock: deps.clock, timeoutMs: config.timeout_ms };
  const http = openOrganisationHttp({ name: deps.connectionName, baseUrl, key, ...options });
  return {
    ...accountTokens(http),
    ...serviceAccountCalls(http, id, deps.connectionName),
    /** The site's own id, as the site tells everybody. */
    cloudId: () => cloudIdOf(config, deps),
  };
}

function serviceAccountCalls(http: Http, id: string, name: string) {
  const accounts = path`/admin/api-access/v1/orgs/${id}/service-accounts`;
  return {
    /** Every service account of the organisation. */
    async serviceAccounts(): Promise<ServiceAccount[]> {
      const found: ServiceAccount[] = [];
      let query: Readonly<Record<string, string>> = {};
      for (let page = 0; page < LAST_PAGE; page += 1) {
        const call = {
          method: 'GET',
          path: accounts,
          query,
          schema: serviceAccountsSchema,
        } as const;
        const { items, links } = await named(name, http.send(call));
        found.push(...items);
        const next = links?.next ?? '';
        if (next === '') return found;
        query = Object.fromEntries(new URL(next, 'https://api.atlassian.com').searchParams);
      }
      return found;
    },
    async removeServiceAccount(account: ServiceAccount): Promise<void> {
      const call = accounts + path`/${account.id}`;
      try {
        await named(name, http.send({ method: 'DELETE', path: call, schema: z.unknown() }));
      } catch (error) {
        if (!hasCode(error, 'not-found')) throw error;
      }
    },
  };
}

/** Says which scope the key lacks, where Atlassian only refuses. */
async function named<T>(name: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!hasCode(error, 'missing-permission')) throw error;
    throw new ProductError('missing-permission', {
      subject: name,
      message: `${name}: the organisation’s API key may not manage service accounts. It needs the scopes read:service-accounts:admin and write:service-accounts:admin.`,
      cause: error,
    });
  }
}

async function cloudIdOf(config: JiraConfig, deps: VendorDeps): Promise<string> {
  const http = createHttp({
    name: deps.connectionName,
    baseUrl: config.base_url,
    clock: deps.clock,
    ...(config.timeout_ms === undefined ? {} : { timeoutMs: config.timeout_ms }),
  });
  const call = { method: 'GET', path: '/_edge/tenant_info', schema: tenantSchema } as const;
  return (await http.send(call)).cloudId;
}
