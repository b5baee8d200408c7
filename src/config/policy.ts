import { isNobody } from '../domain/policy.ts';
import type { Policy } from '../domain/policy.ts';
import type { People } from '../domain/request.ts';
import type { RawConfig } from './schema.ts';

const NOBODY: People = { users: [], groups: [] };

/** The policy in the words of the domain; `chosen` approve where a rule names nobody. */
export function policyOf({ policy }: RawConfig, chosen: People = NOBODY): Policy {
  return {
    requesters: policy.requesters,
    rules: policy.rules.map((rule) => ({
      name: rule.name,
      kinds: rule.kinds,
      operations: rule.operations,
      ownerMay: rule.owner_may,
      connections: rule.connections,
      approvers: isNobody(rule.approvers) ? chosen : rule.approvers,
      needed: rule.needed,
      selfApproval: rule.self_approval,
      breakGlass: rule.break_glass,
      autoApprove: rule.auto_approve,
      expiresAfterMs: rule.expires_after,
      remindEveryMs: rule.remind_every,
      escalateAfterMs: rule.escalate_after ?? null,
      escalateTo: rule.escalate_to,
    })),
  };
}
