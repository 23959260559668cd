import assert from 'node:assert/strict';
import test from 'node:test';
import { ClockSkew } from '../../main/resources/page/clock-skew.js';

test('if the clocks may agree, no difference is assumed', () => {
  const skew = new ClockSkew();
  skew.arrived(1_000, 1_004);
  skew.sent(900, 1_000);
  assert.deepEqual([skew.ahead, skew.local(1_000), skew.warning], [0, 1_000, '']);
});

test('a like that arrives before it was logged shows that the clock is slow', () => {
  const skew = new ClockSkew();
  skew.arrived(10_000, 7_600);
  skew.arrived(20_000, 17_500);
  assert.equal(skew.local(20_000), 17_500);
  assert.match(skew.warning, /clock is slow by 2\.5 s compared with Kafka’s/);
});

test('a like that was logged before it was sent shows that the clock is fast', () => {
  const skew = new ClockSkew();
  skew.arrived(10_000, 40_005);
  skew.sent(40_001, 10_002);
  assert.equal(skew.ahead, 29_999);
  assert.match(skew.warning, /clock is fast by 30\.0 s compared with Kafka’s/);
});
