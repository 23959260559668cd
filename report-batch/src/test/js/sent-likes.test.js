import assert from 'node:assert/strict';
import test from 'node:test';
import { LikeTracker, STEPS } from '../../main/resources/page/sent-likes.js';

const LIKE = { postId: 'p-1', likerId: 'bob', type: 'liked' };
const POSITION = 'k3f9-3-7';
const tracker = () => new LikeTracker(1_000, LIKE);

test('a step has the time since the click', () => {
  const like = tracker();
  like.confirm('e-1', POSITION, 1_030);
  like.see('push', 'e-1', 1_020);
  like.see('push', 'e-1', 9_000);

  assert.deepEqual(like.describe('confirmed', 9_999), { state: 'done', text: 'after 30 ms' });
  assert.deepEqual(like.describe('push', 9_999), { state: 'done', text: 'after 20 ms' }, 'the first arrival counts');
  assert.deepEqual(like.describe('poll', 3_000), { state: 'waiting', text: '2 s' });
});

test('an event that arrives before the answer counts from its arrival', () => {
  const like = tracker();
  like.see('push', 'e-other', 1_005);
  like.see('push', 'e-1', 1_010, 990);
  assert.equal(like.after('push'), undefined);

  like.confirm('e-1', POSITION, 1_030);

  assert.equal(like.after('push'), 10);
  assert.equal(like.loggedAt, 990);
});

test('the event of another like changes nothing', () => {
  const like = tracker();
  like.confirm('e-1', POSITION, 1_030);
  like.see('push', 'e-2', 1_040);
  assert.equal(like.after('push'), undefined);
});

test('a like is over when each step is reached, or when it is refused', () => {
  const reached = tracker();
  reached.confirm('e-1', POSITION, 1_030);
  assert.equal(reached.isOver, false);
  STEPS.forEach((step) => reached.reach(step, 2_000));
  assert.equal(reached.isOver, true);

  const refused = tracker();
  refused.refuse();
  assert.equal(refused.isOver, true);
  assert.deepEqual(refused.describe('poll', 2_000), { state: 'failed', text: 'not sent' });
});

test('a digest includes the likes up to its position', () => {
  const like = tracker();
  like.confirm('e-1', POSITION, 1_030);

  like.seeUpTo('push', 'k3f9-3-6', 2_000);
  like.seeUpTo('push', 'k3f9-4-8', 2_000);
  assert.equal(like.after('push'), undefined);
  like.seeUpTo('push', 'k3f9-3-7', 6_000);

  assert.equal(like.after('push'), 5_000);
});

test('a report that arrives before the answer counts from its arrival', () => {
  const like = tracker();
  like.seeUpTo('live-report', 'k3f9-3-6', 1_005);
  like.seeUpTo('live-report', 'k3f9-3-7', 1_010);
  like.seeUpTo('live-report', 'k3f9-3-8', 1_020);
  assert.equal(like.after('live-report'), undefined, 'the position of the like is unknown');

  like.confirm('e-1', POSITION, 1_030);

  assert.equal(like.after('live-report'), 10);
});
