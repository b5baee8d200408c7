import type { AccountPage, IndexEntry } from '../../src/domain/page.ts';

export const NAME = 'flow-sa-7k3f9q-token';

export const PAGE: AccountPage = {
  marker: 'flow-sa-7k3f9q',
  title: 'Flow service account: GitLab acme',
  status: 'active',
  summary: 'Connects Flow to GitLab acme.',
  rows: [{ label: 'Address', value: 'flow-integrations@acme.example' }],
  sections: [{ title: 'Rotation', paragraphs: ['Every 90 days.'], steps: ['Make a token.'] }],
  secret: { store: 'vault', name: NAME, version: '1', url: 'https://vault.acme.example/ui/1' },
  updatedAt: '2026-11-23T09:00:00Z',
};

export const ENTRY: IndexEntry = {
  account: 'flow-integrations@acme.example',
  purpose: 'Connects Flow to GitLab acme.',
  owner: 'Olga Owner',
  connection: 'GitLab acme',
  status: 'active',
  nextRotation: '2027-02-21',
  url: 'https://acme.example/pages/1',
};
