import { z } from 'zod';

export const configSchema = z.strictObject({
  /** As people call it: "Jenkins". */
  system: z.string().min(1).max(60).default('the pipeline system'),
  /** Allowed places, `*` for any. */
  targets: z.array(z.string().min(1)).min(1).default(['*']),
  /** How the credential gets there, one sentence per step; our own words when left out. */
  instructions: z.array(z.string().min(1).max(300)).max(10).default([]),
});

export type OtherConfig = z.infer<typeof configSchema>;
