import { parseSettings, type Settings, type StageSettings } from '../settings.ts';
import { dev } from './dev.ts';
import { emulated } from './emulated.ts';
import { prod } from './prod.ts';
import { staging } from './staging.ts';

const stages = new Map<unknown, StageSettings>(Object.entries({ dev, staging, prod, emulated }));
export const stageNames = [...stages.keys()] as string[];

/** @throws Error naming the stages there are, or what is wrong with this one */
export function settingsOf(stage: unknown): Settings {
  const found = stages.get(stage);
  if (!found) throw new Error(`Choose a stage: -c stage=${stageNames.join('|')}`);
  return parseSettings(found);
}
