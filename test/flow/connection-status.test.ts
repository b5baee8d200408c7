import { describe, expect, it } from 'vitest';

import { readConnectionStatus } from '../../src/flow/connection-status.ts';

describe("Flow's connection status", () => {
  it.each([
    [{ status: 'Healthy' }, 'healthy'],
    [{ connection_status: 'processing' }, 'processing'],
    [{ data: { state: 'RATE_LIMITED' } }, 'rate-limited'],
    [{ status: 'Failed integration' }, 'failed'],
    [{ status: 'Failed repo' }, 'failed'],
    [{ status: 'unhealthy' }, 'failed'],
    [{ status: 'not connected' }, 'failed'],
    [[{ status: 'healthy' }], 'healthy'],
    [{ repos: { status: 'healthy' }, prs: { status: 'failed' } }, 'failed'],
    [{ statuses: { data_status: ['healthy', 'processing'] } }, 'processing'],
    [{ status: 'blue' }, 'unknown'],
    [{ connected: true }, 'unknown'],
    [{ note: 'healthy' }, 'unknown'],
    ['healthy', 'unknown'],
    [null, 'unknown'],
    [{}, 'unknown'],
  ] as const)('reads %j as %s', (answer, status) => {
    expect(readConnectionStatus(answer).status).toBe(status);
  });

  it("keeps Flow's own words, cut to a length a message can carry", () => {
    const words = `failed ${'x'.repeat(500)}`;

    expect(readConnectionStatus({ status: 'Failed repo' }).words).toBe('Failed repo');
    expect(readConnectionStatus({ status: words }).words).toHaveLength(120);
  });
});
