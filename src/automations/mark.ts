import type { Slot } from './automation.ts';

/** How a description begins that says whose entry it is: "flow-sa-7k3f9q: nightly release". */
export function describeSlot({ marker, process }: Slot, longest: number): string {
  return `${marker}: ${process.replaceAll(/\s+/g, ' ')}`.slice(0, longest);
}

export function carriesMark(description: string | null | undefined, { marker }: Slot): boolean {
  return description?.startsWith(`${marker}:`) === true;
}

/**
 * Where an entry has no description, a readable variable beside it holds our mark. Nothing protects
 * the pair from a person with the same rights, but no secret of theirs is overwritten by mistake.
 */
export function companionName({ secretName }: Slot): string {
  return `${secretName}_MANAGED_BY`;
}
