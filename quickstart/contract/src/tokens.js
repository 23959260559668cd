// The bearer tokens of a run, and the operations that each token opens.

/** Tokens as JWTs. Their signatures are not checked here. */
export class Tokens {
  #tokens;

  constructor(tokens) {
    this.#tokens = tokens.map((text) => {
      const claims = JSON.parse(Buffer.from(text.split('.')[1], 'base64url').toString());
      return { text, subject: claims.sub, scopes: claims.scope.split(' ') };
    });
  }

  /** Returns the subjects of the tokens with a scope to read: authors who read their own likes or reports. */
  get subjects() {
    return this.#tokens.filter(({ scopes }) => scopes.some((scope) => /:read$/.test(scope))).map(({ subject }) => subject);
  }

  get areNeeded() {
    return this.#tokens.length > 0;
  }

  /** Returns `Authorization` for an operation, or no header if the operation needs none or if no token opens it. */
  headersFor(operation) {
    const opening = this.#opening(operation);
    return opening ? { Authorization: `Bearer ${opening.text}` } : {};
  }

  /** Returns whether a request can succeed: the services or the operation need no token, or a token opens the operation. */
  open(operation) {
    return !this.areNeeded || scopesOf(operation).length === 0 || this.#opening(operation) !== undefined;
  }

  /** Returns the only author for whom an operation is opened, or undefined if that is not limited. */
  authorOf(operation) {
    const opening = this.#opening(operation);
    const isOwn = opening && scopesOf(operation).some((scope) => scope.endsWith(':read') && !opening.scopes.includes(`${scope}:any`));
    return isOwn ? opening.subject : undefined;
  }

  /** Returns a token that does not open the operation, or undefined if every token does. */
  foreignTo(operation) {
    return this.#tokens.find((token) => !scopesOf(operation).some((scope) => opens(token, scope)))?.text;
  }

  #opening(operation) {
    const scopes = scopesOf(operation);
    const candidates = this.#tokens.filter((token) => scopes.some((scope) => opens(token, scope)));
    return candidates.find((token) => scopes.some((scope) => token.scopes.includes(`${scope}:any`))) ?? candidates[0];
  }
}

const opens = ({ scopes }, scope) => scopes.includes(scope) || scopes.includes(`${scope}:any`);

const scopesOf = (operation) => operation.security.flatMap((scheme) => Object.values(scheme).flat());
