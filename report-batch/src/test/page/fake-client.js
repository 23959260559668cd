// Stands for heartline.js. A test finds the open stream in `streams`, and calls its callbacks.

export const streams = [];

export function connect(options) {
  const stream = {
    ...options,
    position: options.after,
    isClosed: false,
    close() {
      stream.isClosed = true;
    },
    receiveReport(report, { through = report.through, staleSince = null } = {}) {
      options.onReport(report, { through, staleSince });
    },
    receive(frame) {
      stream.position = frame.position;
      options.onFrame(frame);
    },
  };
  streams.push(stream);
  return stream;
}
