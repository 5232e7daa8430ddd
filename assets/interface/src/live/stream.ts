//! Server-sent events read by hand: the browser's own reader cannot send who asks.

/** One event of a stream (WHATWG HTML, 9.2). */
export type StreamEvent = { event: string; data: string; id: string };

/** Cuts a stream into its events; `feed` takes what arrives, in whatever pieces. */
export function parser(tell: (event: StreamEvent) => void) {
  let rest = '';
  let event = 'message';
  let data: string[] = [];
  let id = '';
  return (text: string) => {
    const lines = (rest + text).split(/\r\n|\n|\r/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (data.length) tell({ event, data: data.join('\n'), id });
        event = 'message';
        data = [];
        continue;
      }
      const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
      if (field === 'event') event = value;
      else if (field === 'data') data.push(value);
      else if (field === 'id') id = value;
    }
  };
}
