import { parse } from 'yaml';
import { z } from 'zod';

const facts = z.object({ marker: z.string() });

/** The marker that a Markdown text of ours begins with; undefined when it is not ours. */
export function markerOf(text: string): string | undefined {
  const block = /^---\r?\n([\s\S]*?\n)---\r?\n/.exec(text)?.[1];
  if (block === undefined) return undefined;
  try {
    return facts.safeParse(parse(block)).data?.marker;
  } catch {
    // Not YAML, so not ours.
    return undefined;
  }
}
