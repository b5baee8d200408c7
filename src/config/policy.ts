import type { Policy } from '../domain/policy.ts';
import type { RawConfig } from './schema.ts';

/** The policy in the words of the domain. */
export function policyOf({ policy }: RawConfig): Policy {
  return {
    requesters: policy.requesters,
    rules: policy.rules.map((rule) => ({
      name: rule.name,
      kinds: rule.kinds,
      connections: rule.connections,
      approvers: rule.approvers,
      needed: rule.needed,
      selfApproval: rule.self_approval,
      autoApprove: rule.auto_approve,
      expiresAfterMs: rule.expires_after,
      remindEveryMs: rule.remind_every,
      escalateAfterMs: rule.escalate_after ?? null,
      escalateTo: rule.escalate_to,
    })),
  };
}
