/** Where a server is: `npm run test:services` starts it and says so. */
const setting = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set; run this with npm run test:services`);
  return value;
};

/** The login may do everything. */
export const postgresUrl = (): string => setting('POSTGRES_TEST_URL');

export const neo4jSettings = () => ({
  url: setting('NEO4J_TEST_URL'),
  user: setting('NEO4J_TEST_USER'),
  password: setting('NEO4J_TEST_PASSWORD'),
});

/** An emulator of AWS. */
export const awsEndpoint = (): string => setting('AWS_TEST_ENDPOINT_URL');
