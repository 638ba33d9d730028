import { inMemoryMemoryStore } from '../../../shared/adapters/in-memory/memory-store.ts';
import { inMemoryRecallIndex } from '../../../shared/adapters/in-memory/recall-index.ts';
import { inMemoryState } from '../../../shared/adapters/in-memory/store/state.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { describeRecallText } from '../../conformance/recall-index.ts';
import { describeRecallVectors } from '../../conformance/recall-index-vectors.ts';

const make = () => {
  const state = inMemoryState(systemClock);
  return { index: inMemoryRecallIndex(state), memories: inMemoryMemoryStore(state) };
};

describeRecallText('in memory', make);
describeRecallVectors('in memory', make);
