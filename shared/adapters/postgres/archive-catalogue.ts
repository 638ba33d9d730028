import type { ArchivedVersion } from '../../contracts/lifecycle/archived-entry.ts';
import { fromHalves } from '../../kernel/halves.ts';
import type { ArchiveCatalogue, CatalogueEntry, PackSource } from '../../lifecycle/ports.ts';
import type { Database } from './database.ts';
import { postgresProvider } from './provider.ts';

interface SourceRow {
  memory_id: string;
  version: string;
  versions: ArchivedVersion[];
  vector: Buffer | null;
}

interface EntryRow {
  memory_id: string;
  version: string;
  pack_id: string;
  byte_offset: string;
  byte_length: string;
  data_key: Buffer;
  archived_at: Date;
}

const entryColumns = 'memory_id, version, pack_id, byte_offset, byte_length, data_key, archived_at';

interface OverviewRow {
  memories: string;
  cold: string;
  packs: string;
  damaged: string;
}

const sourceFromRow = ({ memory_id: memoryId, version, versions, vector }: SourceRow): PackSource => ({
  memoryId,
  version: Number(version),
  versions,
  ...(vector && { vector }),
});

const entryFromRow = (row: EntryRow): CatalogueEntry => ({
  memoryId: row.memory_id,
  version: Number(row.version),
  packId: row.pack_id,
  offset: Number(row.byte_offset),
  length: Number(row.byte_length),
  dataKey: row.data_key,
  archivedAt: row.archived_at.toISOString(),
});

const days = (count: number) => count * 86_400;

/** The catalogue of the archive. What moves memories between the tiers are functions of the schema. */
export const postgresArchiveCatalogue = (db: Database): ArchiveCatalogue => ({
  tenantsDue: async ({ afterDays, keepImportance, minPackMemories, waitDays }) => {
    const rows = await db.unscoped<{ id: string }>(
      'select strata.tenants_to_archive(make_interval(secs => $1), $2, $3, make_interval(secs => $4)) as id',
      [days(afterDays), keepImportance, minPackMemories, days(waitDays)],
    );
    return rows.map(({ id }) => id);
  },

  due: async (tenantId, { afterDays, keepImportance, minPackMemories, waitDays }, limit) => {
    const rows = await db.query<{ id: string }>(
      tenantId,
      `select strata.memories_to_archive($1, make_interval(secs => $2), $3, $4, make_interval(secs => $5), $6) as id`,
      [tenantId, days(afterDays), keepImportance, minPackMemories, days(waitDays), limit],
    );
    return rows.map(({ id }) => id);
  },

  begin: async (tenantId, packId, memoryIds, maxBytes) => {
    const sql = 'select * from strata.begin_pack($1, $2::uuid[], $3)';
    return (await db.query<SourceRow>(tenantId, sql, [packId, memoryIds, maxBytes])).map(sourceFromRow);
  },

  complete: async (tenantId, packId, entries) => {
    const items = entries.map(({ dataKey, ...entry }) => ({
      ...entry,
      dataKey: Buffer.from(dataKey).toString('base64'),
    }));
    const [row] = await db.query<{ ids: string[] }>(tenantId, 'select strata.complete_pack($1, $2) as ids', [
      packId,
      JSON.stringify(items),
    ]);
    return row?.ids ?? [];
  },

  abandon: async (tenantId, packId) => {
    await db.query(
      tenantId,
      `update strata.archive_packs set state = 'discarded', members = '{}'
       where tenant_id = strata.current_tenant() and id = $1 and state = 'writing'`,
      [packId],
    );
  },

  unused: async (limit) => {
    const rows = await db.unscoped<{ tenant_id: string; pack_id: string }>(
      'select * from strata.packs_unused($1)',
      [limit],
    );
    return rows.map(({ tenant_id: tenantId, pack_id: packId }) => ({ tenantId, packId }));
  },

  sparse: async ({ compactBelow, minPackMemories, compactAges }, maxBytes, limit) => {
    const ages = compactAges.map(({ fromDays, toDays }) => `[${fromDays},${toDays})`);
    const rows = await db.unscoped<{ tenant_id: string; pack_ids: string[] }>(
      'select * from strata.packs_to_compact($1, $2, $3, $4, $5)',
      [compactBelow, minPackMemories, maxBytes, `{${ages.join()}}`, limit],
    );
    return rows.map(({ tenant_id: tenantId, pack_ids: packIds }) => ({ tenantId, packIds }));
  },

  beginMove: async (tenantId, packId, fromPackIds) => {
    const rows = await db.query<EntryRow>(
      tenantId,
      `with entries as materialized (
         select ${entryColumns} from strata.archived_memories
         where tenant_id = strata.current_tenant() and pack_id = any ($2::uuid[])
       ),
       registered as (
         insert into strata.archive_packs (tenant_id, id, members)
         select strata.current_tenant(), $1::uuid, '{}' where exists (select from entries)
       )
       select * from entries order by pack_id, byte_offset`,
      [packId, fromPackIds],
    );
    return rows.map(entryFromRow);
  },

  completeMove: async (tenantId, packId, entries) => {
    const sql = 'select strata.complete_move($1, $2) as moved';
    const [row] = await db.query<{ moved: string }>(tenantId, sql, [packId, JSON.stringify(entries)]);
    return Number(row?.moved ?? 0);
  },

  discard: async (tenantId, packId) => {
    const rows = await db.query(
      tenantId,
      `update strata.archive_packs p set state = 'discarded', members = '{}'
       where p.tenant_id = strata.current_tenant() and p.id = $1 and strata.is_unused(p)
       returning p.id`,
      [packId],
    );
    return rows.length > 0;
  },

  forget: async (tenantId, packId) => {
    await db.query(
      tenantId,
      `delete from strata.archive_packs
       where tenant_id = strata.current_tenant() and id = $1 and state = 'discarded'`,
      [packId],
    );
  },

  entries: async (tenantId, memoryId) => {
    const rows = await db.query<EntryRow>(
      tenantId,
      `select ${entryColumns}
       from strata.archived_memories
       where tenant_id = strata.current_tenant() and memory_id = $1
       order by version`,
      [memoryId],
    );
    return rows.map(entryFromRow);
  },

  restore: async (tenantId, { memoryId, version, entries, versions, vector }) => {
    const [row] = await db.query<{ outcome: 'warm' | 'moved' | 'gone' }>(
      tenantId,
      'select strata.restore_memory($1, $2, $3, $4, $5) as outcome',
      [
        memoryId,
        version,
        entries,
        JSON.stringify(versions),
        // a half has few digits, and as text it is read back to the same bits
        vector ? JSON.stringify(fromHalves(vector)) : null,
      ],
    );
    if (!row) throw new Error('strata.restore_memory returned no row');
    return row.outcome;
  },

  markDamaged: async (tenantId, { memoryId, version, packId }) => {
    await db.query(
      tenantId,
      `update strata.archived_memories set damaged_at = now()
       where tenant_id = strata.current_tenant() and memory_id = $1 and version = $2 and pack_id = $3`,
      [memoryId, version, packId],
    );
  },

  overview: async () => {
    const [row] = await db.unscoped<OverviewRow>('select * from strata.archive_overview()');
    const coldMemories = Number(row?.cold ?? 0);
    return {
      warmMemories: Number(row?.memories ?? 0) - coldMemories,
      coldMemories,
      packs: Number(row?.packs ?? 0),
      damagedEntries: Number(row?.damaged ?? 0),
    };
  },
});

export const archiveCatalogueProvider = postgresProvider(postgresArchiveCatalogue);
