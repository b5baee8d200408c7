import { z } from 'zod';

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `30m`, `72h`, `7d`: a whole number and a unit, as milliseconds. */
export function duration() {
  return z
    .string()
    .regex(/^[1-9]\d{0,4}[smhd]$/, 'must be a duration such as 30m, 72h or 7d')
    .transform((text) => Number(text.slice(0, -1)) * UNITS[text.slice(-1) as keyof typeof UNITS]);
}
