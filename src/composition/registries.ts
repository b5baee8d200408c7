import { automations } from '../automations/index.ts';
import type { Registries } from '../config/validate.ts';
import { flowExample, flowSchema } from '../flow/schema.ts';
import { knowledgeBases } from '../knowledge/index.ts';
import { mailboxKinds } from '../mailboxes/index.ts';
import { stores } from '../stores/index.ts';
import { vendors } from '../vendors/index.ts';

/** Every adapter there is, as far as the configuration must know them. */
export const registries: Registries = {
  vendors,
  automations,
  mailboxes: mailboxKinds,
  stores,
  knowledge: knowledgeBases,
  flow: { id: 'flow', name: 'Flow', schema: flowSchema, example: flowExample },
};
