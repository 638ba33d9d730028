import type { LocomoQuestion } from './locomo.ts';
import { table } from './table.ts';

export const depths = [5, 10, 25, 50] as const;
type Depth = (typeof depths)[number];

const categories: Record<number, string> = {
  1: 'multi-hop',
  2: 'temporal',
  3: 'open-domain',
  4: 'single-hop',
  5: 'adversarial',
};

/** Published and measured before, on the same task; the first two on all ten conversations. */
const references = [
  ['LoCoMo paper, DRAGON (all ten)', '56.7', '66.2', '76.7', '82.7', '46.6'],
  ['pgvector + bge-m3 (all ten, third party)', '–', '66.8', '–', '–', '43.6'],
  ['BM25, turn alone (dev)', '58.2', '66.0', '73.9', '77.9', '37.7'],
  ['BM25, all fields and priors (dev)', '69.6', '78.4', '85.0', '88.8', '43.7'],
  ['prototype with the word table (dev)', '71.8', '80.0', '87.8', '92.3', '49.7'],
];

/** Below these the run fails; in percent. */
const floor = { recallAt10: 78, recallAt50: 91, multiHopAt10: 47 };

const mean = (values: readonly number[]): number =>
  (100 * values.reduce((sum, value) => sum + value, 0)) / values.length;
const percent = (value: number): string => value.toFixed(1);

/** Recall at a depth is the share of a question's evidence among that many results; 1 for one without evidence. */
export class RecallScores {
  readonly #scores: { category: number; at: Record<Depth, number> }[] = [];

  add({ category, evidence }: LocomoQuestion, found: readonly string[]): void {
    const within = (depth: number) => {
      if (evidence.size === 0) return 1;
      return new Set(found.slice(0, depth)).intersection(evidence).size / evidence.size;
    };
    const at = Object.fromEntries(depths.map((depth) => [depth, within(depth)])) as Record<Depth, number>;
    this.#scores.push({ category, at });
  }

  /** In percent, of one category or of all questions. */
  at(depth: Depth, category?: number): number {
    const chosen = this.#scores.filter((score) => category === undefined || score.category === category);
    return mean(chosen.map((score) => score.at[depth]));
  }

  print(): string {
    const figures = (category?: number) => depths.map((depth) => percent(this.at(depth, category)));
    const present = [...new Set(this.#scores.map((score) => score.category))].sort();
    const byCategory = table(
      ['category', 'questions', ...depths.map((depth) => `R@${depth}`)],
      present.map((category) => [
        categories[category] ?? String(category),
        String(this.#scores.filter((score) => score.category === category).length),
        ...figures(category),
      ]),
    );
    const beside = table(
      ['system', ...depths.map((depth) => `R@${depth}`), 'multi-hop R@10'],
      [...references, ['this service', ...figures(), percent(this.at(10, 1))]],
    );
    return `${byCategory}\n\n${beside}`;
  }

  /** What lies below the floor, in words; empty when nothing does. */
  belowFloor(): string[] {
    const measured = {
      recallAt10: this.at(10),
      recallAt50: this.at(50),
      multiHopAt10: this.at(10, 1),
    };
    return (Object.keys(floor) as (keyof typeof floor)[])
      .filter((name) => measured[name] < floor[name])
      .map((name) => `${name} is ${percent(measured[name])}, the floor is ${floor[name]}`);
  }
}
