import { Markup, markup } from './markup.ts';
import { PAGE_STYLE } from './page-style.ts';

/** A complete document around one page's content. */
export function pageShell(title: string, content: Markup): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex, nofollow">
<title>${title}</title>
<style>${new Markup(PAGE_STYLE)}</style>
</head>
<body>
<main>
${content}
</main>
</body>
</html>
`.html;
}

/** A page that only says something: a heading and paragraphs. */
export function messagePage(title: string, ...paragraphs: readonly string[]): string {
  const lines = paragraphs.map((text) => markup`<p>${text}</p>\n`);
  return pageShell(title, markup`<h1>${title}</h1>\n${lines}`);
}
