/**
 * Stores a conversation of many months over HTTP, asks ten questions about it, and shows what is recalled.
 * `--file` names another one, in the shape of LoCoMo.
 */
import { parseArgs } from 'node:util';
import { SingleBar } from 'cli-progress';
import type { LocomoConversation } from './bench/locomo.ts';
import { median } from './bench/statistics.ts';
import { whenInterrupted } from './bench/when-interrupted.ts';
import { ask, externalIdOf, storeTurns } from './demo/client.ts';
import { conversationFile, readConversation, someQuestions } from './demo/conversation.ts';
import { type Answered, answerLines, hits } from './demo/screen.ts';
import { type DemoService, findService } from './demo/service.ts';
import { closers } from './local/closers.ts';
import { explain } from './local/explain.ts';

const questionCount = 10;
const turnsAtOnce = 25;
const width = Math.min(process.stdout.columns ?? 110, 130);

async function load(service: DemoService, conversation: LocomoConversation): Promise<number> {
  const { turns } = conversation;
  const bar = new SingleBar({
    format: '  storing {bar} {value} of {total} turns',
    clearOnComplete: true,
    hideCursor: true,
  });
  const started = performance.now();
  bar.start(turns.length, 0);
  try {
    for (let from = 0; from < turns.length; from += turnsAtOnce) {
      const some = turns.slice(from, from + turnsAtOnce);
      await storeTurns(service, conversation, some);
      bar.increment(some.length);
    }
  } finally {
    bar.stop();
  }
  return performance.now() - started;
}

const { values: options } = parseArgs({ options: { file: { type: 'string' } } });
const conversation = await readConversation(options.file ?? conversationFile());
const cleanup = closers();
whenInterrupted(cleanup.close);
try {
  const service = await findService(cleanup);
  const loadMs = await load(service, conversation);
  const { turns } = conversation;
  const rate = Math.round((turns.length / loadMs) * 1_000);
  console.log(
    `Stored ${turns.length} turns of ${conversation.id} in ${service.description}: ${rate} a second.`,
  );

  const answers: Answered[] = [];
  for (const { text, evidence } of someQuestions(conversation, questionCount)) {
    const { found, ms } = await ask(service, conversation, text);
    const answered = {
      question: text,
      found,
      evidence: [...evidence].map((turn) => externalIdOf(conversation, turn)),
      ms,
    };
    answers.push(answered);
    console.log(answerLines(answered, answers.length, width));
  }
  const answerable = answers.filter((answered) => hits(answered) > 0).length;
  const middle = median(answers.map(({ ms }) => ms)).toFixed(0);
  console.log(
    `${answerable} of ${answers.length} questions have their evidence among the top five; ${middle} ms in the middle.`,
  );
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
} finally {
  await cleanup.close();
}
