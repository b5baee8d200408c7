import type { FlowUserOrder } from '../domain/request.ts';
import type { Secret } from '../domain/secret.ts';
import { FLOW_OBJECTS } from '../flow/flow.ts';
import type { Ports } from './ports.ts';

interface Reach {
  readonly reaches: readonly string[];
  readonly refused: readonly string[];
  readonly missing: readonly string[];
  readonly tooMuch: readonly string[];
  /** One sentence for the person who must mend the role. */
  readonly finding: string;
}

/** Flow has no API for roles, so a role is judged by what its key can and cannot read. */
export async function reachOfKey(order: FlowUserOrder, ports: Ports, key: Secret): Promise<Reach> {
  const wanted = order.role === 'admin' ? [...FLOW_OBJECTS] : order.permissions;
  const { objects, refused } = await ports.flow.probeKey(key, FLOW_OBJECTS);
  const missing = wanted.filter((object) => !objects.includes(object));
  const tooMuch = objects.filter((object) => !wanted.includes(object));
  return { reaches: objects, refused, missing, tooMuch, finding: describe(missing, tooMuch) };
}

function describe(missing: readonly string[], tooMuch: readonly string[]): string {
  const parts = [
    ...(missing.length > 0 ? [`it cannot read ${missing.join(', ')}`] : []),
    ...(tooMuch.length > 0 ? [`it can read ${tooMuch.join(', ')}, which was not approved`] : []),
  ];
  return parts.length === 0
    ? 'The key reads exactly what was approved.'
    : `The key was tried: ${parts.join(', and ')}.`;
}
