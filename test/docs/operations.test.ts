import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { DAYS_LEFT } from '../../src/domain/measures.ts';
import { STATES } from '../../src/domain/request.ts';
import { renderMetrics } from '../../src/web/operator/metrics.ts';
import { EVERYTHING } from '../support/everything-measured.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'docs');
const DASHBOARD = readFileSync(join(FOLDER, 'operations/grafana-dashboard.json'), 'utf8');
const ALERTS = readFileSync(join(FOLDER, 'operations/prometheus-alerts.yml'), 'utf8');
const PAGE = readFileSync(join(FOLDER, 'operations.md'), 'utf8');

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number };
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

interface Alerts {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly labels: { readonly severity: string };
      readonly annotations: { readonly summary: string; readonly description: string };
    }[];
  }[];
}

const dashboard = JSON.parse(DASHBOARD) as Dashboard;
const rules = (parse(ALERTS) as Alerts).groups.flatMap((group) => group.rules);
const expressions = [
  ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ...rules.map(({ expr }) => expr),
];

/** Series names and the labels of each, as the app itself gives them out. */
let series: Map<string, Set<string>>;

beforeAll(async () => {
  const { text } = await renderMetrics(EVERYTHING);
  series = new Map();
  for (const line of text.split('\n')) {
    const [, name, labels = ''] = /^([a-z_]\w*)(?:\{(.*)\})? /.exec(line) ?? [];
    if (name === undefined) continue;
    const known = series.get(name) ?? new Set();
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label);
    series.set(name, known);
  }
});

const namesIn = (text: string) =>
  [...text.matchAll(/\b(?:flow_accounts|process|nodejs)_\w+/g)].map(([name]) => name);

/** Labels that Prometheus itself adds. */
const ADDED = ['job', 'instance'];

describe('The dashboard and the alert rules', () => {
  it('name only metrics that the app has', () => {
    const unknown = [...namesIn(DASHBOARD), ...namesIn(ALERTS)].filter((name) => !series.has(name));

    expect(expressions.length).toBeGreaterThan(20);
    expect(unknown).toEqual([]);
  });

  it('use only labels that those metrics have', () => {
    const strays = expressions.flatMap((expr) => {
      const [name = ''] = namesIn(expr);
      const known = [...namesIn(expr)].flatMap((one) => [...(series.get(one) ?? [])]);
      const used = [
        ...[...expr.matchAll(/(\w+)=~?"/g)].map(([, label = '']) => label),
        ...[...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(', ')),
      ];
      return used
        .filter((label) => label !== '' && !ADDED.includes(label) && !known.includes(label))
        .map((label) => `${name}: ${label}`);
    });

    expect(strays).toEqual([]);
  });

  it('compare with states and buckets that exist', () => {
    const values = (label: string) =>
      expressions.flatMap((expr) =>
        [...expr.matchAll(new RegExp(`${label}=~?"([^"]*)"`, 'g'))].flatMap(([, list = '']) =>
          list.split('|'),
        ),
      );
    const jobStates = ['waiting', 'prioritized', 'delayed', 'active'];

    expect(values('days_left').filter((one) => !DAYS_LEFT.some((left) => left === one))).toEqual(
      [],
    );
    expect(
      values('state').filter((one) => ![...STATES, ...jobStates].some((state) => state === one)),
    ).toEqual([]);
  });

  it('use every metric of the app somewhere', () => {
    const used = new Set(expressions.flatMap(namesIn));
    const unused = [...series.keys()].filter(
      (name) =>
        name.startsWith('flow_accounts_') && !/_(?:sum|count)$/.test(name) && !used.has(name),
    );

    expect(unused).toEqual([]);
  });

  it('tell a person in each alert what is the matter and what to do', () => {
    for (const { alert, labels, annotations } of rules) {
      expect(alert).toMatch(/^FlowAccounts[A-Z]\w+$/);
      expect(['info', 'warning', 'critical']).toContain(labels.severity);
      expect(annotations.summary.length).toBeGreaterThan(10);
      expect(annotations.description.length).toBeGreaterThan(10);
    }
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });

  it('lay the panels out side by side', () => {
    const places = dashboard.panels.map(({ gridPos: { x, y } }) => `${x},${y}`);

    expect(new Set(places).size).toBe(places.length);
    expect(dashboard.panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });
});

describe('The page about operations', () => {
  it('describes every metric of the app', () => {
    const missing = [...series.keys()]
      .filter((name) => name.startsWith('flow_accounts_'))
      .map((name) => name.replace(/_(?:bucket|sum|count)$/, ''))
      .filter((name) => !PAGE.includes(`\`${name}\``));

    expect(missing).toEqual([]);
  });
});
