/**
 * What hybrid recall costs over the slowest of its parts alone, in tenants of several sizes;
 * docs/performance.md says how to read it. `--large` adds a tenant of 100,000 memories.
 */
import { parseArgs } from 'node:util';
import { searchBody } from '../../shared/contracts/memory/recall.ts';
import type { RecallQuery } from '../../shared/memory/recall/ports.ts';
import { type SearchDeps, searchMemories } from '../../shared/memory/recall/search-memories.ts';
import { compared, interleaved, type Measured, type Plan } from './measure.ts';
import { rawBm25, rawNearest } from './raw-recall.ts';
import { type FilledTenant, fillTenant, searchDeps } from './recall-tenant.ts';
import { measuredTable, ratiosCount, writeReport } from './report.ts';
import { median } from './statistics.ts';
import { type BenchStore, openStore } from './store.ts';
import { syntheticText } from './synthetic-memories.ts';
import { whenInterrupted } from './when-interrupted.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    iterations: { type: 'string', default: '20' },
    large: { type: 'boolean', default: false },
  },
});
const plan: Plan = { rounds: Number(options.rounds), iterations: Number(options.iterations), warmUp: 10 };
const sizes = [600, 10_000, ...(options.large ? [100_000] : [])];
const parts = ['raw BM25', 'raw exact vector scan'] as const;

interface Question {
  text: string;
  query: RecallQuery & { vector: { space: string; values: number[] } };
}

async function questionsAbout(examples: string[], deps: SearchDeps): Promise<Question[]> {
  const text = syntheticText(2);
  const asked = examples.map((memory) => text.questionAbout(memory));
  const vectors = await deps.embedder.embed(asked);
  return asked.flatMap((each, index) => {
    const values = vectors[index];
    if (!values) return [];
    const vector = { space: deps.embedder.space, values };
    return [{ text: each, query: { scope: {}, text: each, vector, graphHits: [], poolSize: 100 } }];
  });
}

function pick(questions: Question[], iteration: number): Question {
  const question = questions[iteration % questions.length];
  if (question === undefined) throw new Error('there is no question');
  return question;
}

async function timed(store: BenchStore, deps: SearchDeps, tenant: FilledTenant, questions: Question[]) {
  const { tenantId, counted } = tenant;
  const at = (n: number) => pick(questions, n);
  const samples = await interleaved(
    [
      { name: parts[0], run: (n) => rawBm25(store.db, tenantId, at(n).text, counted) },
      {
        name: parts[1],
        run: (n) => rawNearest(store.db, tenantId, at(n).query.vector.space, at(n).query.vector.values),
      },
      {
        name: 'RecallIndex.candidates',
        run: (n) => deps.recallIndex.candidates(tenantId, at(n).query),
      },
      {
        name: 'searchMemories',
        run: (n) => searchMemories(tenantId, searchBody.parse({ query: at(n).text }), deps),
      },
    ],
    plan,
  );
  const middle = (name: string) => median(samples.find((each) => each.name === name)?.rounds.flat() ?? []);
  const slowest = middle(parts[0]) > middle(parts[1]) ? parts[0] : parts[1];
  return { slowest, measured: compared(samples, slowest) };
}

/** Share of the ten nearest of an exact scan that recall's candidates have among their ten nearest. */
async function vectorRecall(
  store: BenchStore,
  deps: SearchDeps,
  tenantId: string,
  questions: Question[],
): Promise<number> {
  let found = 0;
  let wanted = 0;
  for (const { query } of questions.slice(0, 25)) {
    const exact = await rawNearest(store.db, tenantId, query.vector.space, query.vector.values);
    const candidates = await deps.recallIndex.candidates(tenantId, query);
    const nearest = candidates
      .sort((a, b) => (b.cosine ?? -1) - (a.cosine ?? -1))
      .slice(0, exact.length)
      .map(({ id }) => id);
    wanted += exact.length;
    found += exact.filter((id) => nearest.includes(id)).length;
  }
  return found / wanted;
}

const store = await openStore(process.env.DATABASE_URL);
whenInterrupted(store.close);
const results: { size: number; slowest: string; recallAt10: number; measured: Measured[] }[] = [];
try {
  console.log(`Recall from ${store.description}`);
  const deps = searchDeps(store);
  for (const size of sizes) {
    const tenant = await fillTenant(store, deps, size, syntheticText(1));
    const questions = await questionsAbout(tenant.examples, deps);
    const { slowest, measured } = await timed(store, deps, tenant, questions);
    const recallAt10 = await vectorRecall(store, deps, tenant.tenantId, questions);
    results.push({ size, slowest, recallAt10, measured });
    const title = `${size.toLocaleString('en')} memories, ${plan.rounds} rounds of ${plan.iterations}`;
    console.log(`\n${measuredTable(title, measured)}`);
    console.log(
      `Ratios to ${slowest}, the slower part. Vector arm: recall@10 ${recallAt10.toFixed(3)} of exact.`,
    );
  }
  console.log(`\n${ratiosCount}`);
  console.log(`\nWritten to ${await writeReport('recall', store.description, results)}`);
} finally {
  await store.close();
}
