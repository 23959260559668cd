// The rule for ids, which is the rule of the services.

const FORM = /^[A-Za-z0-9._:@|+~=-]{1,128}$/;

/** The rule in words: the end of a sentence whose subject is the kind of id. */
export const RULE = 'must be 1 to 128 characters of A-Z a-z 0-9 . _ : @ | + ~ = - and not . or ..';

/** Checks an id before a request is sent. Browsers resolve `..` in a path to the parent, even if it is escaped. */
export function isIdentifier(text) {
  return FORM.test(text) && text !== '.' && text !== '..';
}
