import { PEOPLE } from '../people.ts';

const PARTS: Readonly<Record<string, string>> = {
  [PEOPLE.requester.id]: 'asks for an account',
  [PEOPLE.approver.id]: 'may approve',
  [PEOPLE.second.id]: 'may approve as well',
  [PEOPLE.owner.id]: 'answers for accounts',
  [PEOPLE.admin.id]: 'does tasks at vendors, in Flow and mail',
  [PEOPLE.lead.id]: 'is asked when nobody decides',
  [PEOPLE.guest.id]: 'is a guest and may not ask',
};

/** What this person is in the sandbox for, in a few words; empty for somebody unknown. */
export function partOf(id: string): string {
  return PARTS[id] ?? '';
}
