import { expect, test } from 'vitest';
import { type StreamEvent, parser } from './stream';

test('events are found in whatever pieces they arrive', () => {
  const text = ': hello\n\nid: 7\nevent: changement\ndata: {"id":1}\n\nid: 8\nevent: notification\ndata: a\ndata: b\n\n';
  for (let size = 1; size <= text.length; size += 1) {
    const told: StreamEvent[] = [];
    const feed = parser((event) => told.push(event));
    for (let at = 0; at < text.length; at += size) feed(text.slice(at, at + size));
    expect(told).toEqual([
      { event: 'changement', data: '{"id":1}', id: '7' },
      { event: 'notification', data: 'a\nb', id: '8' },
    ]);
  }
});
