import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

import { auditAsCsv, auditAsJsonLines } from '../records/audit-export.ts';
import { verifyAuditExport } from '../records/audit-verify.ts';
import { requireConfig, withRecords } from './open.ts';

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
    const { format, subject, actor, since, until } = options;
    const filter = {
      ...(subject === undefined ? {} : { subject }),
      ...(actor === undefined ? {} : { actor }),
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
    };
    await withRecords(requireConfig(file), async (records) => {
      const write = format === 'csv' ? auditAsCsv : auditAsJsonLines;
      for await (const text of write(records.audit, filter)) process.stdout.write(text);
    });
  },
};

interface ExportOptions {
  readonly format: 'jsonl' | 'csv';
  readonly subject?: string;
  readonly actor?: string;
  readonly since?: string;
  readonly until?: string;
}
