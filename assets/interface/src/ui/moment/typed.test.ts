import { expect, test } from 'vitest';
import { boxes, isUnread, moment, readDay, readHour } from './typed';

const TODAY = '2031-05-04';

test('an hour is kept as it was typed, or is none', () => {
  const said = ['1545', '0930', '1400', '2215', '15:45', '15h45', '15 h 45', '15.45', '15 45', '15h', '9', '9h', '930', '0:05', '2359', '١٥٤٥', ' 7:30 '];
  expect(said.map(readHour)).toEqual(['15:45', '09:30', '14:00', '22:15', '15:45', '15:45', '15:45', '15:45', '15:45', '15:00', '09:00', '09:00', '09:30', '00:05', '23:59', '15:45', '07:30']);
  for (const none of ['', '24:00', '12:60', '2400', '145', '15:4', '15:456', '15454', 'midi', '-3', '1e3', '15:45 pm']) expect(readHour(none), none).toBeNull();
});

test('a day is kept as it was typed, or is none', () => {
  const said = ['17/02/2032', '17/2/32', '17-02-2032', '17.02.2032', '17022032', '2032-02-17', '١٧/٠٢/٢٠٣٢'];
  for (const text of said) expect(readDay(text, TODAY), text).toBe('2032-02-17');
  expect(readDay('17/02', TODAY)).toBe('2031-02-17');
  expect(readDay('29/02/2032', TODAY)).toBe('2032-02-29');
  for (const none of ['', '31/02/2032', '29/02/2031', '17', '1702', '170232', '00/01/2031', '12/13/2031', '17/02/0026', '17/02/203', 'demain', '2032-2-17']) expect(readDay(none, TODAY), none).toBeNull();
});

test('a moment holds both, and what cannot be read stays as it was typed', () => {
  expect(moment('17/02/2032', '1545', TODAY)).toBe('2032-02-17 15:45:00');
  expect(boxes('2032-02-17 15:45:00')).toEqual(['17/02/2032', '15:45']);
  expect(moment(' ', '', TODAY)).toBeNull();
  for (const [day, hour] of [['17/02/2032', ''], ['17/02/2032', '99h'], ['', '15:45'], ['32/01', '8']] as const) {
    const held = moment(day, hour, TODAY);
    expect(isUnread(held)).toBe(true);
    expect(boxes(held)).toEqual([day, hour]);
  }
});
