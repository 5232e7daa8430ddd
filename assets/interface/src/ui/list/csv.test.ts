import { expect, test } from 'vitest';
import { line } from './csv';

test('a line keeps what its cells say, whatever they contain', () => {
  expect(line(['a;b', 'dit « "oui" »', 'deux\nlignes', null, '', 'simple'], ','))
    .toBe('"a;b";"dit « ""oui"" »";"deux\nlignes";;;simple\r\n');
});

test('numbers are written as the reader’s spreadsheet takes them', () => {
  expect(line([1.5, -2, 1000], ',')).toBe('1,5;-2;1000\r\n');
  expect(line([1.5], '.')).toBe('1.5\r\n');
});

test('no text of somebody else’s runs as a formula', () => {
  for (const text of ['=1+1', '+33 6', '-fuite', '@SOMME(A1)', '\t=1', '\r=1']) {
    expect(line([text], ',').replace(/^"/, '')).toMatch(/^'/);
  }
  expect(line(['fuite -5 bar'], ',')).toBe('fuite -5 bar\r\n');
});
