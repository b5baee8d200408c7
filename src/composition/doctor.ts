import type { Finding } from '../domain/finding.ts';
import { findingsOf } from '../steps/findings.ts';
import type { Check } from '../steps/findings.ts';
import type { Ports } from '../steps/ports.ts';

export interface DoctorDeps {
  readonly ports: Ports;
  /** Checks of Slack, database and queue, which are not adapters. */
  readonly others: readonly Check[];
}

/** Asks every adapter how it stands, all at once; a check that breaks is a finding, not a crash. */
export async function examine({ ports, others }: DoctorDeps): Promise<Finding[]> {
  const checks = [
    ...others,
    { name: 'Flow', check: () => ports.flow.check() },
    { name: 'Mailboxes', check: () => ports.mailboxes.check() },
    { name: ports.storeName, check: () => ports.store.check() },
    { name: ports.knowledgeName, check: () => ports.knowledge.check() },
    ...[...ports.connections.values()].map(({ name, vendor }) => ({
      name,
      check: () => vendor.check(),
    })),
    ...[...ports.automations.values()].map(({ name, automation }) => ({
      name,
      check: () => automation.check(),
    })),
  ];
  return findingsOf(checks);
}
