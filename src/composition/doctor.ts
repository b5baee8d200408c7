import { problem } from '../domain/finding.ts';
import type { Finding } from '../domain/finding.ts';
import { toProductError } from '../domain/errors.ts';
import type { Ports } from '../steps/ports.ts';

export interface DoctorDeps {
  readonly ports: Ports;
  /** Checks of Slack, database and queue, which are not adapters. */
  readonly others: readonly { readonly name: string; check(): Promise<Finding[]> }[];
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
  const findings = await Promise.all(checks.map((each) => guarded(each.name, () => each.check())));
  return findings.flat();
}

async function guarded(name: string, check: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await check();
  } catch (error) {
    const { message } = toProductError(error, name);
    return [problem(name, message, 'Mend what it says, then run doctor again.')];
  }
}
