import { describe, expect, test } from 'vitest';

import { renderMetrics } from '../../src/web/operator/metrics.ts';
import { EVERYTHING } from '../support/everything-measured.ts';

describe('The metrics', () => {
  test('say in Prometheus’ format what was measured', async () => {
    const { text, type } = await renderMetrics(EVERYTHING);

    expect(type).toContain('version=0.0.4');
    for (const line of [
      'flow_accounts_requests{state="pending",kind="integration"} 3',
      'flow_accounts_time_to_approve_seconds_bucket{kind="integration",le="60"} 1',
      'flow_accounts_time_to_approve_seconds_bucket{kind="integration",le="300"} 3',
      'flow_accounts_time_to_approve_seconds_bucket{kind="integration",le="604800"} 3',
      'flow_accounts_time_to_approve_seconds_bucket{kind="integration",le="+Inf"} 4',
      'flow_accounts_time_to_approve_seconds_sum{kind="integration"} 9000',
      'flow_accounts_time_to_approve_seconds_count{kind="integration"} 4',
      'flow_accounts_step_failures_total{vendor="gitlab",step="access",code="rate-limited",outcome="again"} 2',
      'flow_accounts_step_failures_total{vendor="flow",step="verify",code="refused",outcome="stopped"} 1',
      'flow_accounts_step_failures_total{vendor="unknown",step="access",code="timeout",outcome="again"} 1',
      'flow_accounts_vendor_rate_limit_wait_seconds_total{vendor="gitlab"} 90',
      'flow_accounts_human_tasks{step="mailbox",role="mail-admin"} 1',
      'flow_accounts_human_task_oldest_seconds{step="mailbox",role="mail-admin"} 60',
      'flow_accounts_credentials{days_left="0-7"} 2',
      'flow_accounts_credentials{days_left="expired"} 0',
      'flow_accounts_rotations_due 1',
      'flow_accounts_slack_rate_limit_booked_seconds{method="chat.postMessage"} 9',
      'flow_accounts_slack_rate_limit_wait_seconds_total{method="chat.update"} 1.5',
      'flow_accounts_queue_jobs{queue="render",state="delayed"} 5',
      'flow_accounts_sweep_age_seconds 12',
      'flow_accounts_due_lag_seconds 30',
      'flow_accounts_messages_behind 4',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    expect(text).toContain('# TYPE flow_accounts_time_to_provision_seconds histogram');
    expect(text).toContain('process_resident_memory_bytes');
  });

  test('forget what is no longer so, and can be asked again and again', async () => {
    await renderMetrics(EVERYTHING);

    const { text } = await renderMetrics({ ...EVERYTHING, requests: [], sweptAt: null });

    expect(text).not.toContain('state="pending"');
    expect(text).not.toContain('sweep_age');
    expect(text.match(/^# TYPE flow_accounts_requests gauge$/gm)).toHaveLength(1);
  });

  test('carry no channel, person or request', async () => {
    const { text } = await renderMetrics(EVERYTHING);

    expect(text).not.toMatch(/C1|C2|SA-|U0/);
  });
});
