import type { DepositPage } from '../requests/deposit.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import { messagePage, pageShell } from './page-shell.ts';

export interface DepositFault {
  /** The field it is about; null when it is about neither. */
  readonly field: 'code' | 'credential' | null;
  readonly message: string;
}

/** The form. What was typed is never sent back, so after a fault both fields are empty again. */
export function depositPage(page: DepositPage, faults: readonly DepositFault[]): string {
  const title = `Hand over the ${page.label}`;
  const content = markup`${summary(faults)}<h1>${title}</h1>
<p class="quiet">For ${page.address}, request ${page.requestId}</p>
<h2>What happens with it</h2>
<ol>
<li>It is checked against the vendor. If it does not work there, nothing is kept and you can try again.</li>
<li>It is stored in your organisation's secret store.</li>
<li>It is never shown again, and Slack never sees it.</li>
</ol>
<form method="post" autocomplete="off">
<div class="field">
<label for="code">Code from Slack</label>
<span class="hint" id="code-hint">The six digits that Slack showed you together with the link to this page.</span>
${wrong('code', faults)}<input class="code" id="code" name="code" type="text" inputmode="numeric" autocomplete="one-time-code" maxlength="12" required autofocus${described('code', faults)}>
</div>
<div class="field">
<label for="credential">${page.label}</label>
<span class="hint" id="credential-hint">Paste the whole value. It stays hidden.</span>
${wrong('credential', faults)}<input id="credential" name="credential" type="password" autocomplete="off" autocapitalize="none" spellcheck="false" required${described('credential', faults)}>
</div>
<p class="quiet">The check can take some seconds. Please press the button once and keep this page open until it answers.</p>
<button type="submit">Check and store</button>
</form>
`;
  return pageShell(faults.length === 0 ? title : `Error: ${title}`, content);
}

export function storedPage(): string {
  return messagePage(
    'Checked and stored',
    'The value works and is now in the secret store. The request continues by itself; you can follow it in its Slack thread.',
    'You may close this page. Its link does not work any more.',
  );
}

/** The same words for a link that never was, was used, or is too old: outsiders learn nothing. */
export function gonePage(): string {
  return messagePage(
    'This page is not available',
    'The link has been used, is too old, or was not copied completely.',
    'If you have just sent the form, look at the request\'s Slack thread: it shows whether the value arrived. Otherwise press "Get the one-time page" there for a new link.',
  );
}

/** The last attempt was one too many: why, without a form that cannot work any more. */
export function closedPage(message: string): string {
  return messagePage('This page is closed', message);
}

function summary(faults: readonly DepositFault[]): Markup {
  if (faults.length === 0) return markup``;
  const lines = faults.map(({ field, message }) =>
    field === null
      ? markup`<li>${message}</li>\n`
      : markup`<li><a href="#${field}">${message}</a></li>\n`,
  );
  return markup`<div class="summary" id="summary" role="alert" aria-labelledby="summary-title">
<h2 id="summary-title">This has not worked yet</h2>
<ul>
${lines}</ul>
<p>For safety both fields below are empty again; please fill in both.</p>
</div>
`;
}

function wrong(field: 'code' | 'credential', faults: readonly DepositFault[]): Markup {
  const own = faults.filter((fault) => fault.field === field);
  if (own.length === 0) return markup``;
  const text = own.map(({ message }) => message).join(' ');
  return markup`<span class="wrong" id="${field}-error">Error: ${text}</span>\n`;
}

function described(field: 'code' | 'credential', faults: readonly DepositFault[]): Markup {
  const isWrong = faults.some((fault) => fault.field === field);
  if (isWrong) return markup` aria-invalid="true" aria-describedby="${field}-error ${field}-hint"`;
  // A fault of neither field belongs to the form; the focused first field reads it out.
  if (field === 'code' && faults.some((fault) => fault.field === null)) {
    return markup` aria-describedby="summary code-hint"`;
  }
  return markup` aria-describedby="${field}-hint"`;
}
