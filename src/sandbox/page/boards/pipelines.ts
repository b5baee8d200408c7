import type { Outside } from '../../outside.ts';
import { cell, code, state } from './board.ts';
import type { Board } from './board.ts';

const GITHUB_PLACES = [
  '/orgs/acme/actions',
  '/repos/acme/web/actions',
  '/repos/acme/api/actions',
  '/repos/acme/web/environments/production',
  '/repos/acme/web/environments/staging',
];
const GITLAB_PLACES = [
  'groups acme',
  'groups acme/platform',
  'projects acme/web',
  'projects acme/platform/api',
];

export function drawGithubActions({ actions }: Outside): Board {
  return {
    name: 'GitHub Actions',
    about: 'Where an automation reads its credential. Secrets arrive sealed and show no value.',
    tables: [
      {
        title: 'Secrets',
        columns: ['Place', 'Name', 'Value'],
        rows: GITHUB_PLACES.flatMap((place) =>
          actions
            .secretNames(place)
            .map((name) => [code(place), code(name), state('sealed', 'quiet')]),
        ),
        empty: 'No secret has arrived yet.',
      },
    ],
  };
}

export function drawGitlabCi({ ci }: Outside): Board {
  return {
    name: 'GitLab CI/CD',
    about: 'Where an automation reads its credential, as a masked and hidden variable.',
    tables: [
      {
        title: 'Variables',
        columns: ['Place', 'Name', 'Value', 'Protected'],
        rows: GITLAB_PLACES.flatMap((place) =>
          ci
            .variables(place)
            .map((one) => [
              code(place),
              code(one.key),
              state(one.hidden ? 'hidden' : 'masked', 'quiet'),
              cell(one.protected ? 'yes' : 'no'),
            ]),
        ),
        empty: 'No variable has arrived yet.',
      },
    ],
  };
}
