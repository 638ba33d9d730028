/** Personal data and secrets that are recognised. When two claim the same text, the earlier one wins. */
export const personalDataKinds = [
  'private_key',
  'jwt',
  'aws_key',
  'api_key',
  'iban',
  'card',
  'national_id',
  'ssn',
  'email',
  'ip',
  'phone',
] as const;
export type PersonalDataKind = (typeof personalDataKinds)[number];

/**
 * What happens to a finding: `allow` keeps it, `mask` puts `[kind]` in its place, `tokenise` an encrypted token
 * that the key's owner can turn back, `block` refuses the whole text.
 */
export const redactionActions = ['allow', 'mask', 'tokenise', 'block'] as const;
export type RedactionAction = (typeof redactionActions)[number];

export type RedactionPolicy = Readonly<Record<PersonalDataKind, RedactionAction>>;

/** IP addresses stay: in operational memories they name machines far more often than people. */
export const defaultRedactionPolicy: RedactionPolicy = {
  private_key: 'mask',
  jwt: 'mask',
  aws_key: 'mask',
  api_key: 'mask',
  iban: 'mask',
  card: 'mask',
  national_id: 'mask',
  ssn: 'mask',
  email: 'mask',
  ip: 'allow',
  phone: 'mask',
};
