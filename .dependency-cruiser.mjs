/** The rules of the layout, each with the reason that is shown when it is broken. */
const domains = [
  'memory',
  'learning',
  'analytics',
  'replication',
  'lifecycle',
  'realtime',
  'access',
  'limits',
  'deployment',
];
const domain = `^shared/(${domains.join('|')})/`;
/** A package, however the resolver names it; types of Node and of nothing else are free. */
const packages = 'node_modules';
const sdks = 'node_modules/(@aws-sdk|@smithy|pg|neo4j-driver|@grafeo-db|@electric-sql)/';

export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'What depends on each other cannot be understood, tested or loaded apart.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'not-to-unresolvable',
      comment: 'An import that does not resolve would be exempt from every other rule.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(aws-lambda)$' },
    },
    {
      name: 'contracts-stand-alone',
      comment: 'Clients, infra and the console import contracts: they bring along zod and nothing else.',
      severity: 'error',
      from: { path: '^shared/contracts/' },
      to: { pathNot: ['^shared/contracts/', 'node_modules/zod/'] },
    },
    {
      name: 'kernel-stands-alone',
      comment: 'Everything imports the kernel, so it may import the contracts alone.',
      severity: 'error',
      from: { path: '^shared/kernel/' },
      to: { path: '^(shared|functions|infra|scripts|test)/', pathNot: '^shared/(kernel|contracts)/' },
    },
    {
      name: 'domain-knows-no-technology',
      comment: 'A domain speaks to stores through its ports; adapters, SDKs and drivers stay outside.',
      severity: 'error',
      from: { path: domain },
      to: {
        path: ['^shared/(adapters|runtime|client)/', sdks, 'node_modules/(@middy|@aws-lambda-powertools)/'],
      },
    },
    {
      name: 'domains-meet-in-contracts',
      comment: 'Domains do not import each other; they meet in contracts and events.',
      severity: 'error',
      from: { path: domain },
      to: { path: domain, pathNot: '^shared/$1/' },
    },
    {
      name: 'shared-below-hosts',
      comment: 'Hosts use shared code, never the other way round.',
      severity: 'error',
      from: { path: '^shared/' },
      to: { path: '^(functions|infra|scripts|test)/' },
    },
    {
      name: 'infra-maps-specs',
      comment: 'Infra maps specs and contracts to AWS; business code in it would run at synth.',
      severity: 'error',
      from: { path: '^infra/' },
      to: {
        path: '^(functions|shared|scripts|test)/',
        pathNot: ['^functions/[^/]+/spec\\.ts$', '^functions/index\\.ts$', '^shared/contracts/'],
      },
    },
    {
      name: 'handler-builds-nothing',
      comment: 'A handler takes ports, so that it runs with fakes; main.ts alone builds clients.',
      severity: 'error',
      from: { path: '^functions/[^/]+/', pathNot: '/main\\.ts$' },
      to: { path: ['^shared/adapters/', sdks] },
    },
    {
      name: 'specs-are-data',
      comment: 'Hosts loop over specs without loading what they describe.',
      severity: 'error',
      from: { path: '^functions/([^/]+/spec|index)\\.ts$' },
      to: { pathNot: ['^shared/contracts/', '^functions/[^/]+/spec\\.ts$', 'node_modules/zod/'] },
    },
    {
      name: 'functions-apart',
      comment: 'Each function is deployed by itself; what two of them need belongs to shared.',
      severity: 'error',
      from: { path: '^functions/([^/]+)/' },
      to: { path: '^functions/([^/]+)/', pathNot: '^functions/$1/' },
    },
    {
      name: 'no-development-packages',
      comment: 'A development dependency is not there after deployment.',
      severity: 'error',
      from: { path: '^(shared|functions)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], path: packages },
    },
  ],
  options: {
    doNotFollow: { path: packages },
    exclude: { path: '^(cdk\\.out|dist|\\.strata)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json', '.d.ts'],
    },
  },
};
