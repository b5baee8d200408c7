/** One part of a container: it is drawn anew only when its signature changes. */
export interface Kept {
  readonly key: string;
  readonly signature: string;
  draw(): HTMLElement;
}

const drawn = new WeakMap<
  Element,
  Map<string, { readonly signature: string; readonly node: HTMLElement }>
>();

/** Makes the container show exactly these parts; what did not change stays, with its focus. */
export function keep(container: HTMLElement, parts: readonly Kept[]): void {
  const before = drawn.get(container) ?? new Map();
  const after: typeof before = new Map();
  const focus = focusIn(container);
  for (const part of parts) {
    const old = before.get(part.key);
    const same = old?.signature === part.signature ? old : undefined;
    after.set(part.key, same ?? { signature: part.signature, node: part.draw() });
  }
  const wanted = new Set([...after.values()].map(({ node }) => node));
  // A copy: the live list shifts while children are removed.
  const present = Array.from(container.children);
  for (const child of present) {
    if (!wanted.has(child as HTMLElement)) child.remove();
  }
  let cursor: Element | null = container.firstElementChild;
  for (const { node } of after.values()) {
    // A node that stands where it belongs is not touched: moving it would take its focus away.
    if (node === cursor) cursor = node.nextElementSibling;
    else container.insertBefore(node, cursor);
  }
  drawn.set(container, after);
  if (focus !== null) refocus(container, focus);
}

function focusIn(container: HTMLElement): string | null {
  const active = document.activeElement;
  if (!(active instanceof HTMLElement) || !container.contains(active)) return null;
  return active.dataset['focus'] ?? null;
}

/** What was drawn anew gets the focus that its predecessor had. */
function refocus(container: HTMLElement, key: string): void {
  if (container.contains(document.activeElement)) return;
  container.querySelector<HTMLElement>(`[data-focus="${CSS.escape(key)}"]`)?.focus();
}
