import { ProductError } from '../domain/errors.ts';
import { parseRequestId } from '../domain/naming.ts';
import { STATES } from '../domain/request.ts';
import type { Request } from '../domain/request.ts';
import { requireConfig, withRecords } from './open.ts';

const MOST = 200;

export async function listRequests(
  file: string | undefined,
  { state, json }: { state?: string; json?: boolean },
): Promise<void> {
  const wanted = STATES.find((known) => known === state);
  if (state !== undefined && wanted === undefined) {
    throw new ProductError('invalid-input', {
      subject: 'state',
      message: `There is no state "${state}". Use one of ${STATES.join(', ')}.`,
    });
  }
  const filter = wanted === undefined ? { limit: MOST } : { states: [wanted], limit: MOST };
  const found = await withRecords(requireConfig(file), (records) => records.list(filter));
  for (const request of found) console.log(json === true ? JSON.stringify(request) : line(request));
  if (found.length === 0 && json !== true) console.log('No requests.');
}

export async function showRequest(
  file: string | undefined,
  typed: string,
  { json }: { json?: boolean },
): Promise<void> {
  const id = parseRequestId(typed);
  if (id === undefined) {
    throw new ProductError('invalid-input', {
      subject: 'id',
      message: `"${typed}" is not a request id. They look like SA-7K3F9Q.`,
    });
  }
  const request = await withRecords(requireConfig(file), (records) => records.get(id));
  if (json === true) {
    console.log(JSON.stringify(request, null, 2));
    return;
  }
  console.log(line(request));
  for (const step of request.steps) console.log(`  ${step.state.padEnd(8)} ${step.id}`);
  if (request.failure !== null) console.log(`  failed: ${request.failure.message}`);
}

function line({ id, state, order, createdAt, requester }: Request): string {
  return [
    id,
    state.padEnd(12),
    order.kind.padEnd(11),
    order.address,
    `by ${requester}`,
    createdAt,
  ].join('  ');
}
