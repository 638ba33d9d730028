import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { propertiesOf, resourcesOf, stages } from './stage.ts';

interface Joined {
  'Fn::Base64': { 'Fn::Join': [string, unknown[]] };
}

const machines = propertiesOf<{ UserData: Joined }>(resourcesOf(stages.dev), 'AWS::EC2::Instance');

/** What the machine runs at its first start; references stand for themselves. */
const setup = machines
  .flatMap(({ UserData }) => UserData['Fn::Base64']['Fn::Join'][1])
  .map((part) => (typeof part === 'string' ? part : JSON.stringify(part)))
  .join('');

/** Of the settings that the package writes, some that count here. */
const packaged = `server.directories.import=/var/lib/neo4j/import
#server.bolt.listen_address=:7687
server.bolt.enabled=true
server.http.enabled=true
#server.http.listen_address=:7474
server.https.enabled=false
server.jvm.additional=-XX:+UseG1GC
`;

describe('the machine of the graph', () => {
  it('configures Neo4j without a setting that is there twice, which it would not start with', () => {
    const [, script = ''] = /sed -i -E '([^']+)' \/etc\/neo4j\/neo4j\.conf/.exec(setup) ?? [];
    const [, added = ''] = /cat >> \/etc\/neo4j\/neo4j\.conf <<'END'\n([\s\S]+?\n)END/.exec(setup) ?? [];
    const kept = execFileSync('sed', ['-E', script], { input: packaged, encoding: 'utf8' });
    const settings = `${kept}${added}`.split('\n').filter((line) => /^[a-z]/.test(line));
    const names = settings.map((line) => line.split('=')[0]);
    expect(names).toEqual([...new Set(names)]);
    expect(settings).toEqual(
      expect.arrayContaining([
        'server.directories.import=/var/lib/neo4j/import',
        'server.bolt.enabled=true',
        'server.bolt.tls_level=REQUIRED',
        'server.http.enabled=false',
        'server.https.enabled=false',
        'server.jvm.additional=-XX:+UseG1GC',
      ]),
    );
  });

  it('may be replaced: the next one waits for the volume until it is gone', () => {
    const kept = { ...stages.dev, stage: 'kept', retain: true } as const;
    const machines = propertiesOf<object>(resourcesOf(kept), 'AWS::EC2::Instance');
    expect(machines).toHaveLength(1);
    for (const machine of machines) expect(machine).not.toHaveProperty('DisableApiTermination');
  });
});
