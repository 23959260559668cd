// The page loads its plot library from a WebJar, which has no types for this path.
declare module '*uPlot.esm.js';
