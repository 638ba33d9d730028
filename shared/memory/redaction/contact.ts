import { isIPv4, isIPv6 } from 'node:net';
import { before, byPattern, type Detector } from './detector.ts';

// "icon@2x.png" and "lib@next.js" have the form of an address
const fileEnding = /\.(?:png|jpe?g|gif|svg|webp|ico|pdf|css|js|mjs|ts|tsx|json|html?|md|txt|zip)$/i;

export const email: Detector = byPattern(
  'email',
  /(?<![\p{L}\p{N}_])[\p{L}\p{N}_][\p{L}\p{N}._%+'-]{0,63}@(?:[\p{L}\p{N}-]{1,63}\.){1,6}\p{L}{2,24}(?![\p{L}\p{N}-])/gu,
  (candidate, { end }, { text }) =>
    !fileEnding.test(candidate) &&
    // git@host:owner/repository is a place, not a person
    !(/^git@/i.test(candidate) && text[end] === ':'),
);

const versionBefore = /(?:\bv|\bver\.?|version:?|release:?|build:?|firmware:?)\s*$/i;

export const ipAddresses: readonly Detector[] = [
  byPattern(
    'ip',
    /(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?![\w-]|\.\d)/g,
    (candidate, { start }, where) => isIPv4(candidate) && !versionBefore.test(before(where, start)),
  ),
  // a digit is asked for because words around `::` are names of code
  byPattern(
    'ip',
    /(?<![\w:.-])(?=[0-9A-Fa-f]{0,4}:)[0-9A-Fa-f:]{4,39}(?:\.\d{1,3}){0,3}(?![\w:-]|\.\d)/g,
    (candidate) => isIPv6(candidate) && /\d/.test(candidate),
  ),
];
