import { hasCode } from '../../domain/errors.ts';
import { path } from '../../lib/http.ts';
import type { Connection } from './connection.ts';
import { entitlementPageSchema, projectSchema, projectsSchema } from './schema.ts';
import { repositoriesSchema, selfSchema } from './schema.ts';
import type { AzureProject, AzureSelf } from './schema.ts';

export type AccountClient = ReturnType<typeof accountCalls>;

const CORE = '7.1';
/** The reference gives no largest page; Azure DevOps cuts to what it allows and says how to go on. */
const PAGE = 1000;
const LAST_PAGE = 20;

/** What any token may ask about itself and about what it sees. */
export function accountCalls({ core, entitlements }: Connection) {
  return {
    /** Whose token it is. This call has no version but the preview. */
    async self(): Promise<AzureSelf> {
      const answer = await core.send({
        method: 'GET',
        path: '/_apis/connectionData',
        query: { 'api-version': '7.1-preview.1' },
        schema: selfSchema,
      });
      return answer.authenticatedUser;
    },
    async projects(): Promise<AzureProject[]> {
      const found: AzureProject[] = [];
      let continuationToken: string | undefined;
      for (let page = 0; page < LAST_PAGE; page += 1) {
        const answer = await core.exchange({
          method: 'GET',
          path: '/_apis/projects',
          query: { 'api-version': CORE, $top: PAGE, continuationToken },
          schema: projectsSchema,
        });
        found.push(...answer.value.value);
        continuationToken = answer.headers.get('x-ms-continuationtoken') ?? undefined;
        if (continuationToken === undefined) break;
      }
      return found;
    },
    project: (id: string) =>
      core.send({
        method: 'GET',
        path: path`/_apis/projects/${id}`,
        query: { 'api-version': CORE },
        schema: projectSchema,
      }),
    repositories: (projectId: string) =>
      core.send({
        method: 'GET',
        path: path`/${projectId}/_apis/git/repositories`,
        query: { 'api-version': CORE },
        schema: repositoriesSchema,
      }),
    /** Could it manage users? Only a clear refusal counts as no. */
    async mayListUsers(): Promise<boolean> {
      try {
        await entitlements.send({
          method: 'GET',
          path: '/_apis/userentitlements',
          query: { 'api-version': '7.2-preview.5' },
          schema: entitlementPageSchema,
        });
        return true;
      } catch (error) {
        if (hasCode(error, 'unauthenticated', 'missing-permission')) return false;
        throw error;
      }
    },
  };
}
