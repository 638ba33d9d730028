/** Check digits of cards, accounts and national numbers. Arguments are bare digits unless said otherwise. */

const digit = (text: string, i: number) => text.charCodeAt(i) - 48;

const weighted = (text: string, weights: readonly number[]) =>
  weights.reduce((sum, weight, i) => sum + weight * digit(text, i), 0);

/** ISO/IEC 7812: cards, Swedish personal numbers. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const value = digit(digits, digits.length - 1 - i) * (i % 2 === 0 ? 1 : 2);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

/** ISO 7064 mod 97-10 of an IBAN: country and check digits moved to the end, letters as 10 to 35. */
export function passesMod97(iban: string): boolean {
  let remainder = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}

/** Dutch citizen service number: the "eleven test", last weight negative. */
export const passesBsn = (digits: string): boolean =>
  /[1-9]/.test(digits) && weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0;

/** Spanish DNI and NIE: the letter is the number mod 23; X, Y and Z stand for 0, 1 and 2. */
export function passesDni(id: string): boolean {
  const number = Number(id.slice(0, -1).replace('X', '0').replace('Y', '1').replace('Z', '2'));
  return id.at(-1) === 'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23];
}

/** French social security number: 13 characters and a key of 97 minus their remainder; Corsica counts as 19, 18. */
export function passesNir(id: string): boolean {
  const number = Number(id.slice(0, 13).replace('2A', '19').replace('2B', '18'));
  return 97 - (number % 97) === Number(id.slice(13));
}

/** German tax number, ISO 7064 mod 11,10: its first ten digits hold one digit two or three times, none oftener. */
export function passesGermanTaxId(digits: string): boolean {
  const counts = new Map<string, number>();
  for (const one of digits.slice(0, 10)) counts.set(one, (counts.get(one) ?? 0) + 1);
  const repeated = [...counts.values()].filter((count) => count > 1);
  if (repeated.length !== 1 || (repeated[0] ?? 0) > 3) return false;
  let product = 10;
  for (let i = 0; i < 10; i++) {
    const sum = (digit(digits, i) + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === digit(digits, 10);
}

/** Swiss and Liechtenstein social security number: an EAN-13. */
export const passesEan13 = (digits: string): boolean =>
  weighted(digits, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0;

/** Brazilian CPF: two check digits mod 11. */
export function passesCpf(digits: string): boolean {
  if (/^(\d)\1+$/.test(digits)) return false;
  const check = (length: number) => {
    const weights = Array.from({ length }, (_, i) => length + 1 - i);
    return ((weighted(digits, weights) * 10) % 11) % 10 === digit(digits, length);
  };
  return check(9) && check(10);
}

const oddValues = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];

/** Italian codice fiscale: 15 characters, odd places by a table, and a letter for the sum mod 26. */
export function passesCodiceFiscale(id: string): boolean {
  let sum = 0;
  for (let i = 0; i < 15; i++) {
    const character = id[i] ?? '';
    const value = /\d/.test(character) ? Number(character) : character.charCodeAt(0) - 65;
    sum += i % 2 === 0 ? (oddValues[value] ?? 0) : value;
  }
  return id.charCodeAt(15) - 65 === sum % 26;
}
