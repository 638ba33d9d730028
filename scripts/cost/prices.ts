import { type Source, sources } from './price-sources.ts';

/** A published price of one unit, in US dollars, without free tiers and volume discounts. */
export interface UnitPrice {
  readonly usd: number;
  readonly per: string;
  readonly source: Source;
}

/** Where the prices hold. Stages in other regions pay theirs, which in Europe are mostly higher. */
export const pricedRegion = 'us-east-1';

const price = (usd: number, per: string, source: Source): UnitPrice => ({ usd, per, source });
const thousand = 1e3;
const tenThousand = 1e4;
const million = 1e6;
const from = sources;

export const prices = {
  httpApiRequest: price(1 / million, 'request', from.apiGateway),
  socketMessage: price(1 / million, 'message of up to 32 KB', from.webSockets),
  socketMinute: price(0.25 / million, 'minute of a connection', from.webSockets),
  egressGb: price(0.09, 'GB', from.apiGateway),

  acuHour: price(0.12, 'ACU-hour', from.auroraCapacity),
  auroraGbMonth: price(0.1, 'GB-month', from.auroraStorage),
  auroraIo: price(0.2 / million, 'I/O', from.auroraStorage),
  auroraBackupGbMonth: price(0.021, 'GB-month', from.auroraStorage),
  proxyAcuHour: price(0.015, 'ACU-hour', from.proxy),

  lambdaGbSecond: price(0.0000133334, 'GB-second, arm64', from.lambdaTime),
  lambdaRequest: price(0.2 / million, 'request', from.lambdaRequests),

  dynamoWrite: price(0.625 / million, 'write unit', from.dynamoRequests),
  dynamoRead: price(0.125 / million, 'read unit', from.dynamoRequests),
  dynamoGbMonth: price(0.25, 'GB-month', from.dynamoStorage),
  dynamoBackupGbMonth: price(0.2, 'GB-month', from.dynamoStorage),

  sqsRequest: price(0.4 / million, 'request', from.sqs),
  busEvent: price(1 / million, 'event', from.eventBridge),
  busArchiveGb: price(0.1, 'GB', from.eventBridge),
  busArchiveGbMonth: price(0.023, 'GB-month', from.eventArchive),
  schedulerCall: price(1 / million, 'call', from.eventBridge),

  standardGbMonth: price(0.023, 'GB-month', from.s3),
  standardPut: price(0.005 / thousand, 'request', from.s3),
  standardGet: price(0.0004 / thousand, 'request', from.s3),
  instantRetrievalGbMonth: price(0.004, 'GB-month', from.s3),
  instantRetrievalGet: price(0.01 / thousand, 'request', from.s3),
  instantRetrievalGb: price(0.03, 'GB', from.s3),
  toInstantRetrieval: price(0.02 / thousand, 'transition', from.s3),
  deepArchiveGbMonth: price(0.00099, 'GB-month', from.s3),
  deepArchiveRestore: price(0.1 / thousand, 'request', from.s3),
  deepArchiveGb: price(0.02, 'GB', from.s3),
  toDeepArchive: price(0.05 / thousand, 'transition', from.s3),

  logGb: price(0.5, 'GB', from.cloudWatch),
  logGbMonth: price(0.03, 'GB-month, compressed', from.logStorage),
  metricMonth: price(0.3, 'metric', from.metrics),
  alarmMetricMonth: price(0.1, 'metric of an alarm', from.alarms),
  compositeAlarmMonth: price(0.5, 'alarm over alarms', from.alarms),
  dashboardMonth: price(3, 'dashboard', from.cloudWatch),
  trace: price(5 / million, 'trace', from.xRay),

  keyMonth: price(1, 'key', from.keys),
  keyRequest: price(0.03 / tenThousand, 'request', from.keys),
  signature: price(0.03 / tenThousand, 'signature, RSA 2048', from.signatures),
  secretMonth: price(0.4, 'secret', from.secrets),
  secretRequest: price(0.05 / tenThousand, 'request', from.secrets),

  endpointHour: price(0.01, 'hour and zone', from.endpoints),
  endpointGb: price(0.01, 'GB', from.endpointData),
  natHour: price(0.045, 'hour', from.nat),
  natGb: price(0.045, 'GB', from.nat),
  addressHour: price(0.005, 'hour', from.nat),
  crossZoneGb: price(0.02, 'GB, both ends', from.zones),

  hostedZoneMonth: price(0.5, 'zone', from.names),
  nameQuery: price(0.4 / million, 'query', from.names),
  t4gMediumHour: price(0.0336, 'hour', from.machines),
  volumeGbMonth: price(0.08, 'GB-month', from.volumes),
  auraGbMonth: price(65, 'GB of memory and month', from.aura),
} as const satisfies Record<string, UnitPrice>;

export type PriceName = keyof typeof prices;
