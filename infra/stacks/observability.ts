import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Alarms } from '../constructs/alarms.ts';
import { addDashboards } from '../constructs/dashboards.ts';
import { watchService } from '../constructs/service-alarms.ts';
import type { Settings } from '../settings.ts';
import type { DataStack } from './data.ts';
import type { ServiceStack } from './service.ts';

type Props = StackProps & {
  readonly settings: Settings;
  readonly data: DataStack;
  readonly service: ServiceStack;
};

/** What people look at, and what calls them. */
export class ObservabilityStack extends Stack {
  constructor(scope: Construct, id: string, { settings, data, service, ...props }: Props) {
    super(scope, id, props);
    watchService(new Alarms(this, 'Alarms', { settings, key: data.key }), { settings, data, service });
    addDashboards(this, { settings, data, service });
  }
}
