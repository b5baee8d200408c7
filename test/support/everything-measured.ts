import type { Measured } from '../../src/web/operator/metrics.ts';

const NOW = '2026-11-23T12:00:00.000Z';

/** At least one of everything that is measured. */
export const EVERYTHING: Measured = {
  now: NOW,
  queues: [{ queue: 'render', state: 'delayed', count: 5 }],
  vendorOf: (connection) => (connection === 'main' ? 'gitlab' : null),
  slackWaits: new Map([['chat.update', 1.5]]),
  requests: [{ state: 'pending', kind: 'integration', count: 3 }],
  timeToApprove: [{ kind: 'integration', counts: [1, 2, 0, 0, 0, 0, 0, 0, 0, 1], sum: 9000 }],
  timeToProvision: [{ kind: 'flow-user', counts: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], sum: 0 }],
  stepFailures: [
    {
      kind: 'integration',
      connection: 'main',
      step: 'access',
      code: 'rate-limited',
      outcome: 'again',
      count: 2,
      waitSeconds: 90,
    },
    {
      kind: 'flow-user',
      connection: null,
      step: 'verify',
      code: 'refused',
      outcome: 'stopped',
      count: 1,
      waitSeconds: 0,
    },
    {
      kind: 'integration',
      connection: 'gone',
      step: 'access',
      code: 'timeout',
      outcome: 'again',
      count: 1,
      waitSeconds: 0,
    },
  ],
  tasks: [{ step: 'mailbox', role: 'mail-admin', count: 1, oldestSeconds: 60 }],
  credentials: [{ left: '0-7', count: 2 }],
  rotationsDue: 1,
  dueLagSeconds: 30,
  messagesBehind: 4,
  sweptAt: '2026-11-23T11:59:48.000Z',
  buckets: [
    { bucket: 'slack:chat.postMessage:C1', emptyAtMs: Date.parse(NOW) + 2000 },
    { bucket: 'slack:chat.postMessage:C2', emptyAtMs: Date.parse(NOW) + 9000 },
    { bucket: 'other', emptyAtMs: Date.parse(NOW) + 9000 },
  ],
};
