import { RemovalPolicy } from 'aws-cdk-lib';
import type { Settings } from './settings.ts';

/** What happens to a resource with data when its stack goes, or a template no longer names it. */
export const retention = ({ retain }: Pick<Settings, 'retain'>) => ({
  removalPolicy: retain ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
  deletionProtection: retain,
});
