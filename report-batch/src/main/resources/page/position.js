// Positions in the log, such as `k3f9-0-7`.

/**
 * Returns the partition of a position, with its log, and the offset. The offset of a partition's start is -1.
 *
 * @param {string} position
 */
export function parsePosition(position) {
  const end = position.lastIndexOf('-');
  const offset = position.slice(end + 1);
  return { partition: position.slice(0, end), offset: offset === 'start' ? -1 : Number(offset) };
}

/**
 * Returns whether a report or a stream includes a position.
 *
 * @param {string | null} through the last position that it includes; null if there is none
 * @param {string} position
 */
export function includes(through, position) {
  if (through === null) return false;
  const [last, other] = [parsePosition(through), parsePosition(position)];
  return last.partition === other.partition && last.offset >= other.offset;
}
