import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { stageOf, stages } from './stage.ts';

/** Findings of the rule packs that nobody has accepted with a reason, as `rule at construct`. */
function findings(settings: (typeof stages)[keyof typeof stages]): string[] {
  const { app } = stageOf(settings);
  return [new AwsSolutionsChecks(app), new ServerlessChecks(app)].flatMap((pack) =>
    pack
      .validateScope(app)
      .violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
      ),
  );
}

describe('the rule packs AwsSolutions and Serverless', () => {
  it.each(Object.entries(stages))('find nothing in %s', (_, settings) => {
    expect(findings(settings)).toEqual([]);
  });
});
