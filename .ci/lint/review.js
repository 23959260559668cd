/** Returns whether the file is the listed path, or is in it. */
export const inside = (file, listed) => file === listed || file.startsWith(listed + "/");

/**
 * Divides findings by whether their file has been reviewed.
 *
 * @param {{file: string}[]} findings
 * @param {string[]} notYetReviewed paths whose findings do not fail the check
 * @returns {{failures: {file: string}[], stale: string[]}} the findings in other paths, and the listed paths without a finding
 */
export function review(findings, notYetReviewed) {
  return {
    failures: findings.filter(({file}) => !notYetReviewed.some(listed => inside(file, listed))),
    stale: notYetReviewed.filter(listed => !findings.some(({file}) => inside(file, listed))),
  };
}
