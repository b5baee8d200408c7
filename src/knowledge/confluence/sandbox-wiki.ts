import { normalise, refuseStorage } from './sandbox-storage-format.ts';

export const BOT = '712020:5d1c0f3e-bot';
export const SOMEBODY = '712020:0c4b7a19-human';
export const SPACE = { id: '98305', key: 'IT', name: 'IT Knowledge' } as const;
export const HOME_ID = '98306';
export const GROUPS = [
  { id: '7d0c2a10-6f52-4a7e-9d0e-3f1a2b4c5d6e', name: 'credential-readers' },
  { id: '1f2e3d4c-5b6a-4798-8a9b-0c1d2e3f4a5b', name: 'engineering' },
] as const;

export interface WikiRules {
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

export interface WikiPage {
  readonly id: string;
  readonly authorId: string;
  readonly parentId: string | null;
  title: string;
  status: 'current' | 'archived' | 'trashed';
  body: string;
  version: { number: number; message: string };
  /** Empty rules let everybody who sees the space. */
  read: WikiRules;
  update: WikiRules;
  /** Somebody decided who may read it; before that only its author should. */
  released: boolean;
  readonly properties: Map<
    string,
    { readonly id: string; readonly value: unknown; readonly version: { readonly number: number } }
  >;
}

export class Refused extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, title: string) {
    super(title);
    this.status = status;
    this.code = code;
  }
}

const EVERYBODY: WikiRules = { users: [], groups: [] };

interface NewPage {
  readonly title: string;
  readonly body: string;
  readonly parentId: string | null;
  readonly isPrivate: boolean;
}

interface NextVersion {
  readonly title: string;
  readonly body: string;
  readonly number: number;
  readonly message: string;
}

/** A space of pages with Confluence's rules; watches who could read what at any moment. */
export class Wiki {
  readonly pages = new Map<string, WikiPage>();
  /** Titles of pages that others could read before anybody had decided who may. */
  readonly exposures = new Set<string>();
  #lastId = 100_000;

  nextId(): string {
    this.#lastId += 1;
    return String(this.#lastId);
  }

  isOpen(page: WikiPage | undefined): boolean {
    if (page === undefined) return true;
    if (page.read.users.length + page.read.groups.length > 0) return false;
    return page.parentId === null || this.isOpen(this.pages.get(page.parentId));
  }

  take(id: string): WikiPage {
    const page = this.pages.get(id);
    if (page === undefined) throw new Refused(404, 'NOT_FOUND', 'Not Found');
    return page;
  }

  add(authorId: string, draft: NewPage): WikiPage {
    this.#refuseTitle(draft.title);
    const parentId = draft.parentId === HOME_ID ? null : draft.parentId;
    if (parentId !== null) this.take(parentId);
    const own = draft.isPrivate ? { users: [authorId], groups: [] } : EVERYBODY;
    const page: WikiPage = {
      id: this.nextId(),
      authorId,
      parentId,
      title: draft.title,
      status: 'current',
      body: checked(draft.body),
      version: { number: 1, message: '' },
      read: own,
      update: own,
      released: authorId !== BOT,
      properties: new Map(),
    };
    this.pages.set(page.id, page);
    this.#watch();
    return page;
  }

  edit(id: string, { title, body, number, message }: NextVersion): WikiPage {
    const page = this.take(id);
    if (page.status !== 'current') throw new Refused(404, 'NOT_FOUND', 'Not Found');
    if (number !== page.version.number + 1) {
      const text = `Version must be incremented when updating a page. Current Version: [${page.version.number}]. Provided version: [${number}]`;
      throw new Refused(409, 'CONFLICT', text);
    }
    this.#refuseTitle(title, id);
    page.body = checked(body);
    page.title = title;
    page.version = { number, message };
    this.#watch();
    return page;
  }

  /** To the trash, or, with `purge`, from the trash into nothing. */
  remove(id: string, purge: boolean): void {
    const page = this.take(id);
    if (purge !== (page.status === 'trashed')) throw new Refused(404, 'NOT_FOUND', 'Not Found');
    if (purge) this.pages.delete(id);
    else page.status = 'trashed';
  }

  restrict(id: string, rules: { read: WikiRules; update: WikiRules }): WikiPage {
    const page = this.take(id);
    page.read = rules.read;
    page.update = rules.update;
    page.released = true;
    this.#watch();
    return page;
  }

  #watch(): void {
    for (const page of this.pages.values()) {
      const isEarly = page.status === 'current' && !page.released && this.isOpen(page);
      if (isEarly) this.exposures.add(page.title);
    }
  }

  #refuseTitle(title: string, except?: string): void {
    if (title.trim() === '') {
      throw new Refused(400, 'INVALID_REQUEST_PARAMETER', 'Title is required');
    }
    if (title.length > 255) {
      throw new Refused(400, 'BAD_REQUEST', 'Title cannot be longer than 255 characters');
    }
    // Archived pages keep their titles, trashed ones do not.
    const isTaken = [...this.pages.values()].some(
      (page) =>
        page.id !== except &&
        page.status !== 'trashed' &&
        page.title.toLowerCase() === title.toLowerCase(),
    );
    if (!isTaken) return;
    const text =
      'A page with this title already exists: A page already exists with the same TITLE in this space';
    throw new Refused(400, 'BAD_REQUEST', text);
  }
}

function checked(body: string): string {
  const refusal = refuseStorage(body);
  if (refusal !== undefined) throw new Refused(400, 'INVALID_REQUEST_PARAMETER', refusal);
  return normalise(body);
}
