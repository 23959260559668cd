// The rule for ids, as the services have it.

const FORM = /^[A-Za-z0-9._:@|+~=-]{1,128}$/;

/** The rule in words, to end a sentence that begins with what the id is of. */
export const RULE = 'must be 1 to 128 characters of A-Z a-z 0-9 . _ : @ | + ~ = - and not . or ..';

/** Checked before a request is made: browsers take `..` in a path for the level above, even if it is escaped. */
export function isIdentifier(text) {
  return FORM.test(text) && text !== '.' && text !== '..';
}
