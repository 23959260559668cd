import assert from 'node:assert/strict';
import test from 'node:test';
import { ReportDelays } from '../../main/resources/page/report-delays.js';

const pushed = (offset, logged = 1_000, likes = 1) => ({ position: `k3f9-0-${offset}`, likes, logged });

test('a report includes each like once', () => {
  const delays = new ReportDelays();
  assert.deepEqual(delays.pushed(pushed(1)), { likes: 0, delays: [], bytes: 0 });
  delays.pushed(pushed(2, 1_200));
  delays.pushed(pushed(3));

  const delivery = { likes: 2, delays: [{ logged: 1_000, late: 500 }, { logged: 1_200, late: 300 }], bytes: 0 };
  assert.deepEqual(delays.reported('k3f9-0-2', 1_500), delivery);
  assert.equal(delays.reported('k3f9-0-2', 2_000).likes, 0);
});

test('a digest adds likes, but no delay', () => {
  const delays = new ReportDelays();
  delays.pushed(pushed(9, null, 12));

  assert.deepEqual(delays.reported('k3f9-0-9', 1_500), { likes: 12, delays: [], bytes: 0 });
});

test('without a report, the likes that wait are limited', () => {
  const delays = new ReportDelays();
  for (let i = 0; i < 10_100; i++) delays.pushed(pushed(i));

  assert.equal(delays.reported('k3f9-0-20000', 1_500).likes, 10_000);
});
