import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { retention } from '../retention.ts';
import type { Settings } from '../settings.ts';

/** Old memories, ever colder, and the seals of the audit trail, which nobody can change. */
export class ArchiveBuckets extends Construct {
  readonly archive: s3.Bucket;
  readonly audit: s3.Bucket;

  constructor(scope: Construct, id: string, { settings, key }: { settings: Settings; key: IKey }) {
    super(scope, id);
    const { archive } = settings;
    const closed = {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      removalPolicy: retention(settings).removalPolicy,
    };
    const logs = new s3.Bucket(this, 'AccessLogs', {
      ...closed,
      // S3 delivers its logs into no bucket with a key of KMS
      encryption: s3.BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ expiration: Duration.days(settings.logDays) }],
    });
    // the CDK's classes are not written for exact optional properties
    const accessLogs = logs as s3.IBucket;
    const encrypted = { encryption: s3.BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true };
    this.archive = new s3.Bucket(this, 'Archive', {
      ...closed,
      ...encrypted,
      versioned: true,
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: 'archive/',
      lifecycleRules: [
        {
          transitions: [
            {
              storageClass: s3.StorageClass.GLACIER_INSTANT_RETRIEVAL,
              transitionAfter: Duration.days(archive.instantRetrievalAfterDays),
            },
            {
              storageClass: s3.StorageClass.DEEP_ARCHIVE,
              transitionAfter: Duration.days(archive.deepArchiveAfterDays),
            },
          ],
          // an erased memory may not live on as an old version
          noncurrentVersionExpiration: Duration.days(1),
          expiredObjectDeleteMarker: true,
          abortIncompleteMultipartUploadAfter: Duration.days(7),
        },
      ],
    });
    this.audit = new s3.Bucket(this, 'Audit', {
      ...closed,
      ...encrypted,
      versioned: true,
      objectLockEnabled: true,
      objectLockDefaultRetention: s3.ObjectLockRetention.compliance(Duration.days(archive.auditDays)),
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: 'audit/',
    });
    acknowledge(accessLogs, 'It holds the access logs; logging its own would never end.', 'AwsSolutions-S1');
  }
}
