// The delay of each like in the last minutes, by push and by polling. The scale is logarithmic, because push would be invisible
// otherwise.

import { duration } from './words.js';

const HEIGHT = 240;
const LATE = [1, 100_000]; // ms
const LEAST_MS = 60_000; // the minimum period that the plot shows
const TIME = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name);
}

/**
 * Creates a plot.
 *
 * @param {HTMLElement} place the parent, whose width the plot fills
 * @returns {(points: {push: {at: number, late: number}[], poll: {at: number, late: number}[]}, from: number, now: number) => void} draws the points; times are in ms
 */
export function plot(place) {
  let drawn = null;
  let latest = null;
  import('./uplot/dist/uPlot.esm.js').then(
    ({ default: UPlot }) => {
      drawn = new UPlot(options(place.clientWidth), [[], [], []], place);
      new ResizeObserver(() => drawn.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
      matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => drawn.redraw());
      if (latest) draw();
    },
    () => (place.textContent = 'There is no plot: its library could not be had. The table has the figures.'),
  );
  function draw() {
    const [points, from, now] = latest;
    drawn.setData(columns(points), false);
    drawn.setScale('x', { min: Math.min(from, now - LEAST_MS) / 1_000, max: now / 1_000 });
  }
  return (points, from, now) => {
    latest = [points, from, now];
    if (drawn) draw();
  };
}

/** Returns the data for uPlot: ascending times in seconds, and a column for each method, with gaps where it has no point. */
export function columns({ push, poll }) {
  const all = [...push.map((point) => [point, 1]), ...poll.map((point) => [point, 2])].sort(([a], [b]) => a.at - b.at);
  const data = [[], [], []];
  for (const [{ at, late }, way] of all) {
    data[0].push(at / 1_000);
    data[way].push(Math.max(LATE[0], late));
    data[3 - way].push(null);
  }
  return data;
}

function options(width) {
  const way = (label, name) => ({
    label,
    paths: () => null,
    points: { show: true, size: 6, width: 1, stroke: () => color(name), fill: () => color(name) },
  });
  const axis = { stroke: () => color('--quiet'), grid: { stroke: () => color('--line'), width: 1 }, ticks: { stroke: () => color('--line'), width: 1 } };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: true, auto: false }, y: { distr: 3, range: LATE } },
    series: [{}, way('push', '--push'), way('poll', '--poll')],
    axes: [
      { ...axis, space: 64, incrs: [10, 60, 120], values: (_, seconds) => seconds.map((second) => TIME.format(second * 1_000)) },
      { ...axis, size: 64, splits: [1, 10, 100, 1_000, 10_000, 100_000], filter: (_, splits) => splits, values: (_, late) => late.map(duration) },
    ],
  };
}
