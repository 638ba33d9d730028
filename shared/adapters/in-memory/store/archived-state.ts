import type { CatalogueEntry } from '../../../lifecycle/ports.ts';

/** An object of the archive as the catalogue knows it. */
export interface StoredPack {
  state: 'writing' | 'stored' | 'discarded';
  createdAt: number;
  /** Of a pack under way. */
  members: Set<string>;
  /** That were written into its object. */
  entries: number;
}

export interface StoredEntry extends CatalogueEntry {
  damaged: boolean;
}

/** What recall needs of a cold memory, whose content it no longer has. */
export interface ArchivedText {
  at: string;
  excerpt: boolean;
  lexicalText: string;
  words: number;
}
