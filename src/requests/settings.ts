import { z } from 'zod';

import { includes, refuseMember } from '../domain/approval.ts';
import type { Member, Refusal } from '../domain/approval.ts';
import type { People } from '../domain/request.ts';
import type { Records } from '../records/records.ts';

/** What admins can choose in Slack, where the configuration file leaves it open. */
export interface Chosen {
  /** Id of the channel for cards. */
  readonly channel: string | null;
  /** Who decides where a rule names nobody. */
  readonly approvers: People;
}

/** What the configuration file says about it; what it says always wins. */
export interface FileSays {
  readonly channel: string | null;
  /** Names of the rules that name no approvers. */
  readonly openRules: readonly string[];
  readonly admins: People;
}

export interface SettingsDesk {
  readonly file: FileSays;
  /** As last read; at most a few seconds old where nobody has refreshed it. */
  readonly chosen: Chosen;
  /** The channel for cards now; null while neither the file nor an admin names one. */
  channel(): string | null;
  refresh(): Promise<void>;
  /** May this member change the settings? Undefined when they may; a refusal is audited. */
  refuse(by: Member): Promise<Refusal | undefined>;
  /** Keeps what the file leaves open, with its audit entry. The refusal, if there is one. */
  save(by: Member, wanted: Chosen): Promise<Refusal | undefined>;
}

export interface SettingsDeps {
  readonly records: Pick<Records, 'settings' | 'audit'>;
  readonly file: FileSays;
  /** Of our workspace; known once Slack has been asked. */
  readonly teamId: () => string;
}

const KEY = 'chosen-in-slack';
const NOTHING: Chosen = { channel: null, approvers: { users: [], groups: [] } };

const chosenSchema: z.ZodType<Chosen> = z.object({
  channel: z.string().nullable(),
  approvers: z.object({ users: z.array(z.string()), groups: z.array(z.string()) }),
});

export function createSettingsDesk({ records, file, teamId }: SettingsDeps): SettingsDesk {
  let chosen = NOTHING;

  async function refuse(by: Member): Promise<Refusal | undefined> {
    const refusal =
      refuseMember(by, teamId()) ?? (includes(file.admins, by) ? undefined : 'not-an-admin');
    if (refusal === undefined) return undefined;
    const details = { wanted: 'config-changed', why: refusal };
    await records.audit.append({ action: 'refused', actor: by.id, subject: 'settings', details });
    return refusal;
  }

  return {
    file,
    get chosen() {
      return chosen;
    },
    channel: () => file.channel ?? chosen.channel,
    async refresh() {
      if (file.channel !== null && file.openRules.length === 0) return;
      const kept = chosenSchema.safeParse(await records.settings.get(KEY));
      chosen = kept.success ? kept.data : NOTHING;
    },
    refuse,
    async save(by, wanted) {
      const refusal = await refuse(by);
      if (refusal !== undefined) return refusal;
      const after: Chosen = {
        channel: file.channel === null ? wanted.channel : null,
        approvers: file.openRules.length > 0 ? wanted.approvers : NOTHING.approvers,
      };
      await records.settings.change(KEY, after, (before) => ({
        action: 'config-changed',
        actor: by.id,
        subject: 'settings',
        details: { before: before ?? null, after },
      }));
      chosen = after;
      return undefined;
    },
  };
}
