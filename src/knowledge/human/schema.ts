import { z } from 'zod';

export const humanKnowledgeConfig = z.strictObject({
  /** As people call it: "the SharePoint site". */
  system: z.string().min(1).max(60).default('the knowledge base'),
  /** Where its pages are; a link to any other host is not taken. */
  hosts: z
    .array(z.string().regex(/^[a-z\d-]+(?:\.[a-z\d-]+)+$/, 'a host such as "wiki.example.com"'))
    .min(1),
  /** Opens where a new page is added. */
  new_page_url: z.url({ protocol: /^https$/ }).optional(),
});

export type HumanKnowledgeConfig = z.output<typeof humanKnowledgeConfig>;
