import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

import { subjectsOf } from '../accounts/inventory.ts';
import { ProductError } from '../domain/errors.ts';
import { parseRequestId } from '../domain/naming.ts';
import { auditAsCsv, auditAsJsonLines } from '../records/audit-export.ts';
import { verifyAuditExport } from '../records/audit-verify.ts';
import { requireConfig, withRecords } from './open.ts';
import { print } from './print.ts';

export const audit = {
  /** Exit code 1 when the chain is broken, so that a schedule can watch it. */
  async verify(file: string | undefined, exported: string | undefined): Promise<void> {
    const broken =
      exported === undefined
        ? await withRecords(requireConfig(file), (records) => records.audit.verify())
        : ((await verifyAuditExport(createInterface(createReadStream(exported)))).broken ??
          undefined);
    if (broken === undefined) {
      console.log('The audit log is complete and unchanged.');
      return;
    }
    console.error(`The audit log is broken at entry ${broken.seq}: ${broken.why}`);
    process.exitCode = 1;
  },

  async export(file: string | undefined, options: ExportOptions): Promise<void> {
    const { format, subject, actor, since, until, person } = options;
    const account = options.account === undefined ? undefined : readAccount(options.account);
    const period = {
      ...(since === undefined ? {} : { since: readTime('since', since) }),
      ...(until === undefined ? {} : { until: readTime('until', until) }),
    };
    const filter = {
      ...period,
      ...(subject === undefined ? {} : { subject }),
      ...(actor === undefined ? {} : { actor }),
      ...(person === undefined ? {} : { person }),
    };
    await withRecords(requireConfig(file), async (records) => {
      const write = format === 'csv' ? auditAsCsv : auditAsJsonLines;
      const about = account === undefined ? {} : { subjects: await subjectsOf(account, records) };
      await print(write(records.audit, { ...filter, ...about }));
    });
  },
};

interface ExportOptions {
  readonly format: 'jsonl' | 'csv';
  readonly subject?: string;
  readonly actor?: string;
  readonly account?: string;
  readonly person?: string;
  readonly since?: string;
  readonly until?: string;
}

function readAccount(text: string): string {
  const id = parseRequestId(text);
  if (id !== undefined) return id;
  const message = `"${text}" is not the id of an account. They look like SA-7K3F9Q.`;
  throw new ProductError('invalid-input', { subject: 'account', message });
}

/** The log's own way of writing times, so that they can be compared as text. */
function readTime(subject: 'since' | 'until', text: string): string {
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  const message = `"${text}" is no time for --${subject}. Use for example 2026-11-01 or 2026-11-01T08:00:00Z.`;
  throw new ProductError('invalid-input', { subject, message });
}
