import { h } from '../dom.ts';

const KEY = 'sandbox-theme';

/** Light or dark: the system's choice until the visitor makes one. */
export function createThemeButton(): HTMLElement {
  const button = h('button', { type: 'button', class: 'theme' });
  function show(): void {
    const kept = localStorage.getItem(KEY);
    if (kept !== null) document.documentElement.dataset['theme'] = kept;
    const label = isDark() ? 'Light colours' : 'Dark colours';
    button.textContent = isDark() ? '☀' : '☾';
    button.setAttribute('aria-label', label);
    button.title = label;
  }
  button.addEventListener('click', () => {
    localStorage.setItem(KEY, isDark() ? 'light' : 'dark');
    show();
  });
  show();
  return button;
}

function isDark(): boolean {
  const chosen = document.documentElement.dataset['theme'];
  if (chosen !== undefined) return chosen === 'dark';
  return matchMedia('(prefers-color-scheme: dark)').matches;
}
