import { Worker } from 'node:worker_threads';

import type { FormOrder } from '../src/sandbox/fill-form.ts';
import type { SlackPlace } from './app.ts';

export type Interaction = 'command' | 'button' | 'submission';

/** What can be asked of the thread that plays Slack. */
export interface SlackThreadCalls {
  place(): Promise<SlackPlace>;
  fillForm(eventsUrl: string, order: FormOrder): Promise<void>;
  /** How long each acknowledgement took. */
  send(eventsUrl: string, kind: Interaction, count: number, atOnce: boolean): Promise<number[]>;
  setDelay(ms: number): Promise<void>;
  /** From the command to the modal that the person sees. */
  openModal(eventsUrl: string): Promise<number>;
  /** From sending the filled-in form to the card in the channel. */
  submitToCard(eventsUrl: string): Promise<number>;
  /** From the click on Approve to the card without buttons. */
  clickToGone(eventsUrl: string, requestId: string): Promise<number>;
  /** Waits until the app has nothing more to ask of Slack. */
  settle(): Promise<void>;
  /** Clicks Approve on all these cards in the same instant. */
  approveAll(eventsUrl: string, ids: readonly string[]): Promise<void>;
  /** What each card says, and the last line of its thread. */
  shown(ids: readonly string[]): Promise<[card: string, last: string][]>;
  /** Calls since the first `from`, by method (and channel); and how many of all were one too many. */
  calls(from: number): Promise<{ total: number; counts: Record<string, number>; tooMany: number }>;
  close(): Promise<void>;
}

export interface SlackThreadOptions {
  readonly rateLimits: 'published' | 'off';
  /** How many times faster than ours its clock goes. */
  readonly speed: number;
}

/** A Slack workspace in a thread of its own. */
export async function startSlackThread(
  workerData: SlackThreadOptions = { rateLimits: 'off', speed: 1 },
): Promise<SlackThreadCalls> {
  const worker = new Worker(new URL('./slack-thread.ts', import.meta.url), { workerData });
  const waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();
  let count = 0;
  const ready = new Promise<void>((resolve, reject) => {
    waiting.set(0, { resolve: resolve as (value: never) => void, reject });
  });
  worker.on('message', ({ id, value, error }: { id: number; value: never; error?: string }) => {
    const one = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) one?.resolve(value);
    else one?.reject(new Error(error));
  });
  worker.on('error', (error) => {
    for (const one of waiting.values()) one.reject(error as Error);
  });

  function ask<Name extends keyof SlackThreadCalls>(name: Name) {
    return (...args: unknown[]) =>
      new Promise((resolve, reject) => {
        count += 1;
        waiting.set(count, { resolve, reject });
        worker.postMessage({ id: count, name, args });
      });
  }

  await ready;
  const close = ask('close');
  return {
    place: ask('place') as SlackThreadCalls['place'],
    fillForm: ask('fillForm') as SlackThreadCalls['fillForm'],
    send: ask('send') as SlackThreadCalls['send'],
    setDelay: ask('setDelay') as SlackThreadCalls['setDelay'],
    openModal: ask('openModal') as SlackThreadCalls['openModal'],
    submitToCard: ask('submitToCard') as SlackThreadCalls['submitToCard'],
    clickToGone: ask('clickToGone') as SlackThreadCalls['clickToGone'],
    settle: ask('settle') as SlackThreadCalls['settle'],
    approveAll: ask('approveAll') as SlackThreadCalls['approveAll'],
    shown: ask('shown') as SlackThreadCalls['shown'],
    calls: ask('calls') as SlackThreadCalls['calls'],
    async close() {
      await close();
      await worker.terminate();
    },
  };
}
