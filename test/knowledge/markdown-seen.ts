import { parse } from 'yaml';

import { escape } from '../../src/knowledge/markdown.ts';

export const INDEX_FILE = /(?:^|\/)(?:index|flow-sa-index-\d+)(?:\.md)?$/;

/** A Markdown text of ours without its front matter, where a value is data and not Markdown. */
export function markdownSeen(text: string, url: string) {
  const { title } = parse(text.split('\n---\n')[0]?.slice(4) ?? '') as { title: string };
  return { title, url, text: text.slice(text.indexOf('\n---\n') + 5) };
}

/** What is the same for every knowledge base that keeps Markdown. */
export const MARKDOWN = {
  dangerous: /(?<!\\)<(?:script|img|b)|(?<!\\)\]\((?!https?:)|(?<!\\)!\[|^(?:---|> |\t)/m,
  escaped: escape,
};
