//! Short messages at the edge of the window: none lies over what was just pressed.

import { type NotificationData, notifications } from '@mantine/notifications';

/** Whether what was pressed last is in the lower half of the window. */
let isLow = false;

function pressed(event: Event) {
  if (event instanceof KeyboardEvent && event.key !== 'Enter' && event.key !== ' ') return;
  if (!(event.target instanceof Element)) return;
  const { top, bottom } = (event.target.closest('button, a, label, input, [role="button"], [role="option"]') ?? event.target).getBoundingClientRect();
  isLow = top + bottom > window.innerHeight;
}
for (const kind of ['pointerdown', 'keydown']) window.addEventListener(kind, pressed, { capture: true });

const timers = new Map<string, ReturnType<typeof setTimeout>>();

/** Shows a message at the edge away from what was pressed, for as long as it says, wherever the pointer is meanwhile. */
export function tell({ autoClose = 5000, ...message }: NotificationData) {
  const id = notifications.show({ position: isLow ? 'top-center' : 'bottom-center', ...message, autoClose: false });
  clearTimeout(timers.get(id));
  if (typeof autoClose === 'number') timers.set(id, setTimeout(() => notifications.hide(id), autoClose));
}
