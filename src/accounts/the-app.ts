import type { Member } from '../domain/approval.ts';

/** The app itself, where it acts without anybody having asked. */
export function theApp(teamId: string): Member {
  return { id: 'system', teamId, deleted: false, bot: false, guest: false, groups: [] };
}
