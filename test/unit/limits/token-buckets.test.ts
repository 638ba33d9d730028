import { inMemoryTokenBuckets } from '../../../shared/adapters/in-memory/token-buckets.ts';
import { describeTokenBuckets } from '../../conformance/token-buckets.ts';

describeTokenBuckets('in memory', inMemoryTokenBuckets);
