/** What a type of resource is paid for by: items of the bill, or none, and why. */
export type Charge = { readonly items: readonly [string, ...string[]] } | { readonly free: string };

const on = (...items: readonly [string, ...string[]]): Charge => ({ items });
const free = (reason: string): Charge => ({ free: reason });

const permission = free('IAM costs nothing.');
const addressing = free('Parts of a network that nothing is charged for.');
const policy = free('A property of what it belongs to.');
const deployment = free('Runs during a deployment alone: seconds of Lambda.');
const rotation = free('A function changes a password once a month: seconds of Lambda.');

/** Every type of resource in the templates of the stages. One that is not here has not been thought of. */
export const charges: Readonly<Record<string, Charge>> = {
  'AWS::ApiGateway::Account': free('A setting of the account.'),
  'AWS::ApiGatewayV2::Api': on('API Gateway', 'WebSocket', 'answers to the internet'),
  'AWS::ApiGatewayV2::Authorizer': free('API Gateway checks tokens without a charge; no function is called.'),
  'AWS::ApiGatewayV2::Integration': policy,
  'AWS::ApiGatewayV2::Route': on('metrics of routes'),
  'AWS::ApiGatewayV2::Stage': on('metrics of routes', 'logs and traces'),
  'AWS::CloudWatch::Alarm': on('alarms'),
  'AWS::CloudWatch::CompositeAlarm': on('alarms'),
  'AWS::CloudWatch::Dashboard': on('dashboards'),
  'AWS::DynamoDB::Table': on('DynamoDB', 'hot cache'),
  'AWS::EC2::EIP': on('NAT gateways'),
  'AWS::EC2::FlowLog': on('logs and traces'),
  'AWS::EC2::Instance': on('Neo4j'),
  'AWS::EC2::InternetGateway': addressing,
  'AWS::EC2::LaunchTemplate': free('A description of the machine.'),
  'AWS::EC2::NatGateway': on('NAT gateways', 'NAT data'),
  'AWS::EC2::Route': addressing,
  'AWS::EC2::RouteTable': addressing,
  'AWS::EC2::SecurityGroup': addressing,
  'AWS::EC2::SecurityGroupIngress': addressing,
  'AWS::EC2::Subnet': on('between zones'),
  'AWS::EC2::SubnetRouteTableAssociation': addressing,
  'AWS::EC2::VPC': addressing,
  'AWS::EC2::VPCEndpoint': on('VPC endpoints'),
  'AWS::EC2::VPCGatewayAttachment': addressing,
  'AWS::EC2::Volume': on('Neo4j'),
  'AWS::Events::Archive': on('EventBridge'),
  'AWS::Events::EventBus': on('EventBridge'),
  'AWS::Events::Rule': free('Handing an event to a function of the same account costs nothing.'),
  'AWS::IAM::InstanceProfile': permission,
  'AWS::IAM::Policy': permission,
  'AWS::IAM::Role': permission,
  'AWS::KMS::Key': on('keys and secrets'),
  'AWS::Lambda::EventInvokeConfig': policy,
  'AWS::Lambda::EventSourceMapping': on('polling of queues'),
  'AWS::Lambda::Function': on('Lambda', 'schedules', 'metrics of functions', 'logs and traces'),
  'AWS::Lambda::Permission': permission,
  'AWS::Logs::LogGroup': on('logs and traces'),
  'AWS::RDS::DBCluster': on('Postgres', 'Aurora I/O'),
  'AWS::RDS::DBClusterParameterGroup': policy,
  'AWS::RDS::DBInstance': on('Aurora capacity'),
  'AWS::RDS::DBProxy': on('RDS Proxy'),
  'AWS::RDS::DBProxyTargetGroup': policy,
  'AWS::RDS::DBSubnetGroup': policy,
  'AWS::Route53::HostedZone': on('Neo4j'),
  'AWS::Route53::RecordSet': free('The zone is charged for, and the queries.'),
  'AWS::S3::Bucket': on('archive', 'archive requests', 'archive reads'),
  'AWS::S3::BucketPolicy': policy,
  'AWS::SNS::Topic': free('Rings when something is wrong: a thousand mails are two cents.'),
  'AWS::SNS::TopicPolicy': policy,
  'AWS::SQS::Queue': on('SQS', 'polling of queues'),
  'AWS::SQS::QueuePolicy': policy,
  'AWS::Scheduler::Schedule': on('schedules'),
  'AWS::SecretsManager::ResourcePolicy': policy,
  'AWS::SecretsManager::RotationSchedule': rotation,
  'AWS::SecretsManager::Secret': on('keys and secrets'),
  'AWS::SecretsManager::SecretTargetAttachment': policy,
  'AWS::Serverless::Application': rotation,
  'Custom::StrataIssuerAnswers': deployment,
  'Custom::StrataMigration': deployment,
  'Custom::VpcRestrictDefaultSG': deployment,
};
