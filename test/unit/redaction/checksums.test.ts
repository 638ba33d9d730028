import { describe, expect, it } from 'vitest';
import {
  passesBsn,
  passesCodiceFiscale,
  passesCpf,
  passesDni,
  passesEan13,
  passesGermanTaxId,
  passesLuhn,
  passesMod97,
  passesNir,
} from '../../../shared/memory/redaction/checksums.ts';

/** A published valid number of each kind. Changing any one digit must be noticed. */
const valid: [(number: string) => boolean, string][] = [
  [passesLuhn, '4111111111111111'],
  [passesLuhn, '378282246310005'],
  [passesMod97, 'DE89370400440532013000'],
  [passesMod97, 'GB29NWBK60161331926819'],
  [passesBsn, '111222333'],
  [passesDni, '12345678Z'],
  [passesDni, 'X1234567L'],
  [passesNir, '255081416802538'],
  [passesGermanTaxId, '86095742719'],
  [passesEan13, '7569217076985'],
  [passesCpf, '52998224725'],
  [passesCodiceFiscale, 'RSSMRA85T10A562S'],
];

describe.each(valid)('$0.name of $1', (check, number) => {
  it('passes', () => {
    expect(check(number)).toBe(true);
  });

  it('fails when one digit is another', () => {
    for (const [i, digit] of [...number].entries()) {
      if (!/\d/.test(digit)) continue;
      const other = String((Number(digit) + 1) % 10);
      expect(check(number.slice(0, i) + other + number.slice(i + 1))).toBe(false);
    }
  });
});

it('takes no number of equal digits for a CPF or a BSN', () => {
  expect(passesCpf('11111111111')).toBe(false);
  expect(passesBsn('000000000')).toBe(false);
});

it('counts Corsica in a French number', () => {
  const first = '1840299123456'.replace('99', '2A');
  const key = 97 - (Number(first.replace('2A', '19')) % 97);
  expect(passesNir(`${first}${String(key).padStart(2, '0')}`)).toBe(true);
});
