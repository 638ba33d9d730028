import { inMemoryApiKeyStore } from '../../../shared/adapters/in-memory/api-keys.ts';
import { describeApiKeys } from '../../conformance/api-keys.ts';

describeApiKeys('in memory', inMemoryApiKeyStore);
