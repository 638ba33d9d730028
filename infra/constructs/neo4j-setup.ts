import { UserData } from 'aws-cdk-lib/aws-ec2';

interface Setup {
  readonly address: string;
  readonly boltPort: number;
  readonly secretArn: string;
  readonly volumeId: string;
}

/** The series of Neo4j that the service is tested with. */
const version = '5.26';

const repository = `[neo4j]
name=Neo4j
baseurl=https://yum.neo4j.com/stable/5
enabled=1
gpgcheck=1
gpgkey=https://debian.neo4j.com/neotechnology.gpg.key`;

const configuration = ({ address, boltPort }: Setup) => ({
  'server.default_listen_address': '0.0.0.0',
  'server.default_advertised_address': address,
  'server.bolt.listen_address': `:${boltPort}`,
  'server.bolt.tls_level': 'REQUIRED',
  'dbms.ssl.policy.bolt.enabled': 'true',
  'dbms.ssl.policy.bolt.base_directory': 'certificates/bolt',
  'dbms.ssl.policy.bolt.client_auth': 'NONE',
  'server.http.enabled': 'false',
  'server.https.enabled': 'false',
  'dbms.usage_report.enabled': 'false',
});

/** Neo4j does not start when a setting is there twice, and the package's file sets some of these. */
function configure(settings: Readonly<Record<string, string>>): string[] {
  const file = '/etc/neo4j/neo4j.conf';
  const names = Object.keys(settings).map((name) => name.replaceAll('.', '\\.'));
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return [
    `sed -i -E '/^(${names.join('|')})=/d' ${file}`,
    `cat >> ${file} <<'END'\n${lines.join('\n')}\nEND`,
  ];
}

/** The first start of the machine: its volume, Neo4j, a certificate and the password of the secret. */
export function neo4jSetup(setup: Setup): UserData {
  const data = UserData.forLinux();
  data.addCommands(
    'set -euo pipefail',
    `cat > /etc/yum.repos.d/neo4j.repo <<'END'\n${repository}\nEND`,
    `dnf install -y java-21-amazon-corretto-headless jq openssl 'neo4j-${version}.*'`,
    'token=$(curl -sfX PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 3600" http://169.254.169.254/latest/api/token)',
    'self=$(curl -sf -H "X-aws-ec2-metadata-token: $token" http://169.254.169.254/latest/meta-data/instance-id)',
    // the machine before this one has it until it is gone
    `until aws ec2 attach-volume --volume-id ${setup.volumeId} --instance-id "$self" --device /dev/sdf; do sleep 10; done`,
    `disk=/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_$(echo ${setup.volumeId} | tr -d -)`,
    'until [ -e "$disk" ]; do sleep 1; done',
    'blkid "$disk" || mkfs.xfs "$disk"',
    'echo "$disk /var/lib/neo4j/data xfs noatime 0 2" >> /etc/fstab',
    'mount /var/lib/neo4j/data',
    'mkdir -p /var/lib/neo4j/certificates/bolt',
    `openssl req -x509 -newkey rsa:3072 -nodes -days 3650 -subj /CN=${setup.address} -keyout /var/lib/neo4j/certificates/bolt/private.key -out /var/lib/neo4j/certificates/bolt/public.crt`,
    ...configure(configuration(setup)),
    // does nothing where the volume holds a database that has its password already
    `neo4j-admin dbms set-initial-password "$(aws secretsmanager get-secret-value --secret-id ${setup.secretArn} --query SecretString --output text | jq -r .password)" || true`,
    'chown -R neo4j:neo4j /var/lib/neo4j',
    'systemctl enable --now neo4j',
  );
  return data;
}
