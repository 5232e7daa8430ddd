import { expect, test } from 'vitest';
import { PAGE, START, follow, known } from './chain';

const page = (rows: number, next_cursor: string | null = null) => ({ items: Array.from({ length: rows }), next_cursor });

test('a list grows page by page, to its end', () => {
  const one = follow(START, 0, page(PAGE, 'b'));
  expect([one.starts, known(one)]).toEqual([[undefined, 'b'], PAGE]);
  const two = follow(follow(one, 1, page(PAGE, 'c')), 2, page(7));
  expect([two.starts, known(two)]).toEqual([[undefined, 'b', 'c'], 2 * PAGE + 7]);
});

test('the same page read again changes nothing, so that nothing is drawn again', () => {
  const chain = follow(follow(START, 0, page(PAGE, 'b')), 1, page(7));
  expect(follow(follow(chain, 0, page(PAGE, 'b')), 1, page(7))).toBe(chain);
});

test('a row that comes in moves where the pages after it begin', () => {
  const chain = follow(follow(START, 0, page(PAGE, 'b')), 1, page(7));
  const moved = follow(chain, 0, page(PAGE, 'a'));
  expect([moved.starts, known(moved)]).toEqual([[undefined, 'a'], PAGE + 7]);
  expect(known(follow(moved, 1, page(8)))).toBe(PAGE + 8);
});

test('rows that go take the pages after them along', () => {
  const chain = follow(follow(follow(START, 0, page(PAGE, 'b')), 1, page(PAGE, 'c')), 2, page(7));
  const shorter = follow(chain, 1, page(30));
  expect([shorter.starts, known(shorter)]).toEqual([[undefined, 'b'], PAGE + 30]);
});
