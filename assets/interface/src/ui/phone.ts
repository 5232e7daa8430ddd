import { useMediaQuery } from '@mantine/hooks';

const NARROW = '(max-width: 48em)';

/** Whether the window is as narrow as a phone; right from the first picture on, so that nothing jumps. */
export function useIsPhone(): boolean {
  return useMediaQuery(NARROW, window.matchMedia(NARROW).matches, { getInitialValueInEffect: false });
}
