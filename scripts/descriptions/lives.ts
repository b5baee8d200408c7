import type { Exchange } from '../../src/sandbox/kit/server.ts';
import type { Described } from './compare.ts';
import { playAzureDevops, playAzureDevopsServer } from './play-azure-devops.ts';
import { playAzurePipelines } from './play-azure-pipelines.ts';
import { playBitbucketPipelines } from './play-bitbucket-pipelines.ts';
import { playBitbucketCloud, playBitbucketDataCenter } from './play-bitbucket.ts';
import { playConfluence } from './play-confluence.ts';
import { playGitHubActions } from './play-github-actions.ts';
import { playGitHubDocs } from './play-github-docs.ts';
import { playGitHubEnterpriseServer, playGitHubManagedUsers } from './play-github-enterprise.ts';
import { playGitHub } from './play-github.ts';
import { playJira } from './play-jira.ts';

/** One of the vendor's descriptions, and the part of the vendor's paths that it describes. */
export interface Part extends Omit<Described, 'description'> {
  readonly file: string;
}

/** Calls of the same life that the vendor publishes no description of. */
export interface Gap {
  readonly within: RegExp;
  readonly why: string;
}

export interface DescribedLife {
  readonly play: () => Promise<Exchange[]>;
  readonly parts: readonly Part[];
  readonly gaps?: readonly Gap[];
}

const ALL = { base: '', within: /^\// };
const GITHUB = { file: 'github/api.github.com.json', ...ALL };
const AZURE = 'azure/7.2-';
const SERVER = '/DefaultCollection';
const JIRA = { file: 'jira/jira-cloud.swagger-v3.v3.2025-12.json' };
/** The sandbox's site. */
const GATEWAY = '/ex/jira/11223344-a1b2-4c3d-8e4f-5a6b7c8d9e0f';

export const lives: readonly DescribedLife[] = [
  { play: playGitHub, parts: [{ name: 'GitHub', ...GITHUB }] },
  { play: playGitHubActions, parts: [{ name: 'GitHub Actions', ...GITHUB }] },
  { play: playGitHubDocs, parts: [{ name: 'GitHub docs', ...GITHUB }] },
  {
    play: playGitHubManagedUsers,
    parts: [{ name: 'GitHub Enterprise Managed Users', file: 'github/ghec.json', ...ALL }],
  },
  {
    play: playGitHubEnterpriseServer,
    parts: [
      {
        name: 'GitHub Enterprise Server',
        file: 'github/ghes-3.19.json',
        base: '/api/v3',
        within: /^\/api\/v3\//,
      },
    ],
  },
  {
    play: playBitbucketCloud,
    parts: [
      {
        name: 'Bitbucket Cloud',
        file: 'bitbucket/cloud.swagger.v3.json',
        base: '/2.0',
        within: /^\/2\.0\//,
      },
    ],
    gaps: [{ within: /^\/(?:admin|users)\//, why: 'Atlassian’s administration API' }],
  },
  {
    play: playBitbucketDataCenter,
    parts: [
      {
        name: 'Bitbucket Data Center',
        file: 'bitbucket/datacenter.swagger.v3.json',
        base: '/rest',
        within: /^\/rest\//,
      },
    ],
  },
  {
    play: playBitbucketPipelines,
    parts: [
      {
        name: 'Bitbucket Pipelines',
        file: 'bitbucket/cloud.swagger.v3.json',
        base: '/2.0',
        within: /^\/2\.0\//,
      },
    ],
  },
  {
    play: playAzurePipelines,
    parts: [
      {
        name: 'Azure Pipelines, projects',
        file: `${AZURE}core.json`,
        base: '',
        within: /^\/[^/]+\/_apis\/projects/,
      },
      {
        name: 'Azure Pipelines, permissions',
        file: `${AZURE}security.json`,
        base: '',
        within: /^\/[^/]+\/_apis\/permissions\//,
      },
    ],
    gaps: [
      {
        within: /\/_apis\/(?:distributedtask|serviceendpoint)\//,
        why: 'Azure DevOps’ variable groups and service connections',
      },
    ],
  },
  {
    play: playAzureDevops,
    parts: [
      {
        name: 'Azure DevOps core',
        file: `${AZURE}core.json`,
        base: '/core',
        within: /^\/core\/[^/]+\/_apis\/projects/,
      },
      {
        name: 'Azure DevOps Git',
        file: `${AZURE}git.json`,
        base: '/core',
        within: /\/_apis\/git\//,
      },
      {
        name: 'Azure DevOps entitlements',
        file: `${AZURE}memberEntitlementManagement.json`,
        base: '/ex',
        within: /^\/ex\//,
      },
      {
        name: 'Azure DevOps graph',
        file: `${AZURE}graph.json`,
        base: '/ps',
        within: /^\/ps\/[^/]+\/_apis\/graph\//i,
      },
      {
        name: 'Azure DevOps token administration',
        file: `${AZURE}tokenAdmin.json`,
        base: '/ps',
        within: /^\/ps\/[^/]+\/_apis\/tokenadmin\//i,
      },
    ],
    gaps: [{ within: /\/_apis\/connectionData$/, why: 'Azure DevOps’ connection data' }],
  },
  {
    play: playAzureDevopsServer,
    parts: [
      {
        name: 'Azure DevOps Server core',
        file: 'azure/azure-devops-server-7.1-core-onprem.json',
        base: '',
        within: new RegExp(`^${SERVER}/_apis/projects`),
      },
    ],
    gaps: [
      {
        within: /\/_apis\/(?:connectionData|identities|git|build|wit|distributedtask)\b/,
        why: 'Azure DevOps Server beside its projects',
      },
    ],
  },
  {
    play: playJira,
    parts: [
      { name: 'Jira Cloud', ...JIRA, base: '', within: /^\/rest\// },
      { name: 'Jira Cloud behind the gateway', ...JIRA, base: GATEWAY, within: /^\/ex\/jira\// },
    ],
    gaps: [
      { within: /^\/(?:admin|users)\//, why: 'Atlassian’s administration API' },
      { within: /^\/_edge\/tenant_info$/, why: 'The id of a Jira site' },
    ],
  },
  {
    play: playConfluence,
    parts: [
      {
        name: 'Confluence v2',
        file: 'confluence/confluence-cloud.v2.128paths.json',
        base: '/wiki/api/v2',
        within: /^\/wiki\/api\/v2\//,
      },
      {
        name: 'Confluence v1',
        file: 'confluence/confluence-cloud.v1.2021-11.json',
        base: '',
        within: /^\/wiki\/rest\//,
      },
    ],
  },
];

/** Systems whose makers publish no description that we have. */
export const undescribed = [
  'GitLab',
  'Jira Data Center',
  'Flow',
  'Vault',
  'AWS Secrets Manager',
  'Azure Key Vault',
  '1Password Connect',
  'Jenkins',
  'Cloudflare',
  'Notion',
];
