import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';

import { acknowledgement } from './acknowledgement.ts';
import { approvedToDone } from './approved-to-done.ts';
import { crowd } from './crowd.ts';
import { interaction } from './interaction.ts';
import { manyAccounts } from './many-accounts.ts';
import { table, verdict } from './report.ts';
import type { Figure } from './report.ts';
import { openServices } from './services.ts';
import type { Services } from './services.ts';
import { startAndMemory } from './start-and-memory.ts';
import { throughput } from './throughput.ts';

const FIGURES: Readonly<Record<string, (services: Services, quick: boolean) => Promise<Figure>>> = {
  acknowledgement,
  interaction,
  'approved-to-done': approvedToDone,
  throughput,
  crowd,
  'many-accounts': manyAccounts,
  'start-and-memory': startAndMemory,
};

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
  allowPositionals: true,
});
const wanted = values.only?.split(',') ?? Object.keys(FIGURES);
const results = await run(wanted, values.quick);
const path = positionals[0] ?? new URL('results.json', import.meta.url);
await writeFile(path, `${JSON.stringify(results, null, 2)}\n`);

async function run(names: readonly string[], quick: boolean) {
  const began = new Date();
  const services = await openServices();
  const figures: Figure[] = [];
  try {
    for (const name of names) {
      const figure = FIGURES[name];
      if (figure === undefined) throw new Error(`There is no figure "${name}".`);
      process.stderr.write(`${name}…\n`);
      figures.push(await figure(services, quick));
    }
  } finally {
    await services.close();
  }
  const machine = `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`;
  console.log(`${table(figures)}\n`);
  for (const { name, method, leftOut } of figures) {
    console.log(`${name}. ${method}${leftOut === undefined ? '' : ` ${leftOut}`}`);
  }
  const judged = figures.flatMap(({ rows }) => rows.map((row) => verdict(row)));
  const count = (what: string) => judged.filter((one) => one === what).length;
  const seconds = Math.round((Date.now() - began.getTime()) / 1000);
  console.log(
    `\n${count('met')} targets met, ${count('missed')} missed. ${machine}, ${began.toISOString().slice(0, 10)}, ${seconds} s${quick ? ', quick' : ''}.`,
  );
  return { date: began.toISOString(), machine, quick, seconds, figures };
}
