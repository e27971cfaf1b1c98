import { expect, test } from '@jest/globals';
import { checkOpeningHours } from './rules.js';

const morning = { weekday: 1, opens: '09:00', closes: '11:30' };
const afternoon = { weekday: 1, opens: '13:00', closes: '17:00' };

test('hours come back in order of the week, with nothing but themselves', () => {
  const tuesday = { weekday: 2, opens: '00:00', closes: '24:00', note: 'x' };
  expect(checkOpeningHours([tuesday, afternoon, morning])).toEqual([morning, afternoon, { weekday: 2, opens: '00:00', closes: '24:00' }]);
});

test('a station may be closed, and may open again the minute it closed', () => {
  expect(checkOpeningHours([])).toEqual([]);
  expect(checkOpeningHours([morning, { weekday: 1, opens: '11:30', closes: '12:00' }])).toHaveLength(2);
});

test('the hours given are not changed', () => {
  const given = [afternoon, morning];
  checkOpeningHours(given);
  expect(given).toEqual([afternoon, morning]);
});

test.each([
  ['a weekday 0', [{ ...morning, weekday: 0 }]], ['a weekday 8', [{ ...morning, weekday: 8 }]],
  ['half a weekday', [{ ...morning, weekday: 1.5 }]],
  ['an hour 25', [{ ...morning, closes: '25:00' }]], ['a minute 60', [{ ...morning, closes: '11:60' }]], ['a time past midnight', [{ ...morning, closes: '24:01' }]],
  ['one digit for the hour', [{ ...morning, opens: '9:00' }]], ['a line break after the time', [{ ...morning, closes: '11:30\n' }]],
  ['closing before opening', [{ ...morning, closes: '08:00' }]], ['closing on opening', [{ ...morning, closes: '09:00' }]],
  ['an overlap', [morning, { weekday: 1, opens: '11:29', closes: '12:00' }]], ['a span twice', [morning, morning]],
  ['a span within another', [{ weekday: 1, opens: '08:00', closes: '20:00' }, morning]],
  ['four spans a day', ['08', '10', '12', '14'].map((hour) => ({ weekday: 1, opens: `${hour}:00`, closes: `${hour}:30` }))],
])('%s is refused', (_, hours) => {
  expect(() => checkOpeningHours(hours)).toThrow(expect.objectContaining({ code: 'STATION_HOURS_INVALID' }));
});
