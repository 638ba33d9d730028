import { parseSettings, type Settings, type StageSettings } from '../settings.ts';
import { dev } from './dev.ts';
import { emulated } from './emulated.ts';
import { prod } from './prod.ts';
import { staging } from './staging.ts';

const stages: Readonly<Record<string, StageSettings>> = { dev, staging, prod, emulated };
export const stageNames = Object.keys(stages);

/** @throws Error naming the stages there are, or what is wrong with this one */
export function settingsOf(stage: unknown): Settings {
  const found = typeof stage === 'string' ? stages[stage] : undefined;
  if (!found) throw new Error(`Choose a stage: -c stage=${stageNames.join('|')}`);
  return parseSettings(found);
}
