// WebSocket handshakes: valid handshakes, and handshakes with a fault in a header.

import fc from 'fast-check';
import { drafts, request } from './requests.js';

const REFUSED = { outcome: 'refused' };

/** Returns the properties of the handshakes of an operation that documents 101. */
export function handshakes(operation, context) {
  if (!operation.responses['101']) return [];
  const key = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('base64'));
  const handshake = (draft, websocketKey, headers = {}) => {
    draft.accept = undefined;
    return request(draft, {
      headers: { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': websocketKey, ...headers },
    });
  };
  const protocol = fc.constantFrom(undefined, 'heartline.v1', 'other, heartline.v1', 'other');
  const all = fc.tuple(drafts(operation, context), protocol).map(([draft, offered]) => {
    delete draft.values['Sec-WebSocket-Protocol'];
    if (offered) draft.values['Sec-WebSocket-Protocol'] = offered;
    return draft;
  });
  const versions = fc.constantFrom('12', '14', '0', 'x');
  const wrongKey = fc.constantFrom(null, '', 'short', 'dGhlIHNhbXBsZSBub25jZQ', 'dGhlIHNhbXBsZSBub25jZQ==x', 'AAAA');
  return [
    { name: 'handshake', arbitrary: fc.tuple(all, key).map((parts) => handshake(...parts)), expectation: { outcome: 'accepted', statuses: [101] }, weight: 2 },
    {
      name: 'handshake of another version',
      arbitrary: fc.tuple(all, key, versions.map((version) => ({ 'Sec-WebSocket-Version': version }))).map((parts) => handshake(...parts)),
      expectation: { ...REFUSED, statuses: [400, 426] },
      weight: 0.3,
    },
    {
      name: 'handshake with a broken key',
      arbitrary: fc.tuple(all, wrongKey).map(([draft, value]) => handshake(draft, value)),
      expectation: { ...REFUSED, statuses: [400] },
      weight: 0.3,
    },
  ];
}
