import { before, byPattern, type Detector, type Span } from './detector.ts';

const header = /-----BEGIN (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----/g;
const footer = /-----END (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----/g;

/** From the first line to the last; to the end of the text where that is missing, for half a key is a secret too. */
export const privateKey: Detector = {
  kind: 'private_key',
  find({ text }) {
    const ends = [...text.matchAll(footer)].map((match) => match.index + match[0].length);
    const spans: Span[] = [];
    let next = 0;
    for (const { index: start } of text.matchAll(header)) {
      if (start < (spans.at(-1)?.end ?? 0)) continue;
      while (next < ends.length && (ends[next] ?? 0) <= start) next++;
      spans.push({ start, end: ends[next] ?? text.length });
    }
    return spans;
  },
};

/** Three parts whose first is the base64url of a JSON object with an algorithm; `eyJ` is `{"`. */
export const jwt: Detector = byPattern(
  'jwt',
  /(?<![\w-])eyJ[\w-]{8,2000}\.[\w-]{4,8000}\.[\w-]{0,2000}/g,
  (candidate) =>
    /"(?:alg|enc)"/.test(Buffer.from(candidate.split('.')[0] ?? '', 'base64url').toString('latin1')),
);

const secretContext = /secret|aws[ _-]?(?:access|key)/i;
const mixed = (text: string) => /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text);

export const awsKeys: readonly Detector[] = [
  byPattern('aws_key', /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])/g),
  // forty characters of base64 could be anything, a commit's hash included: the words before decide
  byPattern(
    'aws_key',
    /(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/g,
    (candidate, { start }, where) => mixed(candidate) && secretContext.test(before(where, start)),
  ),
];

/** Keys that their issuers made recognisable by a prefix. */
const prefixed: readonly RegExp[] = [
  // GitHub
  /(?<![A-Za-z0-9])gh[pousr]_[A-Za-z0-9]{36,255}/g,
  /(?<![A-Za-z0-9])github_pat_\w{22,255}/g,
  // GitLab
  /(?<![A-Za-z0-9])glpat-[\w-]{20,64}/g,
  // Slack: tokens and webhooks
  /(?<![A-Za-z0-9])xox[abeoprs]-[A-Za-z0-9-]{10,250}/g,
  /https:\/\/hooks\.slack\.com\/services\/T\w{6,16}\/B\w{6,16}\/\w{16,64}/g,
  // Google
  /(?<![A-Za-z0-9])AIza[\w-]{35}(?![\w-])/g,
  /(?<![A-Za-z0-9])ya29\.[\w-]{20,1024}/g,
  // Stripe, SendGrid, npm, Hugging Face
  /(?<![A-Za-z0-9])[sr]k_(?:live|test)_[A-Za-z0-9]{16,128}/g,
  /(?<![A-Za-z0-9])SG\.[\w-]{16,32}\.[\w-]{32,64}/g,
  /(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])/g,
  /(?<![A-Za-z0-9])hf_[A-Za-z0-9]{30,64}/g,
  // Azure storage
  /(?<=AccountKey=)[A-Za-z0-9/+]{86}==/g,
];

export const apiKeys: readonly Detector[] = [
  ...prefixed.map((pattern) => byPattern('api_key', pattern)),
  // OpenAI and those that took over its form: a slug such as sk-learn-… has no digits and capitals
  byPattern('api_key', /(?<![\w-])sk-[\w-]{20,200}/g, mixed),
];
