import { hasCode } from '../domain/errors.ts';
import type { Request } from '../domain/request.ts';
import { accountSpec, connectionOf } from './account-spec.ts';
import { isAdopted, storedCredential } from './known-facts.ts';
import type { Ports } from './ports.ts';

/** What a look at store and vendor tells beforehand; it changes nothing there. */
export async function obstaclesAt(request: Request, ports: Ports): Promise<string[]> {
  if (request.operation.kind === 'create') return [];
  return [...(await missingCredential(request, ports)), ...(await missingUser(request, ports))];
}

async function missingCredential(request: Request, ports: Ports): Promise<string[]> {
  const { operation } = request;
  const name =
    operation.kind === 'adopt' ? operation.storedAs : (storedCredential(request)?.name ?? null);
  if (name === null) return [];
  try {
    if ((await ports.store.find(name)) !== undefined) return [];
    return [`Its credential ${name} is not in ${ports.storeName}.`];
  } catch (error) {
    if (!hasCode(error, 'missing-permission')) throw error;
    return [mayNotRead(name, ports)];
  }
}

/** A store that is set up well lets the app see nothing but what is its own. */
export function mayNotRead(name: string, { storeName }: Pick<Ports, 'storeName'>): string {
  return `${storeName} does not let the app read ${name}: it is not among the names that are the app’s. Put it under one that begins with flow-, or hand it in instead.`;
}

async function missingUser(request: Request, ports: Ports): Promise<string[]> {
  const { order, operation } = request;
  if (order.kind === 'flow-user') {
    const user = await ports.flow.findUser(order.address);
    return user === undefined ? [`Flow knows no user ${order.address}.`] : [];
  }
  const { vendor, name } = connectionOf(request, ports);
  const spec = accountSpec(request, ports);
  const { findByLogin } = vendor;
  // An account that the app did not make lacks its mark, so only its login can be looked for.
  if (isAdopted(request) && findByLogin === undefined) return [];
  const user = await (isAdopted(request) ? findByLogin?.(spec.login) : vendor.findUser(spec));
  if (user !== undefined) return [];
  const gone = isAdopted(request)
    ? `${name} knows no account ${spec.login}.`
    : `${name} knows no user for ${order.address} any more.`;
  return [operation.kind === 'close' ? `${gone} Closing goes on with what is left.` : gone];
}
