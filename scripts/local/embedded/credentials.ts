/** What the SDK needs to sign with; the embedded servers look at none of it. */
export const embeddedAws = {
  region: 'eu-west-1',
  credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
} as const;
