//! Where the pages of a list begin. Each page names where the next one does, so that page 1,000 is read as fast as
//! page 2; rows that come and go meanwhile move these places.

/** Rows of every page but the last. */
export const PAGE = 100;

export type Chain = {
  /** The cursor of each page known of; the first has none. */
  starts: readonly (string | undefined)[];
  /** How many rows the last of them has; 0 until it is read. */
  tail: number;
};

export const START: Chain = { starts: [undefined], tail: 0 };

/** How many rows are known to be there. */
export const known = ({ starts, tail }: Chain) => (starts.length - 1) * PAGE + tail;

/** The chain as page `at` tells it; the same object if that is nothing new. */
export function follow(chain: Chain, at: number, page: { items: unknown[]; next_cursor?: string | null }): Chain {
  const { starts, tail } = chain;
  const next = page.next_cursor;
  const isLast = at === starts.length - 1;
  if (!next) return isLast && tail === page.items.length ? chain : { starts: starts.slice(0, at + 1), tail: page.items.length };
  if (starts[at + 1] === next) return chain;
  return { starts: [...starts.slice(0, at + 1), next, ...starts.slice(at + 2)], tail: isLast ? 0 : tail };
}
