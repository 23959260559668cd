// The page loads its plot library from a WebJar, which has no types for this path.
declare module '*uPlot.esm.js';

// The part of heartline.js that the page uses. The page imports it from the gateway.
interface HeartlineState {
  state: 'connecting' | 'live' | 'waiting' | 'refused' | 'closed';
  via: string;
  detail: string;
}

interface HeartlineOptions {
  author: string;
  token: (why: { expired: boolean }) => string | null | Promise<string>;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  onState: (state: HeartlineState) => void;
  url?: string;
  after?: string | null;
  digest?: number;
  WebSocket?: typeof WebSocket | null;
  onFrame?: (frame: import('../../main/resources/page/bus').Frame) => void;
  report?: string;
  reportsUrl?: string;
  onReport?: (report: import('../../main/resources/page/bus').Report, state: { through: string; staleSince: string | null }) => void;
}

interface HeartlineStream {
  position: string | null;
  close(): void;
}

interface HeartlineClient {
  connect(options: HeartlineOptions): HeartlineStream;
}

// The part of the WebJars' scripts that the page of GraphiQL uses.
declare var React: { createElement(type: unknown, properties: object): object };
declare var ReactDOM: { createRoot(root: Element): { render(element: object): void } };
declare var GraphiQL: unknown;
