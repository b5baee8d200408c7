import { z } from 'zod';

const at = z.union([
  z.strictObject({ on: z.enum(['modal', 'home']) }),
  z.strictObject({ on: z.literal('message'), channel: z.string(), ts: z.string() }),
]);
const field = { block: z.string(), action: z.string() };
const value = z.union([
  z.string().max(10_000),
  z.number(),
  z.array(z.string().max(300)).max(200),
  z.null(),
]);

/** What the browser may ask for; see `Act` in wire.ts. */
export const actSchema = z.object({
  as: z.string(),
  act: z.discriminatedUnion('do', [
    z.strictObject({
      do: z.literal('command'),
      line: z.string().max(3000).startsWith('/'),
      channel: z.string(),
    }),
    z.strictObject({
      do: z.literal('say'),
      text: z.string().min(1).max(3000),
      channel: z.string(),
    }),
    z.strictObject({ do: z.literal('shortcut'), id: z.string(), at: at.optional() }),
    z.strictObject({ do: z.literal('open-home') }),
    z.strictObject({ do: z.literal('click'), at, ...field }),
    z.strictObject({ do: z.literal('choose'), at, ...field, value }),
    z.strictObject({ do: z.literal('suggest'), at, ...field, typed: z.string().max(300) }),
    z.strictObject({
      do: z.literal('submit'),
      values: z.array(z.strictObject({ ...field, value })).max(100),
    }),
    z.strictObject({ do: z.literal('close'), all: z.boolean() }),
    z.strictObject({ do: z.literal('perform'), request: z.string(), step: z.string() }),
    z.strictObject({ do: z.literal('reveal'), name: z.string() }),
    z.strictObject({
      do: z.literal('help'),
      act: z.enum(['open-form', 'fill-form']),
      kind: z.enum(['integration', 'automation', 'flow-user']),
    }),
    z.strictObject({
      do: z.literal('trouble'),
      system: z.string(),
      what: z.enum(['down', 'mend', 'rate-limit', 'lose-answer']),
    }),
    z.strictObject({ do: z.literal('worker'), what: z.enum(['kill', 'start']) }),
  ]),
});
