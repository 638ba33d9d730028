import {
  passesBsn,
  passesCodiceFiscale,
  passesCpf,
  passesDni,
  passesEan13,
  passesGermanTaxId,
  passesLuhn,
  passesNir,
} from './checksums.ts';
import { before, byPattern, type Detector, digitsOf } from './detector.ts';

const kind = 'national_id';
const bare = (candidate: string) => candidate.replace(/[ .-]/g, '').toUpperCase();

const bsnContext = /\b(?:bsn|burgerservicenummer|sofinummer|citizen service number)\b/i;
const taxContext = /\b(?:steuer|tax|tin|idnr|identifikationsnummer)/i;
const cpfContext = /\bcpf\b/i;

/** Formats whose letters or dots, with the check character, are rare enough to be recognised by themselves. */
const selfEvident: readonly Detector[] = [
  // Spain, DNI and NIE
  byPattern(kind, /(?<![\w-])(?:\d{8}|[XYZxyz]\d{7})[ -]?[A-HJ-NP-TV-Za-hj-np-tv-z](?![\w-])/g, (found) =>
    passesDni(bare(found)),
  ),
  // France: sex, year, month, department, commune, order, key
  byPattern(
    kind,
    /(?<![\w.-])[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[ABab]) ?\d{3} ?\d{3} ?\d{2}(?![\w-]|\.\d)/g,
    (found) => passesNir(bare(found)),
  ),
  // United Kingdom: a national insurance number has no check digit but letters that are never given out
  byPattern(
    kind,
    /(?<![\w-])(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?![\w-])/g,
  ),
  // Italy
  byPattern(
    kind,
    /(?<![\w-])[A-Za-z]{6}\d{2}[A-EHLMPRSTa-ehlmprst]\d{2}[A-Za-z]\d{3}[A-Za-z](?![\w-])/g,
    (found) => passesCodiceFiscale(found.toUpperCase()),
  ),
  // Switzerland
  byPattern(kind, /(?<![\w.-])756\.?\d{4}\.?\d{4}\.?\d{2}(?![\w-]|\.\d)/g, (found) =>
    passesEan13(bare(found)),
  ),
  // Sweden: the last ten digits carry the Luhn digit. Dates from 2020 on are left to builds and tickets.
  byPattern(
    kind,
    /(?<![\w.-])(?:19|20(?=[01]))?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[-+]\d{4}(?![\w-]|\.\d)/g,
    (found) => passesLuhn(digitsOf(found).slice(-10)),
  ),
  // Brazil, as written with dots
  byPattern(kind, /(?<![\w.-])\d{3}\.\d{3}\.\d{3}-\d{2}(?![\w-])/g, (found) => passesCpf(digitsOf(found))),
];

/** Runs of digits of which every tenth passes the check: only where the words before say what they are. */
const namedByContext: readonly Detector[] = [
  byPattern(
    kind,
    /(?<![\w.-])\d{3,4}[ .]?\d{2,3}[ .]?\d{2,3}(?![\w-]|\.\d)/g,
    (found, { start }, where) =>
      digitsOf(found).length === 9 && bsnContext.test(before(where, start)) && passesBsn(digitsOf(found)),
  ),
  byPattern(
    kind,
    /(?<![\w.-])[1-9]\d ?\d{3} ?\d{3} ?\d{3}(?![\w-]|\.\d)/g,
    (found, { start }, where) => taxContext.test(before(where, start)) && passesGermanTaxId(digitsOf(found)),
  ),
  byPattern(
    kind,
    /(?<![\w.-])\d{11}(?![\w-]|\.\d)/g,
    (found, { start }, where) => cpfContext.test(before(where, start)) && passesCpf(found),
  ),
];

export const nationalIds: readonly Detector[] = [...selfEvident, ...namedByContext];

const ssnContext = /\b(?:ssn|social security)/i;
const neverIssued = /^(?:000|666|9)|^.{3}00|0000$/;

/** United States social security numbers: no check digit; nine bare digits count where the words before say so. */
export const ssn: Detector = byPattern(
  'ssn',
  /(?<![\w.-])\d{3}(?:-\d{2}-\d{4}|[ ]\d{2}[ ]\d{4}|\d{6})(?![\w-]|\.\d)/g,
  (found, { start }, where) =>
    !neverIssued.test(digitsOf(found)) && (found.includes('-') || ssnContext.test(before(where, start))),
);
