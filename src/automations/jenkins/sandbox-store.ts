import { randomUUID } from 'node:crypto';

import type { Routes, SandboxAnswer, SandboxRequest } from '../../sandbox/kit/server.ts';

export interface SandboxCredential {
  readonly id: string;
  readonly description: string;
  readonly typeName: string;
  readonly value: string;
}

export interface SandboxFolder {
  readonly fullName: string;
  /** By name; `_` is always there. */
  readonly domains: Record<string, SandboxCredential[]>;
}

export type Right = 'View' | 'Create' | 'Update' | 'Delete';

export interface JenkinsState {
  readonly folders: readonly SandboxFolder[];
  /** What our user may do in its folders; without View a store looks as if it were not there. */
  rights: Set<Right>;
  /** Whether the permissions were granted for the whole Jenkins. */
  seesRoot: boolean;
}

/** Nested folders are steps of the path, which one route per depth stands for. */
const DEPTHS = [1, 2, 3];
const PERMISSIONS = 'com.cloudbees.plugins.credentials.CredentialsProvider';
const TYPE = 'org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl';

export function storeRoutes(state: JenkinsState): Routes {
  return Object.assign({}, ...DEPTHS.map((depth) => routesAt(state, depth))) as Routes;
}

type InStore = (list: SandboxCredential[], request: SandboxRequest) => SandboxAnswer;

function routesAt(state: JenkinsState, depth: number): Routes {
  const names = Array.from({ length: depth }, (_, index) => `f${index}`);
  const store = `${names.map((name) => `/job/:${name}`).join('')}/credentials/store/folder`;
  const folderOf = ({ params }: SandboxRequest) => {
    const fullName = names.map((name) => params[name]).join('/');
    return state.folders.find((folder) => folder.fullName === fullName);
  };
  const inDomain =
    (right: Right, handle: InStore) =>
    (request: SandboxRequest): SandboxAnswer => {
      const list = folderOf(request)?.domains[request.params['domain'] ?? ''];
      if (list === undefined || !state.rights.has('View')) return NOT_FOUND;
      return state.rights.has(right) ? handle(list, request) : forbidden(right);
    };
  const one = (
    right: Right,
    handle: (list: SandboxCredential[], index: number, request: SandboxRequest) => SandboxAnswer,
  ) =>
    inDomain(right, (list, request) => {
      const index = list.findIndex(({ id }) => id === request.params['id']);
      return index === -1 ? NOT_FOUND : handle(list, index, request);
    });
  const domain = `${store}/domain/:domain`;
  return {
    [`GET ${store}/api/json`]: (request) => {
      const folder = folderOf(request);
      return folder === undefined || !state.rights.has('View') ? NOT_FOUND : domainsOf(folder);
    },
    [`GET ${domain}/api/json`]: inDomain('View', (list) => ({
      status: 200,
      body: { credentials: list.map(({ value: _never, ...shown }) => shown) },
    })),
    [`POST ${domain}/createCredentials`]: inDomain('Create', (list, request) => {
      const credential = read(request);
      if (credential === undefined) return BROKEN;
      if (list.some(({ id }) => id === credential.id)) return CONFLICT;
      list.push(credential);
      return { status: 200 };
    }),
    [`POST ${domain}/credential/:id/config.xml`]: one('Update', (list, index, request) => {
      const credential = read(request);
      if (credential === undefined) return BROKEN;
      list[index] = credential;
      return { status: 200 };
    }),
    [`DELETE ${domain}/credential/:id/config.xml`]: one('Delete', (list, index) => {
      list.splice(index, 1);
      return { status: 200 };
    }),
  };
}

function domainsOf({ domains }: SandboxFolder): SandboxAnswer {
  const entries = Object.keys(domains).map((name) => [name, { urlName: name }]);
  return { status: 200, body: { domains: Object.fromEntries(entries) as unknown } };
}

/** Only the type that the plugin has, as XML, with a content type; without an id it makes one. */
function read({ rawBody, headers }: SandboxRequest): SandboxCredential | undefined {
  const type = headers['content-type'] ?? '';
  const isXml = /^(?:application|text)\/xml/.test(type);
  // A servlet reads Latin-1 unless it is told otherwise.
  const text = /charset=utf-8/i.test(type) ? rawBody : Buffer.from(rawBody).toString('latin1');
  const [, inside] = new RegExp(`^<${TYPE}>(.*)</${TYPE}>$`, 's').exec(text) ?? [];
  if (!isXml || inside === undefined) return undefined;
  const field = (name: string) =>
    unescape(new RegExp(`<${name}>([^<>]*)</${name}>`).exec(inside)?.[1] ?? '');
  if (field('scope') !== 'GLOBAL') return undefined;
  const id = field('id');
  return {
    id: id === '' ? randomUUID() : id,
    description: field('description'),
    typeName: 'Secret text',
    value: field('secret'),
  };
}

function unescape(text: string): string {
  return text.replaceAll(/&#(\d+);/g, (_all, code: string) => String.fromCodePoint(Number(code)));
}

/** Jenkins speaks HTML to those whom it refuses. */
export function page(status: number, title: string): SandboxAnswer {
  return { status, body: `<html><head><title>${title}</title></head></html>` };
}

export const NOT_FOUND = page(404, 'Not Found');
const CONFLICT: SandboxAnswer = { status: 409 };
const BROKEN = page(500, 'Oops!');

export function forbidden(right: string): SandboxAnswer {
  return {
    ...page(403, 'Access denied'),
    headers: {
      'x-you-are-authenticated-as': 'flow-service-accounts',
      'x-required-permission': `${PERMISSIONS}.${right}`,
    },
  };
}
