// Reads the OpenAPI files, and returns each operation with its references resolved.

import { readFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { dereference } from '@apidevtools/json-schema-ref-parser';

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

/** The paths of Spring Boot's actuator, whose answers are not part of the contract. */
const NOT_OURS = /^\/actuator\//;

/**
 * Returns the OpenAPI documents of a folder, in the order of their servers' ports. Other YAML files are skipped.
 *
 * @param {string} folder the folder with the files and the files that they refer to
 */
export async function readDocuments(folder) {
  const documents = [];
  for (const name of (await readdir(folder)).filter((each) => each.endsWith('.yaml'))) {
    const file = join(folder, name);
    if (/^openapi:/m.test(await readFile(file, 'utf8'))) documents.push(await readDocument(file, name));
  }
  return documents.sort((a, b) => a.port - b.port);
}

async function readDocument(file, name) {
  const content = await dereference(file, { dereference: { circular: 'ignore' } });
  const document = {
    name: name.replace(/\.yaml$/, ''),
    file,
    port: Number(new URL(content.servers[0].url).port),
    components: content.components,
    operations: [],
  };
  for (const [path, item] of Object.entries(content.paths)) {
    if (NOT_OURS.test(path)) continue;
    for (const method of METHODS.filter((each) => item[each])) {
      document.operations.push(operation(document, path, item, method));
    }
  }
  return document;
}

function operation(document, path, item, method) {
  const described = item[method];
  return {
    id: described.operationId,
    document,
    method,
    path,
    methods: METHODS.filter((each) => item[each]),
    description: described.description ?? '',
    parameters: [...(item.parameters ?? []), ...(described.parameters ?? [])],
    body: described.requestBody,
    responses: described.responses,
    security: described.security ?? [],
    graphql: described.externalDocs?.url.endsWith('.graphqls')
      ? join(dirname(document.file), described.externalDocs.url)
      : undefined,
  };
}

/** Returns the media types of the answers with which an operation succeeds. */
export function successTypes(operation) {
  return Object.entries(operation.responses)
    .filter(([status]) => status.startsWith('2'))
    .flatMap(([, response]) => Object.keys(response.content ?? {}));
}
