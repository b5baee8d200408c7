import type { Outside } from '../../outside.ts';
import type { BoardEntry, BoardTable, Cell, Spot } from '../wire.ts';

/** What one system shows of itself. */
export interface Board {
  readonly name: string;
  /** What it is here for, in one sentence. */
  readonly about: string;
  readonly tables: readonly BoardTable[];
  readonly entries?: readonly BoardEntry[];
}

export type DrawBoard = (outside: Outside) => Board;

export function cell(text: string | number | null | undefined): Cell {
  return { text: text === null || text === undefined || text === '' ? '–' : String(text) };
}

export function code(text: string): Cell {
  return { text, code: true };
}

export function state(text: string, tone: 'good' | 'bad' | 'quiet'): Cell {
  return { text, tone };
}

export function linkTo(text: string, spot: Spot): Cell {
  return { text, spot };
}

/** The day of an ISO moment. */
export function dayOf(iso: string | null): Cell {
  return cell(iso === null ? 'never' : iso.slice(0, 10));
}
