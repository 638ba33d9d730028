import { recallStatisticsProvider } from '../../shared/adapters/postgres/recall-statistics.ts';
import { scheduleFunction } from '../../shared/runtime/schedule-function.ts';
import { handler as refresh } from './handler.ts';
import { spec } from './spec.ts';

export const handler = scheduleFunction(spec, refresh, { recallStatistics: recallStatisticsProvider });
