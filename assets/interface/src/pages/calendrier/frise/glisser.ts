//! Dragging with a mouse, a pen or a finger: nothing moves before it is let go, and Escape gives up.

import { useEffect, useRef, useState } from 'react';
import { direction } from '@/app/langue';
import type { Axe } from './axe';
import { type Place, snapped } from './regles';

/** What is dragged: how long it is, and where on it the finger is. */
export type Dragged<Item> = { item: Item; length: number; grab: number };

/** Less than this is a click. */
const SLOP = 5;
/** So near to the side the axis scrolls by itself. */
const EDGE = 48;

/**
 * `place` is where the item would be now; `null` where it cannot be let go. Rows say whose they are by
 * `data-technicien`, the scrolling frame is `data-frise`.
 */
export function useGlisser<Item extends { zone: string }>(axe: Axe, drop: (item: Item, place: Place) => void) {
  const [dragged, setDragged] = useState<(Dragged<Item> & { place: Place | null }) | null>(null);
  const latest = useRef({ axe, drop });
  latest.current = { axe, drop };
  const stop = useRef<() => void>(undefined);
  useEffect(() => () => stop.current?.(), []);

  const begin = (event: React.PointerEvent, item: Item, length: number, grabbed: number) => {
    if (event.button !== 0) return;
    const from = { x: event.clientX, y: event.clientY };
    let place: Place | null = null;
    let moves = false;

    const move = (now: PointerEvent) => {
      if (!moves && Math.hypot(now.clientX - from.x, now.clientY - from.y) < SLOP) return;
      moves = true;
      place = placeAt(now, latest.current.axe, item.zone, length, grabbed);
      scrollAtEdge(now);
      setDragged({ item, length, grab: grabbed, place });
    };
    const end = (now: PointerEvent | null) => {
      stop.current?.();
      setDragged(null);
      if (!moves || !now) return;
      // The click that follows would open what was just let go.
      window.addEventListener('click', swallow, { capture: true, once: true });
      setTimeout(() => window.removeEventListener('click', swallow, { capture: true }), 0);
      if (place) latest.current.drop(item, place);
    };
    const key = (pressed: KeyboardEvent) => pressed.key === 'Escape' && end(null);
    const cancel = () => end(null);
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', end);
    window.addEventListener('pointercancel', cancel);
    window.addEventListener('keydown', key);
    stop.current = () => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', end);
      window.removeEventListener('pointercancel', cancel);
      window.removeEventListener('keydown', key);
    };
  };
  return { dragged, begin };
}

const swallow = (event: Event) => {
  event.preventDefault();
  event.stopPropagation();
};

function placeAt({ clientX, clientY }: PointerEvent, axe: Axe, zone: string, length: number, grab: number): Place | null {
  const row = document.elementsFromPoint(clientX, clientY).find((element): element is HTMLElement => element instanceof HTMLElement && 'technicien' in element.dataset);
  if (!row) return null;
  const { left, right } = row.getBoundingClientRect();
  const pixels = (direction() === 'rtl' ? right - clientX : clientX - left) - grab;
  const debut = snapped(axe.moment(pixels, zone));
  return { technicien: Number(row.dataset.technicien), debut, fin: debut + length };
}

function scrollAtEdge({ clientX }: PointerEvent) {
  const frame = document.querySelector<HTMLElement>('[data-frise]');
  if (!frame) return;
  const { left, right } = frame.getBoundingClientRect();
  if (clientX > right - EDGE) frame.scrollBy({ left: 20 });
  else if (clientX < left + EDGE) frame.scrollBy({ left: -20 });
}
