/** A published price of one unit, in US dollars, without free tiers and volume discounts. */
export interface UnitPrice {
  readonly usd: number;
  readonly per: string;
  /** Title of the page it was read on, or `undefined`: it is from memory, and nobody has looked it up. */
  readonly source: string | undefined;
}

/** Where and when the prices hold. Stages in other regions pay theirs, which in Europe are mostly higher. */
export const priced = { region: 'us-east-1', lookedUp: '2026-11-21' } as const;

const price = (usd: number, per: string, source?: string): UnitPrice => ({ usd, per, source });

export const prices = {
  acuHour: price(0.12, 'ACU-hour', 'Amazon Aurora Pricing: The I/O-Optimized Crossover (June 2026)'),
  auroraGbMonth: price(0.1, 'GB-month', 'Aurora Serverless v2 Pricing: When Elasticity Pays Back (May 2026)'),
  auroraIo: price(0.2 / 1e6, 'I/O'),
  proxyAcuHour: price(0.015, 'ACU-hour'),
  lambdaGbSecond: price(
    0.0000133334,
    'GB-second, arm64',
    'AWS Lambda Pricing Breakdown: Ultimate Guide 2024',
  ),
  lambdaRequest: price(0.2 / 1e6, 'request', 'Cost (notes on running Lambda locally)'),
  httpApiRequest: price(1 / 1e6, 'request', 'AWS API Gateway Pricing: REST vs HTTP vs WebSocket'),
  egressGb: price(0.09, 'GB', 'AWS API Gateway Pricing: REST vs HTTP vs WebSocket'),
  dynamoWrite: price(
    0.625 / 1e6,
    'write unit',
    'Amazon DynamoDB Pricing: On-Demand & Provisioned (July 2025)',
  ),
  dynamoRead: price(0.125 / 1e6, 'read unit', 'Amazon DynamoDB Pricing: On-Demand & Provisioned (July 2025)'),
  dynamoGbMonth: price(0.25, 'GB-month'),
  dynamoBackupGbMonth: price(0.2, 'GB-month'),
  sqsRequest: price(0.4 / 1e6, 'request', 'Amazon SQS Pricing: The 64 KB Rule (June 2026)'),
  busEvent: price(1 / 1e6, 'event', 'Amazon EventBridge Pricing: Complete Guide (March 2026)'),
  busArchiveGb: price(0.1, 'GB', 'Amazon EventBridge Pricing: Complete Guide (March 2026)'),
  schedulerCall: price(1 / 1e6, 'call', 'Amazon EventBridge Pricing: Complete Guide (March 2026)'),
  instantRetrievalGbMonth: price(0.004, 'GB-month', 'S3 storage classes cost guide (March 2026)'),
  deepArchiveGbMonth: price(0.00099, 'GB-month', 'S3 storage classes cost guide (March 2026)'),
  logGb: price(0.5, 'GB', 'Amazon CloudWatch Pricing: The 10 Billing Dimensions (June 2026)'),
  metricMonth: price(0.3, 'metric', 'CloudWatch Pricing Without the Confusion (February 2026)'),
  alarmMetricMonth: price(0.1, 'metric of an alarm'),
  dashboardMonth: price(3, 'dashboard', 'Amazon CloudWatch Pricing: The 10 Billing Dimensions (June 2026)'),
  trace: price(5 / 1e6, 'trace'),
  keyMonth: price(1, 'key', 'AWS KMS Pricing: Encryption Key Costs (March 2026)'),
  secretMonth: price(0.4, 'secret', 'AWS Secrets Manager: rotated secrets, dynamic DB credentials, KMS'),
  endpointHour: price(0.01, 'hour and zone', 'AWS PrivateLink Cost Analysis (May 2026)'),
  natHour: price(0.045, 'hour', 'AWS NAT Gateway Pricing: Complete Guide (February 2026)'),
  natGb: price(0.045, 'GB', 'AWS NAT Gateway Pricing: Complete Guide (February 2026)'),
  addressHour: price(0.005, 'hour', 'AWS NAT Gateway Pricing: Complete Guide (February 2026)'),
  t4gMediumHour: price(0.0336, 'hour'),
  volumeGbMonth: price(0.08, 'GB-month'),
  auraGbMonth: price(65, 'GB of memory and month'),
} as const satisfies Record<string, UnitPrice>;

export type PriceName = keyof typeof prices;

/** Those that nobody has looked up. */
export const unverified = (): PriceName[] =>
  (Object.keys(prices) as PriceName[]).filter((name) => prices[name].source === undefined);
