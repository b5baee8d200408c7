import { z } from 'zod';

import { hasCode } from '../../domain/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { ownCredentials } from '../../lib/github-app.ts';
import { explainAnswer } from '../../lib/github-explain.ts';
import { createHttp, path } from '../../lib/http.ts';
import type { Http, HttpAnswer } from '../../lib/http.ts';
import {
  branchSchema,
  fileSchema,
  pullSchema,
  repositorySchema,
  rulesSchema,
  writtenSchema,
} from './schema.ts';
import type { GitHubDocsConfig } from './schema.ts';

export interface DocsFile {
  readonly sha: string;
  readonly text: string;
  readonly url: string;
}

export interface FileWish {
  readonly branch: string;
  readonly file: string;
  readonly text: string;
  readonly message: string;
  /** Of what it replaces; undefined for a new file. */
  readonly sha: string | undefined;
}

export type DocsClient = ReturnType<typeof openClient>;

export const NAME = 'GitHub';

export function openClient(config: GitHubDocsConfig, clock: Clock) {
  const options = {
    name: NAME,
    baseUrl: config.base_url.replace(/\/$/, ''),
    timeoutMs: config.timeout_ms,
    clock,
  };
  const credentials = ownCredentials(options, config.auth);
  const http = createHttp({
    ...options,
    headers: async () => ({
      accept: 'application/vnd.github+json',
      authorization: (await credentials.header()) ?? '',
    }),
    explain(answer: HttpAnswer) {
      if (answer.status === 401) credentials.refused?.();
      return explainAnswer(answer, NAME, clock);
    },
  });
  const [owner = '', repo = ''] = config.repository.split('/');
  const root = path`/repos/${owner}/${repo}`;
  return { ...files(http, root), ...branches(http, root), ...pulls(http, root, owner) };
}

function files(http: Http, root: string) {
  const at = (file: string) => root + path`/contents/${file}`;
  return {
    findFile: (branch: string, file: string): Promise<DocsFile | undefined> =>
      unlessMissing(async () => {
        const request = { method: 'GET', path: at(file), query: { ref: branch } } as const;
        const { sha, content, html_url } = await http.send({ ...request, schema: fileSchema });
        return { sha, text: Buffer.from(content, 'base64').toString('utf8'), url: html_url };
      }),
    /** @throws ProductError `exists` or `refused` when the file is no longer what `sha` says */
    async write({ branch, file, text, message, sha: before }: FileWish): Promise<DocsFile> {
      const content = Buffer.from(text).toString('base64');
      const body = { branch, message, content, ...(before === undefined ? {} : { sha: before }) };
      const request = { method: 'PUT', path: at(file), body } as const;
      const { sha, html_url } = (await http.send({ ...request, schema: writtenSchema })).content;
      return { sha, text, url: html_url };
    },
  };
}

function branches(http: Http, root: string) {
  return {
    repository: () => http.send({ method: 'GET', path: root, schema: repositorySchema }),
    findBranch: (name: string) =>
      unlessMissing(() =>
        http.send({ method: 'GET', path: root + path`/branches/${name}`, schema: branchSchema }),
      ),
    /** Rules of rulesets; the branch's own `protected` does not tell of them. */
    rules: (name: string) =>
      http.send({ method: 'GET', path: root + path`/rules/branches/${name}`, schema: rulesSchema }),
    async createBranch(name: string, sha: string): Promise<void> {
      const body = { ref: `refs/heads/${name}`, sha };
      await http.send({ method: 'POST', path: `${root}/git/refs`, body, schema: z.unknown() });
    },
    /** Lets the branch begin anew at `sha`. */
    async resetBranch(name: string, sha: string): Promise<void> {
      const at = root + path`/git/refs/${`heads/${name}`}`;
      await http.send({
        method: 'PATCH',
        path: at,
        body: { sha, force: true },
        schema: z.unknown(),
      });
    },
  };
}

function pulls(http: Http, root: string, owner: string) {
  return {
    async findPull(branch: string, base: string) {
      const query = { head: `${owner}:${branch}`, base, state: 'open' };
      const request = { method: 'GET', path: `${root}/pulls`, query } as const;
      return (await http.send({ ...request, schema: z.array(pullSchema) }))[0];
    },
    createPull: (branch: string, base: string, title: string, text: string) =>
      http.send({
        method: 'POST',
        path: `${root}/pulls`,
        body: { head: branch, base, title, body: text },
        schema: pullSchema,
      }),
  };
}

async function unlessMissing<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (hasCode(error, 'not-found')) return undefined;
    throw error;
  }
}
