import type { ReadinessCheck } from '../health-routes.ts';
import { markup } from '../markup.ts';
import { pageShell } from '../page-shell.ts';

/** The way in: how the app stands, and where the rest is. */
export function overviewPage(checks: readonly ReadinessCheck[], mayLeave: boolean): string {
  const lines = checks.map(
    ({ name, ok, message }) =>
      markup`<li><strong>${name}</strong>: ${message}${ok ? markup`` : markup` <span class="wrong">needs attention</span>`}</li>\n`,
  );
  const leave = markup`<form method="post" action="/operator/sign-out"><button type="submit">Sign out</button></form>\n`;
  return pageShell(
    'Flow service accounts: operation',
    markup`<h1>Operation</h1>
<h2>What the app depends on</h2>
<ul>
${lines}</ul>
<h2>More</h2>
<ul>
<li><a href="/operator/queues/">Queues</a>: waiting, delayed and running jobs, read-only</li>
<li><a href="/metrics">Metrics</a> in Prometheus' format</li>
<li><a href="/readyz">Readiness</a>, as a load balancer sees it</li>
</ul>
${mayLeave ? leave : markup``}`,
  );
}
