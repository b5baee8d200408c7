import type { Courier, Delivery } from './courier.ts';
import type { Json } from './json.ts';
import { eventPayload } from './payloads.ts';
import type { World } from './world.ts';

/**
 * Slack tries an unanswered event again at once, then after one and five minutes; the later
 * retries are up to the tests.
 */
export async function deliverEvent(world: World, courier: Courier, event: Json): Promise<Delivery> {
  const payload = eventPayload(world, event);
  const first = await courier.deliver('event', payload);
  return first.error === null ? first : courier.deliver('event', payload, 1);
}
