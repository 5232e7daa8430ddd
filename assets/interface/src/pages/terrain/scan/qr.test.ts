import { expect, test } from 'vitest';
import { codeOf } from './qr';

test('a label leads to its code, whatever name the server goes by', () => {
  expect(codeOf('https://gmao.test/e/CAS-L2-AC1')).toBe('CAS-L2-AC1');
  expect(codeOf('https://gmao.test/e/3f9a1c07be52d846')).toBe('3f9a1c07be52d846');
  expect(codeOf('http://10.0.0.4:8080/e/a%2Fb%3F%C3%A9%20%23')).toBe('a/b?é #');
  expect(codeOf('https://gmao.test/gmao/e/X/')).toBe('X');
  expect(codeOf(' CAS-L2-AC1 ')).toBe('CAS-L2-AC1');
});

test('what leads elsewhere is no machine', () => {
  for (const text of ['', '   ', 'https://example.test/promo', 'https://gmao.test/e/%E0%A4%A', 'x'.repeat(101)]) expect(codeOf(text)).toBeNull();
});
