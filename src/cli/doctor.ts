import { startProduct } from '../composition/product.ts';
import { counted } from '../domain/counted.ts';
import { systemClock } from '../lib/clock.ts';
import { quietLog, requireConfig } from './open.ts';

const MARKS = { ok: 'ok     ', warning: 'warning', problem: 'PROBLEM' } as const;

/** Exit code 1 when there is a problem; warnings alone are fine. */
export async function doctor(file: string | undefined): Promise<void> {
  const config = requireConfig(file);
  const product = await startProduct({
    config: { ...config, listen: { ...config.listen, port: 0 } },
    clock: systemClock,
    log: quietLog(),
    parts: { slack: false, worker: false },
  });
  try {
    const findings = await product.doctor();
    for (const { level, subject, message, advice } of findings) {
      console.log(`${MARKS[level]}  ${subject}: ${message}`);
      if (advice !== null) console.log(`         ${advice.replaceAll('\n', '\n         ')}`);
    }
    const count = findings.filter(({ level }) => level === 'problem').length;
    console.log(count === 0 ? 'No problems.' : `${counted(count, 'problems')}.`);
    if (count > 0) process.exitCode = 1;
  } finally {
    await product.close();
  }
}
