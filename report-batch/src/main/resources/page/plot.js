// The delay of each like in the last minutes, by push, by polling and in the live report. The scale is logarithmic, because push would be invisible
// otherwise.

import { element } from './dom.js';
import { duration, timeOfDay } from './words.js';

const HEIGHT = 240;
const LATE = [1, 100_000]; // ms
const MIN_PERIOD_MS = 60_000; // the minimum period that the plot shows
const LIBRARY = './uplot/dist/uPlot.esm.js';
const STYLES = 'page/uplot/dist/uPlot.min.css';

/** @typedef {import('./comparison.js').Point} Point */
/** @typedef {{push: Point[], poll: Point[], report: Point[]}} Points */

/** @param {string} name */
function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name);
}

/**
 * Creates a plot.
 *
 * @param {HTMLElement} parent its width is the plot's width
 * @returns {(points: Points, from: number, now: number) => void} draws the points; times are in ms
 */
export function drawPlot(parent) {
  /** @type {any} */
  let drawn = null;
  /** @type {{points: Points, from: number, now: number} | null} */
  let latest = null;
  document.head.append(element('link', { rel: 'stylesheet', href: STYLES }));
  import(LIBRARY).then(
    ({ default: UPlot }) => {
      drawn = new UPlot(options(parent.clientWidth), [[], [], [], []], parent);
      new ResizeObserver(() => drawn.setSize({ width: parent.clientWidth, height: HEIGHT })).observe(parent);
      for (const change of ['(prefers-color-scheme: dark)', 'print']) matchMedia(change).addEventListener('change', () => drawn.redraw());
      draw();
    },
    () => (parent.textContent = 'The plot is missing, because its library could not be loaded. The table has the figures.'),
  );
  function draw() {
    if (!drawn || !latest) return;
    const { points, from, now } = latest;
    drawn.setData(plotSeries(points), false);
    drawn.setScale('x', { min: Math.min(from, now - MIN_PERIOD_MS) / 1_000, max: now / 1_000 });
  }
  return (points, from, now) => {
    latest = { points, from, now };
    draw();
  };
}

/**
 * Returns the data for uPlot: ascending times in seconds, and a column for each method, with gaps where it has no point.
 *
 * @param {Points} points
 * @returns {(number | null)[][]}
 */
export function plotSeries({ push, poll, report }) {
  const methods = [push, poll, report];
  const all = methods.flatMap((points, i) => points.map((point) => ({ point, i }))).sort((a, b) => a.point.at - b.point.at);
  const columns = methods.map((_, i) => all.map(({ point, i: method }) => (method === i ? Math.max(LATE[0], point.late) : null)));
  return [all.map(({ point }) => point.at / 1_000), ...columns];
}

/** @param {number} width */
function options(width) {
  const series = (/** @type {string} */ label, /** @type {string} */ name) => ({
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
    series: [{}, series('push', '--push'), series('poll', '--poll'), series('live report', '--pull')],
    axes: [
      { ...axis, space: 64, incrs: [10, 60, 120], values: (/** @type {any} */ _, /** @type {number[]} */ times) => times.map((time) => timeOfDay(time * 1_000)) },
      {
        ...axis,
        size: 64,
        splits: [1, 10, 100, 1_000, 10_000, 100_000],
        filter: (/** @type {any} */ _, /** @type {number[]} */ splits) => splits,
        values: (/** @type {any} */ _, /** @type {number[]} */ late) => late.map(duration),
      },
    ],
  };
}
