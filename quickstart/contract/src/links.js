// A link of OpenAPI defines which values of an answer are parameters of another operation. These values are collected here, so that
// valid requests have positions, cursors and ids that a service has issued.

import { isJson } from './schemas.js';

/** Values that services have issued, by the operation that accepts them. */
export class Links {
  #byOperation = new Map();
  #links = [];

  /** @throws {Error} if a link leads to no operation */
  constructor(operations) {
    for (const operation of operations) {
      for (const [status, response] of Object.entries(operation.responses)) {
        for (const [name, link] of Object.entries(response.links ?? {})) {
          const target = targetOf(link, operation, operations);
          if (!target) throw new Error(`link ${name} of ${operation.id} leads to no operation`);
          this.#links.push({ source: operation, status, target, parameters: link.parameters });
        }
      }
    }
  }

  /** Returns the names of the operation's parameters whose values only a service can issue. */
  issued(operation) {
    const names = this.#links
      .filter(({ target }) => target === operation)
      .flatMap(({ parameters }) => Object.entries(parameters).filter(([, value]) => /^\$response\b/.test(value)));
    return new Set(names.map(([name]) => unqualified(name)));
  }

  /** Returns sets of values, by parameter, that belong together. */
  bindings(operation) {
    return this.#byOperation.get(operation) ?? [];
  }

  /** Collects the values of an answer. */
  collect(operation, request, answer) {
    for (const { source, status, target, parameters } of this.#links) {
      if (source !== operation || status !== String(answer.status)) continue;
      const entries = Object.entries(parameters).map(([name, value]) => [unqualified(name), evaluated(value, request, answer)]);
      if (entries.some(([, value]) => value === undefined || value === null)) continue;
      const all = this.#byOperation.get(target) ?? [];
      if (all.length < 200) this.#byOperation.set(target, [...all, Object.fromEntries(entries)]);
    }
  }
}

const unqualified = (name) => name.replace(/^(path|query|header)\./, '');

function targetOf({ operationId, operationRef }, source, operations) {
  if (operationId) return operations.find((each) => each.id === operationId && each.document === source.document);
  const [file, pointer] = operationRef.split('#');
  const [, , path, method] = pointer.split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return operations.find((each) => `${each.document.name}.yaml` === file && each.path === path && each.method === method);
}

/** Evaluates a runtime expression of OpenAPI. A value that is no such expression is a constant. */
function evaluated(value, request, answer) {
  const match = /^\$(request|response)\.(path|query|header|body)(?:\.([\w-]+)|#(.*))?$/.exec(value);
  if (!match) return value;
  const [, side, part, name, pointer] = match;
  if (side === 'request') return part === 'body' ? at(request.json, pointer) : request.values[name];
  if (part !== 'body') return answer.headers[name.toLowerCase()];
  return isJson(answer.type) ? at(answer.json(), pointer) : undefined;
}

function at(value, pointer) {
  return pointer
    .split('/')
    .slice(1)
    .reduce((node, step) => node?.[step], value);
}
