/** Returns whether the file is the listed path, or is in it. */
export const inside = (file, listed) => file === listed || file.startsWith(listed + "/");

/** Returns whether the finding begins within a text that is exempt in its file. */
function isExempt({file, source, column}, {path, text}) {
  if (!inside(file, path)) return false;
  for (let at = source.indexOf(text); at >= 0; at = source.indexOf(text, at + 1)) {
    if (column > at && column <= at + text.length) return true;
  }
  return false;
}

/**
 * Divides findings by whether they are exempt, and by whether their file has been reviewed.
 *
 * @param {{file: string, source: string, column: number}[]} findings `source` is the whole line, and `column` begins with 1
 * @param {{path: string, text: string, reason: string}[]} exempt texts whose findings do not count, such as names that are fixed
 * @param {string[]} notYetReviewed paths whose findings do not fail the check
 * @returns {{failures: object[], others: object[], stale: string[]}} `failures` are the findings in reviewed paths, and `others`
 *     the findings in the other paths. `stale` are the exempt texts and the listed paths without a finding
 */
export function review(findings, exempt, notYetReviewed) {
  const counted = findings.filter(finding => !exempt.some(listed => isExempt(finding, listed)));
  const isReviewed = ({file}) => !notYetReviewed.some(listed => inside(file, listed));
  return {
    failures: counted.filter(isReviewed),
    others: counted.filter(finding => !isReviewed(finding)),
    stale: [
      ...exempt.filter(listed => !findings.some(finding => isExempt(finding, listed))).map(({path, text}) => `${path}: ${text}`),
      ...notYetReviewed.filter(listed => !counted.some(({file}) => inside(file, listed))),
    ],
  };
}
